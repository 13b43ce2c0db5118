//! How 8.4 binds the body of `POST /api/auth/keys`, and the list of errors it answers.

use serde_json::{Value, json};

use crate::grafana::{Generation, Role, answer::Answer, call::Call};

const STRUCT: &str = "AddApiKeyCommand";

/// The fields of the request, once they are known to be right.
pub(super) struct Bound {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) seconds_to_live: Option<i64>,
}

pub(super) fn bind(call: &Call) -> Result<Bound, Answer> {
    match call.content_type().as_deref() {
        Some("application/json") => {}
        Some(_) => return Err(content_type_error("Unsupported Content-Type")),
        None => return Err(content_type_error("Empty Content-Type")),
    }
    let (body, broken) = match serde_json::from_slice::<Value>(call.body()) {
        Ok(body) => (body, None),
        Err(error) if error.is_eof() => (Value::Null, Some("unexpected EOF".to_owned())),
        Err(_) => {
            (Value::Null, Some("invalid character looking for beginning of value".to_owned()))
        }
    };
    let mut errors: Vec<_> =
        broken.or_else(|| wrong_type(&body)).map(deserialization_error).into_iter().collect();
    errors.extend(missing(&body, "name", "Name"));
    errors.extend(missing(&body, "role", "Role"));
    let role = body["role"].as_str().and_then(|role| Role::requested(role, Generation::V8_4));
    match (body["name"].as_str(), role) {
        (Some(name), Some(role)) if errors.is_empty() => {
            let seconds_to_live = body["secondsToLive"].as_i64();
            Ok(Bound { name: name.to_owned(), role, seconds_to_live })
        }
        _ => Err(refusal(errors)),
    }
}

fn refusal(errors: Vec<Value>) -> Answer {
    let unreadable = errors.iter().any(|error| error["classification"] == "DeserializationError");
    Answer::binding(if unreadable { 400 } else { 422 }, errors)
}

fn content_type_error(message: &str) -> Answer {
    Answer::binding(415, vec![json!({"classification": "ContentTypeError", "message": message})])
}

fn deserialization_error(message: String) -> Value {
    json!({"classification": "DeserializationError", "message": message})
}

fn missing(body: &Value, name: &str, field: &str) -> Option<Value> {
    let absent = body[name].is_null() || body[name] == "";
    absent.then(
        || json!({"fieldNames": [field], "classification": "RequiredError", "message": "Required"}),
    )
}

/// What Go says of the first field it cannot read.
fn wrong_type(body: &Value) -> Option<String> {
    let cannot = |value: &str, field: &str, kind: &str| {
        format!(
            "json: cannot unmarshal {value} into Go struct field {STRUCT}.{field} of type {kind}"
        )
    };
    match &body["name"] {
        Value::Null | Value::String(_) => {}
        other => return Some(cannot(kind(other), "name", "string")),
    }
    match &body["role"] {
        Value::Null => {}
        Value::String(role)
            if role.is_empty() || Role::requested(role, Generation::V8_4).is_some() => {}
        Value::String(role) => {
            return Some(format!("JSON validation error: invalid role value: {role}"));
        }
        other => return Some(cannot(kind(other), "role", "string")),
    }
    match &body["secondsToLive"] {
        Value::Null => None,
        Value::Number(number) if number.is_i64() => None,
        Value::Number(number) => {
            Some(cannot(&format!("number {number}"), "secondsToLive", "int64"))
        }
        other => Some(cannot(kind(other), "secondsToLive", "int64")),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
