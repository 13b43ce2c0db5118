//! The instance metadata service of EC2, version 2, as far as credentials need it.
//!
//! Source: "Retrieve instance metadata" and "Retrieve security credentials from instance metadata"
//! in the EC2 User Guide.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::credentials::random_text;
use super::loopback::{Loopback, exports};
use super::{Amazon, Clock, Credentials, Principal};
use crate::faults::{Fault, Faults};
use crate::journal::Journal;

const TOKEN_HEADER: &str = "x-aws-ec2-metadata-token";
const LIFE_HEADER: &str = "x-aws-ec2-metadata-token-ttl-seconds";
const CREDENTIALS: &str = "/latest/meta-data/iam/security-credentials/";

/// A running instance metadata service. Dropping it stops it.
#[derive(Debug)]
pub struct InstanceMetadata {
    loopback: Loopback,
}

#[derive(Debug)]
struct Session {
    token: SecretString,
    end: Timestamp,
}

#[derive(Debug)]
struct Instance {
    role: String,
    principal: Principal,
    region: String,
    credentials: Credentials,
    clock: Clock,
    sessions: Mutex<Vec<Session>>,
}

impl InstanceMetadata {
    /// Starts the service on loopback, for an instance in the region of `amazon` whose profile
    /// has the role `role` and acts as `principal`. Credentials last six hours.
    ///
    /// # Errors
    /// The port cannot be bound.
    pub fn start(
        amazon: &Amazon,
        role: impl Into<String>,
        principal: Principal,
    ) -> io::Result<Self> {
        let instance = Arc::new(Instance {
            role: role.into(),
            principal,
            region: amazon.region().to_owned(),
            credentials: amazon.credentials().clone(),
            clock: amazon.clock().clone(),
            sessions: Mutex::default(),
        });
        let router = Router::new()
            .route("/latest/api/token", put(new_token))
            .route(CREDENTIALS, get(role_name))
            .route(&format!("{CREDENTIALS}{{role}}"), get(role_credentials))
            .route("/latest/meta-data/placement/region", get(region))
            .with_state(instance);
        Ok(Self { loopback: Loopback::start(router, None, None)? })
    }

    /// Takes requests and does not answer them, as where there is no such service but packets get
    /// lost, until `faults().clear()`.
    pub fn never_answer(&self) {
        self.faults().push(Fault::on("*", "/**").always().hang());
    }

    /// `AWS_EC2_METADATA_SERVICE_ENDPOINT`.
    pub fn exports(&self) -> Vec<(String, String)> {
        exports([("AWS_EC2_METADATA_SERVICE_ENDPOINT", self.loopback.url())])
    }

    /// The requests that came.
    pub fn journal(&self) -> &Journal {
        &self.loopback.journal
    }

    /// What goes wrong with requests.
    pub fn faults(&self) -> &Faults {
        &self.loopback.faults
    }
}

impl Instance {
    fn sessions(&self) -> MutexGuard<'_, Vec<Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_token(&self, headers: &HeaderMap) -> Result<(), StatusCode> {
        let sent = headers.get(TOKEN_HEADER).ok_or(StatusCode::UNAUTHORIZED)?.as_bytes();
        let now = self.clock.now();
        self.sessions()
            .iter()
            .any(|session| session.end > now && session.token.expose_secret().as_bytes() == sent)
            .then_some(())
            .ok_or(StatusCode::UNAUTHORIZED)
    }
}

/// A request that came through a proxy gets no token.
async fn new_token(State(instance): State<Arc<Instance>>, headers: HeaderMap) -> Response {
    if headers.contains_key("x-forwarded-for") {
        return StatusCode::FORBIDDEN.into_response();
    }
    let life = headers.get(LIFE_HEADER).and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
    let Some(life @ 1..=21600) = life else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let token = random_text(56);
    let end = instance.clock.now() + SignedDuration::from_secs(life.into());
    instance.sessions().push(Session { token: SecretString::from(token.as_str()), end });
    ([(LIFE_HEADER, life.to_string())], token).into_response()
}

async fn role_name(
    State(instance): State<Arc<Instance>>,
    headers: HeaderMap,
) -> Result<String, StatusCode> {
    instance.check_token(&headers)?;
    Ok(instance.role.clone())
}

async fn region(
    State(instance): State<Arc<Instance>>,
    headers: HeaderMap,
) -> Result<String, StatusCode> {
    instance.check_token(&headers)?;
    Ok(instance.region.clone())
}

async fn role_credentials(
    State(instance): State<Arc<Instance>>,
    Path(role): Path<String>,
    headers: HeaderMap,
) -> Result<Response, StatusCode> {
    instance.check_token(&headers)?;
    if role != instance.role {
        return Err(StatusCode::NOT_FOUND);
    }
    let now = instance.clock.now();
    let end = now + SignedDuration::from_hours(6);
    let credential = instance.credentials.issue(instance.principal.clone(), end);
    let body = json!({
        "Code": "Success",
        "LastUpdated": now.to_string(),
        "Type": "AWS-HMAC",
        "AccessKeyId": credential.access_key,
        "SecretAccessKey": credential.secret.expose_secret(),
        "Token": credential.token(),
        "Expiration": end.to_string(),
    });
    Ok(Json(body).into_response())
}
