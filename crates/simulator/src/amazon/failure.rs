//! Error answers of Amazon Managed Grafana.
//!
//! Source: the exception shapes of the AWS service model `grafana-2020-08-18`.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use super::signature::Refusal;

/// An error as the service answers it: status, type in `x-amzn-ErrorType`, and a JSON body with
/// at least `message`.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    status: StatusCode,
    kind: String,
    members: Map<String, Value>,
    retry_after: Option<u32>,
}

/// Why a request was not valid: `reason` of a `ValidationException`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The body is not the JSON that the operation takes.
    CannotParse,
    /// A field breaks a constraint of the service model.
    FieldValidationFailed,
    /// Any other rule.
    Other,
}

impl Reason {
    fn as_str(self) -> &'static str {
        match self {
            Self::CannotParse => "CANNOT_PARSE",
            Self::FieldValidationFailed => "FIELD_VALIDATION_FAILED",
            Self::Other => "OTHER",
        }
    }
}

impl Failure {
    /// An error of any status and type with only a `message`; for scripts of answers that the
    /// service model does not know.
    pub fn new(status: StatusCode, kind: impl Into<String>, message: impl Into<String>) -> Self {
        let members = Map::from_iter([("message".into(), Value::String(message.into()))]);
        Self { status, kind: kind.into(), members, retry_after: None }
    }

    /// `ValidationException`, 400.
    pub fn validation(reason: Reason, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ValidationException", message)
            .with("reason", json!(reason.as_str()))
    }

    /// `ValidationException` about one field, with `fieldList`.
    pub fn field(name: &str, constraint: impl Into<String>) -> Self {
        let constraint = constraint.into();
        Self::validation(
            Reason::FieldValidationFailed,
            format!("1 validation error detected: Value at '{name}' failed to satisfy constraint: {constraint}"),
        )
        .with("fieldList", json!([{ "name": name, "message": constraint }]))
    }

    /// `ResourceNotFoundException`, 404. `resource_type` is a word such as `workspace`.
    pub fn not_found(resource_type: &str, resource_id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "ResourceNotFoundException",
            format!("The {resource_type} {resource_id} was not found"),
        )
        .about(resource_type, resource_id)
    }

    /// `ConflictException`, 409.
    pub fn conflict(resource_type: &str, resource_id: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "ConflictException", message)
            .about(resource_type, resource_id)
    }

    /// `ServiceQuotaExceededException`, 402. `quota_code` is a code such as `L-10A8DA84`.
    pub fn quota(resource_type: &str, resource_id: &str, quota_code: &str) -> Self {
        let message =
            format!("The quota {quota_code} of the {resource_type} {resource_id} is used up");
        Self::new(StatusCode::PAYMENT_REQUIRED, "ServiceQuotaExceededException", message)
            .about(resource_type, resource_id)
            .with("serviceCode", json!("grafana"))
            .with("quotaCode", json!(quota_code))
    }

    /// `ThrottlingException`, 429.
    pub fn throttling() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "ThrottlingException", "Rate exceeded")
            .with("serviceCode", json!("grafana"))
    }

    /// `AccessDeniedException`, 403, with any message.
    pub fn access_denied(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AccessDeniedException", message)
    }

    /// `InternalServerException`, 500.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalServerException",
            "Internal server error",
        )
    }

    /// Adds `Retry-After`, in seconds.
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The type, such as `ValidationException`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.into(), value);
        self
    }

    fn about(self, resource_type: &str, resource_id: &str) -> Self {
        self.with("resourceType", json!(resource_type)).with("resourceId", json!(resource_id))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::new(StatusCode::FORBIDDEN, refusal.json_type(), refusal.message())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(Value::Object(self.members).to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        if let Ok(kind) = HeaderValue::try_from(self.kind) {
            headers.insert("x-amzn-errortype", kind);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert("retry-after", HeaderValue::from(seconds));
        }
        response
    }
}
