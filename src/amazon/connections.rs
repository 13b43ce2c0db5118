//! How every call to AWS travels, those for credentials included: time limits, attempts, proxies,
//! trusted certificates, and how much of an answer is read.

use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_config::imds;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_grafana::config::{ConfigBag, RuntimeComponents};
use aws_sdk_grafana::error::BoxError;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;
use secrecy::SecretString;

use crate::http::Redactor;

/// How much of an answer is read, in bytes: many times the largest that AWS has reason to give.
pub(super) const ANSWER_LIMIT: usize = 1024 * 1024;

/// The HTTP client of all calls, through the proxies that the environment names. It trusts these
/// certificates (PEM) in place of the system's.
pub(super) fn http_client(trusted: Option<Vec<u8>>, redactor: &Redactor) -> SharedHttpClient {
    let trust = match trusted {
        Some(pem) => TrustStore::empty().with_pem_certificate(pem),
        None => TrustStore::default(),
    };
    let context = TlsContext::builder().with_trust_store(trust).build().unwrap_or_default();
    let client = Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = ConnectorBuilder::default()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(context.clone())
            .proxy_config(ProxyConfig::from_env());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.build()
    });
    SharedHttpClient::new(Guarded { inner: client, redactor: redactor.clone() })
}

/// What the sources of credentials are made with.
pub(super) fn provider_config(http: &SharedHttpClient) -> ProviderConfig {
    ProviderConfig::without_region()
        .with_behavior_version(Some(behavior()))
        .with_retry_config(retries())
        .with_timeout_config(timeouts())
        .with_http_client(http.clone())
}

/// A client that gives up soon where there is no instance metadata, and never asks a proxy for it.
pub(super) fn instance_metadata(redactor: &Redactor) -> imds::Client {
    let second = Duration::from_secs(1);
    let direct = Guarded { inner: Builder::new().build_http(), redactor: redactor.clone() };
    let direct = SharedHttpClient::new(direct);
    imds::Client::builder()
        .configure(&provider_config(&direct))
        .max_attempts(1)
        .connect_timeout(second)
        .read_timeout(second)
        .operation_timeout(2 * second)
        .build()
}

pub(super) fn behavior() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// Of calls for credentials: two attempts fit into [`credentials::LIMIT`](super::credentials::LIMIT).
pub(super) fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(200))
}

/// Of calls for credentials.
pub(super) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(4))
        .build()
}

/// Ends the body of an answer with an error at [`ANSWER_LIMIT`], because the SDK reads without end, and
/// makes the secrets of every request known to the redactor before an answer can repeat them.
#[derive(Debug)]
struct Guarded<T> {
    inner: T,
    redactor: Redactor,
}

impl HttpClient for Guarded<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Guarded { inner, redactor: self.redactor.clone() })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.inner.validate_base_client_config(components, config)
    }

    fn validate_final_config(
        &self,
        components: &RuntimeComponents,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.inner.validate_final_config(components, config)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.inner.connector_metadata()
    }
}

impl HttpConnector for Guarded<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        secrets(&request).iter().for_each(|secret| self.redactor.add(secret));
        if let Some(signature) = signature(&request) {
            self.redactor.add_of_request(signature);
        }
        let answer = self.inner.call(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await?;
            Ok(answer.map(|body| SdkBody::from_body_1_x(Limited::new(body, ANSWER_LIMIT))))
        })
    }
}

/// Headers with a secret: session tokens, and those of AWS single sign-on and instance metadata.
const SECRET_HEADERS: [&str; 3] =
    ["x-amz-security-token", "x-amz-sso_bearer_token", "x-aws-ec2-metadata-token"];

/// Fields of a request's body with a secret: of a web identity and of AWS single sign-on.
const SECRET_FIELDS: [&str; 3] = ["WebIdentityToken", "refreshToken", "clientSecret"];

fn secrets(request: &HttpRequest) -> Vec<SecretString> {
    let headers = SECRET_HEADERS.iter().filter_map(|name| request.headers().get(*name));
    let container = request.headers().get("authorization").filter(|it| !it.contains(SIGNATURE));
    let mut secrets: Vec<SecretString> = headers.chain(container).map(Into::into).collect();
    let body = request.body().bytes().unwrap_or_default();
    let form = url::form_urlencoded::parse(body);
    let is_secret = |name: &str| SECRET_FIELDS.contains(&name);
    secrets.extend(form.filter(|(name, _)| is_secret(name)).map(|(_, value)| (&*value).into()));
    if let Ok(serde_json::Value::Object(fields)) = serde_json::from_slice(body) {
        let fields = fields.iter().filter(|(name, _)| is_secret(name));
        secrets.extend(fields.filter_map(|(_, value)| Some(value.as_str()?.into())));
    }
    secrets
}

const SIGNATURE: &str = "Signature=";

fn signature(request: &HttpRequest) -> Option<SecretString> {
    let (_, signature) = request.headers().get("authorization")?.split_once(SIGNATURE)?;
    Some(signature.into())
}
