//! What holds of any bytes where Grafana, or somebody in between, sends an answer.

use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::about::{FrontendSettings, Health};
use super::answer::Answer;
use super::api_keys::{ApiKey, CreatedKey};
use super::call::Call;
use super::claims::Claims;
use super::error::Error;
use super::instance::OwnOrganization;
use super::licensing::ActiveUsers;
use super::service_accounts::{Page, Patched, ServiceAccount, ServiceAccountToken};
use crate::http::Redactor;

/// What may not be shown of an answer that repeats it.
const SECRET: &str = "hunter2-hunter2";

/// An answer: a status of two bytes, then the body, which also stands in its headers. It is read as
/// everything that an answer can be; an error is short and holds no secret.
pub fn answer(bytes: &[u8]) {
    let [first, second, body @ ..] = bytes else { return };
    let redactor = Redactor::default();
    redactor.add(&SECRET.into());
    let text = String::from_utf8_lossy(body);
    let answer = Answer {
        status: 100 + u16::from_be_bytes([*first, *second]) % 500,
        content_type: Some(text.to_string()),
        location: Some(text.to_string()),
        retry_after: crate::http::retry_after(&text, jiff::Timestamp::UNIX_EPOCH),
        body: body.to_vec(),
        is_cut: false,
    };
    let call = Call {
        method: reqwest::Method::GET,
        path: "/api/x".to_owned(),
        url: "http://host/".to_owned(),
        org: None,
    };
    macro_rules! read {
        ($($type:ty),*) => {
            $(if let Some(error) = answer.read::<$type>(&call, &redactor).err() { check(&error); })*
        };
    }
    read!(IgnoredAny, bool, Health, OwnOrganization, ActiveUsers, CreatedKey, Vec<ApiKey>);
    read!(ServiceAccount, Option<Vec<ServiceAccountToken>>, Page, Patched);
    if let Ok(settings) = answer.read::<FrontendSettings>(&call, &redactor)
        && settings.wrong().is_none()
    {
        let instance = settings.shown(&redactor);
        assert!(!instance.shown_url.contains(SECRET) && !instance.version.contains(SECRET));
    }
    if let Ok(json) = answer.read::<Option<Map<String, Value>>>(&call, &redactor) {
        let _ = Claims::read(&json.unwrap_or_default());
    }
}

fn check(error: &Error) {
    let text = error.to_string();
    assert!(text.len() < 4096 && !text.contains(SECRET), "{text}");
}
