//! Whether a key can be created, asked at plan: before a replacement deletes the old one.

use jiff::Timestamp;
use tfplugin::{Diagnostic, IntoDiagnostic, Limits, path};

use super::find::{KeyRef, Presence};
use super::new_key::{CreateError, NewKey};
use super::organization::OtherOrganization;
use super::{Filter, Keys, OrgId, Organization, diagnostics};
use crate::access::ahead;
use crate::grafana::{Error, ErrorKind, LONGEST_MANAGED_LIFETIME, Role};

impl Keys {
    /// Looks whether a new key can be created, as far as that shows without a write: a warning if there is
    /// no such role, or the organization cannot be used. The apply may change that before it creates the
    /// key, and whatever else is planned does not depend on it. What cannot be asked is left to the apply,
    /// and so is a managed workspace, where a token would have to be made for it.
    ///
    /// # Errors
    /// If the configuration of the provider cannot be used.
    pub async fn check_creation(
        &self,
        org: OrgId,
        new: &NewKey,
        limits: &Limits,
    ) -> Result<Option<Diagnostic>, Diagnostic> {
        let cache = self.cache(org);
        let is_of_sign_in = self.access.org_of_sign_in() == Some(org.number());
        if is_of_sign_in && new.role != Role::None {
            return Ok(None);
        }
        let limits = ahead(limits);
        let Some(client) = self.access.client_at_hand(&limits).await? else { return Ok(None) };
        let organization = Organization::new(client.for_org(Some(org.number())), org, cache);
        if organization.is_asked(new.role) {
            return Ok(None);
        }
        let refused = match organization.look(&KeyRef::default(), new, false, &limits).await {
            Ok(None) => None,
            Ok(Some(other)) => Some(other.into_diagnostic()),
            Err(CreateError::Failed(error)) if !error.is_refusal() => None,
            Err(CreateError::Failed(error)) if !is_of_sign_in => {
                Some(error.into_diagnostic().at(path!(org_id)))
            }
            Err(error) => Some(error.into_diagnostic()),
        };
        if refused.is_none() {
            organization.learn_asked(new.role);
        }
        Ok(refused.map(diagnostics::not_creatable_now))
    }

    /// Registers the name of a planned key.
    ///
    /// # Errors
    /// If a key that is left to its expiry keeps it.
    pub fn plan_name(&self, org: OrgId, name: &str) -> Result<(), Diagnostic> {
        let cache = self.cache(org);
        if let Some(until) = cache.left_until(name) {
            return Err(diagnostics::name_taken_until(until));
        }
        cache.remember_planned(name);
        Ok(())
    }

    /// Registers a planned removal that leaves the key of that name to its expiry.
    ///
    /// # Errors
    /// If a planned key is to have the name: of a renamed resource, either of the two may be planned first.
    pub fn plan_left(&self, org: OrgId, name: &str, until: Timestamp) -> Result<(), Diagnostic> {
        let cache = self.cache(org);
        cache.remember_left(name, Some(until));
        match cache.is_planned(name) {
            true => Err(diagnostics::name_taken_until(until)),
            false => Ok(()),
        }
    }

    /// Refuses a lifetime (`None` for ever) that Amazon Managed Grafana does not allow.
    ///
    /// # Errors
    /// What Grafana would say too, but only once the old key is gone.
    pub fn check_lifetime(&self, lifetime: Option<i64>) -> Result<(), Diagnostic> {
        let is_allowed = lifetime.is_some_and(|lifetime| lifetime <= LONGEST_MANAGED_LIFETIME);
        match is_allowed || !self.access.is_managed_workspace() {
            true => Ok(()),
            false => Err(diagnostics::lifetime_not_allowed()),
        }
    }

    /// Whether two ids, one of which is 0, are of the same organization: a sign-in that has only one
    /// shows that by itself, else the key does, in the second.
    ///
    /// # Errors
    /// When Grafana cannot be asked, or no list proves it.
    pub async fn is_same_organization(
        &self,
        key: &KeyRef,
        [before, after]: [OrgId; 2],
        limits: &Limits,
    ) -> Result<bool, Diagnostic> {
        let numbered = self.organization(Some(before.max(after)), limits).await?;
        if numbered.client.signs_in_to_one_organization() {
            return Ok(true);
        }
        let organization = self.organization(Some(after), limits).await?;
        organization.hide(key);
        let found = organization.find(key).await;
        match found.map_err(|error| error.into_diagnostic().at(path!(org_id)))? {
            Presence::Listed(_) | Presence::OnlyAccount => Ok(true),
            Presence::Gone | Presence::Unlisted { contradicts_lists: true, .. } => Ok(false),
            Presence::Unlisted { .. } | Presence::Unproven(_) => {
                Err(diagnostics::organization_unproven(after))
            }
        }
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
        // All the time there is: the apply deletes the old key before it finds this out.
        let client = self.access.client(limits).await?.for_org(Some(org.number()));
        let organization = Organization::new(client, org, self.cache(org));
        match organization.look(&old, new, is_moved || is_renamed, limits).await {
            Ok(None) => Ok(None),
            Ok(Some(other)) => Err(other.into_diagnostic()),
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
    /// What would keep a new key from being created once the old one is gone, within the limits: another
    /// organization than that of the sign-in, too.
    async fn look(
        &self,
        old: &KeyRef,
        new: &NewKey,
        is_named_anew: bool,
        limits: &Limits,
    ) -> Result<Option<OtherOrganization>, CreateError> {
        let looking = async {
            match self.other_organization().await? {
                Some(other) => Ok(Some(other)),
                None => self.check_new(old, new, is_named_anew).await.map(|()| None),
            }
        };
        let out_of_time = |_| Err(Error::new(ErrorKind::OutOfTime).into());
        limits.wait(looking).await.unwrap_or_else(out_of_time)
    }

    /// What would keep a new key from being created once the old one is gone.
    async fn check_new(
        &self,
        old: &KeyRef,
        new: &NewKey,
        is_named_anew: bool,
    ) -> Result<(), CreateError> {
        // Who may not read these cannot refresh keys either, even if `create` needs only some of them.
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
