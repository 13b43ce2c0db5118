//! Certificates, and the HTTP connections that use them.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::{Certificate, ClientBuilder, Identity, redirect, retry};
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::root_url::RootUrl;
use super::settings::{Settings, SettingsError};
use crate::http::causes;

/// A host that does not answer is given up sooner than a slow answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections that use the certificates of the settings: a pool of them, and others of one request
/// each.
pub(super) struct Connections {
    pool: reqwest::Client,
    single: OnceLock<reqwest::Client>,
    settings: Settings,
    url: Option<RootUrl>,
}

impl Connections {
    /// Connections to the instance at a URL, or to one that is not known yet. Files named by the
    /// settings are read.
    ///
    /// # Errors
    /// If a setting cannot be used.
    pub(super) fn new(settings: &Settings, url: Option<&RootUrl>) -> Result<Self, SettingsError> {
        let pool = builder(settings, url)?.build().map_err(|error| unusable(settings, &error))?;
        let (settings, url) = (settings.clone(), url.cloned());
        Ok(Self { pool, single: OnceLock::new(), settings, url })
    }

    /// Connections that are kept for other requests.
    pub(super) fn pool(&self) -> &reqwest::Client {
        &self.pool
    }

    /// A new connection for each request.
    pub(super) fn single(&self) -> &reqwest::Client {
        // Files named by the settings were read before; one that has gone since costs only the new connections.
        self.single.get_or_init(|| {
            let single = builder(&self.settings, self.url.as_ref()).ok();
            let single = single.and_then(|builder| builder.pool_max_idle_per_host(0).build().ok());
            single.unwrap_or_else(|| self.pool.clone())
        })
    }
}

/// Nothing is followed or sent again by itself: both are decided here.
fn builder(settings: &Settings, url: Option<&RootUrl>) -> Result<ClientBuilder, SettingsError> {
    let url = url.map(RootUrl::as_url);
    let mut builder = ClientBuilder::new()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .user_agent(concat!("terraform-provider-grafana/", env!("CARGO_PKG_VERSION")))
        .default_headers(settings.headers()?)
        .timeout(settings.request_timeout)
        .connect_timeout(settings.request_timeout.min(CONNECT_TIMEOUT))
        .tls_danger_accept_invalid_certs(settings.insecure_skip_verify);
    if url.is_some_and(is_loopback) {
        builder = builder.no_proxy();
    }
    if let Some(authorities) = authorities(settings, url)? {
        builder = builder.tls_certs_only(authorities);
    }
    if let Some(identity) = identity(settings)? {
        builder = builder.identity(identity);
    }
    Ok(builder)
}

/// Authorities to trust in place of the system's, if any.
///
/// Plain HTTP needs none, so that it works where the system has none (an empty container), unless a
/// proxy is reached over TLS.
fn authorities(
    settings: &Settings,
    url: Option<&Url>,
) -> Result<Option<Vec<Certificate>>, SettingsError> {
    let Some(given) = &settings.ca_cert else {
        let is_plain = url.is_none_or(|url| url.scheme() == "http" && !proxy_uses_tls());
        return Ok(is_plain.then(Vec::new));
    };
    let pem = Pem::load("ca_cert", given)?;
    let certificates = Certificate::from_pem_bundle(pem.text.expose_secret().as_bytes())
        .map_err(|_| pem.wrong("holds a certificate that cannot be decoded"))?;
    if certificates.is_empty() {
        return Err(pem.wrong("holds no certificate (`-----BEGIN CERTIFICATE-----`)"));
    }
    Ok(Some(certificates))
}

fn identity(settings: &Settings) -> Result<Option<Identity>, SettingsError> {
    let (cert, key) = match (&settings.tls_cert, &settings.tls_key) {
        (None, None) => return Ok(None),
        (Some(_), None) => {
            return Err(SettingsError::new(
                "tls_cert",
                "needs `tls_key`, the key that belongs to it",
            ));
        }
        (None, Some(_)) => {
            return Err(SettingsError::new(
                "tls_key",
                "needs `tls_cert`, the certificate that belongs to it",
            ));
        }
        (Some(cert), Some(key)) => (cert, key),
    };
    let cert = Pem::load("tls_cert", cert)?;
    let key = Pem::load_secret("tls_key", key)?;
    if !cert.text.expose_secret().contains("-----BEGIN CERTIFICATE-----") {
        return Err(cert.wrong("holds no certificate (`-----BEGIN CERTIFICATE-----`)"));
    }
    if !key.text.expose_secret().contains("PRIVATE KEY-----") {
        return Err(key.wrong("holds no private key (`-----BEGIN PRIVATE KEY-----`)"));
    }
    let both =
        SecretString::from(format!("{}\n{}", key.text.expose_secret(), cert.text.expose_secret()));
    Identity::from_pem(both.expose_secret().as_bytes())
        .map(Some)
        .map_err(|_| cert.wrong("and `tls_key` cannot be decoded as a certificate and its PKCS#8, PKCS#1 or SEC1 key without a passphrase"))
}

struct Pem {
    setting: &'static str,
    /// Path of the file that it was read from, if that may be shown.
    from: Option<String>,
    text: SecretString,
}

impl Pem {
    /// PEM text as it is, or the file at a path.
    fn load(setting: &'static str, given: &str) -> Result<Self, SettingsError> {
        let from = is_path(given).then(|| given.to_owned());
        Self::read(setting, given, from)
    }

    /// The same for a secret, of which nothing may be shown, not even a path: it may be none.
    fn load_secret(setting: &'static str, given: &SecretString) -> Result<Self, SettingsError> {
        Self::read(setting, given.expose_secret(), None)
    }

    fn read(
        setting: &'static str,
        given: &str,
        from: Option<String>,
    ) -> Result<Self, SettingsError> {
        if given.contains("-----BEGIN ") {
            return Ok(Self { setting, from: None, text: given.into() });
        }
        let unreadable = |what: String| {
            SettingsError::new(
                setting,
                format!("must be PEM text (`-----BEGIN …`) or the path of a PEM file, but {what}"),
            )
        };
        if given.contains('\n') {
            return Err(unreadable("is neither".to_owned()));
        }
        match fs::read_to_string(given) {
            Ok(text) => Ok(Self { setting, from, text: text.into() }),
            Err(error) => Err(unreadable(match from {
                Some(path) => format!("the file {path:?} cannot be read ({error})"),
                None => {
                    format!("there is no PEM text in it, and no such file can be read ({error})")
                }
            })),
        }
    }

    fn wrong(&self, message: &str) -> SettingsError {
        let from = self.from.as_ref().map_or_else(String::new, |path| format!("(file {path:?}) "));
        SettingsError::new(self.setting, format!("{from}{message}"))
    }
}

/// The longest path that is shown, in bytes: a key is longer, in whatever form.
const LONGEST_PATH: usize = 160;

/// Whether a text can be shown as the path of a file: a key or a certificate in base64 has no
/// extension.
fn is_path(text: &str) -> bool {
    let path = Path::new(text);
    let is_short = |extension: &std::ffi::OsStr| extension.len() <= 5;
    text.len() <= LONGEST_PATH && path.extension().is_some_and(is_short)
}

/// As Go has it and its users expect: what is on this machine is not reached through a proxy.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn proxy_uses_tls() -> bool {
    ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .any(|proxy| proxy.starts_with("https://"))
}

/// Which setting a failed build is about: what is left to go wrong are certificates.
fn unusable(settings: &Settings, error: &reqwest::Error) -> SettingsError {
    let cause = causes(error).last().map_or_else(String::new, ToString::to_string);
    let setting = if settings.tls_cert.is_some() { "tls_cert" } else { "ca_cert" };
    let message = if settings.tls_cert.is_some() {
        format!(
            "or what goes with it cannot be used ({cause}): does `tls_key` belong to the certificate?"
        )
    } else if settings.ca_cert.is_some() {
        format!("holds a certificate that cannot be used ({cause})")
    } else {
        format!(
            "is not set and this system offers no certificate authorities ({cause}): set it to the authority of Grafana's certificate"
        )
    };
    SettingsError::new(setting, message)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn setting_of(settings: &Settings) -> (&'static str, String) {
        let error = Connections::new(settings, None).err().unwrap();
        (error.setting, error.message)
    }

    #[test]
    fn what_is_no_path_is_never_quoted() {
        let key =
            STANDARD.encode("-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----");
        let certificate = || Some("-----BEGIN CERTIFICATE-----".to_owned());
        for settings in [
            Settings {
                tls_key: Some(key.clone().into()),
                tls_cert: certificate(),
                ..Settings::default()
            },
            Settings {
                tls_key: Some("hunter2.pem".into()),
                tls_cert: certificate(),
                ..Settings::default()
            },
            Settings { ca_cert: Some(key.clone()), ..Settings::default() },
            Settings {
                tls_cert: Some(key.clone()),
                tls_key: Some("".into()),
                ..Settings::default()
            },
        ] {
            let (setting, message) = setting_of(&settings);
            assert!(
                !message.contains(&key[..20]) && !message.contains("hunter2"),
                "{setting} {message}"
            );
        }
    }

    #[test]
    fn an_unreadable_authority_is_named() {
        let settings =
            Settings { ca_cert: Some("/no/such/file.pem".to_owned()), ..Settings::default() };
        let (setting, message) = setting_of(&settings);
        assert_eq!(setting, "ca_cert");
        assert!(message.contains("/no/such/file.pem"), "{message}");
    }

    #[test]
    fn an_authority_without_a_certificate_is_refused() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"no PEM").unwrap();
        let path = file.path().to_str().unwrap().to_owned();
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for given in [path, "two\nlines".to_owned(), broken.to_owned()] {
            let settings = Settings { ca_cert: Some(given), ..Settings::default() };
            assert_eq!(setting_of(&settings).0, "ca_cert");
        }
    }

    #[test]
    fn certificate_and_key_come_together() {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let mut settings = Settings { tls_cert: Some(made.cert.pem()), ..Settings::default() };
        assert_eq!(setting_of(&settings).0, "tls_cert");
        settings.tls_key = Some("-----BEGIN hunter2-----".into());
        let (setting, message) = setting_of(&settings);
        assert_eq!(setting, "tls_key");
        assert!(!message.contains("hunter2"), "{message}");
        settings.tls_key = Some(made.signing_key.serialize_pem().into());
        assert!(Connections::new(&settings, None).is_ok());
        settings.tls_cert = None;
        assert_eq!(setting_of(&settings).0, "tls_key");
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let one = rcgen::generate_simple_self_signed(["a".to_owned()]).unwrap();
        let other = rcgen::generate_simple_self_signed(["b".to_owned()]).unwrap();
        let mut settings = Settings { tls_cert: Some(one.cert.pem()), ..Settings::default() };
        settings.tls_key = Some(other.signing_key.serialize_pem().into());
        let (setting, message) = setting_of(&settings);
        assert_eq!(setting, "tls_cert");
        assert!(message.contains("tls_key"), "{message}");
    }

    #[test]
    fn loopback_needs_no_proxy() {
        for (url, loopback) in [
            ("http://localhost:1/", true),
            ("http://127.0.0.2/", true),
            ("http://[::1]/", true),
            ("http://localhost.example.com/", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), loopback, "{url}");
        }
    }
}
