//! One organization: what was read of it, shared until something is written.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::find::Sought;
use super::shared::Shared;
use crate::grafana::{
    ApiKeyList, Client, Error, Role, ServiceAccount, ServiceAccountChanges, ServiceAccountToken,
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
    /// The organization that the sign-in itself belongs to.
    own: Shared<i64>,
    /// Names of API keys by number, from every list that was read: a key keeps its name.
    names: Mutex<HashMap<i64, String>>,
    /// Service accounts that stayed when the key in them was removed here.
    released: Mutex<BTreeSet<i64>>,
    /// Whether Grafana makes API keys, once an answer has told.
    makes_api_keys: OnceLock<bool>,
    /// Lets one at a time find that out.
    finding_out: tokio::sync::Mutex<()>,
    /// Keeps two keys of one name from being made at the same time.
    making: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

/// The sign-in belongs to another organization than was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherOrganization {
    /// Asked for.
    pub asked: i64,
    /// The token's own.
    pub own: i64,
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
            own: Shared::default(),
            names: Mutex::default(),
            released: Mutex::default(),
            makes_api_keys: OnceLock::new(),
            finding_out: tokio::sync::Mutex::default(),
            making: Mutex::default(),
        }
    }

    /// The API keys, expired ones too; nothing where this Grafana lists none.
    pub(super) async fn api_keys(&self) -> Result<Arc<Option<ApiKeyList>>, Error> {
        let list = async {
            let list = offered(self.client.api_keys().list(true).await)?;
            let keys = list.iter().flat_map(|list| &list.keys);
            lock(&self.names).extend(keys.map(|key| (key.id, key.name.clone())));
            Ok(list)
        };
        self.api_keys.get(list).await
    }

    /// The name of the API key of that number, if a list shows it.
    pub(super) async fn name_of(&self, id: i64) -> Result<Option<String>, Error> {
        let known = || lock(&self.names).get(&id).cloned();
        if known().is_none() {
            self.api_keys().await?;
        }
        Ok(known())
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

    /// Changes the role of the service account that holds a key. Says whether the key is in it (still).
    ///
    /// # Errors
    /// As [`crate::grafana::ServiceAccounts::update`].
    pub async fn change_role(&self, key: &Sought, role: Role) -> Result<bool, Error> {
        let Some(account) = key.account else { return Ok(false) };
        let accounts = self.client.service_accounts();
        let tokens = accounts.tokens(account).await?;
        if !tokens.iter().any(|token| key.is(token.id, &token.name)) {
            return Ok(false);
        }
        let changes = ServiceAccountChanges { role: Some(role), ..Default::default() };
        let changed = accounts.update(account, &changes).await;
        self.forget_accounts();
        changed.map(|_| true)
    }

    /// Fails if the provider signs in with a token of another organization: on older Grafana such a
    /// token acts in its own, whatever is asked for.
    ///
    /// # Errors
    /// [`OtherOrganization`]. If Grafana does not tell, nothing speaks against it.
    pub async fn check_own(&self) -> Result<(), OtherOrganization> {
        let asked = match self.client.org_id() {
            Some(asked) if asked > 0 && !self.client.signs_in_with_password() => asked,
            _ => return Ok(()),
        };
        match self.own.get(self.client.own_organization()).await {
            Ok(own) if *own != asked => Err(OtherOrganization { asked, own: *own }),
            _ => Ok(()),
        }
    }

    /// Whether Grafana has said that it makes no API keys.
    pub(super) fn makes_no_api_keys(&self) -> bool {
        self.makes_api_keys.get() == Some(&false)
    }

    pub(super) fn learn(&self, makes_api_keys: bool) {
        let _ = self.makes_api_keys.set(makes_api_keys);
    }

    /// Waits for whoever is finding out whether Grafana makes API keys; nothing once that is known.
    pub(super) async fn finding_out(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        if self.makes_api_keys.get().is_some() {
            return None;
        }
        let turn = self.finding_out.lock().await;
        self.makes_api_keys.get().is_none().then_some(turn)
    }

    pub(super) fn release(&self, account: i64) {
        lock(&self.released).insert(account);
    }

    /// Whether a key was removed from that account here, and the account stayed.
    pub(super) fn was_released(&self, account: i64) -> bool {
        lock(&self.released).contains(&account)
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
