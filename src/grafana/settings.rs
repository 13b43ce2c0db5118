//! How to reach Grafana instances.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::status_codes::StatusPattern;
use crate::http::Redactor;

/// A setting with a value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{setting}` {message}")]
pub struct SettingsError {
    /// Name of the setting: a field of [`Settings`], or `auth`.
    pub setting: &'static str,
    /// What is wrong with it and what is expected, beginning with a verb. It quotes no value that
    /// may be secret.
    pub message: String,
}

impl SettingsError {
    pub(super) fn new(setting: &'static str, message: impl Into<String>) -> Self {
        Self { setting, message: message.into() }
    }
}

/// How to reach an instance, but for its address and the sign-in, and how long to go on trying.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Organization to work in (`X-Grafana-Org-Id`); the sign-in's own one if absent or 0.
    pub org_id: Option<i64>,
    /// Certificate authorities to trust **instead of** the system's: PEM text or the path of a PEM
    /// file.
    pub ca_cert: Option<String>,
    /// Client certificate: PEM text or the path of a PEM file.
    pub tls_cert: Option<String>,
    /// Key of the client certificate: PEM text or the path of a PEM file.
    pub tls_key: Option<SecretString>,
    /// Accept any server certificate.
    pub insecure_skip_verify: bool,
    /// Headers to send with every request.
    pub http_headers: BTreeMap<String, SecretString>,
    /// How often a request is sent again, at most; by default 3 times.
    pub retries: u32,
    /// Which answers make a request worth sending again; by default `429` and `5xx`. A 401 only for a
    /// sign-in that has been good, with a password twice altogether.
    pub retry_status_codes: Vec<StatusPattern>,
    /// How long to wait before sending again; zero, the default, leaves it to a growing wait of the
    /// client's own.
    pub retry_wait: Duration,
    /// How long one request may take, its answer read; by default 30 seconds.
    pub request_timeout: Duration,
    /// Keeps secrets out of what servers say. The client adds those that it knows of.
    pub redactor: Redactor,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            org_id: None,
            ca_cert: None,
            tls_cert: None,
            tls_key: None,
            insecure_skip_verify: false,
            http_headers: BTreeMap::new(),
            retries: 3,
            retry_status_codes: StatusPattern::DEFAULT.to_vec(),
            retry_wait: Duration::ZERO,
            request_timeout: Duration::from_secs(30),
            redactor: Redactor::default(),
        }
    }
}

impl Settings {
    /// Keeps the secrets in them out of messages.
    pub(super) fn hide(&self) {
        let secrets = self.http_headers.values().chain(&self.tls_key);
        secrets.for_each(|secret| self.redactor.add(secret));
    }

    pub(super) fn checked_org_id(&self) -> Result<Option<i64>, SettingsError> {
        match self.org_id {
            Some(id) if id < 0 => Err(SettingsError::new(
                "org_id",
                format!("is {id}: organizations are numbered from 1"),
            )),
            id => Ok(id),
        }
    }

    /// # Errors
    /// If a header cannot be sent, would be overwritten, or would change what requests mean.
    pub(super) fn headers(&self) -> Result<HeaderMap, SettingsError> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.http_headers {
            let (name, value) = header(name, value)?;
            if headers.insert(name, value).is_some() {
                let message = "has the same name twice, in different letter case";
                return Err(SettingsError::new("http_headers", message));
            }
        }
        Ok(headers)
    }

    /// # Errors
    /// If a header of the user would lose to that of a sign-in.
    pub(super) fn check_sign_in(&self, signs_in: bool) -> Result<(), SettingsError> {
        if signs_in && self.headers()?.contains_key(AUTHORIZATION) {
            let message = "must not contain `Authorization`, which the provider sets to sign in: remove it, or \
                           unset `auth` if the header is to be used instead (licenses need `auth`)";
            return Err(SettingsError::new("http_headers", message));
        }
        Ok(())
    }
}

/// Headers that the client or HTTP sets for each request, so that one of the user would be lost or break it.
const RESERVED: [&str; 21] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "proxy-connection",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-grafana-org-id",
];

/// A name is not quoted: a secret may stand in its place.
fn header(name: &str, value: &SecretString) -> Result<(HeaderName, HeaderValue), SettingsError> {
    let wrong = |message: &str| SettingsError::new("http_headers", message);
    let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
        wrong("has a name that is not that of an HTTP header: letters, digits and hyphens")
    })?;
    if let Some(reserved) = RESERVED.iter().find(|reserved| parsed == **reserved) {
        let instead = match *reserved {
            "host" => ": the host is that of `url`",
            "x-grafana-org-id" => ": set `org_id` instead",
            _ => "",
        };
        return Err(wrong(&format!(
            "must not contain `{reserved}`, which the provider sets for each request{instead}"
        )));
    }
    let mut value = HeaderValue::from_str(value.expose_secret()).map_err(|_| {
        wrong("has a value with a character that a header cannot hold, such as a line break")
    })?;
    value.set_sensitive(true);
    Ok((parsed, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_checked_and_hidden() {
        let set = |name: &str, value: &str| {
            let http_headers = BTreeMap::from([(name.to_owned(), value.into())]);
            Settings { http_headers, ..Settings::default() }.headers()
        };
        let headers = set("X-Scope", "hunter2").unwrap();
        assert!(headers["x-scope"].is_sensitive());
        for (name, value) in [
            ("a b", "c"),
            ("", "c"),
            ("X-A", "hunter2\n"),
            ("Authorization: hunter2", "c"),
            ("HOST", "hunter2"),
        ] {
            let error = set(name, value).unwrap_err();
            assert_eq!(error.setting, "http_headers");
            assert!(!error.message.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn headers_that_would_be_lost_are_refused() {
        let settings = |names: &[&str]| Settings {
            http_headers: names.iter().map(|name| ((*name).to_owned(), "a".into())).collect(),
            ..Settings::default()
        };
        for name in RESERVED {
            assert!(settings(&[&name.to_uppercase()]).headers().is_err(), "{name}");
        }
        assert!(settings(&["X-A", "x-a"]).headers().is_err());
        assert!(settings(&["aUTHORIZATION"]).check_sign_in(true).is_err());
        assert!(settings(&["Authorization", "Cookie", "User-Agent"]).check_sign_in(false).is_ok());
    }

    #[test]
    fn debug_output_holds_no_secret() {
        let settings = Settings {
            tls_key: Some("hunter2".into()),
            http_headers: BTreeMap::from([("X".to_owned(), "hunter2".into())]),
            ..Settings::default()
        };
        let shown = format!("{settings:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
