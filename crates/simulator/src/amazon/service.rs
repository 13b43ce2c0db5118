//! The HTTP face of Amazon Managed Grafana: signature, permission, script, operation.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use http::{HeaderValue, StatusCode};

use super::account::Accounts;
use super::calls::{CallRecord, Calls};
use super::clock::Clock;
use super::credentials::{Credentials, random_text};
use super::failure::Failure;
use super::operations::{self, Call, Operation, Reply};
use super::options::AbsentLicense;
use super::request::Request;
use super::signature::{self, Caller};

/// The signing name of the service, and the prefix of its actions.
const SERVICE: &str = "grafana";

#[derive(Debug)]
pub(super) struct Service {
    pub accounts: Mutex<Accounts>,
    pub credentials: Credentials,
    pub clock: Clock,
    pub calls: Calls,
    pub absent_license: AbsentLicense,
}

impl Service {
    /// A service without workspaces and credentials.
    pub fn new(absent_license: AbsentLicense) -> Self {
        Self {
            accounts: Mutex::default(),
            credentials: Credentials::default(),
            clock: Clock::default(),
            calls: Calls::default(),
            absent_license,
        }
    }

    /// The routes of the service.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new().fallback(answer).with_state(self)
    }

    pub fn accounts(&self) -> MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn carry_out(&self, request: &Request) -> Result<Reply, Failure> {
        let segments = request.segments();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let (operation, path) =
            operations::route(&request.method, &segments).ok_or_else(unknown_operation)?;
        let now = self.clock.now();
        let caller = signature::verify(request, SERVICE, &self.credentials, now)?;
        let call = Call {
            operation,
            path,
            caller: &caller,
            request,
            now,
            absent_license: self.absent_license,
        };
        let reply = self.permitted(&call);
        let (status, error) = match &reply {
            Ok((status, _)) => (*status, None),
            Err(failure) => (failure.status(), Some(failure.kind().to_owned())),
        };
        self.calls.add(CallRecord {
            operation,
            region: caller.region.clone(),
            access_key: caller.credential.access_key.clone(),
            workspace_id: call.path.first().map(|id| (*id).to_owned()),
            status: status.as_u16(),
            error,
        });
        reply
    }

    fn permitted(&self, call: &Call<'_>) -> Result<Reply, Failure> {
        check_permission(call.caller, call.operation, call.path.first().copied())?;
        let mut accounts = self.accounts();
        match accounts.scripted(call.operation) {
            Some(failure) => Err(failure),
            None => operations::carry_out(&mut accounts, call),
        }
    }
}

async fn answer(State(service): State<Arc<Service>>, request: http::Request<Body>) -> Response {
    let mut response = match Request::read(request).await {
        Ok(request) => match service.carry_out(&request) {
            Ok((status, body)) => (status, Json(body)).into_response(),
            Err(failure) => failure.into_response(),
        },
        Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in
        [("x-amzn-requestid", random_text(32)), ("date", service.clock.date_header())]
    {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    response
}

fn unknown_operation() -> Failure {
    Failure::new(StatusCode::NOT_FOUND, "UnknownOperationException", "There is no such operation")
}

fn check_permission(
    caller: &Caller,
    operation: Operation,
    workspace: Option<&str>,
) -> Result<(), Failure> {
    let principal = &caller.credential.principal;
    let action = format!("{SERVICE}:{operation}");
    if principal.allows(&action, &caller.region) {
        return Ok(());
    }
    let path = workspace.map_or("/workspaces".into(), |id| format!("/workspaces/{id}"));
    let resource = format!("arn:aws:grafana:{}:{}:{path}", caller.region, principal.account());
    Err(Failure::access_denied(principal.denial(&action, &resource)))
}

/// Who says to have signed: an access key id and a region, never more.
pub(super) fn identify(parts: &http::request::Parts) -> String {
    let credential = parts
        .headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once("Credential="))
        .map(|(_, credential)| credential.split('/').collect::<Vec<_>>());
    match credential.as_deref() {
        Some([access_key, _, region, ..]) => format!("{access_key} in {region}"),
        _ => "anonymous".into(),
    }
}
