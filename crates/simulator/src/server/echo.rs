//! Answers that repeat the request.

use axum::body::{Body, to_bytes};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderValue, Request, header};
use serde_json::json;

use crate::faults::Answer;

/// Longest body that is repeated, in bytes.
const LONGEST: usize = 1024 * 1024;

/// Puts what the request says into every field and header of the answer; the request as it was.
pub(super) async fn echo(answer: &mut Answer, request: Request<Body>) -> Request<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LONGEST).await.unwrap_or_default();
    let mut said = Vec::new();
    for (name, value) in &parts.headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        if name == header::AUTHORIZATION {
            let credentials =
                value.split_once(' ').and_then(|(_, text)| STANDARD.decode(text).ok());
            said.extend(credentials.map(|text| String::from_utf8_lossy(&text).into_owned()));
        }
        if name != header::USER_AGENT && name != header::HOST {
            said.push(value);
        }
    }
    said.push(String::from_utf8_lossy(&body).into_owned());
    said.extend(parts.uri.query().map(str::to_owned));
    let said = said.join(" ");
    answer.body = json!({
        "message": said, "messageId": said, "title": said, "error": said, "traceID": said,
        "status": said, "statusCode": said, "name": said, "key": said, "login": said,
    })
    .to_string();
    let in_base64 = STANDARD.encode(said.as_bytes());
    for (name, value) in [
        (header::LOCATION, format!("/login/{in_base64}?to={in_base64}")),
        (header::CONTENT_TYPE, format!("application/json; said={in_base64}")),
        (header::WWW_AUTHENTICATE, format!("Basic realm={in_base64}")),
    ] {
        if let Ok(value) = HeaderValue::try_from(value) {
            answer.headers.insert(name, value);
        }
    }
    Request::from_parts(parts, Body::from(body))
}
