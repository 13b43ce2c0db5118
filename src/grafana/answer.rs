//! What an answer means.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::call::Call;
use super::error::{Error, ErrorKind};

/// Longest text that is quoted from an answer, in characters.
const QUOTE_LIMIT: usize = 300;

/// A whole answer, not yet understood.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: Option<String>,
    pub(super) location: Option<String>,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The JSON of a success, or the error that the answer is. `secrets` are kept out of messages.
    pub(super) fn read(self, call: &Call, secrets: &[&SecretString]) -> Result<Value, Error> {
        let status = self.status;
        let json = serde_json::from_slice::<Value>(&self.body);
        let words = json.as_ref().map(messages).unwrap_or_default();
        let words: Vec<_> = words.iter().map(|text| quotable(text, secrets)).collect();
        let message = (!words.is_empty()).then(|| words.join("; "));
        let failed = |kind| Error::of(call, kind).with_status(status).says(message.clone());
        match status {
            300..=399 => return Err(failed(ErrorKind::Redirected { location: self.location })),
            401 => {
                let id = json.as_ref().ok().and_then(message_id);
                return Err(failed(ErrorKind::Refused).with_message_id(id));
            }
            429 => {
                let retry_after = self.retry_after;
                return Err(failed(ErrorKind::TooManyRequests).with_retry_after(retry_after));
            }
            204 if self.body.is_empty() => return Ok(Value::Null),
            _ => {}
        }
        let Ok(json) = json else {
            return Err(failed(self.not_json(secrets)));
        };
        Err(failed(match status {
            200..=299 => return Ok(json),
            400 | 415 | 422 => ErrorKind::Invalid,
            403 => ErrorKind::Forbidden { permission: message.as_deref().and_then(permission) },
            404 => ErrorKind::NotFound { unknown_path: is_unknown_path(&json) },
            409 => ErrorKind::Conflict,
            410 => ErrorKind::NotOffered,
            500.. => ErrorKind::Server,
            _ => ErrorKind::Rejected,
        }))
    }

    fn not_json(&self, secrets: &[&SecretString]) -> ErrorKind {
        let text = String::from_utf8_lossy(&self.body);
        if text.trim_start().starts_with(['{', '[']) {
            return ErrorKind::Truncated;
        }
        ErrorKind::NotJson {
            content_type: self.content_type.clone().filter(|_| !text.trim().is_empty()),
            title: title(&text).map(|title| quotable(title, secrets)),
        }
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

fn message_id(json: &Value) -> Option<String> {
    json.get("messageId").and_then(Value::as_str).map(str::to_owned)
}

/// A missing thing is named (`Failed to delete API key`), or has a message id; an unknown path is
/// just not found.
fn is_unknown_path(json: &Value) -> bool {
    let message = json.get("message").and_then(Value::as_str);
    message_id(json).is_none() && message.is_none_or(|text| text.eq_ignore_ascii_case("not found"))
}

/// `apikeys:read` out of `… Permissions needed: apikeys:read`.
fn permission(message: &str) -> Option<String> {
    let (_, named) = message.split_once("Permissions needed:")?;
    let named = named.trim().trim_end_matches('.');
    (!named.is_empty()).then(|| named.to_owned())
}

fn title(html: &str) -> Option<&str> {
    let lower = html.to_ascii_lowercase();
    let tag = lower.find("<title")?;
    let start = tag + lower[tag..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    Some(html[start..end].trim()).filter(|title| !title.is_empty())
}

/// Text of a server, made fit for a message: one line, not long, and without a secret that the
/// server may repeat.
fn quotable(text: &str, secrets: &[&SecretString]) -> String {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for secret in secrets.iter().map(|secret| secret.expose_secret()) {
        // Shorter ones may be words that stand for themselves, and messages are recognised by words.
        if secret.len() >= 12 {
            text = text.replace(secret, "…");
        }
    }
    text.retain(|char| !char.is_control());
    match text.char_indices().nth(QUOTE_LIMIT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(status: u16, content_type: &str, body: &str) -> Result<Value, Error> {
        let answer = Answer {
            status,
            content_type: Some(content_type.to_owned()),
            location: None,
            retry_after: None,
            body: body.as_bytes().to_vec(),
        };
        answer.read(&Call::example(), &[&"hunter2-hunter2".into()])
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
        let permission = Some("apikeys:read".to_owned());
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
            assert!(empty.to_string().contains("an empty answer"), "{empty}");
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
        assert!(shown.contains("bad … aaa"), "{shown}");
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
}
