//! Whether a key can be replaced, asked while nothing is deleted yet.

use tfplugin::{Diagnostic, IntoDiagnostic, Limits, path};

use super::find::KeyRef;
use super::new_key::{CreateError, NewKey};
use super::{Filter, Keys, OrgId, Organization, diagnostics};
use crate::grafana::{Error, ErrorKind, Role};

impl Keys {
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
