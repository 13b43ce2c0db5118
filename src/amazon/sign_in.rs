//! Loading of the AWS configuration: endpoints, region and credentials of all calls.

use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use url::Url;

use super::credentials;
use super::error::{Error, ErrorKind};
use super::region::{self, Region};
use super::settings::Settings;

/// The configuration for all regions. Services that credentials come from are asked in the
/// default region if one is configured, otherwise in `region`, that of the first call.
pub(super) async fn load(settings: &Settings, region: &Region) -> Result<SdkConfig, Error> {
    check_endpoint(settings)?;
    let region = region::configured(settings).await?.unwrap_or_else(|| region.clone());
    let source = credentials::source(settings, &region).await?;
    let config = loader(settings, region, source).load().await;
    match &settings.assume_role {
        Some(role) => {
            let source = credentials::role(role, &config).await;
            Ok(config.into_builder().credentials_provider(source).build())
        }
        None => Ok(config),
    }
}

fn loader(settings: &Settings, region: Region, source: SharedCredentialsProvider) -> ConfigLoader {
    let identities = IdentityCache::lazy().load_timeout(2 * credentials::LIMIT).build();
    let loader = aws_config::defaults(behavior())
        .region(aws_config::Region::from(&region))
        .retry_config(retries())
        .timeout_config(timeouts())
        .credentials_provider(source)
        .identity_cache(identities);
    match settings.profile() {
        Some(profile) => loader.profile_name(profile),
        None => loader,
    }
}

/// What the sources of credentials are made with.
pub(super) fn provider_config() -> ProviderConfig {
    ProviderConfig::without_region()
        .with_behavior_version(Some(behavior()))
        .with_retry_config(retries())
        .with_timeout_config(timeouts())
}

fn behavior() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// Two attempts fit into [`credentials::LIMIT`].
fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(200))
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(4))
        .build()
}

fn check_endpoint(settings: &Settings) -> Result<(), Error> {
    let Some(endpoint) = settings.endpoint() else {
        return Ok(());
    };
    match Url::parse(endpoint) {
        Ok(url) if ["http", "https"].contains(&url.scheme()) && url.has_host() => Ok(()),
        _ => Err(Error::new(
            ErrorKind::Endpoint,
            format!("`{endpoint}` is not a URL with `https://` or `http://` and a host."),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_url_with_scheme_and_host() {
        let check = |endpoint: &str| {
            check_endpoint(&Settings { endpoint: Some(endpoint.into()), ..Settings::default() })
        };
        assert!(check("https://grafana.eu-central-1.amazonaws.com").is_ok());
        assert!(check("http://127.0.0.1:4566/base").is_ok());
        assert!(check("").is_ok(), "an empty one is absent");
        for wrong in ["grafana.example", "localhost:4566", "ftp://grafana.example", "https://"] {
            let error = check(wrong).expect_err(wrong);
            assert_eq!(error.kind(), &ErrorKind::Endpoint);
        }
    }
}
