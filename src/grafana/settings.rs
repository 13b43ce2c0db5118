//! How to reach a Grafana instance.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::auth::Auth;
use super::source::SignedIn;
use super::status_codes::StatusPattern;

/// A setting with a value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{setting}` {message}")]
pub struct SettingsError {
    /// Name of the setting: a field of [`Settings`].
    pub setting: &'static str,
    /// What is wrong with it and what is expected, beginning with a verb; never a secret.
    pub message: String,
}

impl SettingsError {
    pub(super) fn new(setting: &'static str, message: impl Into<String>) -> Self {
        Self { setting, message: message.into() }
    }
}

/// How to reach an instance and how patient to be. [`Settings::new`] gives the defaults.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Root URL of the instance; it may have a sub-path (`https://host/grafana/`).
    pub url: Url,
    /// Who to sign in as; by default nobody.
    pub auth: Auth,
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
    /// Which answers make a request worth sending again; by default `429` and `5xx`. Never a 401,
    /// whatever is set.
    pub retry_status_codes: Vec<StatusPattern>,
    /// How long to wait before sending again; zero, the default, leaves it to a growing wait of the
    /// client's own.
    pub retry_wait: Duration,
    /// How long one request may take, its answer read; by default 30 seconds.
    pub request_timeout: Duration,
}

impl Settings {
    /// Settings for the instance at a URL, all others with their defaults.
    ///
    /// # Errors
    /// If the text is no `http` or `https` URL, or has a user, a query or a fragment in it.
    pub fn new(url: &str) -> Result<Self, SettingsError> {
        root_url(url).map(Self::at)
    }

    /// Settings for an instance that a [`SignInSource`](super::SignInSource) finds, all with their
    /// defaults: `url` and `auth` do not count.
    ///
    /// # Errors
    /// None that can happen: the URL that stands in until then is one.
    pub fn for_source() -> Result<Self, SettingsError> {
        Self::new("https://not-found-yet.invalid/")
    }

    /// The same settings for an instance that has been found.
    pub fn signed_in(&self, there: &SignedIn) -> Self {
        Self { url: there.url.clone(), auth: there.auth.clone(), ..self.clone() }
    }

    fn at(url: Url) -> Self {
        Self {
            url,
            auth: Auth::Anonymous,
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
        }
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

    pub(super) fn headers(&self) -> Result<HeaderMap, SettingsError> {
        self.http_headers.iter().map(|(name, value)| header(name, value)).collect()
    }
}

fn header(name: &str, value: &SecretString) -> Result<(HeaderName, HeaderValue), SettingsError> {
    let wrong = |message| SettingsError::new("http_headers", message);
    let parsed = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| wrong(format!("holds {name:?}, which cannot be the name of a header")))?;
    let mut value = HeaderValue::from_str(value.expose_secret()).map_err(|_| {
        wrong(format!("gives {name:?} a value with characters that cannot stand in a header"))
    })?;
    value.set_sensitive(true);
    Ok((parsed, value))
}

/// The text as the root URL of an instance, which ends in `/`.
pub(super) fn root_url(text: &str) -> Result<Url, SettingsError> {
    let wrong = |message: &str| {
        SettingsError::new(
            "url",
            format!(
                "{message}: it has to be the root URL of the instance, like `https://grafana.example.com/`"
            ),
        )
    };
    let text = text.trim();
    if text.is_empty() {
        return Err(wrong("is empty"));
    }
    if !text.contains("://") {
        return Err(wrong("does not begin with `https://` or `http://`"));
    }
    let mut url = Url::parse(text).map_err(|error| wrong(&format!("is no URL ({error})")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong(&format!(
            "begins with `{}://`, not with `https://` or `http://`",
            url.scheme()
        )));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("has a user or password in it, which belong into `auth`"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("has a `?` or `#` part"));
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_kept_as_a_root() {
        for (text, root) in [
            ("http://localhost:3000", "http://localhost:3000/"),
            (" https://host/grafana ", "https://host/grafana/"),
            ("HTTPS://Host/a%20b/", "https://host/a%20b/"),
        ] {
            assert_eq!(Settings::new(text).unwrap().url.as_str(), root);
        }
    }

    #[test]
    fn wrong_urls_are_told_apart() {
        for (text, part) in [
            ("", "is empty"),
            ("grafana.example.com", "does not begin with"),
            ("localhost:3000", "does not begin with"),
            ("ftp://host", "begins with `ftp://`"),
            ("https://", "is no URL"),
            ("https://admin:hunter2@host/", "belong into `auth`"),
            ("https://host/?orgId=1", "has a `?`"),
        ] {
            let error = Settings::new(text).unwrap_err();
            assert_eq!(error.setting, "url");
            assert!(error.message.contains(part), "{text}: {error}");
            assert!(!error.message.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn headers_are_checked_and_hidden() {
        let mut settings = Settings::new("http://host").unwrap();
        let mut set = |name: &str, value: &str| {
            settings.http_headers = BTreeMap::from([(name.to_owned(), value.into())]);
            settings.headers()
        };
        let headers = set("X-Scope", "hunter2").unwrap();
        assert!(headers["x-scope"].is_sensitive());
        for (name, value) in [("a b", "c"), ("", "c"), ("X-A", "hunter2\n")] {
            let error = set(name, value).unwrap_err();
            assert_eq!(error.setting, "http_headers");
            assert!(!error.message.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn debug_output_holds_no_secret() {
        let mut settings = Settings::new("http://host").unwrap();
        settings.auth = Auth::parse(&"admin:hunter2".into()).unwrap();
        settings.tls_key = Some("hunter2".into());
        settings.http_headers = BTreeMap::from([("X".to_owned(), "hunter2".into())]);
        let shown = format!("{settings:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
