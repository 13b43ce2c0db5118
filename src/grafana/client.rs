//! The client: one instance, and views of it for organizations.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use backon::Retryable;
use reqwest::header::{ACCEPT, AUTHORIZATION};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::OnceCell;

use super::api_keys::ApiKeys;
use super::auth::bearer;
use super::call::Call;
use super::error::{Error, ErrorKind};
use super::instance::Instance;
use super::json;
use super::licensing::Licensing;
use super::request::{Request, SignedBy};
use super::retry::{Failure, RetryPolicy, Waiting};
use super::service_accounts::ServiceAccounts;
use super::session::{Session, Sessions};
use super::settings::{Settings, SettingsError};
use super::sign_in::Turn;
use super::source::SignInSource;
use super::transport::Place;

const ORG_HEADER: &str = "X-Grafana-Org-Id";

/// Grafana 9.4 answers 500 with these words to a token that does not exist (any more).
pub(super) const DEAD_KEY: &str = "invalid API key";

/// A client of one Grafana instance. Clones are cheap and share connections, the sign-in and what
/// is known of the instance.
#[derive(Clone)]
pub struct Client {
    pub(super) shared: Arc<Shared>,
    org: Option<i64>,
    new_connections: bool,
}

/// What all views of an instance share.
pub(super) struct Shared {
    sessions: Sessions,
    timeout: Duration,
    signs_in_with_password: bool,
    retry: RetryPolicy,
    org: Option<i64>,
    pub(super) is_grafana: OnceCell<bool>,
    pub(super) instance: OnceCell<Instance>,
}

impl Client {
    /// Makes a client. Nothing is sent; files named by the settings are read.
    ///
    /// # Errors
    /// If a setting cannot be used, naming it.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        Self::with(settings, Sessions::fixed(settings)?, settings.auth.is_basic())
    }

    /// Makes a client of an instance that `source` finds, and signs in to with tokens. Nothing is
    /// sent, and the source is not asked; files named by the settings are read.
    ///
    /// # Errors
    /// If a setting cannot be used, naming it.
    pub fn with_source(
        settings: &Settings,
        source: Arc<dyn SignInSource>,
    ) -> Result<Self, SettingsError> {
        Self::with(settings, Sessions::found(settings, source)?, false)
    }

    fn with(
        settings: &Settings,
        sessions: Sessions,
        signs_in_with_password: bool,
    ) -> Result<Self, SettingsError> {
        let org = settings.checked_org_id()?;
        let shared = Shared {
            sessions,
            timeout: settings.request_timeout,
            signs_in_with_password,
            retry: RetryPolicy::new(settings),
            org,
            is_grafana: OnceCell::new(),
            instance: OnceCell::new(),
        };
        Ok(Self { shared: Arc::new(shared), org, new_connections: false })
    }

    /// The same client working in an organization: `None` is the one of the settings, `Some(0)` the
    /// sign-in's own. A token belongs to one organization and is refused in any other.
    #[must_use]
    pub fn for_org(&self, org: Option<i64>) -> Self {
        Self { org: org.or(self.shared.org), ..self.clone() }
    }

    /// The same client with a new connection for each request: behind a load balancer that may be
    /// another node each time.
    #[must_use]
    pub fn over_new_connections(&self) -> Self {
        Self { new_connections: true, ..self.clone() }
    }

    /// The organization sent with requests; `None` leaves it to the sign-in.
    #[must_use]
    pub fn org_id(&self) -> Option<i64> {
        self.org.filter(|org| *org != 0)
    }

    /// Whether the sign-in is of the kind that the licensing API accepts.
    #[must_use]
    pub fn can_license(&self) -> bool {
        self.shared.signs_in_with_password
    }

    /// Whether the client signs in as a user, who may belong to several organizations, and not with
    /// a token, which belongs to one.
    #[must_use]
    pub fn signs_in_with_password(&self) -> bool {
        self.shared.signs_in_with_password
    }

    /// The license of the instance.
    ///
    /// # Errors
    /// [`ErrorKind::BasicAuthNeeded`] if [`Client::can_license`] says no.
    pub fn licensing(&self) -> Result<Licensing, Error> {
        if self.can_license() {
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

    /// Sends a request, again if that is allowed and may help, and reads its answer as a type.
    pub(super) async fn fetch<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        let (call, status, json) = self.carry_out(request).await?;
        json::shape(&call, status, json)
    }

    /// Sends a request, again if that is allowed and may help. The answer is JSON; nothing more is
    /// known of it.
    pub(super) async fn send(&self, request: Request) -> Result<Value, Error> {
        self.carry_out(request).await.map(|(.., json)| json)
    }

    async fn carry_out(&self, request: Request) -> Result<(Call, u16, Value), Error> {
        let policy = &self.shared.retry;
        let attempts = AtomicU32::new(0);
        let mut waiting = Waiting::new(policy);
        let attempt = || self.attempt(&request, attempts.fetch_add(1, Ordering::Relaxed) + 1);
        attempt
            .retry(policy.waits())
            .when(|failure| policy.may_repeat(request.repeat, failure))
            .adjust(|failure, planned| waiting.next(failure, planned))
            .notify(|failure, wait| {
                tracing::debug!(method = %request.method, path = request.path, ?wait, error = %failure.error, "request will be sent again");
            })
            .await
            .map_err(|failure| failure.error)
    }

    async fn attempt(&self, request: &Request, number: u32) -> Result<(Call, u16, Value), Failure> {
        let session = self.shared.sessions.reach().await.map_err(Failure::unsent)?;
        let turn = turn(&session, request).await.map_err(Failure::unsent)?;
        let call = session.call(request, self.org_id());
        let place = Place { root: &session.root, timeout: self.shared.timeout };
        let prepared = self.prepare(&session, request).map_err(Failure::unsent)?;
        let started = Instant::now();
        let answer = place.exchange(&call, prepared).await;
        let status = answer.as_ref().ok().map(|answer| answer.status);
        let retry_after = answer.as_ref().ok().and_then(|answer| answer.retry_after);
        tracing::debug!(
            method = %call.method,
            path = call.path,
            status,
            duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            attempt = number,
            org = self.org_id(),
            error = answer.as_ref().err().map(tracing::field::display),
            "request to Grafana"
        );
        let outcome = answer
            .and_then(|answer| {
                let status = answer.status;
                Ok((status, answer.read(&call, &secrets(&session, request))?))
            })
            .map_err(|error| understood(&session, request, error));
        if let Some(turn) = turn {
            session.sign_in.learn(turn, outcome.as_ref().map(drop));
        }
        match outcome {
            Ok((status, json)) => Ok((call, status, json)),
            Err(error) => {
                Err(Failure { settled: request.is_settled_by(&error), error, status, retry_after })
            }
        }
    }

    fn prepare(
        &self,
        session: &Session,
        request: &Request,
    ) -> Result<reqwest::RequestBuilder, Error> {
        let mut prepared = session
            .connections(self.new_connections)
            .request(request.method.clone(), session.address(request))
            .header(ACCEPT, "application/json");
        match &request.signed_by {
            SignedBy::Client => {
                if let Some(header) = session.sign_in.header() {
                    prepared = prepared.header(AUTHORIZATION, header);
                }
                if let Some(org) = self.org_id() {
                    prepared = prepared.header(ORG_HEADER, org);
                }
            }
            SignedBy::Key(key) => {
                // A key with characters that no header may hold is a key that Grafana never gave.
                let header = bearer(key).map_err(|_| {
                    Error::of(&session.call(request, None), ErrorKind::Refused)
                        .says(Some("the key is not one that Grafana gives".to_owned()))
                })?;
                prepared = prepared.header(AUTHORIZATION, header);
            }
            SignedBy::Nobody => {}
        }
        if let Some(body) = &request.body {
            prepared = prepared
                .header(reqwest::header::CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        Ok(prepared)
    }
}

async fn turn<'a>(session: &'a Session, request: &Request) -> Result<Option<Turn<'a>>, Error> {
    match request.signed_by {
        SignedBy::Client => session.sign_in.turn().await.map(Some),
        SignedBy::Key(_) | SignedBy::Nobody => Ok(None),
    }
}

fn secrets<'a>(session: &'a Session, request: &'a Request) -> Vec<&'a SecretString> {
    let key = match &request.signed_by {
        SignedBy::Key(key) => Some(key),
        SignedBy::Client | SignedBy::Nobody => None,
    };
    let own = session.sign_in.auth().secret();
    own.into_iter().chain(key).chain(&request.secret).collect()
}

/// An error in the light of whose sign-in the request carried.
fn understood(session: &Session, request: &Request, error: Error) -> Error {
    let sign_in = &session.sign_in;
    let own = matches!(request.signed_by, SignedBy::Client);
    match error.kind() {
        ErrorKind::Refused if own && !sign_in.is_guarded() => {
            error.with_kind(ErrorKind::SignInNeeded)
        }
        ErrorKind::Server
            if own && !sign_in.auth().is_basic() && error.message() == Some(DEAD_KEY) =>
        {
            error.with_kind(ErrorKind::Refused)
        }
        _ => error,
    }
}

impl Failure {
    fn unsent(error: Error) -> Self {
        Self { error, status: None, retry_after: None, settled: true }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("sessions", &self.shared.sessions)
            .field("org", &self.org)
            .finish_non_exhaustive()
    }
}
