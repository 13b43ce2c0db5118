//! The client of Grafana and its settings, from the provider's configuration.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::SecretString;
use tfplugin::{Diagnostic, Value, parse_duration};

use super::aws::known;
use super::{Config, attribute};
use crate::access::UnknownSetting;
use crate::grafana::{Auth, Client, RootUrl, Settings, SettingsError, StatusPattern};
use crate::http::Redactor;

tfplugin::text_type!(RootUrl);
tfplugin::text_type!(StatusPattern);

/// Why there is no client.
#[derive(Debug)]
pub(super) enum NoClient {
    /// A value of the configuration is known only after apply.
    Unknown(UnknownSetting),
    /// No URL.
    NoUrl,
    /// A value that cannot be used.
    Wrong(SettingsError),
}

impl NoClient {
    pub(super) fn diagnostic(&self) -> Diagnostic {
        match self {
            NoClient::Unknown(later) => later.error(),
            NoClient::NoUrl => Diagnostic::error(
                "No Grafana instance is configured",
                "Set `url` in the provider block, or GRAFANA_URL in the environment, to the root URL of \
                 the instance, and `auth` or GRAFANA_AUTH to a token or `user:password`. For Amazon \
                 Managed Grafana, set `managed_workspace` only.",
            ),
            NoClient::Wrong(SettingsError { setting, message }) => Diagnostic::error(
                format!("Invalid provider configuration: {setting}"),
                format!("The provider's `{setting}` {message}."),
            )
            .at(attribute(setting)),
        }
    }
}

impl From<UnknownSetting> for NoClient {
    fn from(later: UnknownSetting) -> Self {
        NoClient::Unknown(later)
    }
}

impl From<SettingsError> for NoClient {
    fn from(error: SettingsError) -> Self {
        NoClient::Wrong(error)
    }
}

/// The client of the configured instance. Making it reads files, and sends nothing.
pub(super) fn client(config: &Config, redactor: &Redactor) -> Result<Client, NoClient> {
    let url = known("url", &config.url)?.ok_or(NoClient::NoUrl)?;
    Ok(Client::new(&url, auth(config)?, &settings(config, redactor)?)?)
}

fn auth(config: &Config) -> Result<Auth, NoClient> {
    let Some(auth) = known("auth", &config.auth)? else { return Ok(Auth::Anonymous) };
    Auth::parse(&auth.into())
        .map_err(|error| SettingsError { setting: "auth", message: error.to_string() }.into())
}

/// The settings for whatever instance.
pub(super) fn settings(config: &Config, redactor: &Redactor) -> Result<Settings, NoClient> {
    let default = Settings::default();
    let headers = known("http_headers", &config.http_headers)?.unwrap_or_default();
    let headers = headers.into_iter().map(|(name, value)| (name, SecretString::from(value)));
    let retries = known("retries", &config.retries)?.and_then(|retries| retries.try_into().ok());
    let wait = known("retry_wait", &config.retry_wait)?.and_then(|wait| wait.try_into().ok());
    let codes = known("retry_status_codes", &config.retry_status_codes)?;
    let timeout = known("request_timeout", &config.request_timeout)?;
    let timeout = timeout.and_then(|timeout| parse_duration(&timeout).ok());
    Ok(Settings {
        org_id: known("org_id", &config.org_id)?,
        ca_cert: known("ca_cert", &config.ca_cert)?,
        tls_cert: known("tls_cert", &config.tls_cert)?,
        tls_key: known("tls_key", &config.tls_key)?.map(SecretString::from),
        insecure_skip_verify: known("insecure_skip_verify", &config.insecure_skip_verify)?
            .unwrap_or_default(),
        http_headers: headers.collect::<BTreeMap<_, _>>(),
        retries: retries.unwrap_or(default.retries),
        retry_status_codes: codes
            .map_or(default.retry_status_codes, |codes| codes.into_iter().collect()),
        retry_wait: wait.map_or(default.retry_wait, Duration::from_secs),
        request_timeout: timeout.unwrap_or(default.request_timeout),
        redactor: redactor.clone(),
    })
}

/// What the rules of the schema cannot check.
pub(super) fn validate(config: &Config) -> Vec<Diagnostic> {
    let redactor = Redactor::default();
    let checked = match client(config, &redactor) {
        // Without an address the rest would go unchecked.
        Err(NoClient::NoUrl | NoClient::Unknown(_)) => auth(config).and_then(|auth| {
            let signs_in = !matches!(auth, Auth::Anonymous) || !config.managed_workspace.is_null();
            Ok(Client::check(&settings(config, &redactor)?, signs_in)?)
        }),
        checked => checked.map(drop),
    };
    match checked {
        Err(error @ NoClient::Wrong(_)) => vec![error.diagnostic()],
        _ => Vec::new(),
    }
}

/// Every diagnostic of the settings, by the name of what makes it.
#[cfg(test)]
pub(crate) fn samples() -> Vec<(&'static str, Diagnostic)> {
    let wrong = SettingsError { setting: "ca_cert", message: "is not PEM".to_owned() };
    let url = "https://grafana.example.com/".parse().expect("a URL");
    vec![
        ("NoUrl", NoClient::NoUrl.diagnostic()),
        ("Wrong", NoClient::from(wrong).diagnostic()),
        ("not_signed_in", not_signed_in(&url)),
    ]
}

/// The warning for an instance that is asked without any sign-in, though nobody said so.
pub(super) fn without_sign_in(config: &Config) -> Option<Diagnostic> {
    let Value::Known(url) = &config.url else { return None };
    let may_sign_in =
        !config.auth.is_null() || !config.http_headers.is_null() || !config.tls_cert.is_null();
    (!may_sign_in).then(|| not_signed_in(url))
}

fn not_signed_in(url: &RootUrl) -> Diagnostic {
    Diagnostic::warning(
        "No sign-in is configured for Grafana",
        format!(
            "`url` is set ({url}) and `auth` is not. Set `auth` in the provider block, or GRAFANA_AUTH in the environment, \
             to a token or `user:password`; to `anonymous` if the instance needs no sign-in."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};
    use tfplugin::testing::{configuration, unknown};

    const ENVIRONMENT: [(&str, &str); 9] = [
        ("GRAFANA_URL", "http://from.environment/grafana"),
        ("GRAFANA_AUTH", "admin:admin"),
        ("GRAFANA_ORG_ID", "7"),
        ("GRAFANA_INSECURE_SKIP_VERIFY", "true"),
        ("GRAFANA_HTTP_HEADERS", r#"{"X-Team":"platform"}"#),
        ("GRAFANA_RETRIES", "0"),
        ("GRAFANA_RETRY_STATUS_CODES", "429, 50x"),
        ("GRAFANA_RETRY_WAIT", "2"),
        ("GRAFANA_REQUEST_TIMEOUT", "1m30s"),
    ];

    fn config(config: Json, environment: &[(&str, &str)]) -> Config {
        configuration(&config, environment).expect("valid")
    }

    fn client(config: &Config) -> Result<Client, NoClient> {
        super::client(config, &Redactor::default())
    }

    fn settings(config: &Config) -> Settings {
        super::settings(config, &Redactor::default()).expect("settings")
    }

    #[test]
    fn the_environment_stands_in_for_every_attribute() {
        let config = config(json!({}), &ENVIRONMENT);
        let client = client(&config).unwrap();
        assert_eq!(client.url().to_string(), "http://from.environment/grafana/");
        assert!(client.signs_in_with_password());
        let settings = settings(&config);
        assert_eq!(settings.org_id, Some(7));
        assert!(settings.insecure_skip_verify);
        assert!(settings.http_headers.contains_key("X-Team"));
        assert_eq!(settings.retries, 0);
        assert!(settings.retry_status_codes.iter().any(|code| code.matches(503)));
        assert!(!settings.retry_status_codes.iter().any(|code| code.matches(511)));
        assert_eq!(settings.retry_wait, Duration::from_secs(2));
        assert_eq!(settings.request_timeout, Duration::from_secs(90));
    }

    #[test]
    fn the_configuration_wins() {
        let config = config(json!({ "url": "https://configured/" }), &ENVIRONMENT);
        assert_eq!(client(&config).unwrap().url().to_string(), "https://configured/");
    }

    #[test]
    fn the_environment_does_not_overrule_a_managed_workspace() {
        let workspace = json!({ "managed_workspace": { "workspace_id": "g-0123456789" } });
        let config = config(workspace, &ENVIRONMENT);
        assert!(config.url.is_null() && config.auth.is_null() && config.org_id.is_null());
        assert_eq!(settings(&config).retries, 0, "the rest counts");
    }

    #[test]
    fn nothing_at_all_says_what_to_set() {
        let text = client(&config(json!({}), &[])).unwrap_err().diagnostic().to_string();
        assert!(text.contains("GRAFANA_URL") && text.contains("GRAFANA_AUTH"), "{text}");
    }

    #[test]
    fn unknown_values_are_no_mistake() {
        let config = config(json!({ "url": unknown() }), &ENVIRONMENT);
        assert!(validate(&config).is_empty());
        assert!(matches!(client(&config), Err(NoClient::Unknown(UnknownSetting("url")))));
    }

    #[test]
    fn wrong_values_are_told_with_their_attribute_and_not_quoted_if_secret() {
        for (name, value) in [("auth", "no-token-and-no-colon"), ("ca_cert", "/no/such/file.pem")] {
            let found = validate(&config(json!({ name: value }), &[]));
            assert_eq!(found.len(), 1, "{name}");
            assert_eq!(found[0].path, attribute(name));
            assert!(name != "auth" || !found[0].to_string().contains(value));
        }
    }

    #[test]
    fn wrong_variables_are_refused_and_not_quoted_if_secret() {
        for (variable, value) in [
            ("GRAFANA_RETRIES", "many"),
            ("GRAFANA_RETRIES", "1000"),
            ("GRAFANA_URL", "hunter2"),
            ("GRAFANA_RETRY_STATUS_CODES", "4"),
            ("GRAFANA_REQUEST_TIMEOUT", "soon"),
            ("GRAFANA_HTTP_HEADERS", "hunter2"),
            ("GRAFANA_HTTP_HEADERS", r#"{"a": {"hunter2": 1}}"#),
        ] {
            let found = configuration::<Config>(&json!({}), &[(variable, value)]).unwrap_err();
            assert!(!format!("{found:?}").contains("hunter2"), "{found:?}");
        }
    }
}
