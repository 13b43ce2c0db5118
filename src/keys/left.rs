//! Keys that are left to their expiry when they are destroyed, and what becomes of their accounts.

use super::Organization;
use super::accounts::{LEFT, is_created_for, is_left_name, left_name};
use super::find::KeyRef;
use crate::grafana::{Error, ServiceAccountChanges};

impl Organization {
    /// Leaves a key to its expiry. The service account that was created for it gets a name that says
    /// so: nobody uses the account any more once its token has expired.
    ///
    /// # Errors
    /// When Grafana cannot be asked, or refuses.
    pub async fn leave(&self, key: &KeyRef) -> Result<(), Error> {
        let (Some(account), Some(key)) = (key.account, &key.name) else { return Ok(()) };
        let accounts = self.service_accounts();
        let account = accounts.get(account).await?;
        if let Some(account) = account.filter(|account| is_created_for(key, account)) {
            let changes =
                ServiceAccountChanges { name: Some(left_name(key)), ..Default::default() };
            accounts.update(account.id, &changes).await?;
            self.forget_accounts();
        }
        Ok(())
    }

    /// Deletes the accounts of keys that were left and have expired by Grafana's clock, once in a run, however many
    /// keys it creates. Another run tries again what fails.
    pub async fn delete_expired(&self) {
        if !self.begin_to_look_for_expired() {
            return;
        }
        let accounts = self.service_accounts();
        for account in accounts.search(LEFT).await.unwrap_or_default() {
            let tokens = accounts.tokens(account.id).await.unwrap_or_default();
            let [token] = &tokens[..] else { continue };
            let was_left = is_left_name(&token.name, &account.name);
            if token.has_expired && was_left && is_created_for(&token.name, &account) {
                let name = Some(token.name.clone());
                let key = KeyRef { number: token.id, name, ..KeyRef::default() };
                let deleted = self.delete_token(account.id, &key).await;
                tracing::debug!(account.id, is_deleted = deleted.is_ok(), "expired");
            }
        }
    }
}
