//! The provider as a whole.

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::diagnostic::Diagnostic;
use crate::environment::{Variables, naming};
use crate::offers::Offers;
use crate::outcome::Outcome;
use crate::schema::Model;

/// A provider: what it offers, and what its configuration makes.
///
/// ```
/// use tfplugin::testing::{Client, json};
/// use tfplugin::{Done, Offers, Outcome, Provider, Run, Schema, Secret, Value, async_trait};
///
/// /// Manages machines.
/// #[derive(Schema)]
/// #[provider]
/// struct Config {
///     /// Where the service is.
///     #[attr(optional, env = "CLOUD_URL")]
///     url: Value<String>,
///     /// The token that it asks for.
///     #[attr(optional, sensitive, env = "CLOUD_TOKEN")]
///     token: Value<Secret>,
/// }
///
/// /// What the configuration makes. The values are kept as they came: before apply they may be unknown, and a plan
/// /// that needs no client must not fail for that.
/// #[derive(Clone)]
/// struct Cloud {
///     url: Value<String>,
///     token: Value<Secret>,
/// }
///
/// struct CloudProvider;
///
/// #[async_trait]
/// impl Provider for CloudProvider {
///     type Config = Config;
///     type Configured = Cloud;
///
///     fn address(&self) -> &str {
///         "registry.terraform.io/example/cloud"
///     }
///
///     fn version(&self) -> &str {
///         env!("CARGO_PKG_VERSION")
///     }
///
///     fn offers(&self) -> Offers<Cloud> {
///         // Resources, data sources, functions …
///         Offers::new()
///     }
///
///     async fn configure(&self, config: Config, _: &Run) -> Outcome<Cloud> {
///         Ok(Done::new(Cloud { url: config.url, token: config.token }))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let client = Client::start(CloudProvider).await;
/// assert!(client.configure(json!({ "token": "hunter2" })).await.is_empty());
/// # }
/// ```
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// The schema and typed values of the `provider` block.
    type Config: Model;
    /// What one ConfigureProvider call makes: clients, caches. It lives as long as Terraform's connection.
    type Configured: Send + Sync + 'static;

    /// Whether an environment variable whose value cannot be used is left to [`Provider::configure`]
    /// ([`Run::wrong_variables`]), which lets only what needs the value complain. Otherwise it stops
    /// everything: a variable that is set for the whole machine may not be meant for this configuration.
    const LEAVES_WRONG_VARIABLES: bool = false;

    /// Such as `registry.terraform.io/example/cloud`.
    fn address(&self) -> &str;

    /// Such as `1.2.3`.
    fn version(&self) -> &str;

    /// Everything it offers.
    fn offers(&self) -> Offers<Self::Configured>;

    /// Makes clients from the configuration. Values may still be unknown at plan: accept that, and let
    /// only what really needs the client complain.
    async fn configure(&self, config: Self::Config, run: &Run) -> Outcome<Self::Configured>;

    /// Checks what no single attribute can: called with the configuration, offline.
    fn validate(config: &Self::Config) -> Vec<Diagnostic> {
        let _ = config;
        Vec::new()
    }

    /// Removes what a run is still holding. Called before Shutdown is answered, and when a run that
    /// is served with `--debug` ends; the framework bounds its time.
    async fn release(&self, configured: &Self::Configured) {
        let _ = configured;
    }
}

/// The run that the provider is configured for.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Version of the Terraform that runs, such as `1.11.4`; OpenTofu tells a version of its own.
    pub terraform_version: String,
    pub(crate) stop: CancellationToken,
    pub(crate) wrong_variables: Vec<Diagnostic>,
    pub(crate) variables: Variables,
}

impl Run {
    /// What is wrong with the environment variables that stand in for attributes: those attributes are null. It
    /// is empty unless the provider says [`Provider::LEAVES_WRONG_VARIABLES`].
    pub fn wrong_variables(&self) -> &[Diagnostic] {
        &self.wrong_variables
    }

    /// A diagnostic at an attribute whose value comes from an environment variable, naming that; `None` if it
    /// comes from the configuration.
    pub fn naming_variable(&self, found: &Diagnostic) -> Option<Diagnostic> {
        naming(&self.variables, found)
    }

    /// Is cancelled when the user stops the run (StopProvider), for what goes on behind the operations:
    /// these have a [`Context`](crate::Context). Cancelling this one stops nothing else.
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.child_token()
    }
}
