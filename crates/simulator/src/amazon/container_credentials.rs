//! The endpoint that gives the containers of ECS and EKS their credentials.
//!
//! Source: "Container credential provider" in the AWS SDKs and Tools Reference Guide.

use std::io;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::credentials::random_text;
use super::loopback::{Loopback, exports};
use super::{Amazon, Clock, Credentials, Principal};
use crate::faults::Faults;
use crate::journal::Journal;

const PATH: &str = "/v2/credentials/task";

/// A running credentials endpoint. Dropping it stops it.
#[derive(Debug)]
pub struct ContainerCredentials {
    loopback: Loopback,
    task: Arc<Task>,
}

#[derive(Debug)]
struct Task {
    principal: Principal,
    authorization: SecretString,
    credentials: Credentials,
    clock: Clock,
}

impl ContainerCredentials {
    /// Starts the endpoint on loopback. Every answer is a new credential of `principal`, which
    /// `amazon` accepts for an hour.
    ///
    /// # Errors
    /// The port cannot be bound.
    pub fn start(amazon: &Amazon, principal: Principal) -> io::Result<Self> {
        let task = Arc::new(Task {
            principal,
            authorization: SecretString::from(random_text(32)),
            credentials: amazon.credentials().clone(),
            clock: amazon.clock().clone(),
        });
        let router = Router::new().route(PATH, get(answer)).with_state(Arc::clone(&task));
        Ok(Self { loopback: Loopback::start(router, None, None)?, task })
    }

    /// `AWS_CONTAINER_CREDENTIALS_FULL_URI` and `AWS_CONTAINER_AUTHORIZATION_TOKEN`, in clear.
    pub fn exports(&self) -> Vec<(String, String)> {
        exports([
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{}{PATH}", self.loopback.url())),
            (
                "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                self.task.authorization.expose_secret().to_owned(),
            ),
        ])
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

async fn answer(State(task): State<Arc<Task>>, headers: HeaderMap) -> Response {
    let sent = headers.get("authorization").map(|value| value.as_bytes());
    if sent != Some(task.authorization.expose_secret().as_bytes()) {
        let body =
            json!({ "code": "AccessDenied", "message": "The authorization token is not valid" });
        return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
    }
    let end = task.clock.now() + SignedDuration::from_hours(1);
    let credential = task.credentials.issue(task.principal.clone(), end);
    Json(json!({
        "RoleArn": task.principal.arn(),
        "AccessKeyId": credential.access_key,
        "SecretAccessKey": credential.secret.expose_secret(),
        "Token": credential.token(),
        "Expiration": end.to_string(),
    }))
    .into_response()
}
