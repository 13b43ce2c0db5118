//! Tokens of service accounts.

use jiff::Timestamp;

use super::{CreatedKey, Database, Key, Refusal, secret};

impl Database {
    pub(in crate::grafana) fn create_token(
        &mut self,
        now: Timestamp,
        organization: i64,
        account: i64,
        name: &str,
        seconds_to_live: Option<i64>,
    ) -> Result<CreatedKey, Refusal> {
        let role = self.account(organization, account)?.role;
        self.insert_key(
            now,
            (organization, name),
            (role, Some(account)),
            seconds_to_live,
            secret::token(),
        )
    }

    /// By name.
    pub(in crate::grafana) fn list_tokens(&self, organization: i64, account: i64) -> Vec<&Key> {
        let mine = |key: &&Key| key.organization == organization && key.account == Some(account);
        let mut tokens: Vec<_> = self.keys.values().filter(mine).collect();
        tokens.sort_by(|a, b| a.name.cmp(&b.name));
        tokens
    }

    pub(in crate::grafana) fn revoke_token(
        &mut self,
        organization: i64,
        account: i64,
        id: i64,
    ) -> Result<(), Refusal> {
        let mine =
            |key: &&mut Key| key.organization == organization && key.account == Some(account);
        self.keys.get_mut(&id).filter(mine).ok_or(Refusal::NotFound)?.revoked = true;
        Ok(())
    }

    pub(in crate::grafana) fn delete_token(
        &mut self,
        organization: i64,
        account: i64,
        id: i64,
    ) -> Result<(), Refusal> {
        let mine = |key: &&Key| key.organization == organization && key.account == Some(account);
        self.keys.get(&id).filter(mine).ok_or(Refusal::NotFound)?;
        self.keys.remove(&id);
        Ok(())
    }
}
