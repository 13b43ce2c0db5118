//! What the provider's `aws` attribute can say.

use secrecy::SecretString;
use url::Url;

use super::error::{Error, ErrorKind};
use crate::http::Redactor;

/// How to reach and sign in to AWS. Everything is optional: what is absent is looked for as the
/// AWS SDKs do it, in the environment, the shared config and credentials files, and the role of
/// the machine. An empty string counts as absent.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Region of calls that name none themselves, such as `eu-central-1`.
    /// Otherwise `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile, then instance metadata.
    pub region: Option<String>,
    /// Profile of the shared config and credentials files; otherwise `AWS_PROFILE`, then
    /// `default`. A profile named here is the only source of credentials beside `access_key`.
    pub profile: Option<String>,
    /// Access key id, together with `secret_key`. Before every other source of credentials.
    pub access_key: Option<String>,
    /// Secret access key, together with `access_key`.
    pub secret_key: Option<SecretString>,
    /// Session token that belongs to `access_key`, if that is a temporary one.
    pub token: Option<SecretString>,
    /// URL of the Amazon Managed Grafana API, and of nothing else. Otherwise
    /// `AWS_ENDPOINT_URL_GRAFANA`, `AWS_ENDPOINT_URL`, the profile, then the region's own.
    pub endpoint: Option<String>,
    /// Role to assume with the credentials found.
    pub assume_role: Option<AssumeRole>,
    /// Learns every secret of the calls, and keeps them out of what AWS and proxies say.
    pub redactor: Redactor,
}

/// A role assumed through [AssumeRole of AWS STS](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
#[derive(Clone, Debug, Default)]
pub struct AssumeRole {
    /// ARN of the role.
    pub role_arn: String,
    /// Name of the session, as CloudTrail shows it; `terraform-provider-grafana` if absent.
    pub session_name: Option<String>,
    /// External id that the role's trust policy may ask for.
    pub external_id: Option<String>,
}

impl Settings {
    pub(super) fn region(&self) -> Option<&str> {
        given(self.region.as_deref())
    }

    pub(super) fn profile(&self) -> Option<&str> {
        given(self.profile.as_deref())
    }

    pub(super) fn access_key(&self) -> Option<&str> {
        given(self.access_key.as_deref())
    }

    pub(super) fn endpoint(&self) -> Option<&str> {
        given(self.endpoint.as_deref())
    }
}

/// Checks that `text` is a URL that calls can be sent to. An empty one counts as absent. It is not quoted: it may
/// hold a password.
///
/// Fails with [`ErrorKind::Endpoint`].
pub fn is_endpoint(text: &str) -> Result<(), Error> {
    let Some(text) = given(Some(text)) else { return Ok(()) };
    let is_plain = |url: &Url| {
        let has_user = !url.username().is_empty() || url.password().is_some();
        !has_user && url.query().is_none() && url.fragment().is_none()
    };
    match Url::parse(text) {
        Ok(url)
            if ["http", "https"].contains(&url.scheme()) && url.has_host() && is_plain(&url) =>
        {
            Ok(())
        }
        _ => Err(Error::new(
            ErrorKind::Endpoint,
            "An endpoint is a URL with `https://` or `http://` and a host, without a user, a password, `?` and `#`.",
        )),
    }
}

/// The text, unless it is empty: an empty setting or variable counts as absent.
pub(super) fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let settings = Settings {
            access_key: Some("AKIDEXAMPLE".into()),
            secret_key: Some("hidden-key".into()),
            token: Some("hidden-token".into()),
            ..Settings::default()
        };
        let shown = format!("{settings:?}");
        assert!(shown.contains("AKIDEXAMPLE"), "{shown}");
        assert!(!shown.contains("hidden"), "{shown}");
    }

    #[test]
    fn an_empty_setting_is_absent() {
        let settings = Settings {
            region: Some(String::new()),
            profile: Some("ops".into()),
            ..Settings::default()
        };
        assert_eq!(settings.region(), None);
        assert_eq!(settings.profile(), Some("ops"));
    }

    #[test]
    fn an_endpoint_is_a_url_with_scheme_and_host() {
        assert!(is_endpoint("https://grafana.eu-central-1.amazonaws.com").is_ok());
        assert!(is_endpoint("http://127.0.0.1:4566/base").is_ok());
        assert!(is_endpoint("").is_ok(), "an empty one is absent");
        for wrong in [
            "grafana.example",
            "localhost:4566",
            "ftp://grafana.example",
            "https://",
            "https://bob:hunter2@grafana.example",
            "https://bob:hunter2@gra fana",
            "https://grafana.example/?key=hunter2",
        ] {
            let error = is_endpoint(wrong).expect_err(wrong);
            assert_eq!(error.kind(), &ErrorKind::Endpoint);
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }
}
