//! Service accounts.

use jiff::Timestamp;

use super::{Database, Refusal};
use crate::grafana::Role;

pub(in crate::grafana) struct Account {
    pub(in crate::grafana) id: i64,
    pub(in crate::grafana) organization: i64,
    pub(in crate::grafana) name: String,
    pub(in crate::grafana) login: String,
    pub(in crate::grafana) role: Role,
    pub(in crate::grafana) disabled: bool,
    pub(in crate::grafana) created: Timestamp,
    pub(in crate::grafana) updated: Timestamp,
}

pub(in crate::grafana) struct NewAccount<'a> {
    pub(in crate::grafana) organization: i64,
    pub(in crate::grafana) name: &'a str,
    pub(in crate::grafana) login: String,
    pub(in crate::grafana) role: Role,
    pub(in crate::grafana) disabled: bool,
}

#[derive(Default)]
pub(in crate::grafana) struct AccountChange {
    pub(in crate::grafana) name: Option<String>,
    pub(in crate::grafana) role: Option<Role>,
    pub(in crate::grafana) disabled: Option<bool>,
}

impl Database {
    /// Logins are unique over all organizations; the name itself need not be.
    pub(in crate::grafana) fn create_account(
        &mut self,
        now: Timestamp,
        new: NewAccount<'_>,
    ) -> Result<&Account, Refusal> {
        if self.accounts.values().any(|account| account.login == new.login) {
            return Err(Refusal::DuplicateAccount);
        }
        let id = self.next_user_id();
        let NewAccount { organization, name, login, role, disabled } = new;
        let name = name.to_owned();
        let account =
            Account { id, organization, name, login, role, disabled, created: now, updated: now };
        Ok(self.accounts.entry(id).or_insert(account))
    }

    pub(in crate::grafana) fn account(
        &self,
        organization: i64,
        id: i64,
    ) -> Result<&Account, Refusal> {
        let account = self.accounts.get(&id);
        account.filter(|account| account.organization == organization).ok_or(Refusal::NotFound)
    }

    pub(in crate::grafana) fn change_account(
        &mut self,
        now: Timestamp,
        organization: i64,
        id: i64,
        change: AccountChange,
    ) -> Result<&Account, Refusal> {
        let account =
            self.accounts.get_mut(&id).filter(|account| account.organization == organization);
        let account = account.ok_or(Refusal::NotFound)?;
        account.name = change.name.unwrap_or_else(|| account.name.clone());
        account.role = change.role.unwrap_or(account.role);
        account.disabled = change.disabled.unwrap_or(account.disabled);
        account.updated = now;
        Ok(account)
    }

    /// Its tokens go with it.
    pub(in crate::grafana) fn delete_account(
        &mut self,
        organization: i64,
        id: i64,
    ) -> Result<(), Refusal> {
        self.account(organization, id)?;
        self.accounts.remove(&id);
        self.keys.retain(|_, key| key.account != Some(id));
        Ok(())
    }

    /// Those whose name or login contains `query` in any case, by login.
    pub(in crate::grafana) fn search_accounts(
        &self,
        organization: i64,
        query: &str,
    ) -> Vec<&Account> {
        let query = query.to_lowercase();
        let contains = |text: &str| text.to_lowercase().contains(&query);
        let mut found: Vec<_> = self.accounts.values().collect();
        found.retain(|account| account.organization == organization);
        found.retain(|account| contains(&account.name) || contains(&account.login));
        found.sort_by(|a, b| a.login.cmp(&b.login));
        found
    }

    /// Whether a disabled account stands behind a token.
    pub(in crate::grafana) fn account_disabled(&self, id: i64) -> bool {
        self.accounts.get(&id).is_some_and(|account| account.disabled)
    }

    /// The role of the account, `None` if there is none.
    pub(in crate::grafana) fn account_role(&self, id: i64) -> Option<Role> {
        self.accounts.get(&id).map(|account| account.role)
    }
}
