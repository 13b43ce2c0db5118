//! Answers, in the shapes and content types of each generation.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use rand::Rng as _;
use serde_json::{Map, Value, json};

use super::Generation;

/// The three spellings of JSON that Grafana's layers use, and a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    /// From handlers.
    Plain,
    /// From the layers before handlers.
    Upper,
    /// From 8.4's binding of request bodies.
    Lower,
    Html,
}

/// What a handler answers.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    status: StatusCode,
    content: Content,
    body: String,
}

impl Answer {
    fn json(status: u16, content: Content, body: &Value) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, content, body: body.to_string() }
    }

    /// An answer of a handler.
    pub(super) fn handler(status: u16, body: Value) -> Self {
        Self::json(status, Content::Plain, &body)
    }

    /// 200 of a handler.
    pub(super) fn ok(body: Value) -> Self {
        Self::handler(200, body)
    }

    /// An answer of the layers before handlers.
    pub(super) fn context(status: u16, body: Value) -> Self {
        Self::json(status, Content::Upper, &body)
    }

    /// 8.4's list of what is wrong with a request body.
    pub(super) fn binding(status: u16, errors: Vec<Value>) -> Self {
        Self::json(status, Content::Lower, &Value::Array(errors))
    }

    /// `{"message"}` alone, from a handler.
    pub(super) fn message(status: u16, message: &str) -> Self {
        Self::handler(status, json!({"message": message}))
    }

    /// A handler's error that has a cause in the log: since 9.x the answer names the trace.
    pub(super) fn caused(generation: Generation, status: u16, message: &str) -> Self {
        Self::handler(status, traced(generation, json!({"message": message})))
    }

    /// The same from the layers before handlers.
    pub(super) fn context_caused(generation: Generation, status: u16, message: &str) -> Self {
        Self::context(status, traced(generation, json!({"message": message})))
    }

    /// A handler's error with a `messageId` (10.4 and later).
    pub(super) fn coded(status: u16, message_id: &str, message: &str) -> Self {
        Self::handler(
            status,
            json!({"statusCode": status, "messageId": message_id, "message": message}),
        )
    }

    /// 401 with a `messageId` from the layers before handlers (10.4 and later).
    pub(super) fn coded_401(message_id: &str, message: &str) -> Self {
        let body = json!({
            "extra": null, "message": message, "messageId": message_id, "statusCode": 401, "traceID": "",
        });
        Self::context(401, body)
    }

    /// No such endpoint.
    pub(super) fn not_found() -> Self {
        Self::context(404, json!({"message": "Not found"}))
    }

    /// Nobody signed in.
    pub(super) fn unauthorized(generation: Generation) -> Self {
        if generation.has_coded_errors() {
            return Self::coded_401("auth.unauthorized", "Unauthorized");
        }
        Self::context(401, json!({"message": "Unauthorized"}))
    }

    /// A permission is missing.
    pub(super) fn forbidden(generation: Generation, permission: &str) -> Self {
        if generation == Generation::V8_4 {
            return Self::context(403, json!({"message": "Permission denied"}));
        }
        let id: u64 = rand::rng().random_range(1_000_000_000..10_000_000_000);
        let needed =
            "You'll need additional permissions to perform this action. Permissions needed:";
        let body = json!({
            "accessErrorId": format!("ACE{id}"),
            "message": format!("{needed} {permission}"),
            "title": "Access denied",
        });
        Self::context(403, body)
    }

    /// The page that shows people the user interface.
    pub(super) fn page(body: &str) -> Self {
        Self { status: StatusCode::OK, content: Content::Html, body: body.to_owned() }
    }
}

fn traced(generation: Generation, mut body: Value) -> Value {
    if generation >= Generation::V9_4
        && let Some(body) = body.as_object_mut()
    {
        body.insert("traceID".to_owned(), json!(""));
    }
    body
}

/// A JSON object of optional parts.
pub(super) fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let present = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect::<Map<_, _>>())
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let content_type = match self.content {
            Content::Plain => "application/json",
            Content::Upper => "application/json; charset=UTF-8",
            Content::Lower => "application/json; charset=utf-8",
            Content::Html => "text/html; charset=UTF-8",
        };
        (
            self.status,
            [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-store")],
            self.body,
        )
            .into_response()
    }
}
