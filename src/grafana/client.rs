//! The client: one instance, and views of it for organizations.

use std::future::ready;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::api_keys::ApiKeys;
use super::auth::{Auth, bearer};
use super::call::Call;
use super::claims::Shown;
use super::error::{Error, ErrorKind};
use super::licensing::Licensing;
use super::limits::{Bounds, Limits};
use super::request::{Request, SignedBy};
use super::retry::Attempts;
use super::root_url::RootUrl;
use super::service_accounts::ServiceAccounts;
use super::session::{Reached, Session};
use super::settings::{Settings, SettingsError};
use super::tls::Connections;
use super::transport::exchange;
use crate::http::Quoted;

/// How long it may take at most to look at or undo what an operation has left, once it has ended.
const LONGEST_CLEANUP: Duration = Duration::from_secs(15);

const ORG_HEADER: &str = "X-Grafana-Org-Id";

/// Grafana 9.4 answers 500 with these words to a token that does not exist (any more).
pub(super) const INVALID_API_KEY: &str = "invalid API key";

/// What Grafana answers where there is nothing to return.
#[derive(Deserialize)]
struct Acknowledgement {
    #[serde(default)]
    message: String,
}

/// A client of one Grafana instance. Clones are cheap and share connections, the sign-in and what
/// is known of the instance.
#[derive(Debug, Clone)]
pub struct Client {
    pub(super) session: Arc<Session>,
    default_org: Option<i64>,
    org: Option<i64>,
    new_connections: bool,
    bounds: Bounds,
}

/// A client's sign-in that does not count as its use.
#[derive(Debug, Clone)]
pub struct WeakClient(Weak<Session>);

impl WeakClient {
    /// Whether a client still has the sign-in, a request under way for example.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        self.0.strong_count() > 0
    }
}

impl Client {
    /// Makes a client of the instance at a URL. Nothing is sent; files named by the settings are
    /// read.
    ///
    /// # Errors
    /// If a setting cannot be used, naming it.
    pub fn new(url: &RootUrl, auth: Auth, settings: &Settings) -> Result<Self, SettingsError> {
        let org = settings.checked_org_id()?;
        settings.check_sign_in(!matches!(auth, Auth::Anonymous))?;
        let session = Arc::new(Session::new(url, auth, settings)?);
        let bounds = Bounds::default();
        Ok(Self { session, default_org: org, org, new_connections: false, bounds })
    }

    /// Whether a client can be made with these settings, whatever its address, that signs in or not.
    /// Files named by them are read.
    ///
    /// # Errors
    /// If a setting cannot be used, naming it.
    pub fn check(settings: &Settings, signs_in: bool) -> Result<(), SettingsError> {
        settings.checked_org_id()?;
        settings.check_sign_in(signs_in)?;
        Connections::new(settings, None).map(drop)
    }

    /// A client of the same instance with another sign-in, over the same connections.
    ///
    /// # Errors
    /// If the sign-in cannot be used, naming `auth`.
    pub fn signed_in_as(&self, auth: Auth) -> Result<Self, SettingsError> {
        Ok(Self { session: Arc::new(self.session.signed_in_as(auth)?), ..self.clone() })
    }

    /// Tells later whether the sign-in is in use.
    #[must_use]
    pub fn downgrade(&self) -> WeakClient {
        WeakClient(Arc::downgrade(&self.session))
    }

    /// The same client, whose requests end as the limits say.
    #[must_use]
    pub fn within(&self, limits: Limits) -> Self {
        Self { bounds: Bounds::new(limits), ..self.clone() }
    }

    /// The same client for what has to be looked at or undone though the operation was stopped or its
    /// time ran out. All that is done then ends together, after the time of one request or 15 seconds,
    /// and no `Retry-After` is waited for.
    #[must_use]
    pub fn for_cleanup(&self) -> Self {
        let lasts = self.session.instance.timeout.min(LONGEST_CLEANUP);
        Self { bounds: self.bounds.for_cleanup(lasts), ..self.clone() }
    }

    /// The same client working in an organization: `None` is the one of the settings, `Some(0)` the
    /// sign-in's own. A token belongs to one organization and is refused in any other.
    #[must_use]
    pub fn for_org(&self, org: Option<i64>) -> Self {
        Self { org: org.or(self.default_org), ..self.clone() }
    }

    /// The same client with a new connection for each request: behind a load balancer that may be
    /// another node each time.
    #[must_use]
    pub fn over_new_connections(&self) -> Self {
        Self { new_connections: true, ..self.clone() }
    }

    /// Keeps a secret of the instance out of every text from now on.
    pub fn hide(&self, secret: &SecretString) {
        self.session.instance.redactor.add(secret);
    }

    /// What the instance said, fit to be shown.
    #[must_use]
    pub fn quote(&self, text: &str) -> Quoted {
        self.session.instance.redactor.quote(text)
    }

    /// How claims of a license are shown.
    #[must_use]
    pub fn claims_shown(&self) -> Shown {
        Shown::by(&self.session.instance.redactor)
    }

    /// Root URL of the instance.
    #[must_use]
    pub fn url(&self) -> &RootUrl {
        &self.session.instance.root
    }

    /// The organization sent with requests; `None` leaves it to the sign-in.
    #[must_use]
    pub fn org_id(&self) -> Option<i64> {
        self.org.filter(|org| *org != 0)
    }

    /// Whether the client signs in as a user, who may belong to several organizations and may use
    /// the licensing API, and not with a token, which belongs to one.
    #[must_use]
    pub fn signs_in_with_password(&self) -> bool {
        self.session.sign_in.auth().is_basic()
    }

    /// Whether the client signs in with a token that belongs to one organization.
    #[must_use]
    pub fn signs_in_to_one_organization(&self) -> bool {
        self.session.sign_in.auth().is_of_one_organization()
    }

    /// The license of the instance.
    ///
    /// # Errors
    /// [`ErrorKind::BasicAuthNeeded`] unless the client signs in with a password.
    pub fn licensing(&self) -> Result<Licensing, Error> {
        if self.signs_in_with_password() {
            Ok(Licensing::new(self.clone()))
        } else {
            Err(Error::new(ErrorKind::BasicAuthNeeded))
        }
    }

    /// API keys of the organization.
    #[must_use]
    pub fn api_keys(&self) -> ApiKeys {
        ApiKeys::new(self.clone())
    }

    /// Service accounts of the organization.
    #[must_use]
    pub fn service_accounts(&self) -> ServiceAccounts {
        ServiceAccounts::new(self.clone())
    }

    /// Waits for something that operations share: for another one that has begun it no longer than this
    /// operation goes on.
    ///
    /// # Errors
    /// [`ErrorKind::Stopped`] or [`ErrorKind::OutOfTime`] if it has ended meanwhile.
    pub async fn share<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        // Boxed, because every future that it passes through would hold it twice.
        self.bounds.wait_for_others(Box::pin(work)).await.map_err(Error::new)
    }

    /// Sends a request whose answer says no more than that it succeeded.
    pub(super) async fn send(&self, request: Request) -> Result<(), Error> {
        self.fetch::<IgnoredAny>(request).await.map(drop)
    }

    /// Sends a request that deletes something. Grafana answers it with a message: a success without
    /// one is not Grafana's.
    pub(super) async fn delete(&self, request: Request) -> Result<(), Error> {
        let has_message = |answer: &Acknowledgement| {
            answer.message.is_empty().then_some("it does not say that anything was deleted")
        };
        self.fetch_checked(request, has_message).await.map(drop)
    }

    /// The same as [`Client::fetch`], for an answer that may say what cannot be: `wrong` tells what is
    /// wrong with it.
    pub(super) async fn fetch_checked<T: DeserializeOwned>(
        &self,
        request: Request,
        wrong: impl FnOnce(&T) -> Option<&'static str>,
    ) -> Result<T, Error> {
        let call = self.session.instance.call(&request, self.org_id());
        let answer = self.fetch(request).await?;
        match wrong(&answer) {
            None => Ok(answer),
            reason => {
                let reason = reason.map(str::to_owned);
                Err(Error::of(&call, ErrorKind::Unexpected { reason }))
            }
        }
    }

    /// The attempts at something that the caller sends again, after a look at what was done.
    #[must_use]
    pub fn attempts(&self) -> Attempts {
        Attempts::new(&self.session.instance.retry, &self.bounds)
    }

    /// Sends a request, again if that is allowed and may help, and reads its answer as a type.
    pub(super) async fn fetch<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        let mut attempts = self.attempts();
        loop {
            match self.attempt(&request).await {
                Err(mut error) if request.repeats => {
                    if !attempts.wait_after(&mut error).await {
                        return Err(error);
                    }
                }
                answer => return answer,
            }
        }
    }

    async fn attempt<T: DeserializeOwned>(&self, request: &Request) -> Result<T, Error> {
        let (instance, sign_in) = (&self.session.instance, &self.session.sign_in);
        let call = instance.call(request, self.org_id());
        let ended = |kind| Error::of(&call, kind);
        let permit = match request.signed_by {
            SignedBy::Client => Some(self.bounds.wait(sign_in.permit()).await.map_err(ended)??),
            SignedBy::Key(_) | SignedBy::Nobody => None,
        };
        let exchange = exchange(instance, &call, self.prepare(&call, request)?, request.limit);
        let started = Instant::now();
        let may_change = request.may_change_something();
        let answer = if may_change && !self.bounds.is_after_end() {
            // Once begun it may be carried out, so that its answer counts.
            self.bounds.wait(ready(())).await.map_err(ended)?;
            exchange.await
        } else {
            self.bounds.wait(exchange).await.map_err(|kind| {
                let mut error = ended(kind.clone());
                error.stop(kind, may_change);
                error
            })?
        };
        tracing::debug!(
            method = %call.method,
            path = call.path,
            status = answer.as_ref().ok().map(|answer| answer.status),
            duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            org = self.org_id(),
            error = answer.as_ref().err().map(tracing::field::display),
            "request to Grafana"
        );
        let outcome = answer
            .and_then(|answer| answer.read(&call, &instance.redactor))
            .map_err(|error| self.understood(request, error));
        match permit {
            Some(permit) => sign_in.learn(permit, outcome),
            None => outcome,
        }
    }

    fn prepare(&self, call: &Call, request: &Request) -> Result<reqwest::RequestBuilder, Error> {
        let Reached { connections, redactor, .. } = &*self.session.instance;
        let http = if self.new_connections { connections.single() } else { connections.pool() };
        let mut prepared = http
            .request(request.method.clone(), self.session.instance.address(request))
            .header(ACCEPT, "application/json");
        request.secret.iter().for_each(|secret| redactor.add(secret));
        match &request.signed_by {
            SignedBy::Client => {
                if let Some(header) = self.session.sign_in.header() {
                    prepared = prepared.header(AUTHORIZATION, header);
                }
                if let Some(org) = self.org_id() {
                    prepared = prepared.header(ORG_HEADER, org);
                }
            }
            SignedBy::Key(key) => {
                redactor.add(key);
                // A key with characters that no header may hold is a key that Grafana never gave.
                let header = bearer(key).map_err(|_| {
                    let why = Quoted::constant("the key is not one that Grafana gives");
                    Error::of(call, ErrorKind::Refused).says(Some(why))
                })?;
                prepared = prepared.header(AUTHORIZATION, header);
            }
            SignedBy::Nobody => {}
        }
        if let Some(body) = &request.body {
            prepared = prepared.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        Ok(prepared)
    }

    /// An error in the light of whose sign-in the request carried.
    fn understood(&self, request: &Request, error: Error) -> Error {
        let error = if request.is_settled_by(&error) { error.settled() } else { error };
        let sign_in = &self.session.sign_in;
        let own = matches!(request.signed_by, SignedBy::Client);
        match error.kind() {
            ErrorKind::Refused if own && !sign_in.is_guarded() => {
                error.with_kind(ErrorKind::SignInNeeded)
            }
            ErrorKind::Server
                if own
                    && !sign_in.auth().is_basic()
                    && error.message() == Some(INVALID_API_KEY) =>
            {
                error.with_kind(ErrorKind::Refused)
            }
            _ => error,
        }
    }
}
