//! One organization: what was read of it, shared until something is written.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use tokio::sync::OnceCell;

use super::find::KeyRef;
use super::shared::Shared;
use super::{OrgId, lock};
use crate::grafana::{
    ApiKeyList, Client, Error, ServiceAccount, ServiceAccountToken, ServiceAccounts,
};
use crate::http::Quoted;

type Accounts = BTreeMap<i64, ServiceAccount>;
type Tokens = Vec<ServiceAccountToken>;

/// The keys of one organization, for one operation.
#[derive(Clone)]
pub struct Organization {
    pub(super) client: Client,
    id: OrgId,
    cache: Arc<Cache>,
}

/// What was read of an organization, and is kept until something is written.
#[derive(Default)]
pub(super) struct Cache {
    /// `None` where Grafana has no such list (any more).
    api_keys: Shared<Option<ApiKeyList>>,
    /// `None` where Grafana has no service accounts yet.
    accounts: Shared<Option<Accounts>>,
    tokens: Mutex<HashMap<i64, Arc<Shared<Tokens>>>>,
    /// The organization that Grafana answers for.
    of_sign_in: Shared<i64>,
    /// Names of API keys by number, from every answer: a key keeps its name.
    names: Mutex<HashMap<i64, String>>,
    /// Whether Grafana creates API keys, once an answer has shown it.
    creates_api_keys: OnceLock<bool>,
    /// What has been read since the lists were: each once in a run of Terraform.
    read: Mutex<HashSet<String>>,
    /// Whether what killed runs have left has been looked for.
    looked_for_left: OnceCell<()>,
    /// Set when it could not be checked at plan whether keys can be created.
    unchecked: OnceLock<()>,
}

/// The provider's sign-in belongs to another organization than was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherOrganization {
    /// Asked for.
    pub asked: i64,
    /// The sign-in's own.
    pub own: i64,
}

impl fmt::Debug for Organization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Organization").field(&self.client).finish()
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").finish_non_exhaustive()
    }
}

impl Organization {
    pub(super) fn new(client: Client, id: OrgId, cache: Arc<Cache>) -> Self {
        Organization { client, id, cache }
    }

    /// Its id; 0 if it is the one that the sign-in belongs to.
    #[must_use]
    pub fn id(&self) -> OrgId {
        self.id
    }

    /// The same for what has to be looked at or undone after the operation was stopped.
    pub(super) fn for_cleanup(&self) -> Self {
        Organization { client: self.client.for_cleanup(), ..self.clone() }
    }

    /// Something is to be read of what the lists show. What has been read from them before is read by
    /// another run of a client that keeps the provider running: it reads them anew.
    pub fn begin_read(&self, what: impl ToString) {
        let mut read = lock(&self.cache.read);
        let what = what.to_string();
        if read.contains(&what) {
            read.clear();
            self.forget_api_keys();
            self.forget_accounts();
        }
        read.insert(what);
    }

    /// Looks for what killed runs have left, once in this run; who comes meanwhile waits.
    pub(super) async fn look_for_left(&self, look: impl Future<Output = ()>) {
        self.cache.looked_for_left.get_or_init(|| look).await;
    }

    /// Keeps the secret of a key out of every text from now on.
    pub fn hide(&self, key: &KeyRef) {
        key.secret.iter().for_each(|secret| self.client.hide(secret));
    }

    /// A name that Grafana gave, fit to be shown.
    #[must_use]
    pub fn quote(&self, name: &str) -> Quoted {
        self.client.quote(name)
    }

    pub(super) fn service_accounts(&self) -> ServiceAccounts {
        self.client.service_accounts()
    }

    /// The organization that the sign-in belongs to, if that is another one: older Grafana ignores what
    /// is asked for then, and answers for the sign-in's own.
    ///
    /// # Errors
    /// If that cannot be told: then nothing may be read or written here.
    pub(super) async fn other_organization(&self) -> Result<Option<OtherOrganization>, Error> {
        let asked = match self.client.org_id() {
            Some(asked) if !self.client.signs_in_with_password() => asked,
            _ => return Ok(None),
        };
        // Newer Grafana refuses a token that asks for another organization. Whoever else signs in, with
        // a header for example, may belong to several.
        let client = match self.client.signs_in_to_one_organization() {
            true => self.client.for_org(Some(0)),
            false => self.client.clone(),
        };
        let own = *self.cache.of_sign_in.get(client.own_organization()).await?;
        Ok((own != asked).then_some(OtherOrganization { asked, own }))
    }

    /// The API keys, expired ones too; `None` where this Grafana lists none.
    pub(super) async fn api_keys(&self) -> Result<Arc<Option<ApiKeyList>>, Error> {
        let list = async {
            let list = offered(self.client.api_keys().list(true).await)?;
            list.iter()
                .flat_map(|list| &list.keys)
                .for_each(|key| self.learn_name(key.id, &key.name));
            Ok(list)
        };
        self.cache.api_keys.get(list).await
    }

    /// Remembers what Grafana calls the API key of that number.
    pub(super) fn learn_name(&self, number: i64, name: &str) {
        lock(&self.cache.names).insert(number, name.to_owned());
    }

    /// The name of the API key of that number; `None` if no answer has shown it.
    pub(super) async fn name_of(&self, number: i64) -> Result<Option<String>, Error> {
        let known = || lock(&self.cache.names).get(&number).cloned();
        if known().is_none() {
            self.api_keys().await?;
        }
        Ok(known())
    }

    /// The service accounts by id; `None` where this Grafana has none.
    pub(super) async fn accounts(&self) -> Result<Arc<Option<Accounts>>, Error> {
        let search = async {
            let found = offered(self.service_accounts().search("").await)?;
            Ok(found.map(|accounts| accounts.into_iter().map(|a| (a.id, a)).collect()))
        };
        self.cache.accounts.get(search).await
    }

    /// The tokens of a service account; none if it does not exist.
    pub(super) async fn tokens(&self, account: i64) -> Result<Arc<Tokens>, Error> {
        let shared = lock(&self.cache.tokens).entry(account).or_default().clone();
        shared.get(self.service_accounts().tokens(account)).await
    }

    /// Whether a check at plan has failed before.
    pub(super) fn is_unchecked(&self) -> bool {
        self.cache.unchecked.get().is_some()
    }

    pub(super) fn leave_unchecked(&self) {
        let _ = self.cache.unchecked.set(());
    }

    /// Whether Grafana creates API keys; `None` if no answer has shown it.
    pub(super) fn creates_api_keys(&self) -> Option<bool> {
        self.cache.creates_api_keys.get().copied()
    }

    pub(super) fn learn_creates_api_keys(&self, creates: bool) {
        let _ = self.cache.creates_api_keys.set(creates);
    }

    /// An API key was written, or may have been.
    pub(super) fn forget_api_keys(&self) {
        self.cache.api_keys.forget();
    }

    /// A service account was written, or may have been, with its tokens.
    pub(super) fn forget_accounts(&self) {
        self.cache.accounts.forget();
        lock(&self.cache.tokens).clear();
    }

    /// The tokens of one service account were written, or may have been.
    pub(super) fn forget_tokens(&self, account: i64) {
        lock(&self.cache.tokens).remove(&account);
    }
}

/// What Grafana lacks as a whole is `None`, rather than an error.
fn offered<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_not_offered() => Ok(None),
        Err(error) => Err(error),
    }
}
