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

/// Manages the license of a self-hosted Grafana Enterprise, API keys on every generation of Grafana, and
/// the Enterprise license of an Amazon Managed Grafana workspace.
///
/// Every attribute is optional: a resource whose service is not configured says what to set.
#[derive(Schema, Debug, Clone)]
#[provider]
pub struct Config {
    /// Root URL of the Grafana instance, such as `https://grafana.example.com/`, with its sub-path
    /// if there is one.
    #[attr(optional, env = "GRAFANA_URL")]
    pub url: Value<RootUrl>,
    /// A token, or `user:password`, which the licensing API needs; `anonymous` for an instance that needs
    /// no sign-in.
    #[attr(optional, sensitive, env = "GRAFANA_AUTH")]
    pub auth: Value<Secret>,
    /// Id of the organization to work in where a resource names none. A token has one organization
    /// only.
    #[attr(optional, range(0..), env = "GRAFANA_ORG_ID", env_unless(managed_workspace))]
    pub org_id: Value<i64>,
    /// Certificate authorities to trust instead of the system's: PEM text or the path of a PEM
    /// file.
    #[attr(optional, env = "GRAFANA_CA_CERT")]
    pub ca_cert: Value<String>,
    /// Certificate to show to the instance: PEM text or the path of a PEM file.
    #[attr(optional, env = "GRAFANA_TLS_CERT")]
    pub tls_cert: Value<String>,
    /// Key of that certificate: PEM text or the path of a PEM file.
    #[attr(optional, sensitive, env = "GRAFANA_TLS_KEY")]
    pub tls_key: Value<Secret>,
    /// Accept any certificate of the instance.
    #[attr(optional, env = "GRAFANA_INSECURE_SKIP_VERIFY")]
    pub insecure_skip_verify: Value<bool>,
    /// Headers to send with every request, for a proxy in front of the instance, say; a JSON object in
    /// the environment. Refused are headers that the provider sets itself, such as `Host` or
    /// `X-Grafana-Org-Id`, and `Authorization` beside `auth`.
    #[attr(optional, sensitive, env = "GRAFANA_HTTP_HEADERS")]
    pub http_headers: Value<BTreeMap<String, Secret>>,
    /// How often a request to Grafana is sent again, at most; 3 by default. What creates something, or
    /// removes a license, is sent again only after a look shows that the attempt before has not done it.
    /// Requests to AWS are not meant: the provider's AWS client makes up to five attempts.
    #[attr(optional, range(0..=100), env = "GRAFANA_RETRIES")]
    pub retries: Value<i64>,
    /// Which answers make a request worth sending again: status codes from `400` to `599`, the last two
    /// digits of which can be `x` for any digit; `429` and `5xx` by default; separated by commas in the
    /// environment. Without an answer, because the connection failed or `request_timeout` is over, a
    /// request is always sent again. With `401`, also as part of `4xx`, a sign-in that has worked in
    /// the run is tried again: with a password twice in a run at most, because Grafana locks a user after
    /// five failures. With `404`, so are the requests that find out what this version of Grafana offers,
    /// which makes plans slower.
    #[attr(optional, env = "GRAFANA_RETRY_STATUS_CODES")]
    pub retry_status_codes: Value<BTreeSet<StatusPattern>>,
    /// Seconds to wait before sending again; by default a wait that grows from 0.2 to 5 s. A
    /// `Retry-After` of the server counts instead, up to two minutes or `retries` times `retry_wait`.
    #[attr(optional, range(0..=3600), env = "GRAFANA_RETRY_WAIT")]
    pub retry_wait: Value<i64>,
    /// How long one request may take, such as `30s`, the default.
    #[attr(optional, validate = parse_duration, env = "GRAFANA_REQUEST_TIMEOUT")]
    pub request_timeout: Value<String>,
    /// Workspace of Amazon Managed Grafana to work in, in place of `url` and `auth`, of which it needs
    /// neither: AWS credentials alone will do, see `aws`. AWS returns the address, and the provider signs
    /// in with a token that it makes itself when a resource first needs Grafana. The token lives 15
    /// minutes, is renewed in longer runs, and is removed at the end of the run.
    ///
    /// The token is one of the service account `terraform-provider-grafana-admin` (or `-editor`,
    /// `-viewer`, as `role` says), which the first run makes and which stays in the workspace; AWS counts
    /// a service account as a user. A workspace of Grafana 8.4 has no service accounts, and gets an API
    /// key that lives as long.
    ///
    /// `GRAFANA_URL`, `GRAFANA_AUTH` and `GRAFANA_ORG_ID` in the environment do not count beside it.
    #[attr(optional, conflicts(url, auth))]
    pub managed_workspace: Value<ManagedWorkspace>,
    /// How to sign in to AWS, for Amazon Managed Grafana. What is absent is looked for as every AWS
    /// SDK does: in the environment, the shared config and credentials files, and the role of the
    /// machine.
    ///
    /// A proxy with a certificate authority of its own needs `AWS_CA_BUNDLE` in the environment, or
    /// `ca_bundle` in the profile: the path of a PEM file with the authorities to trust instead of the
    /// system's. A `credential_process` runs without the variables `GRAFANA_*`, and what it writes to
    /// its standard error is not shown, because it may hold secrets.
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
