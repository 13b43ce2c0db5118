//! Where credentials come from: each source with a time limit and an error that says what to set.

use std::error::Error as StdError;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_config::SdkConfig;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::ProviderChainError;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::sts::AssumeRoleProvider;
use aws_config::web_identity_token::WebIdentityTokenCredentialsProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_grafana::error::ErrorMetadata;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use secrecy::ExposeSecret;

use super::connections::{instance_metadata, provider_config};
use super::error::{Error, ErrorKind};
use super::profile::Profiles;
use super::region::Region;
use super::settings::{AssumeRole, Settings};
use crate::http::{Quoted, Redactor, causes};

/// How long credentials may take to come.
pub(super) const LIMIT: Duration = Duration::from_millis(4500);

/// How long a failure counts for all who ask, so that many resources that find no credentials do
/// not each wait for them in turn.
const FAILURE_LASTS: Duration = Duration::from_secs(10);

const SESSION_NAME: &str = "terraform-provider-grafana";

const UNTRUSTED: &str = " If a proxy in between has an authority of its own, AWS_CA_BUNDLE or \
     `ca_bundle` of the AWS profile can name a file with its certificate (PEM).";

/// Texts of the SDK that only lead to the next one.
const SAYS_NOTHING: [&str; 3] = [
    "the credential provider was not enabled",
    "an error occurred while loading credentials",
    "service error",
];

/// The first source that the settings name: their own keys, their profile, or what every AWS SDK
/// tries: environment, profile, web identity, container and instance metadata.
pub(super) async fn source(
    settings: &Settings,
    profiles: &Profiles,
    region: &Region,
    http: &SharedHttpClient,
) -> Result<SharedCredentialsProvider, Error> {
    if let Some(keys) = static_keys(settings)? {
        return Ok(SharedCredentialsProvider::new(keys));
    }
    let config = provider_config(http).with_region(Some(region.into()));
    let mut of_profile = ProfileFileCredentialsProvider::builder()
        .configure(&config)
        .profile_files(profiles.files.clone());
    for (name, process) in profiles.processes.clone() {
        of_profile = of_profile.with_custom_provider(name, process);
    }
    if let Some(profile) = settings.profile() {
        let origin = Origin::Profile(profile.to_owned());
        let source = of_profile.profile_name(profile).build();
        return Ok(bounded(origin, source, &settings.redactor));
    }
    let web_identity = WebIdentityTokenCredentialsProvider::builder().configure(&config);
    let container = EcsCredentialsProvider::builder().configure(&config);
    let machine = ImdsCredentialsProvider::builder().configure(&config);
    let chain = CredentialsProviderChain::first_try(
        "Environment",
        EnvironmentVariableCredentialsProvider::new(),
    )
    .or_else("Profile", of_profile.build())
    .or_else("WebIdentityToken", web_identity.build())
    .or_else("EcsContainer", container.build())
    .or_else(
        "Ec2InstanceMetadata",
        machine.imds_client(instance_metadata(&settings.redactor)).build(),
    );
    Ok(bounded(Origin::Chain, chain, &settings.redactor))
}

/// The role of the settings, assumed with the credentials in `config`.
pub(super) async fn role(
    role: &AssumeRole,
    config: &SdkConfig,
    redactor: &Redactor,
) -> SharedCredentialsProvider {
    let session_name = role.session_name.as_deref().unwrap_or(SESSION_NAME);
    let mut builder =
        AssumeRoleProvider::builder(&role.role_arn).configure(config).session_name(session_name);
    if let Some(external_id) = &role.external_id {
        builder = builder.external_id(external_id);
    }
    bounded(Origin::Role(role.role_arn.clone()), builder.build().await, redactor)
}

fn static_keys(settings: &Settings) -> Result<Option<Credentials>, Error> {
    let expose = |secret: &Option<secrecy::SecretString>| {
        let secret = secret.as_ref()?.expose_secret();
        (!secret.is_empty()).then(|| secret.to_owned())
    };
    let secret_key = expose(&settings.secret_key);
    let token = expose(&settings.token);
    let missing = match (settings.access_key(), secret_key) {
        (Some(access_key), Some(secret_key)) => {
            let keys = Credentials::new(access_key, secret_key, token, None, "provider");
            return Ok(Some(keys));
        }
        (None, None) if token.is_none() => return Ok(None),
        (Some(_), None) => "`secret_key` is missing",
        (None, Some(_)) => "`access_key` is missing",
        (None, None) => "`access_key` and `secret_key` are missing",
    };
    let message = format!(
        "The AWS keys in the provider's `aws` are incomplete: {missing}. Set `access_key` and \
         `secret_key` together, and `token` if they are temporary, or none of them."
    );
    Err(Error::new(ErrorKind::Credentials, message))
}

fn bounded(
    origin: Origin,
    provider: impl ProvideCredentials + 'static,
    redactor: &Redactor,
) -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(Bounded {
        origin,
        redactor: redactor.clone(),
        provider: SharedCredentialsProvider::new(provider),
        last_failure: Mutex::new(None),
    })
}

#[derive(Debug)]
enum Origin {
    Chain,
    Profile(String),
    Role(String),
}

/// A source of credentials that ends in time, with an [`Error`] of ours inside the SDK's.
#[derive(Debug)]
struct Bounded {
    origin: Origin,
    redactor: Redactor,
    provider: SharedCredentialsProvider,
    last_failure: Mutex<Option<(Instant, Error)>>,
}

impl ProvideCredentials for Bounded {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.resolve())
    }

    fn fallback_on_interrupt(&self) -> Option<Credentials> {
        self.provider.fallback_on_interrupt()
    }
}

impl Bounded {
    async fn resolve(&self) -> provider::Result {
        if let Some(error) = self.recent_failure() {
            return Err(CredentialsError::provider_error(error));
        }
        let answer = tokio::time::timeout(LIMIT, self.provider.provide_credentials()).await;
        let error = match answer {
            Ok(Ok(credentials)) => {
                self.redactor.add(&credentials.secret_access_key().into());
                credentials.session_token().iter().for_each(|it| self.redactor.add(&(*it).into()));
                return Ok(credentials);
            }
            Ok(Err(error)) => {
                let ours = find(&error).cloned();
                ours.unwrap_or_else(|| self.origin.failed(&error, &self.redactor))
            }
            Err(_) => self.origin.too_slow(),
        };
        *self.failure() = Some((Instant::now(), error.clone()));
        Err(CredentialsError::provider_error(error))
    }

    fn recent_failure(&self) -> Option<Error> {
        let failure = self.failure();
        let (since, error) = failure.as_ref()?;
        (since.elapsed() < FAILURE_LASTS).then(|| error.clone())
    }

    fn failure(&self) -> std::sync::MutexGuard<'_, Option<(Instant, Error)>> {
        self.last_failure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Origin {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Chain | Self::Profile(_) => ErrorKind::Credentials,
            Self::Role(_) => ErrorKind::AssumeRole,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Chain => "the environment, the config files or this machine".to_owned(),
            Self::Profile(profile) => format!("the profile `{profile}`"),
            Self::Role(arn) => format!("the role `{arn}`"),
        }
    }

    fn too_slow(&self) -> Error {
        let message = format!(
            "Loading AWS credentials from {} took longer than {} seconds.",
            self.name(),
            LIMIT.as_secs_f32()
        );
        Error::new(self.kind(), message)
    }

    fn failed(&self, error: &CredentialsError, redactor: &Redactor) -> Error {
        let (reason, aws_message) = reasons(error, redactor);
        let found_nothing = matches!(error, CredentialsError::CredentialsNotLoaded(_));
        let message = match self {
            Self::Chain if found_nothing => {
                format!("No AWS credentials were found.{SET} Tried: {reason}.")
            }
            // Instance metadata is looked at last.
            Self::Chain if reason.contains("IMDS") => {
                format!(
                    "No AWS credentials were found, and instance metadata gave none: {reason}.{SET}"
                )
            }
            Self::Profile(profile) if found_nothing => {
                format!("The AWS profile `{profile}` has no credentials: {reason}.")
            }
            Self::Role(arn) => format!(
                "The role `{arn}` in `assume_role` could not be assumed: {reason}. Its trust policy \
                 must allow `sts:AssumeRole` to the identity that assumes it, with `external_id` \
                 if it requires one."
            ),
            _ => {
                let (name, advice) = (self.name(), advice(&reason));
                format!("AWS credentials could not be loaded from {name}: {reason}.{advice}")
            }
        };
        Error::new(self.kind(), message + untrusted(error)).says(aws_message)
    }
}

/// Where credentials can be set.
const SET: &str = " Set `profile`, or `access_key` and `secret_key`, in the provider's `aws`, or AWS_PROFILE, or \
                   AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.";

/// What to do about a sign-in outside of Terraform that failed.
fn advice(reason: &str) -> &'static str {
    let has = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    if has(&["SSO", "sso", "UnauthorizedException"]) {
        " Sign in again with `aws sso login`."
    } else if has(&["external process"]) {
        " Run the profile's `credential_process` by hand to see why: what it writes is not shown here, \
         because it may hold secrets."
    } else {
        ""
    }
}

/// What to do if a certificate was not trusted.
pub(super) fn untrusted(error: &(dyn StdError + 'static)) -> &'static str {
    let of_attempts = |chain: &ProviderChainError<CredentialsError>| {
        chain.attempts().iter().any(|attempt| !untrusted(attempt.error()).is_empty())
    };
    let is_tls = causes(error)
        .any(|cause| cause.is::<rustls::Error>() || cause.downcast_ref().is_some_and(of_attempts));
    if is_tls { UNTRUSTED } else { "" }
}

/// Our own error, if one is inside `error`.
pub(super) fn find<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Error> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// Why there are no credentials, and the message of an AWS service that refused them. Only `Display`
/// texts are used: the SDK's `Debug` ones hold whole answers.
fn reasons(error: &CredentialsError, redactor: &Redactor) -> (String, Option<Quoted>) {
    if let Some(attempts) = error.source().and_then(<dyn StdError>::downcast_ref) {
        return (attempted(attempts, redactor), None);
    }
    let mut reasons: Vec<Quoted> = Vec::new();
    for text in causes(error).map(ToString::to_string) {
        let line = text.lines().next().unwrap_or_default();
        let reason = redactor.quote(line.trim_end_matches('.'));
        if !SAYS_NOTHING.contains(&&*reason) && reasons.last() != Some(&reason) {
            reasons.push(reason);
        }
    }
    let answer = causes(error).find_map(|cause| cause.downcast_ref::<ErrorMetadata>());
    let message = answer.and_then(|answer| {
        reasons.pop();
        answer.message().or(answer.code()).and_then(|text| text.lines().next())
    });
    let reason = match reasons.as_slice() {
        [] => "there are none".to_owned(),
        reasons => reasons.iter().map(|reason| &**reason).collect::<Vec<_>>().join(": "),
    };
    (reason, message.map(|text| redactor.quote(text)))
}

fn attempted(chain: &ProviderChainError<CredentialsError>, redactor: &Redactor) -> String {
    let attempts = chain.attempts().iter();
    let attempts = attempts.map(|attempt| {
        let (reason, _) = reasons(attempt.error(), redactor);
        format!("{} ({reason})", attempt.name())
    });
    attempts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(access: Option<&str>, secret: Option<&str>, token: Option<&str>) -> Settings {
        Settings {
            access_key: access.map(Into::into),
            secret_key: secret.map(Into::into),
            token: token.map(Into::into),
            ..Settings::default()
        }
    }

    #[test]
    fn keys_come_together_or_not_at_all() {
        let given = static_keys(&keys(Some("AKID"), Some("key"), Some("token")));
        let given = given.expect("complete").expect("given");
        assert_eq!(given.access_key_id(), "AKID");
        assert_eq!(given.session_token(), Some("token"));
        assert!(static_keys(&keys(None, None, None)).expect("none").is_none());
        assert!(static_keys(&keys(Some(""), Some(""), Some(""))).expect("none").is_none());
        for (incomplete, missing) in [
            (keys(Some("AKID"), None, None), "`secret_key` is"),
            (keys(None, Some("key"), None), "`access_key` is"),
            (keys(None, None, Some("token")), "`access_key` and `secret_key` are"),
        ] {
            let error = static_keys(&incomplete).expect_err(missing);
            assert_eq!(error.kind(), &ErrorKind::Credentials);
            assert!(error.to_string().contains(missing), "{error}");
        }
    }

    #[derive(Debug)]
    struct Silent;

    impl ProvideCredentials for Silent {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            future::ProvideCredentials::new(std::future::pending())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_source_that_never_answers_is_given_up() {
        let source = bounded(Origin::Profile("ops".into()), Silent, &Redactor::default());
        let error = source.provide_credentials().await.expect_err("silent");
        let error = find(&error).expect("ours");
        assert_eq!(error.kind(), &ErrorKind::Credentials);
        assert!(error.to_string().contains("profile `ops` took longer"), "{error}");
    }
}
