//! The attribute `aws` of the provider, and the settings of the Amazon client that it stands for. What
//! is absent there, the AWS SDK looks for by itself.

use tfplugin::{Object, Secret, Value};

use super::Config;
use crate::access::UnknownSetting;
use crate::amazon::{self, Settings, is_endpoint, is_region};
use crate::http::Redactor;

/// How to sign in to AWS.
#[derive(Object, Debug, Clone)]
pub struct Aws {
    /// Region for everything that sets none, such as `eu-central-1`. In the environment: `AWS_REGION`.
    #[attr(optional, validate = is_region)]
    pub region: Value<String>,
    /// Profile of the shared config and credentials files. In the environment: `AWS_PROFILE`.
    #[attr(optional)]
    pub profile: Value<String>,
    /// Access key ID. In the environment: `AWS_ACCESS_KEY_ID`.
    #[attr(optional, requires(secret_key))]
    pub access_key: Value<String>,
    /// Secret access key. In the environment: `AWS_SECRET_ACCESS_KEY`.
    #[attr(optional, sensitive, requires(access_key))]
    pub secret_key: Value<Secret>,
    /// Session token of temporary credentials. In the environment: `AWS_SESSION_TOKEN`.
    #[attr(optional, sensitive, requires(access_key))]
    pub token: Value<Secret>,
    /// URL of the Amazon Managed Grafana API, if it is not the default of the region. A user, a password, `?` and `#`
    /// are refused. In the environment: `AWS_ENDPOINT_URL_GRAFANA`.
    #[attr(optional, validate = is_endpoint)]
    pub endpoint: Value<String>,
    /// IAM role to assume.
    #[attr(optional)]
    pub assume_role: Value<AssumeRole>,
}

/// A role to assume.
#[derive(Object, Debug, Clone)]
pub struct AssumeRole {
    /// ARN of the role.
    #[attr(required, length(1..))]
    pub role_arn: Value<String>,
    /// Name of the session, as CloudTrail shows it. Default: `terraform-provider-grafana`.
    #[attr(optional)]
    pub session_name: Value<String>,
    /// External ID that the trust policy of the role requires.
    #[attr(optional)]
    pub external_id: Value<String>,
}

/// The settings that the configuration gives.
///
/// # Errors
/// When the provider's `aws` is not known yet.
pub(super) fn settings(config: &Config, redactor: &Redactor) -> Result<Settings, UnknownSetting> {
    let redactor = redactor.clone();
    let Some(aws) = known("aws", &config.aws)? else {
        return Ok(Settings { redactor, ..Settings::default() });
    };
    Ok(Settings {
        region: known("aws.region", &aws.region)?,
        profile: known("aws.profile", &aws.profile)?,
        access_key: known("aws.access_key", &aws.access_key)?,
        secret_key: known("aws.secret_key", &aws.secret_key)?.map(Into::into),
        token: known("aws.token", &aws.token)?.map(Into::into),
        endpoint: known("aws.endpoint", &aws.endpoint)?,
        assume_role: known("aws.assume_role", &aws.assume_role)?.map(role).transpose()?,
        redactor,
    })
}

fn role(role: AssumeRole) -> Result<amazon::AssumeRole, UnknownSetting> {
    Ok(amazon::AssumeRole {
        role_arn: known("aws.assume_role.role_arn", &role.role_arn)?.unwrap_or_default(),
        session_name: known("aws.assume_role.session_name", &role.session_name)?,
        external_id: known("aws.assume_role.external_id", &role.external_id)?,
    })
}

/// The value of the attribute with that name, if it is set.
pub(super) fn known<T: Clone>(
    name: &'static str,
    value: &Value<T>,
) -> Result<Option<T>, UnknownSetting> {
    match value {
        Value::Known(value) => Ok(Some(value.clone())),
        Value::Null => Ok(None),
        Value::Unknown => Err(UnknownSetting(name)),
    }
}
