//! Actions (Terraform 1.14+).

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::outcome::Outcome;
use crate::schema::Model;

/// An action: something done on demand that leaves no state.
///
/// ```
/// use tfplugin::testing::{Client, json};
/// use tfplugin::{Action, Context, Done, Offers, Outcome, Progress, Schema, Value, async_trait};
///
/// /// Restarts a machine.
/// #[derive(Schema)]
/// #[action("cloud_restart", timeouts(invoke = "5m"))]
/// struct Restart {
///     /// The machine's name.
///     #[attr(required)]
///     machine: Value<String>,
/// }
///
/// struct Restarts;
///
/// #[async_trait]
/// impl Action for Restarts {
///     type Config = Restart;
///
///     async fn invoke(&self, config: Restart, progress: &Progress, _: &Context) -> Outcome<()> {
///         // Terraform invokes an action only with a configuration that is wholly known.
///         let machine = config.machine.into_known().unwrap_or_default();
///         progress.say(format!("{machine} goes down"));
///         Ok(Done::new(()))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let client = Client::of(Offers::new().action(|_| Restarts), ()).await;
/// let (said, errors) = client.invoke("cloud_restart", json!({ "machine": "web" })).await;
/// assert_eq!(said, ["web goes down"]);
/// assert!(errors.is_empty());
/// # }
/// ```
#[async_trait]
pub trait Action: Send + Sync + 'static {
    /// Its schema and typed configuration.
    type Config: Model;

    /// Does it.
    async fn invoke(&self, config: Self::Config, progress: &Progress, cx: &Context) -> Outcome<()>;

    /// Says what a reviewer should know before it is done.
    async fn plan(&self, config: &Self::Config, cx: &Context) -> Outcome<()> {
        let _ = (config, cx);
        Ok(().into())
    }

    /// Checks what no single attribute can: called with the configuration, offline.
    fn validate(config: &Self::Config) -> Vec<Diagnostic> {
        let _ = config;
        Vec::new()
    }
}

/// Where an action tells how it gets on, as the example at [`Action`] does.
#[derive(Clone, Debug)]
pub struct Progress(pub(crate) mpsc::UnboundedSender<String>);

impl Progress {
    /// Shows a line to the user.
    pub fn say(&self, message: impl Into<String>) {
        // Nobody listens any more after the user has stopped Terraform.
        let _ = self.0.send(message.into());
    }
}
