//! Certificates, and the HTTP connections that use them.

use std::fs;
use std::time::Duration;

use reqwest::{Certificate, ClientBuilder, Identity, redirect, retry};
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::settings::{Settings, SettingsError};

/// A host that does not answer is given up sooner than a slow answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// One pool of connections as the settings want it.
pub(super) fn connections(settings: &Settings) -> Result<reqwest::Client, SettingsError> {
    builder(settings)?.build().map_err(|error| unusable(settings, &error))
}

/// The same without a pool: every request has a connection of its own.
pub(super) fn single_connections(settings: &Settings) -> Result<reqwest::Client, SettingsError> {
    let builder = builder(settings)?.pool_max_idle_per_host(0);
    builder.build().map_err(|error| unusable(settings, &error))
}

/// Nothing is followed or sent again by itself: both are decided here.
fn builder(settings: &Settings) -> Result<ClientBuilder, SettingsError> {
    let mut builder = ClientBuilder::new()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .user_agent(concat!("terraform-provider-grafana/", env!("CARGO_PKG_VERSION")))
        .default_headers(settings.headers()?)
        .timeout(settings.request_timeout)
        .connect_timeout(settings.request_timeout.min(CONNECT_TIMEOUT))
        .tls_danger_accept_invalid_certs(settings.insecure_skip_verify);
    if is_loopback(&settings.url) {
        builder = builder.no_proxy();
    }
    if let Some(authorities) = authorities(settings)? {
        builder = builder.tls_certs_only(authorities);
    }
    if let Some(identity) = identity(settings)? {
        builder = builder.identity(identity);
    }
    Ok(builder)
}

/// Authorities that stand in place of the system's, if any.
///
/// Plain HTTP needs none, so that it works where the system has none (an empty container), unless a
/// proxy is reached over TLS.
fn authorities(settings: &Settings) -> Result<Option<Vec<Certificate>>, SettingsError> {
    let Some(given) = &settings.ca_cert else {
        let plain = settings.url.scheme() == "http" && !proxy_uses_tls();
        return Ok(plain.then(Vec::new));
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
                "tls_key",
                "is missing: `tls_cert` needs the key that belongs to it",
            ));
        }
        (None, Some(_)) => {
            return Err(SettingsError::new(
                "tls_cert",
                "is missing: `tls_key` needs the certificate that belongs to it",
            ));
        }
        (Some(cert), Some(key)) => (cert, key),
    };
    let cert = Pem::load("tls_cert", cert)?;
    let key = Pem::load("tls_key", key.expose_secret())?;
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
    from: Option<String>,
    text: SecretString,
}

impl Pem {
    /// PEM text as it is, or the file at a path.
    fn load(setting: &'static str, given: &str) -> Result<Self, SettingsError> {
        if given.contains("-----BEGIN ") {
            return Ok(Self { setting, from: None, text: given.into() });
        }
        if given.contains('\n') {
            return Err(SettingsError::new(
                setting,
                "is neither PEM text (`-----BEGIN …`) nor the path of a file",
            ));
        }
        let text = fs::read_to_string(given).map_err(|error| {
            SettingsError::new(
                setting,
                format!("names the file {given:?}, which cannot be read ({error}): it has to be PEM text or the path of a PEM file"),
            )
        })?;
        Ok(Self { setting, from: Some(given.to_owned()), text: text.into() })
    }

    fn wrong(&self, message: &str) -> SettingsError {
        let from = self.from.as_ref().map_or_else(String::new, |path| format!("(file {path:?}) "));
        SettingsError::new(self.setting, format!("{from}{message}"))
    }
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
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
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

    use super::*;

    fn https() -> Settings {
        Settings::new("https://localhost/").unwrap()
    }

    fn setting_of(settings: &Settings) -> (&'static str, String) {
        let error = connections(settings).unwrap_err();
        (error.setting, error.message)
    }

    #[test]
    fn an_unreadable_authority_is_named() {
        let mut settings = https();
        settings.ca_cert = Some("/no/such/file.pem".to_owned());
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
            let mut settings = https();
            settings.ca_cert = Some(given);
            assert_eq!(setting_of(&settings).0, "ca_cert");
        }
    }

    #[test]
    fn certificate_and_key_come_together() {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let mut settings = https();
        settings.tls_cert = Some(made.cert.pem());
        assert_eq!(setting_of(&settings).0, "tls_key");
        settings.tls_key = Some("-----BEGIN hunter2-----".into());
        let (setting, message) = setting_of(&settings);
        assert_eq!(setting, "tls_key");
        assert!(!message.contains("hunter2"), "{message}");
        settings.tls_key = Some(made.signing_key.serialize_pem().into());
        assert!(connections(&settings).is_ok());
        settings.tls_cert = None;
        assert_eq!(setting_of(&settings).0, "tls_cert");
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let one = rcgen::generate_simple_self_signed(["a".to_owned()]).unwrap();
        let other = rcgen::generate_simple_self_signed(["b".to_owned()]).unwrap();
        let mut settings = https();
        settings.tls_cert = Some(one.cert.pem());
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
