//! The settings of the Grafana client, from the configuration and the environment.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use secrecy::SecretString;
use tfplugin::{Diagnostic, Secret, Value, parse_duration};

use super::{Config, attribute};
use crate::access::{KnownLater, variable, wrong_setting};
use crate::grafana::{Auth, Client, RootUrl, Settings, SettingsError, StatusPattern};

/// Why there are no settings.
#[derive(Debug)]
pub(super) enum NoSettings {
    /// A value of the configuration is known only after apply.
    Unknown(KnownLater),
    /// No URL.
    NoUrl,
    /// A value that cannot be used.
    Wrong(SettingsError),
}

impl NoSettings {
    pub(super) fn diagnostic(&self) -> Diagnostic {
        match self {
            NoSettings::Unknown(later) => later.error(),
            NoSettings::NoUrl => Diagnostic::error(
                "No Grafana instance is configured",
                "Set `url` in the provider block, or GRAFANA_URL in the environment, to the root URL of \
                 the instance, and `auth` or GRAFANA_AUTH to a token or `user:password`. For Amazon \
                 Managed Grafana, `managed_workspace` alone will do.",
            ),
            NoSettings::Wrong(error) => {
                wrong_setting(error.setting, &error.message).at(attribute(error.setting))
            }
        }
    }
}

impl From<SettingsError> for NoSettings {
    fn from(error: SettingsError) -> Self {
        NoSettings::Wrong(error)
    }
}

/// Attributes with a rule in the schema for what stands in a configuration.
const RULED_BY_SCHEMA: [&str; 4] = ["org_id", "retries", "retry_wait", "request_timeout"];

type Variable = fn(&str) -> Option<String>;

/// A value of the configuration, else of the environment.
fn given<T, U: From<T>>(
    setting: &'static str,
    value: &Value<T>,
    environment: Variable,
    parse: impl FnOnce(String) -> Result<U, SettingsError>,
) -> Result<Option<U>, NoSettings>
where
    T: Clone,
{
    match value {
        Value::Known(value) => Ok(Some(value.clone().into())),
        Value::Unknown => Err(NoSettings::Unknown(KnownLater(setting))),
        Value::Null => Ok(environment(&variable(setting)).map(parse).transpose()?),
    }
}

fn wrong(setting: &'static str, message: &str) -> SettingsError {
    SettingsError { setting, message: message.to_owned() }
}

fn parsed<T: FromStr>(
    setting: &'static str,
    expected: &'static str,
) -> impl FnOnce(String) -> Result<T, SettingsError> {
    move |text| text.trim().parse().map_err(|_| wrong(setting, expected))
}

/// The client of the instance that the configuration and the environment name. Making it reads files,
/// and sends nothing.
pub(super) fn client(config: &Config, environment: Variable) -> Result<Client, NoSettings> {
    let url: Option<String> = given("url", &config.url, environment, Ok)?;
    let url: RootUrl = url.ok_or(NoSettings::NoUrl)?.parse().map_err(about("url"))?;
    let auth = auth(config, environment)?;
    Ok(Client::new(&url, auth, &settings(config, environment)?)?)
}

fn auth(config: &Config, environment: Variable) -> Result<Auth, NoSettings> {
    let auth: Option<Secret> = given("auth", &config.auth, environment, |t| Ok(Secret::from(t)))?;
    Ok(match auth {
        Some(auth) => Auth::parse(&auth.into()).map_err(about("auth"))?,
        None => Auth::Anonymous,
    })
}

/// The settings that the configuration and the environment give together.
pub(super) fn settings(config: &Config, environment: Variable) -> Result<Settings, NoSettings> {
    let mut settings = Settings::default();
    // What the environment says is meant for an instance with many organizations.
    let of_org: Variable = if config.managed_workspace.is_null() { environment } else { |_| None };
    settings.org_id = given("org_id", &config.org_id, of_org, parsed("org_id", "is no number"))?;
    settings.ca_cert = given("ca_cert", &config.ca_cert, environment, Ok)?;
    settings.tls_cert = given("tls_cert", &config.tls_cert, environment, Ok)?;
    let key: Option<Secret> =
        given("tls_key", &config.tls_key, environment, |t| Ok(Secret::from(t)))?;
    settings.tls_key = key.map(SecretString::from);
    let skip = given("insecure_skip_verify", &config.insecure_skip_verify, environment, switch)?;
    settings.insecure_skip_verify = skip.unwrap_or_default();
    settings.http_headers = headers(config, environment)?;
    retrying(config, environment, &mut settings)?;
    Ok(settings)
}

/// The error of a value as the error of its setting.
fn about<E: Display>(setting: &'static str) -> impl Fn(E) -> SettingsError {
    move |error| wrong(setting, &error.to_string())
}

fn switch(text: String) -> Result<bool, SettingsError> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "t" | "true" => Ok(true),
        "0" | "f" | "false" => Ok(false),
        _ => Err(wrong("insecure_skip_verify", "is neither `true` nor `false`")),
    }
}

fn headers(
    config: &Config,
    environment: Variable,
) -> Result<BTreeMap<String, SecretString>, NoSettings> {
    let read = |text: String| {
        let headers: Result<BTreeMap<String, String>, _> = serde_json::from_str(&text);
        let headers = headers.map_err(|_| {
            wrong("http_headers", "is no JSON object of texts, like `{\"X-Name\": \"value\"}`")
        })?;
        Ok(headers.into_iter().map(|(name, value)| (name, Secret::from(value))).collect())
    };
    let headers: Option<BTreeMap<String, Secret>> =
        given("http_headers", &config.http_headers, environment, read)?;
    let headers = headers.unwrap_or_default().into_iter();
    Ok(headers.map(|(name, value)| (name, value.into())).collect())
}

fn retrying(
    config: &Config,
    environment: Variable,
    settings: &mut Settings,
) -> Result<(), NoSettings> {
    let number = |setting| parsed::<i64>(setting, "is no whole number");
    if let Some(retries) = given("retries", &config.retries, environment, number("retries"))? {
        let retries = u32::try_from(retries).ok().filter(|retries| *retries <= 100);
        settings.retries = retries.ok_or(wrong("retries", "is not within 0 to 100"))?;
    }
    if let Some(wait) = given("retry_wait", &config.retry_wait, environment, number("retry_wait"))?
    {
        let seconds = u64::try_from(wait).ok().filter(|seconds| *seconds <= 3600);
        let seconds = seconds.ok_or(wrong("retry_wait", "is not within 0 to 3600 seconds"))?;
        settings.retry_wait = Duration::from_secs(seconds);
    }
    let split = |text: String| Ok(text.split(',').map(|code| code.trim().to_owned()).collect());
    let codes: Option<std::collections::BTreeSet<String>> =
        given("retry_status_codes", &config.retry_status_codes, environment, split)?;
    if let Some(codes) = codes {
        let patterns = codes.iter().map(|code| code.parse::<StatusPattern>());
        settings.retry_status_codes =
            patterns.collect::<Result<_, _>>().map_err(about("retry_status_codes"))?;
    }
    let timeout: Option<String> =
        given("request_timeout", &config.request_timeout, environment, Ok)?;
    if let Some(timeout) = timeout {
        let expected = "is no duration such as `30s` or `1m30s`";
        settings.request_timeout =
            parse_duration(&timeout).map_err(|_| wrong("request_timeout", expected))?;
    }
    Ok(())
}

/// Checks what stands in the configuration itself, without the environment.
pub(super) fn validate(config: &Config) -> Vec<Diagnostic> {
    let client = client(config, |_| None).map(drop);
    let checked = match client {
        // Without an address the rest would go unchecked.
        Err(NoSettings::NoUrl | NoSettings::Unknown(_)) => {
            let auth = auth(config, |_| None).map(drop);
            auth.and(settings(config, |_| None)).and_then(|settings| Ok(settings.check()?))
        }
        checked => checked,
    };
    match checked {
        // The schema's own rules have told of these already.
        Err(NoSettings::Wrong(error)) if RULED_BY_SCHEMA.contains(&error.setting) => Vec::new(),
        Err(error @ NoSettings::Wrong(_)) => vec![error.diagnostic()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tfplugin::AnyValue;
    use tfplugin::schema::Model;

    fn config(attributes: &[(&str, AnyValue)]) -> Config {
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        Config::decode(AnyValue::Mapping(attributes.collect())).unwrap()
    }

    fn environment(name: &str) -> Option<String> {
        let value = match name {
            "GRAFANA_URL" => "http://from.environment/grafana",
            "GRAFANA_AUTH" => "admin:admin",
            "GRAFANA_ORG_ID" => "7",
            "GRAFANA_INSECURE_SKIP_VERIFY" => "true",
            "GRAFANA_HTTP_HEADERS" => r#"{"X-Team":"platform"}"#,
            "GRAFANA_RETRIES" => "0",
            "GRAFANA_RETRY_STATUS_CODES" => "429, 50x",
            "GRAFANA_RETRY_WAIT" => "2",
            "GRAFANA_REQUEST_TIMEOUT" => "1m30s",
            _ => return None,
        };
        Some(value.to_owned())
    }

    fn nothing(_: &str) -> Option<String> {
        None
    }

    fn wrong_setting_of(config: &Config) -> &'static str {
        match client(config, nothing) {
            Err(NoSettings::Wrong(error)) => error.setting,
            other => panic!("expected a wrong setting, got {other:?}"),
        }
    }

    #[test]
    fn the_environments_organization_is_not_that_of_a_managed_workspace() {
        let id = [("workspace_id".to_owned(), "g-0123456789".into())].into_iter().collect();
        let config = config(&[("managed_workspace", AnyValue::Mapping(id))]);
        assert_eq!(settings(&config, environment).unwrap().org_id, None);
    }

    #[test]
    fn the_environment_stands_in_for_every_attribute() {
        let client = client(&config(&[]), environment).unwrap();
        assert_eq!(client.url().to_string(), "http://from.environment/grafana/");
        assert!(client.signs_in_with_password());
        let settings = settings(&config(&[]), environment).unwrap();
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
        let config = config(&[("url", "https://configured/".into())]);
        let client = client(&config, environment).unwrap();
        assert_eq!(client.url().to_string(), "https://configured/");
    }

    #[test]
    fn nothing_at_all_says_what_to_set() {
        let text = client(&config(&[]), nothing).unwrap_err().diagnostic().to_string();
        assert!(text.contains("GRAFANA_URL") && text.contains("GRAFANA_AUTH"), "{text}");
    }

    #[test]
    fn unknown_values_are_no_mistake() {
        let config = config(&[("url", AnyValue::Unknown)]);
        assert!(validate(&config).is_empty());
        assert!(matches!(
            client(&config, environment),
            Err(NoSettings::Unknown(KnownLater("url")))
        ));
    }

    #[test]
    fn wrong_values_are_told_with_their_attribute() {
        let no_scheme = config(&[("url", "grafana.example.com".into())]);
        assert_eq!(wrong_setting_of(&no_scheme), "url");
        for (name, value) in [("auth", "no-token-and-no-colon"), ("ca_cert", "/no/such/file.pem")] {
            let found = validate(&config(&[(name, value.into())]));
            assert_eq!(found.len(), 1, "{name}");
            assert_eq!(found[0].path, attribute(name));
            assert!(name != "auth" || !found[0].to_string().contains(value));
        }
    }

    #[test]
    fn wrong_variables_are_told_by_name() {
        let many = |name: &str| match name {
            "GRAFANA_RETRIES" => Some("many".to_owned()),
            other => environment(other),
        };
        let beyond = |name: &str| match name {
            "GRAFANA_RETRIES" => Some("1000".to_owned()),
            other => environment(other),
        };
        for environment in [many as Variable, beyond] {
            let error = settings(&config(&[]), environment).unwrap_err();
            assert!(error.diagnostic().detail.contains("GRAFANA_RETRIES"), "{error:?}");
        }
    }
}
