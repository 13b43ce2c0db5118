//! The settings of the Amazon client, from the configuration. What is absent there, the AWS SDK
//! looks for by itself.

use tfplugin::{AttributePath, Diagnostic, Value};

use super::{AssumeRole, Aws, Config};
use crate::access::KnownLater;
use crate::amazon::{self, Settings};
use crate::http::Redactor;

/// The settings that the configuration gives.
///
/// # Errors
/// When the provider's `aws` is not known yet.
pub(super) fn settings(config: &Config) -> Result<Settings, KnownLater> {
    match &config.aws {
        Value::Null => Ok(Settings::default()),
        Value::Unknown => Err(KnownLater("aws")),
        Value::Known(aws) => from_attribute(aws),
    }
}

fn from_attribute(aws: &Aws) -> Result<Settings, KnownLater> {
    Ok(Settings {
        region: known("aws.region", &aws.region)?,
        profile: known("aws.profile", &aws.profile)?,
        access_key: known("aws.access_key", &aws.access_key)?,
        secret_key: known("aws.secret_key", &aws.secret_key)?.map(Into::into),
        token: known("aws.token", &aws.token)?.map(Into::into),
        endpoint: known("aws.endpoint", &aws.endpoint)?,
        assume_role: known("aws.assume_role", &aws.assume_role)?.map(role).transpose()?,
        redactor: Redactor::default(),
    })
}

fn role(role: AssumeRole) -> Result<amazon::AssumeRole, KnownLater> {
    Ok(amazon::AssumeRole {
        role_arn: known("aws.assume_role.role_arn", &role.role_arn)?.unwrap_or_default(),
        session_name: known("aws.assume_role.session_name", &role.session_name)?,
        external_id: known("aws.assume_role.external_id", &role.external_id)?,
    })
}

fn known<T: Clone>(name: &'static str, value: &Value<T>) -> Result<Option<T>, KnownLater> {
    match value {
        Value::Known(value) => Ok(Some(value.clone())),
        Value::Null => Ok(None),
        Value::Unknown => Err(KnownLater(name)),
    }
}

/// Checks what stands in the configuration: keys come in pairs, and an endpoint is a URL.
pub(super) fn validate(config: &Config) -> Vec<Diagnostic> {
    let Some(aws) = config.aws.known() else { return Vec::new() };
    let mut found = Vec::new();
    let pairs = [
        ("access_key", aws.access_key.is_null(), "secret_key", aws.secret_key.is_null()),
        ("secret_key", aws.secret_key.is_null(), "access_key", aws.access_key.is_null()),
        ("token", aws.token.is_null(), "access_key", aws.access_key.is_null()),
    ];
    for (name, absent, other, other_absent) in pairs {
        if !absent && other_absent {
            let detail = format!("`{name}` is set without `{other}`: set both, or neither.");
            found.push(Diagnostic::error("Incomplete AWS credentials", detail).at(at(name)));
        }
    }
    if let Some(endpoint) = aws.endpoint.known() {
        let url = url::Url::parse(endpoint).ok();
        if !url.is_some_and(|url| matches!(url.scheme(), "http" | "https")) {
            let detail =
                format!("{endpoint:?} is no URL that begins with `https://` or `http://`.");
            found.push(Diagnostic::error("Invalid AWS endpoint", detail).at(at("endpoint")));
        }
    }
    found
}

fn at(name: &str) -> AttributePath {
    AttributePath::of("aws").attribute(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tfplugin::schema::Model;
    use tfplugin::{AnyValue, Type};

    fn config(aws: &[(&str, &str)]) -> Config {
        let aws = aws.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        let object = [("aws".to_owned(), AnyValue::Mapping(aws))].into_iter().collect();
        Config::decode(AnyValue::Mapping(object).normalized(&Type::Dynamic)).unwrap()
    }

    fn attributes_at_fault(aws: &[(&str, &str)]) -> Vec<String> {
        validate(&config(aws)).iter().map(|found| found.path.to_string()).collect()
    }

    #[test]
    fn keys_come_in_pairs() {
        assert_eq!(attributes_at_fault(&[("access_key", "AKIA")]), ["aws.access_key"]);
        assert_eq!(attributes_at_fault(&[("token", "t")]), ["aws.token"]);
        assert!(attributes_at_fault(&[("access_key", "AKIA"), ("secret_key", "s")]).is_empty());
    }

    #[test]
    fn an_endpoint_is_a_url() {
        assert_eq!(attributes_at_fault(&[("endpoint", "localhost:80")]), ["aws.endpoint"]);
        assert!(attributes_at_fault(&[("endpoint", "http://127.0.0.1:80")]).is_empty());
    }

    #[test]
    fn nothing_configured_leaves_it_to_the_sdk() {
        let config = Config::decode(AnyValue::Mapping(Default::default())).unwrap();
        assert_eq!(settings(&config).unwrap().region, None);
    }
}
