//! Whether a key can be created, asked at plan: before a replacement deletes the old one.

use std::time::Duration;

use tfplugin::{Diagnostic, IntoDiagnostic, Limits, path};

use super::find::{KeyRef, Presence};
use super::new_key::{CreateError, NewKey};
use super::{Filter, Keys, OrgId, Organization, diagnostics, lock};
use crate::grafana::{Error, ErrorKind, Role};

/// How long a plan of a new key waits for Grafana. It is of no harm if the apply fails.
const PATIENCE: Duration = Duration::from_secs(10);

impl Keys {
    /// Refuses a new key that cannot be created, as far as that shows without a write: its name is kept
    /// by a key that is left to its expiry, there is no such role, or the organization is not the one
    /// that a sign-in has by itself and cannot be used. What cannot be asked is left to the apply.
    ///
    /// # Errors
    /// What would be the same at apply, at its attribute.
    pub async fn check_creation(
        &self,
        org: OrgId,
        new: &NewKey,
        limits: &Limits,
    ) -> Result<(), Diagnostic> {
        if let Some(until) = lock(&self.left).get(&(org, new.name.clone())) {
            return Err(diagnostics::name_taken_until(*until));
        }
        let is_of_sign_in = self.access.org_of_sign_in() == Some(org.number());
        if is_of_sign_in && new.role != Role::None || self.not_refreshed().is_some() {
            return Ok(());
        }
        let limits = Limits::new(limits.stop_token(), limits.time_left().min(PATIENCE));
        let Ok(client) = self.access.client(&limits).await else { return Ok(()) };
        let organization =
            Organization::new(client.for_org(Some(org.number())), org, self.cache(org));
        if organization.is_unchecked() {
            return Ok(());
        }
        let checked = async {
            if let Some(other) = organization.other_organization().await? {
                return Ok(Err(other.into_diagnostic()));
            }
            match organization.check_new(&KeyRef::default(), new, false).await {
                Err(CreateError::Failed(error)) => Err(error),
                checked => Ok(checked.map_err(IntoDiagnostic::into_diagnostic)),
            }
        };
        match checked.await {
            Ok(checked) => checked,
            Err(error) if error.is_refusal() && !is_of_sign_in => {
                Err(error.into_diagnostic().at(path!(org_id)))
            }
            Err(error) if error.is_refusal() => Err(error.into_diagnostic()),
            Err(_) => {
                organization.leave_unchecked();
                Ok(())
            }
        }
    }

    /// Whether a list of an organization shows the key.
    pub async fn has(&self, org: OrgId, key: &KeyRef, limits: &Limits) -> bool {
        let Ok(organization) = self.organization(Some(org), limits).await else { return false };
        matches!(organization.find(key).await, Ok(Presence::Listed(_)))
    }

    /// Refuses a replacement whose new key cannot be created, as far as that shows without a write:
    /// Terraform deletes the old key first. A warning if it does not show. What is the same as before
    /// is not asked about, and what the refresh has read is not read again.
    ///
    /// # Errors
    /// What would be the same at apply, at its attribute.
    pub async fn check_replacement(
        &self,
        (old_org, old): (Option<OrgId>, KeyRef),
        org: OrgId,
        new: &NewKey,
        limits: &Limits,
    ) -> Result<Option<Diagnostic>, Diagnostic> {
        let is_moved = old_org.or(self.default_org()) != Some(org);
        let is_renamed = !new.is_name_generated && old.name.as_ref() != Some(&new.name);
        if !is_moved && !is_renamed && new.role != Role::None {
            return Ok(None);
        }
        if self.not_refreshed().is_some() {
            return Ok(Some(diagnostics::not_checked(None)));
        }
        let organization = self.organization(Some(org), limits).await?;
        match organization.check_new(&old, new, is_moved || is_renamed).await {
            Ok(()) => Ok(None),
            Err(CreateError::Failed(error)) if !error.is_refusal() => {
                Ok(Some(diagnostics::not_checked(Some(&error))))
            }
            Err(CreateError::Failed(error)) if is_moved => {
                Err(error.into_diagnostic().at(path!(org_id)))
            }
            Err(error) => Err(error.into_diagnostic()),
        }
    }
}

impl Organization {
    /// What would keep a new key from being created once the old one is gone.
    async fn check_new(
        &self,
        old: &KeyRef,
        new: &NewKey,
        is_named_anew: bool,
    ) -> Result<(), CreateError> {
        // What is refused here is refused at apply, too: `create` asks for the same.
        let has_api_keys = self.api_keys().await?.is_some();
        if !has_api_keys || new.role == Role::None {
            let has_accounts = self.accounts().await?.is_some();
            let is_old =
                || async { Ok::<_, Error>(is_before_10_2(&self.client.instance().await?.version)) };
            if new.role == Role::None && has_api_keys && (!has_accounts || is_old().await?) {
                return Err(CreateError::NoSuchRole(Error::new(ErrorKind::NotOffered)));
            }
        }
        if !is_named_anew {
            return Ok(());
        }
        let listing = self.list(&Filter { name: None, include_expired: true }).await;
        let keys = match listing {
            Ok(listing) => listing.keys,
            // Tokens of other accounts may be hidden from who may create keys.
            Err(error) if error.is_refusal() => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let is_other = |number| number != old.number;
        match keys.iter().find(|key| key.name == new.name && is_other(key.number)) {
            None => Ok(()),
            Some(key) => Err(self.name_taken(&new.name, Some(key.number))),
        }
    }
}

/// Whether this version has no role `None`; `false` for what is no version.
fn is_before_10_2(version: &str) -> bool {
    let mut numbers = version.split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) < (10, 2),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let before = ["8.4.3", "9.5.1", "10.1.10", "10.0.0-pre"].map(is_before_10_2);
        assert_eq!(before, [true; 4]);
        let after = ["10.2.0", "10.10.0", "12.0.1", "", "main", "10"].map(is_before_10_2);
        assert_eq!(after, [false; 6]);
    }
}
