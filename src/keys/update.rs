//! Changing the service account of a key in place.

use super::Organization;
use super::find::{KeyRef, may_be_cut};
use crate::grafana::{Error, ErrorKind, Role, ServiceAccountChanges};

/// Why a service account was not changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpdateError {
    /// Grafana cannot be asked, or refuses.
    Failed(Error),
    /// This Grafana has no role `None`.
    NoSuchRole(Error),
    /// The key of that number is not the only one in the account (any more).
    NotAlone(i64),
}

impl From<Error> for UpdateError {
    fn from(error: Error) -> Self {
        UpdateError::Failed(error)
    }
}

impl Organization {
    /// Gives another role to the service account that holds a key, or enables it.
    ///
    /// # Errors
    /// [`UpdateError`]; the account is as it was.
    pub async fn change_account(
        &self,
        key: &KeyRef,
        role: Option<Role>,
        enable: bool,
    ) -> Result<(), UpdateError> {
        let not_alone = UpdateError::NotAlone(key.number);
        let Some(account) = key.account else { return Err(not_alone) };
        let tokens = self.service_accounts().tokens(account).await?;
        let is_alone = tokens.iter().all(|token| key.is(token.id, &token.name));
        if tokens.is_empty() || !is_alone || may_be_cut(&tokens) {
            return Err(not_alone);
        }
        let is_disabled = enable.then_some(false);
        let changes = ServiceAccountChanges { role, is_disabled, ..Default::default() };
        let changed = self.service_accounts().update(account, &changes).await;
        self.forget_accounts();
        match changed {
            Err(error) if role == Some(Role::None) && *error.kind() == ErrorKind::Invalid => {
                Err(UpdateError::NoSuchRole(error))
            }
            changed => changed.map(|_| ()).map_err(UpdateError::Failed),
        }
    }
}
