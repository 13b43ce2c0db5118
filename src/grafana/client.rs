//! The client: one sign-in, one pool of connections, and views of it for organizations.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use backon::Retryable;
use reqwest::Url;
use reqwest::header::{ACCEPT, AUTHORIZATION};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::OnceCell;

use super::api_keys::ApiKeys;
use super::auth::bearer;
use super::call::Call;
use super::error::Error;
use super::instance::Instance;
use super::json;
use super::licensing::Licensing;
use super::request::{Request, SignedBy};
use super::retry::{Failure, RetryPolicy, Waiting};
use super::service_accounts::ServiceAccounts;
use super::settings::{Settings, SettingsError};
use super::sign_in::{SignIn, Turn};
use super::tls;
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
    http: reqwest::Client,
    single: OnceLock<reqwest::Client>,
    settings: Settings,
    root: Url,
    timeout: Duration,
    sign_in: SignIn,
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
        let org = settings.checked_org_id()?;
        let signed_elsewhere = settings.headers()?.contains_key(AUTHORIZATION);
        let shared = Shared {
            http: tls::connections(settings)?,
            single: OnceLock::new(),
            settings: settings.clone(),
            root: settings.url.clone(),
            timeout: settings.request_timeout,
            sign_in: SignIn::new(settings.auth.clone(), signed_elsewhere)?,
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

    /// The configured root URL, which ends in `/`.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.shared.root
    }

    /// Whether the sign-in is of the kind that the licensing API accepts.
    #[must_use]
    pub fn can_license(&self) -> bool {
        self.shared.sign_in.auth().is_basic()
    }

    /// Whether the client signs in as a user, who may belong to several organizations, and not with
    /// a token, which belongs to one.
    #[must_use]
    pub fn signs_in_with_password(&self) -> bool {
        self.shared.sign_in.auth().is_basic()
    }

    /// The license of the instance.
    ///
    /// # Errors
    /// [`Error::BasicAuthNeeded`] if [`Client::can_license`] says no.
    pub fn licensing(&self) -> Result<Licensing, Error> {
        if self.can_license() {
            Ok(Licensing::new(self.clone()))
        } else {
            Err(Error::BasicAuthNeeded)
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
        let call = self.call(&request);
        let json = self.send(request).await?;
        json::shape(&call, json)
    }

    /// Sends a request, again if that is allowed and may help. The answer is JSON; nothing more is
    /// known of it.
    pub(super) async fn send(&self, request: Request) -> Result<Value, Error> {
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

    async fn attempt(&self, request: &Request, number: u32) -> Result<Value, Failure> {
        let turn = self.turn(request).await.map_err(Failure::unsent)?;
        let call = self.call(request);
        let place = Place { root: &self.shared.root, timeout: self.shared.timeout };
        let prepared = self.prepare(request).map_err(Failure::unsent)?;
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
                answer.judge(&call, self.shared.root.as_str(), &self.secrets(request))
            })
            .map_err(|error| self.understood(request, error));
        if let Some(turn) = turn {
            self.shared.sign_in.learn(turn, outcome.as_ref().map(drop));
        }
        outcome.map_err(|error| Failure {
            settled: request.is_settled_by(&error),
            error,
            status,
            retry_after,
        })
    }

    async fn turn(&self, request: &Request) -> Result<Option<Turn<'_>>, Error> {
        match request.signed_by {
            SignedBy::Client => self.shared.sign_in.turn().await.map(Some),
            SignedBy::Key(_) | SignedBy::Nobody => Ok(None),
        }
    }

    fn prepare(&self, request: &Request) -> Result<reqwest::RequestBuilder, Error> {
        let url = self.address(request);
        let mut prepared = self
            .connections()
            .request(request.method.clone(), url)
            .header(ACCEPT, "application/json");
        match &request.signed_by {
            SignedBy::Client => {
                if let Some(header) = self.shared.sign_in.header() {
                    prepared = prepared.header(AUTHORIZATION, header);
                }
                if let Some(org) = self.org_id() {
                    prepared = prepared.header(ORG_HEADER, org);
                }
            }
            SignedBy::Key(key) => {
                // A key with characters that no header may hold is a key that Grafana never gave.
                let header = bearer(key).map_err(|_| Error::Refused {
                    call: self.call(request),
                    message: Some("the key is not one that Grafana gives".to_owned()),
                    id: None,
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

    fn connections(&self) -> &reqwest::Client {
        let shared = &self.shared;
        if !self.new_connections {
            return &shared.http;
        }
        // Files named by the settings were read before; one that has gone since costs only the new connections.
        let make = || tls::single_connections(&shared.settings).unwrap_or(shared.http.clone());
        shared.single.get_or_init(make)
    }

    fn address(&self, request: &Request) -> Url {
        let mut url = self.shared.root.clone();
        url.set_path(&self.path(request));
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        url
    }

    fn path(&self, request: &Request) -> String {
        let root = self.shared.root.path().trim_end_matches('/');
        format!("{root}{}", request.path)
    }

    fn call(&self, request: &Request) -> Call {
        Call { method: request.method.clone(), path: self.path(request) }
    }

    fn secrets<'a>(&'a self, request: &'a Request) -> Vec<&'a SecretString> {
        let key = match &request.signed_by {
            SignedBy::Key(key) => Some(key),
            SignedBy::Client | SignedBy::Nobody => None,
        };
        let own = self.shared.sign_in.auth().secret();
        own.into_iter().chain(key).chain(&request.secret).collect()
    }

    /// An error in the light of whose sign-in the request carried.
    fn understood(&self, request: &Request, error: Error) -> Error {
        let sign_in = &self.shared.sign_in;
        let own = matches!(request.signed_by, SignedBy::Client);
        match error {
            Error::Refused { call, message, .. } if own && !sign_in.is_guarded() => {
                Error::SignInNeeded { call, message }
            }
            Error::Server { call, message, .. }
                if own && !sign_in.auth().is_basic() && message.as_deref() == Some(DEAD_KEY) =>
            {
                Error::Refused { call, message, id: None }
            }
            other => other,
        }
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
            .field("url", &self.shared.root.as_str())
            .field("auth", self.shared.sign_in.auth())
            .field("org", &self.org)
            .finish_non_exhaustive()
    }
}
