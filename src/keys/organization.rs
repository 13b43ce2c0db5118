//! One organization: what was read of it, shared until something is written.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::shared::Shared;
use crate::grafana::{
    ApiKeyList, Client, Error, ServiceAccount, ServiceAccountChanges, ServiceAccountToken,
};

type Accounts = BTreeMap<i64, ServiceAccount>;
type Tokens = Vec<ServiceAccountToken>;

/// The keys of one organization. What was read is kept until something is written here.
pub struct Organization {
    pub(super) client: Client,
    /// Nothing where Grafana has no such list (any more).
    api_keys: Shared<Option<ApiKeyList>>,
    /// Nothing where Grafana has no service accounts yet.
    accounts: Shared<Option<Accounts>>,
    tokens: Mutex<HashMap<i64, Arc<Shared<Tokens>>>>,
    /// Whether Grafana has said that it makes no API keys.
    makes_no_api_keys: AtomicBool,
    /// Keeps two keys of one name from being made at the same time.
    making: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl fmt::Debug for Organization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Organization").field(&self.client).finish()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Organization {
    pub(super) fn new(client: Client) -> Self {
        Organization {
            client,
            api_keys: Shared::default(),
            accounts: Shared::default(),
            tokens: Mutex::default(),
            makes_no_api_keys: AtomicBool::new(false),
            making: Mutex::default(),
        }
    }

    /// The API keys, expired ones too; nothing where this Grafana lists none.
    pub(super) async fn api_keys(&self) -> Result<Arc<Option<ApiKeyList>>, Error> {
        self.api_keys.get(async { offered(self.client.api_keys().list(true).await) }).await
    }

    /// The service accounts by id; nothing where this Grafana has none.
    pub(super) async fn accounts(&self) -> Result<Arc<Option<Accounts>>, Error> {
        let search = async {
            let found = offered(self.client.service_accounts().search("").await)?;
            Ok(found.map(|accounts| accounts.into_iter().map(|a| (a.id, a)).collect()))
        };
        self.accounts.get(search).await
    }

    /// The tokens of a service account; none if it does not exist.
    pub(super) async fn tokens(&self, account: i64) -> Result<Arc<Tokens>, Error> {
        let shared = lock(&self.tokens).entry(account).or_default().clone();
        shared.get(self.client.service_accounts().tokens(account)).await
    }

    /// Changes a service account.
    ///
    /// # Errors
    /// As [`crate::grafana::ServiceAccounts::update`].
    pub async fn change_account(
        &self,
        account: i64,
        changes: &ServiceAccountChanges,
    ) -> Result<(), Error> {
        let changed = self.client.service_accounts().update(account, changes).await;
        self.forget_accounts();
        changed.map(drop)
    }

    pub(super) fn makes_no_api_keys(&self) -> bool {
        self.makes_no_api_keys.load(Ordering::Relaxed)
    }

    pub(super) fn learn_no_api_keys(&self) {
        self.makes_no_api_keys.store(true, Ordering::Relaxed);
    }

    /// An API key was written, or may have been.
    pub(super) fn forget_api_keys(&self) {
        self.api_keys.forget();
    }

    /// A service account was written, or may have been, with its tokens.
    pub(super) fn forget_accounts(&self) {
        self.accounts.forget();
        lock(&self.tokens).clear();
    }

    /// The tokens of one service account were written, or may have been.
    pub(super) fn forget_tokens(&self, account: i64) {
        lock(&self.tokens).remove(&account);
    }

    /// Waits until nobody else is making a key of that name.
    pub(super) async fn turn(&self, name: &str) -> tokio::sync::OwnedMutexGuard<()> {
        let turn = lock(&self.making).entry(name.to_owned()).or_default().clone();
        turn.lock_owned().await
    }
}

/// What Grafana lacks as a whole is nothing, rather than an error.
fn offered<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_not_offered() => Ok(None),
        Err(error) => Err(error),
    }
}
