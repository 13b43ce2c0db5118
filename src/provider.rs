//! The provider: its schema, its configuration, and the table of everything it offers.

mod aws;
mod grafana_settings;
mod managed_workspace;

#[cfg(test)]
pub(crate) use self::grafana_settings::samples;
use std::collections::{BTreeMap, BTreeSet};

use tfplugin::{
    At, AttributePath, Diagnostic, Done, Offers, Outcome, Provider, Run, Schema, Secret, Value,
    async_trait, parse_duration,
};

use crate::access::{AmazonAccess, GrafanaAccess};
use crate::actions::grafana_enterprise_license_renew::EnterpriseLicenseRenewAction;
use crate::data_sources::grafana_api_keys::ApiKeysDataSource;
use crate::data_sources::grafana_enterprise_license::EnterpriseLicenseDataSource;
use crate::data_sources::managed_workspace::ManagedWorkspaceDataSource;
use crate::ephemeral::grafana_api_key::EphemeralApiKeyResource;
use crate::functions::decode_license_token::DecodeLicenseTokenFunction;
use crate::grafana::{RootUrl, StatusPattern};
use crate::http::Redactor;
use crate::keys::Keys;
use crate::license::Licenses;
use crate::lists::grafana_api_key::ApiKeyListResource;
use crate::lists::grafana_enterprise_license::EnterpriseLicenseListResource;
use crate::lists::managed_workspace_license::ManagedWorkspaceLicenseListResource;
use crate::resources::grafana_api_key::ApiKeyResource;
use crate::resources::grafana_enterprise_license::EnterpriseLicenseResource;
use crate::resources::managed_workspace_license::ManagedWorkspaceLicenseResource;
use crate::workspaces::Workspaces;
pub use aws::{AssumeRole, Aws};
pub use managed_workspace::ManagedWorkspace;

/// The provider's address in the registry.
pub const ADDRESS: &str = "registry.terraform.io/grafana-license/grafana";

/// Manages Grafana Enterprise licenses, Grafana API keys, and the Enterprise licenses of Amazon Managed Grafana
/// workspaces.
///
/// It works beside `grafana/grafana` and `hashicorp/aws` and does not replace them: see
/// [which provider for what](#which-provider-for-what).
#[derive(Schema, Debug, Clone)]
#[provider]
pub struct Config {
    /// Root URL of the Grafana instance, such as `https://grafana.example.com/`, including its sub-path if it has one.
    #[attr(optional, env = "GRAFANA_URL")]
    pub url: Value<RootUrl>,
    /// A token, or `user:password`, which the licensing API requires. Set it to `anonymous` for an instance that
    /// requires no sign-in.
    #[attr(optional, sensitive, env = "GRAFANA_AUTH")]
    pub auth: Value<Secret>,
    /// ID of the organization for resources that set none. It applies to new keys only: an existing key stays in its
    /// organization when this changes. A token belongs to a single organization.
    #[attr(optional, range(0..), env = "GRAFANA_ORG_ID", env_unless(managed_workspace))]
    pub org_id: Value<i64>,
    /// Certificate authorities to trust instead of those of the system: PEM text, or the path of a PEM file.
    #[attr(optional, env = "GRAFANA_CA_CERT")]
    pub ca_cert: Value<String>,
    /// Client certificate: PEM text, or the path of a PEM file.
    #[attr(optional, env = "GRAFANA_TLS_CERT")]
    pub tls_cert: Value<String>,
    /// Private key of the client certificate: PEM text, or the path of a PEM file.
    #[attr(optional, sensitive, env = "GRAFANA_TLS_KEY")]
    pub tls_key: Value<Secret>,
    /// Whether to accept any certificate of the instance. Default: `false`.
    #[attr(optional, env = "GRAFANA_INSECURE_SKIP_VERIFY")]
    pub insecure_skip_verify: Value<bool>,
    /// Headers to send with every request, for example for a proxy in front of the instance. In the environment: a
    /// JSON object. Headers that the provider sets itself, such as `Host` and `X-Grafana-Org-Id`, are refused, and so
    /// is `Authorization` together with `auth`.
    #[attr(optional, sensitive, env = "GRAFANA_HTTP_HEADERS")]
    pub http_headers: Value<BTreeMap<String, Secret>>,
    /// How often a failed request to Grafana is repeated at most. A request that creates something or removes a
    /// license is repeated only if a check shows that the failed attempt had no effect. Requests to AWS are attempted
    /// up to five times, whatever is set here. Default: 3.
    #[attr(optional, range(0..=100), env = "GRAFANA_RETRIES")]
    pub retries: Value<i64>,
    /// Status codes that a request is repeated for: `400` to `599`, where `x` in the last two digits stands for any
    /// digit. In the environment: separated by commas. A request without a response is always repeated. Default: `429`
    /// and `5xx`.
    ///
    /// With `401`, directly or as part of `4xx`, a sign-in that has worked in the run is tried again, a password at
    /// most twice: Grafana locks a user after five failures. With `404`, the requests that find out which APIs this
    /// version of Grafana has are repeated as well, which makes every plan slower.
    #[attr(optional, env = "GRAFANA_RETRY_STATUS_CODES")]
    pub retry_status_codes: Value<BTreeSet<StatusPattern>>,
    /// Seconds to wait before a request is repeated. A `Retry-After` header of the server takes precedence, up to two
    /// minutes or `retries` times `retry_wait`, whichever is longer. Default: from 0.2 s, growing to 5 s.
    #[attr(optional, range(0..=3600), env = "GRAFANA_RETRY_WAIT")]
    pub retry_wait: Value<i64>,
    /// How long a single request may take. Default: `30s`.
    #[attr(optional, validate = parse_duration, env = "GRAFANA_REQUEST_TIMEOUT")]
    pub request_timeout: Value<String>,
    /// Amazon Managed Grafana workspace to work in, instead of `url` and `auth`. AWS credentials are enough: the
    /// provider signs in with a short-lived token that it creates through AWS and deletes at the end of the run. See
    /// [managed
    /// workspaces](https://registry.terraform.io/providers/grafana-license/grafana/latest/docs/guides/managed-workspaces).
    ///
    /// **This adds a billable user:** the first run creates the service account `terraform-provider-grafana-admin`
    /// (or `-editor`, `-viewer`, after `role`), which stays in the workspace. AWS counts it as a user.
    ///
    /// `GRAFANA_URL`, `GRAFANA_AUTH` and `GRAFANA_ORG_ID` in the environment are then ignored.
    #[attr(optional, conflicts(url, auth))]
    pub managed_workspace: Value<ManagedWorkspace>,
    /// How to sign in to AWS, for Amazon Managed Grafana. What is not set here comes from where every AWS SDK looks:
    /// the environment, the shared config and credentials files, the role of the machine.
    ///
    /// Terraform ignores a misspelt name inside of `aws = { … }`, as in every attribute of this kind: with `profil`, the
    /// default profile is used.
    ///
    /// For a proxy with its own certificate authority, set `AWS_CA_BUNDLE` in the environment or `ca_bundle` in the
    /// profile to the path of a PEM file. A `credential_process` runs without the `GRAFANA_*` variables, and its
    /// standard error is not shown, because it may hold secrets.
    #[attr(optional)]
    pub aws: Value<Aws>,
}

/// What one ConfigureProvider call makes.
#[derive(Debug)]
pub struct Clients {
    grafana: GrafanaAccess,
    keys: Keys,
    licenses: Licenses,
    workspaces: Workspaces,
}

/// The provider.
#[derive(Debug, Default)]
pub struct Grafana;

#[async_trait]
impl Provider for Grafana {
    type Config = Config;
    type Configured = Clients;

    // All of them are about Grafana: whoever uses only AWS needs none.
    const LEAVES_WRONG_VARIABLES: bool = true;

    fn address(&self) -> &str {
        ADDRESS
    }

    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    fn offers(&self) -> Offers<Clients> {
        Offers::new()
            .resource(|clients: &Clients| EnterpriseLicenseResource::new(clients.licenses.clone()))
            .data_source(|clients: &Clients| {
                EnterpriseLicenseDataSource::new(clients.licenses.clone())
            })
            .list(|clients: &Clients| EnterpriseLicenseListResource::new(clients.licenses.clone()))
            .action(|clients: &Clients| EnterpriseLicenseRenewAction::new(clients.licenses.clone()))
            .function(DecodeLicenseTokenFunction)
            .resource(|clients: &Clients| ApiKeyResource::new(clients.keys.clone()))
            .ephemeral(|clients: &Clients| EphemeralApiKeyResource::new(clients.keys.clone()))
            .data_source(|clients: &Clients| ApiKeysDataSource::new(clients.keys.clone()))
            .list(|clients: &Clients| ApiKeyListResource::new(clients.keys.clone()))
            .resource(|clients: &Clients| {
                ManagedWorkspaceLicenseResource::new(clients.workspaces.clone())
            })
            .data_source(|clients: &Clients| {
                ManagedWorkspaceDataSource::new(clients.workspaces.clone())
            })
            .list(|clients: &Clients| {
                ManagedWorkspaceLicenseListResource::new(clients.workspaces.clone())
            })
    }

    fn validate(config: &Config) -> Vec<Diagnostic> {
        grafana_settings::validate(config)
    }

    async fn configure(&self, config: Config, run: &Run) -> Outcome<Clients> {
        let redactor = Redactor::default();
        let amazon = aws::settings(&config, &redactor).map(crate::amazon::Amazon::new);
        if let Ok(amazon) = &amazon {
            amazon.check_profile().await.at(attribute("aws").attribute("profile"))?;
        }
        let grafana = managed_workspace::access(&config, &amazon, &redactor, run)?;
        let warning = grafana_settings::without_sign_in(&config);
        Ok(Done::new(Clients {
            keys: Keys::new(grafana.clone()),
            licenses: Licenses::new(grafana.clone()),
            grafana,
            workspaces: Workspaces::new(AmazonAccess::new(amazon)),
        })
        .warn_all(warning))
    }

    async fn release(&self, clients: &Clients) {
        clients.grafana.release().await;
    }
}

/// The attribute of the provider's configuration with that name, for diagnostics.
fn attribute(name: &str) -> AttributePath {
    AttributePath::of(name)
}
