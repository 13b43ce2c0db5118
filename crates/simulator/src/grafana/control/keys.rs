//! API keys, service accounts and tokens.

use jiff::Timestamp;

use crate::grafana::{
    CreatedKey, Grafana, Refusal, Role,
    endpoints::accounts,
    store::{self, AccountChange, NewAccount},
};

/// An API key, or a token of a service account, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// One sequence numbers API keys and tokens.
    pub id: i64,
    /// Unique in the organization.
    pub name: String,
    /// Of an API key; what the account had when the token was made.
    pub role: Role,
    /// When it was made.
    pub created: Timestamp,
    /// When it was used last.
    pub last_used: Option<Timestamp>,
    /// When it ends.
    pub expires: Option<Timestamp>,
}

impl From<&store::Key> for Key {
    fn from(key: &store::Key) -> Self {
        let store::Key { id, role, created, last_used, expires, .. } = *key;
        Self { id, name: key.name.clone(), role, created, last_used, expires }
    }
}

/// A service account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Users and service accounts are numbered together.
    pub id: i64,
    /// Shown to people.
    pub name: String,
    /// Unique.
    pub login: String,
    /// What its tokens may do.
    pub role: Role,
    /// Whether its tokens are refused.
    pub disabled: bool,
}

impl From<&store::Account> for ServiceAccount {
    fn from(account: &store::Account) -> Self {
        let store::Account { id, role, disabled, .. } = *account;
        Self { id, name: account.name.clone(), login: account.login.clone(), role, disabled }
    }
}

impl Grafana {
    /// Makes an API key, on generations too that have no endpoint for it.
    ///
    /// # Errors
    /// If the name is taken or the life is not allowed.
    pub fn create_api_key(
        &self,
        organization: i64,
        name: &str,
        role: Role,
        seconds_to_live: Option<i64>,
    ) -> Result<CreatedKey, Refusal> {
        let mut state = self.shared.lock();
        let now = state.now();
        state.database.create_api_key(now, organization, name, role, seconds_to_live)
    }

    /// Every API key of an organization by name, ended ones too; not cut.
    pub fn api_keys(&self, organization: i64) -> Vec<Key> {
        let state = self.shared.lock();
        state.database.all_api_keys(organization).into_iter().map(Key::from).collect()
    }

    /// Deletes an API key.
    ///
    /// # Errors
    /// If there is no such API key.
    pub fn delete_api_key(&self, organization: i64, id: i64) -> Result<(), Refusal> {
        self.shared.lock().database.delete_api_key(organization, id)
    }

    /// Makes the API keys of an organization tokens, as `POST /api/serviceaccounts/migrate` does.
    pub fn migrate_api_keys(&self, organization: i64) {
        let mut state = self.shared.lock();
        let now = state.now();
        state.database.migrate_keys(now, organization);
    }

    /// Makes a service account.
    ///
    /// # Errors
    /// If one has the login that follows from the name.
    pub fn create_service_account(
        &self,
        organization: i64,
        name: &str,
        role: Role,
    ) -> Result<ServiceAccount, Refusal> {
        let mut state = self.shared.lock();
        let now = state.now();
        let login = accounts::login(state.generation, organization, name);
        let new = NewAccount { organization, name, login, role, disabled: false };
        state.database.create_account(now, new).map(ServiceAccount::from)
    }

    /// The service accounts of an organization by login.
    pub fn service_accounts(&self, organization: i64) -> Vec<ServiceAccount> {
        let state = self.shared.lock();
        state
            .database
            .search_accounts(organization, "")
            .into_iter()
            .map(ServiceAccount::from)
            .collect()
    }

    /// Changes a service account: disables or enables it, or gives it another role.
    ///
    /// # Errors
    /// If there is no such account.
    pub fn change_service_account(
        &self,
        organization: i64,
        id: i64,
        role: Option<Role>,
        disabled: Option<bool>,
    ) -> Result<ServiceAccount, Refusal> {
        let mut state = self.shared.lock();
        let now = state.now();
        let change = AccountChange { name: None, role, disabled };
        state.database.change_account(now, organization, id, change).map(ServiceAccount::from)
    }

    /// Deletes a service account and its tokens.
    ///
    /// # Errors
    /// If there is no such account.
    pub fn delete_service_account(&self, organization: i64, id: i64) -> Result<(), Refusal> {
        self.shared.lock().database.delete_account(organization, id)
    }

    /// Makes a token.
    ///
    /// # Errors
    /// If there is no such account, the name is taken in the organization, or the life is not allowed.
    pub fn create_token(
        &self,
        organization: i64,
        account: i64,
        name: &str,
        seconds_to_live: Option<i64>,
    ) -> Result<CreatedKey, Refusal> {
        let mut state = self.shared.lock();
        let now = state.now();
        state.database.create_token(now, organization, account, name, seconds_to_live)
    }

    /// The tokens of a service account by name; none if there is no such account.
    pub fn tokens(&self, organization: i64, account: i64) -> Vec<Key> {
        let state = self.shared.lock();
        state.database.list_tokens(organization, account).into_iter().map(Key::from).collect()
    }

    /// Withdraws a token, as Grafana does with one that has leaked: it is listed and refused.
    ///
    /// # Errors
    /// If there is no such token.
    pub fn revoke_token(&self, organization: i64, account: i64, id: i64) -> Result<(), Refusal> {
        self.shared.lock().database.revoke_token(organization, account, id)
    }

    /// Deletes a token.
    ///
    /// # Errors
    /// If there is no such token.
    pub fn delete_token(&self, organization: i64, account: i64, id: i64) -> Result<(), Refusal> {
        self.shared.lock().database.delete_token(organization, account, id)
    }
}
