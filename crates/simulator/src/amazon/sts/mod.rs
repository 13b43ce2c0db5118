//! The Security Token Service: `AssumeRole`, `AssumeRoleWithWebIdentity`, `GetCallerIdentity`.
//!
//! Source: the STS API reference of 2011-06-15 (query protocol, XML answers).

mod actions;
mod role;
mod xml;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use secrecy::{ExposeSecret, SecretString};

pub use role::Role;

use super::loopback::{Loopback, exports};
use super::request::Request;
use super::{Amazon, Clock, Credentials, service};
use crate::faults::Faults;
use crate::journal::Journal;

/// A running Security Token Service. What it issues, its [`Amazon`] accepts. Dropping it stops it.
#[derive(Debug)]
pub struct Sts {
    loopback: Loopback,
    service: Arc<Service>,
}

/// A token of an OpenID Connect provider that the account trusts.
#[derive(Debug)]
struct WebIdentity {
    token: SecretString,
    subject: String,
    expired: bool,
}

#[derive(Debug, Default)]
struct Trust {
    roles: BTreeMap<String, Role>,
    web_identities: Vec<WebIdentity>,
}

#[derive(Debug)]
struct Service {
    credentials: Credentials,
    clock: Clock,
    trust: Mutex<Trust>,
}

impl Sts {
    /// Starts the service on loopback, with the credentials and the clock of `amazon`.
    ///
    /// # Errors
    /// The port cannot be bound.
    pub fn start(amazon: &Amazon) -> io::Result<Self> {
        let service = Arc::new(Service {
            credentials: amazon.credentials().clone(),
            clock: amazon.clock().clone(),
            trust: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&service));
        let loopback = Loopback::start(router, Some(Arc::new(service::identify)), amazon.tls)?;
        Ok(Self { loopback, service })
    }

    /// `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL_STS`.
    pub fn url(&self) -> String {
        self.loopback.url()
    }

    /// The certificate of the authority behind HTTPS, which it has if the service has it, as PEM.
    pub fn ca_pem(&self) -> Option<&str> {
        self.loopback.ca_pem()
    }

    /// `AWS_ENDPOINT_URL_STS`.
    pub fn exports(&self) -> Vec<(String, String)> {
        exports([("AWS_ENDPOINT_URL_STS", self.url())])
    }

    /// The requests that came.
    pub fn journal(&self) -> &Journal {
        &self.loopback.journal
    }

    /// What goes wrong with requests.
    pub fn faults(&self) -> &Faults {
        &self.loopback.faults
    }

    /// Adds a role, in place of one with the same ARN.
    pub fn add_role(&self, role: Role) {
        self.service.trust().roles.insert(role.arn().to_owned(), role);
    }

    /// Makes `token` stand for `subject`, whom roles may trust ([`Role::trust_subject`]).
    pub fn add_web_identity(&self, token: impl Into<String>, subject: impl Into<String>) {
        let token = SecretString::from(token.into());
        let identity = WebIdentity { token, subject: subject.into(), expired: false };
        self.service.trust().web_identities.push(identity);
    }

    /// Ends a token of a web identity.
    pub fn expire_web_identity(&self, token: &str) {
        for identity in &mut self.service.trust().web_identities {
            identity.expired |= identity.token.expose_secret() == token;
        }
    }
}

impl Service {
    fn trust(&self) -> MutexGuard<'_, Trust> {
        self.trust.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn answer(State(service): State<Arc<Service>>, request: http::Request<Body>) -> Response {
    match Request::read(request).await {
        Ok(request) => match actions::carry_out(&service, &request) {
            Ok(answer) => answer.into_response(),
            Err(error) => error.into_response(),
        },
        Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    }
}
