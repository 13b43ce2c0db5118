//! What an answer means.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;

use super::call::Call;
use super::error::{Error, ErrorKind};
use crate::http::{Quoted, Redactor};

/// What Grafana says of what this client has to recognise. None of it is a secret, even if a word of
/// it is a password.
const KNOWN: [&str; 12] = [
    "invalid API key",
    "Expired API key",
    "Service account is disabled",
    "Unauthorized",
    "api-key.expired",
    "identity.disabled",
    "Service account deletion error",
    "Failed to delete service account token",
    "Failed to create service account",
    "service account already exists",
    "Number of seconds before expiration should be set",
    "Number of seconds before expiration is greater than the global limit",
];

/// An answer, not yet understood.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: Option<String>,
    /// Where a redirection leads, without query.
    pub(super) location: Option<String>,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Vec<u8>,
    /// Whether there was more than was read.
    pub(super) is_cut: bool,
}

impl Answer {
    /// What a success says, as the type that it should be, or the error that the answer is.
    pub(super) fn read<T: DeserializeOwned>(
        &self,
        call: &Call,
        redactor: &Redactor,
    ) -> Result<T, Error> {
        let failed = match self.status {
            200..=299 => match self.json() {
                Ok(value) => return Ok(value),
                Err(kind) => Error::of(call, kind.unwrap_or_else(|| self.not_json(redactor))),
            },
            _ => self.failure(call, redactor),
        };
        Err(failed.with_status(self.status).with_retry_after(self.retry_after))
    }

    /// The body as a type; `None` if it is not JSON.
    fn json<T: DeserializeOwned>(&self) -> Result<T, Option<ErrorKind>> {
        let body = match self.status {
            204 if self.body.is_empty() => b"null",
            _ => self.body.as_slice(),
        };
        let first = body.trim_ascii_start().first();
        let is_json = matches!(first, Some(b'{' | b'['));
        if self.is_cut {
            return Err(
                (is_json || first.is_none()).then_some(ErrorKind::TooLarge { limit: body.len() })
            );
        }
        serde_json::from_slice(body).map_err(|error| {
            // Other texts of serde quote values, which may be secret.
            let missing =
                || Some(error.to_string()).filter(|text| text.starts_with("missing field"));
            match error.classify() {
                Category::Data => Some(ErrorKind::Unexpected { reason: missing() }),
                Category::Eof if is_json => Some(ErrorKind::Truncated),
                _ => is_json.then(|| ErrorKind::Unexpected {
                    reason: Some("it is not valid JSON".to_owned()),
                }),
            }
        })
    }

    fn failure(&self, call: &Call, redactor: &Redactor) -> Error {
        let json: Result<Value, _> = self.json();
        let words = json.as_ref().map(messages).unwrap_or_default();
        let words: Vec<_> = words.iter().map(|text| quoted(text, redactor)).collect();
        let message = (!words.is_empty()).then(|| Quoted::joined(&words));
        let id = json.as_ref().ok().and_then(message_id).map(|id| quoted(id, redactor));
        let kind = match (self.status, &json) {
            (300..=399, _) => ErrorKind::Redirected {
                location: self.location.as_ref().map(|to| redactor.quote(to)),
            },
            (401, _) => ErrorKind::Refused,
            (429, _) => ErrorKind::TooManyRequests,
            (_, Err(kind)) => kind.clone().unwrap_or_else(|| self.not_json(redactor)),
            (400 | 415 | 422, _) => ErrorKind::Invalid,
            (403, Ok(json)) => ErrorKind::Forbidden {
                permission: permission(json).map(|permission| redactor.quote(permission)),
            },
            (404, Ok(json)) => ErrorKind::NotFound { unknown_path: is_unknown_path(json) },
            (409, _) => ErrorKind::Conflict,
            (410, _) => ErrorKind::NotOffered,
            (500.., _) => ErrorKind::Server,
            _ => ErrorKind::Rejected,
        };
        Error::of(call, kind).says(message).with_message_id(id)
    }

    fn not_json(&self, redactor: &Redactor) -> ErrorKind {
        let text = String::from_utf8_lossy(&self.body);
        let content_type = self.content_type.as_ref().filter(|_| !text.trim().is_empty());
        ErrorKind::NotJson {
            content_type: content_type.map(|text| redactor.quote(text)),
            title: title(&text).map(|title| redactor.quote(title)),
        }
    }
}

/// A text of Grafana, fit to be shown.
fn quoted(text: &str, redactor: &Redactor) -> Quoted {
    match KNOWN.iter().find(|known| known.eq_ignore_ascii_case(text)) {
        Some(known) => Quoted::constant(known),
        None => redactor.quote(text),
    }
}

/// Grafana's words: `{"message"}`, or the list of 8.4's validation.
fn messages(json: &Value) -> Vec<String> {
    let message = |item: &Value| {
        item.get("message")
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    match json {
        Value::Array(items) => {
            items.iter().filter_map(|item| message(item).map(|text| fields(item) + &text)).collect()
        }
        other => message(other).into_iter().collect(),
    }
}

/// `Name: ` for the fields that a validation message is about.
fn fields(item: &Value) -> String {
    let names: Vec<_> = item
        .get("fieldNames")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    if names.is_empty() { String::new() } else { format!("{}: ", names.join(", ")) }
}

fn message_id(json: &Value) -> Option<&str> {
    json.get("messageId").and_then(Value::as_str)
}

/// A missing thing is named (`Failed to delete API key`), or has a message id; an unknown path is
/// just not found.
fn is_unknown_path(json: &Value) -> bool {
    let message = json.get("message").and_then(Value::as_str);
    message_id(json).is_none() && message.is_none_or(|text| text.eq_ignore_ascii_case("not found"))
}

/// `apikeys:read` out of `… Permissions needed: apikeys:read`.
fn permission(json: &Value) -> Option<&str> {
    let message = json.get("message")?.as_str()?;
    let (_, named) = message.split_once("Permissions needed:")?;
    let named = named.trim().trim_end_matches('.');
    (!named.is_empty()).then_some(named)
}

fn title(html: &str) -> Option<&str> {
    let lower = html.to_ascii_lowercase();
    let tag = lower.find("<title")?;
    let start = tag + lower[tag..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    Some(html[start..end].trim()).filter(|title| !title.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::CarriedOut;

    fn read(status: u16, content_type: &str, body: &str) -> Result<Value, Error> {
        read_bytes(status, content_type, body.as_bytes())
    }

    fn read_bytes(status: u16, content_type: &str, body: &[u8]) -> Result<Value, Error> {
        let redactor = Redactor::default();
        redactor.add(&"hunter2-hunter2".into());
        let answer = Answer {
            status,
            content_type: Some(content_type.to_owned()),
            location: None,
            retry_after: None,
            body: body.to_vec(),
            is_cut: false,
        };
        answer.read(&Call::example(), &redactor)
    }

    fn error(status: u16, body: &Value) -> Error {
        read(status, "application/json", &body.to_string()).unwrap_err()
    }

    #[test]
    fn a_success_is_its_json() {
        assert_eq!(read(200, "text/plain", "true").unwrap(), json!(true));
        assert_eq!(read(202, "application/json", "{}").unwrap(), json!({}));
        assert_eq!(read(204, "", "").unwrap(), Value::Null);
    }

    #[test]
    fn validation_of_8_4_is_a_list() {
        let body = json!([
            {"classification": "DeserializationError", "message": "unexpected EOF"},
            {"fieldNames": ["Name"], "classification": "RequiredError", "message": "Required"},
        ]);
        for status in [400, 415, 422] {
            let error = error(status, &body);
            assert_eq!(*error.kind(), ErrorKind::Invalid);
            assert_eq!(error.message(), Some("unexpected EOF; Name: Required"));
        }
    }

    #[test]
    fn a_missing_permission_is_named() {
        let body = json!({"message": "You'll need additional permissions to perform this action. Permissions needed: apikeys:read", "title": "Access denied"});
        let error = error(403, &body);
        let permission = Some(Quoted::constant("apikeys:read"));
        assert_eq!(*error.kind(), ErrorKind::Forbidden { permission });
        let plain = super::tests::error(403, &json!({"message": "Permission denied"}));
        assert_eq!(*plain.kind(), ErrorKind::Forbidden { permission: None });
    }

    #[test]
    fn an_unknown_path_is_told_from_a_missing_thing() {
        let unknown = |body: Value| match error(404, &body).kind() {
            ErrorKind::NotFound { unknown_path } => *unknown_path,
            other => panic!("{other}"),
        };
        assert!(unknown(json!({"message": "Not found"})));
        assert!(unknown(json!({})));
        assert!(!unknown(json!({"message": "Failed to delete API key"})));
        assert!(!unknown(
            json!({"message": "Not found", "messageId": "serviceaccounts.ErrNotFound"})
        ));
    }

    #[test]
    fn no_json_is_told_by_its_title_whatever_the_status() {
        for status in [200, 201, 403, 404, 500, 502] {
            let page =
                "<!doctype html><HTML><head><Title lang=en>\n Log in </Title></head>secret</html>";
            let error = read(status, "text/html", page).unwrap_err();
            let text = error.to_string();
            assert!(text.contains("titled “Log in”") && !text.contains("secret"), "{text}");
            let empty = read(status, "text/html", "").unwrap_err();
            assert!(empty.to_string().contains("an empty response"), "{empty}");
        }
    }

    #[test]
    fn cut_off_json_is_told() {
        for body in ["{\"id\": 1, ", "[{\"id\"", " {"] {
            let error = read(200, "application/json", body).unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Truncated);
        }
    }

    #[test]
    fn what_a_server_repeats_holds_no_secret_and_is_short() {
        let shown =
            error(500, &json!({"message": format!("bad hunter2-hunter2\n{}", "a".repeat(999))}))
                .to_string();
        assert!(shown.contains("bad [redacted] aaa"), "{shown}");
        assert!(!shown.contains("hunter2") && shown.len() < 500, "{shown}");
    }

    #[test]
    fn other_statuses_have_their_errors() {
        let body = json!({"message": "m"});
        let kind = |status| error(status, &body).kind().clone();
        assert_eq!(kind(401), ErrorKind::Refused);
        assert_eq!(kind(409), ErrorKind::Conflict);
        assert_eq!(kind(410), ErrorKind::NotOffered);
        assert_eq!(kind(418), ErrorKind::Rejected);
        assert_eq!(kind(503), ErrorKind::Server);
        let kind = |status| read(status, "text/html", "").unwrap_err().kind().clone();
        assert_eq!(kind(401), ErrorKind::Refused);
        assert_eq!(kind(302), ErrorKind::Redirected { location: None });
    }

    #[test]
    fn what_is_no_json_is_not_called_cut_off() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        for body in
            [b"{\"a\": \"\xff\"}".as_slice(), br#"{"a": "\ud800"}"#, deep.as_bytes(), b"{a}"]
        {
            let error = read_bytes(200, "application/json", body).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Unexpected { .. }), "{error}");
            assert_eq!(error.carried_out(), CarriedOut::Maybe, "{error}");
        }
    }

    #[test]
    fn known_messages_are_recognised_whatever_the_password() {
        let redactor = Redactor::default();
        ["invalid", "API", "key"].iter().for_each(|word| redactor.add(&(*word).into()));
        assert_eq!(&*quoted("Invalid API key", &redactor), "invalid API key");
    }
}
