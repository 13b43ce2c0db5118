//! What the provider's configuration gives access to, made when it is first needed.
//!
//! A configuration may be incomplete: a URL that another resource makes is unknown at plan, and
//! whoever uses only AWS sets none. So only what really needs a client complains, here.

mod managed_workspace;

use std::fmt;
use std::sync::{Arc, OnceLock};

use tfplugin::Diagnostic;

pub(crate) use self::managed_workspace::is_own_sign_in;
pub use self::managed_workspace::{Target, WorkspaceSignIn};
use crate::amazon::Amazon;
use crate::grafana::{Client, Settings};

/// An attribute of the provider's configuration that depends on what is made only at apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownLater(pub &'static str);

impl KnownLater {
    /// For what needs the value now.
    pub fn error(&self) -> Diagnostic {
        let setting = self.0;
        Diagnostic::error(
            LATER,
            format!(
                "The provider's `{setting}` depends on something that is made only at apply, and this needs it now. \
                 Apply that first (`-target`), or set `{setting}` to a value that is known."
            ),
        )
    }

    /// For a refresh that there cannot be.
    fn not_refreshed(&self) -> Diagnostic {
        let detail = format!(
            "The provider's `{}` depends on something that is made only at apply, so objects in the state are not \
             looked at now, and stay in it as they are. Plan again after the apply.",
            self.0
        );
        Diagnostic::warning(LATER, detail)
    }
}

const LATER: &str = "The provider's configuration is not known yet";

/// Why there is no access.
#[derive(Clone, Debug)]
enum NoAccess {
    Later(KnownLater),
    Wrong(Diagnostic),
}

impl NoAccess {
    fn error(&self) -> Diagnostic {
        match self {
            NoAccess::Later(later) => later.error(),
            NoAccess::Wrong(error) => error.clone(),
        }
    }
}

/// Access to one Grafana instance. Clones share one client, and what that has learned.
#[derive(Clone)]
pub struct GrafanaAccess(Arc<Inner>);

struct Inner {
    settings: Result<Settings, NoAccess>,
    /// Who finds the instance and the sign-in, if the settings do not say them.
    workspace: Option<WorkspaceSignIn>,
    client: OnceLock<Result<Client, Diagnostic>>,
}

impl GrafanaAccess {
    /// Access with these settings, or the reason why there is none.
    pub fn new(settings: Result<Settings, Diagnostic>) -> Self {
        Self::with(settings.map_err(NoAccess::Wrong), None)
    }

    /// Access to the Grafana of a workspace of Amazon Managed Grafana, with the rest as the settings
    /// for a source say it. Neither AWS nor Grafana is asked for anything yet.
    pub fn of_workspace(settings: Settings, workspace: WorkspaceSignIn) -> Self {
        Self::with(Ok(settings), Some(workspace))
    }

    /// Access that there will be at apply, when the configuration is known.
    pub fn later(later: KnownLater) -> Self {
        Self::with(Err(NoAccess::Later(later)), None)
    }

    fn with(settings: Result<Settings, NoAccess>, workspace: Option<WorkspaceSignIn>) -> Self {
        GrafanaAccess(Arc::new(Inner { settings, workspace, client: OnceLock::new() }))
    }

    /// Gives back what this run holds: the token that it has made for itself. No request goes
    /// through afterwards.
    pub async fn release(&self) {
        if let Some(workspace) = &self.0.workspace {
            workspace.release().await;
        }
    }

    /// The client, in the organization that the provider's configuration names.
    ///
    /// # Errors
    /// When no instance is configured, or the configuration is not known yet or cannot be used: the
    /// diagnostic names the attribute and the variable to set.
    pub fn client(&self) -> Result<Client, Diagnostic> {
        self.0.client.get_or_init(|| self.connect()).clone()
    }

    /// The client for what is only asked ahead of time: `None` while the configuration is not known.
    ///
    /// # Errors
    /// When no instance is configured, or the configuration cannot be used.
    pub fn client_at_plan(&self) -> Result<Option<Client>, Diagnostic> {
        if self.known_later().is_some() { Ok(None) } else { self.client().map(Some) }
    }

    /// The warning for a refresh that there cannot be, while the configuration is not known.
    pub fn not_refreshed(&self) -> Option<Diagnostic> {
        self.known_later().map(KnownLater::not_refreshed)
    }

    fn known_later(&self) -> Option<&KnownLater> {
        match &self.0.settings {
            Err(NoAccess::Later(later)) => Some(later),
            _ => None,
        }
    }

    /// The client, in the given organization; that of the provider's configuration if `None`.
    ///
    /// # Errors
    /// As [`GrafanaAccess::client`].
    pub fn client_for_org(&self, org: Option<i64>) -> Result<Client, Diagnostic> {
        let client = self.client()?;
        Ok(if org.is_some() { client.for_org(org) } else { client })
    }

    fn connect(&self) -> Result<Client, Diagnostic> {
        let settings = self.0.settings.as_ref().map_err(NoAccess::error)?;
        let client = match &self.0.workspace {
            Some(workspace) => Client::with_source(settings, Arc::new(workspace.clone())),
            None => Client::new(settings),
        };
        client.map_err(|error| wrong_setting(error.setting, &error.message))
    }
}

impl fmt::Debug for GrafanaAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GrafanaAccess").field(&self.0.settings).finish()
    }
}

/// The diagnostic for a setting of the provider that cannot be used.
pub(crate) fn wrong_setting(setting: &str, message: &str) -> Diagnostic {
    Diagnostic::error(
        format!("Invalid provider configuration: {setting}"),
        format!("The provider's `{setting}` (or {}) {message}.", variable(setting)),
    )
}

/// The environment variable that stands in for an attribute of the provider.
pub(crate) fn variable(setting: &str) -> String {
    format!("GRAFANA_{}", setting.to_uppercase())
}

/// Access to Amazon Managed Grafana.
#[derive(Clone, Debug)]
pub struct AmazonAccess(Result<Amazon, KnownLater>);

impl AmazonAccess {
    /// Access by this handle, if the provider's `aws` is known.
    pub fn new(amazon: Result<Amazon, KnownLater>) -> Self {
        AmazonAccess(amazon)
    }

    /// The handle. It touches nothing before its first call.
    ///
    /// # Errors
    /// When the provider's `aws` is not known yet.
    pub fn amazon(&self) -> Result<Amazon, Diagnostic> {
        self.0.clone().map_err(|later| later.error())
    }

    /// The warning for a refresh that there cannot be, while the provider's `aws` is not known.
    pub fn not_refreshed(&self) -> Option<Diagnostic> {
        self.0.as_ref().err().map(KnownLater::not_refreshed)
    }
}
