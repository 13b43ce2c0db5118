//! One organization: what was read of it, shared until something is written.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::find::KeyRef;
use super::shared::Shared;
use super::{OrgId, lock};
use crate::grafana::{
    ApiKeyList, Client, Error, Role, RootUrl, ServiceAccount, ServiceAccountToken, ServiceAccounts,
};
use crate::http::Quoted;

/// How long whoever lists the same keys is taken for a part of the same run: modules with the same data source.
const ONE_RUN: Duration = Duration::from_secs(5);

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
    /// What has been read since the lists were, and when: each once in a run of Terraform.
    read: Mutex<HashMap<String, Instant>>,
    /// Until when names are taken by keys that are left when they are destroyed.
    left: Mutex<HashMap<String, Timestamp>>,
    /// Names that are planned for new keys.
    planned: Mutex<HashSet<String>>,
    /// Whether what killed runs have left has been looked for.
    looked_for_left: OnceCell<()>,
    /// Whether accounts of keys that were left have been looked for in this run.
    looked_for_expired: AtomicBool,
    /// Set when it has been asked at plan whether keys can be created: with a basic role, and without.
    asked: [OnceLock<()>; 2],
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

impl Cache {
    pub(super) fn remember_left(&self, name: &str, until: Option<Timestamp>) {
        let mut left = lock(&self.left);
        match until {
            Some(until) => left.insert(name.to_owned(), until),
            None => left.remove(name),
        };
    }

    pub(super) fn remember_planned(&self, name: &str) {
        lock(&self.planned).insert(name.to_owned());
    }

    pub(super) fn is_planned(&self, name: &str) -> bool {
        lock(&self.planned).contains(name)
    }

    /// Until when the name is taken by a key that is left.
    pub(super) fn left_until(&self, name: &str) -> Option<Timestamp> {
        lock(&self.left).get(name).copied().filter(|until| *until > Timestamp::now())
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

    /// Root URL of its Grafana.
    #[must_use]
    pub fn url(&self) -> &RootUrl {
        self.client.url()
    }

    /// The same for what has to be looked at or undone after the operation was stopped.
    pub(super) fn for_cleanup(&self) -> Self {
        Organization { client: self.client.for_cleanup(), ..self.clone() }
    }

    /// A key is to be read of what the lists show. What has been read from them before is read by
    /// another run of a client that keeps the provider running: it reads them anew.
    pub fn begin_read(&self, number: i64) {
        self.begin(number.to_string(), Duration::ZERO);
    }

    /// The same of all keys of a description, which many may list in one run.
    pub fn begin_list(&self, what: String) {
        self.begin(what, ONE_RUN);
    }

    fn begin(&self, what: String, one_run: Duration) {
        let mut read = lock(&self.cache.read);
        if read.get(&what).is_some_and(|at| at.elapsed() >= one_run) {
            read.clear();
            lock(&self.cache.left).clear();
            lock(&self.cache.planned).clear();
            self.cache.looked_for_expired.store(false, Ordering::Relaxed);
            self.forget_api_keys();
            self.forget_accounts();
        }
        read.entry(what).or_insert_with(Instant::now);
    }

    /// A key that was planned is created.
    pub(super) fn begin_creation(&self, name: &str) {
        lock(&self.cache.planned).remove(name);
    }

    /// Looks for what killed runs have left, once in this run; who comes meanwhile waits.
    pub(super) async fn look_for_left(&self, look: impl Future<Output = ()>) {
        // Who is ended meanwhile creates nothing, and learns that from its next request.
        let _ = self.client.share(self.cache.looked_for_left.get_or_init(|| look)).await;
    }

    /// Whether nobody in this run has looked yet for accounts of keys that were left; now somebody does.
    pub(super) fn begin_to_look_for_expired(&self) -> bool {
        !self.cache.looked_for_expired.swap(true, Ordering::Relaxed)
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
        let own = *self.shared(&self.cache.of_sign_in, client.own_organization()).await?;
        Ok((own != asked).then_some(OtherOrganization { asked, own }))
    }

    async fn shared<T>(
        &self,
        shared: &Shared<T>,
        fetch: impl Future<Output = Result<T, Error>>,
    ) -> Result<Arc<T>, Error> {
        self.client.share(shared.get(fetch)).await?
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
        self.shared(&self.cache.api_keys, list).await
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
        self.shared(&self.cache.accounts, search).await
    }

    /// The tokens of a service account; none if it does not exist.
    pub(super) async fn tokens(&self, account: i64) -> Result<Arc<Tokens>, Error> {
        let shared = lock(&self.cache.tokens).entry(account).or_default().clone();
        self.shared(&shared, self.service_accounts().tokens(account)).await
    }

    /// Whether it has been asked whether keys can be created here, with that role: keys do not differ in
    /// it otherwise.
    pub(super) fn is_asked(&self, role: Role) -> bool {
        self.cache.asked[usize::from(role == Role::None)].get().is_some()
    }

    pub(super) fn learn_asked(&self, role: Role) {
        let _ = self.cache.asked[usize::from(role == Role::None)].set(());
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
