//! Changing the role of a key in place.

use super::Organization;
use super::find::{KeyRef, may_be_cut};
use crate::grafana::{Error, Role, ServiceAccountChanges};

impl Organization {
    /// Changes the role of the service account that holds a key. `false`, and nothing has changed, if
    /// the key is not the only one in it (any more).
    ///
    /// # Errors
    /// As [`ServiceAccounts::update`].
    pub async fn change_role(&self, key: &KeyRef, role: Role) -> Result<bool, Error> {
        let Some(account) = key.account else { return Ok(false) };
        let tokens = self.service_accounts().tokens(account).await?;
        let is_alone = tokens.iter().all(|token| key.is(token.id, &token.name));
        if tokens.is_empty() || !is_alone || may_be_cut(&tokens) {
            return Ok(false);
        }
        let changes = ServiceAccountChanges { role: Some(role), ..Default::default() };
        let changed = self.service_accounts().update(account, &changes).await;
        self.forget_accounts();
        changed.map(|_| true)
    }
}
