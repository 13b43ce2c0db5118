//! What the provider's configuration gives access to, made when it is first needed.
//!
//! A configuration may be incomplete: a URL that another resource makes is unknown at plan, and
//! whoever uses only AWS sets none. So only what really needs a client complains, here.

mod ahead;
mod managed_workspace;

use std::sync::Arc;

use tfplugin::{Diagnostic, Limits};

pub(crate) use self::ahead::ahead;
pub(crate) use self::managed_workspace::is_own_sign_in;
#[cfg(test)]
pub(crate) use self::managed_workspace::samples as sign_in_samples;
pub use self::managed_workspace::{Target, WorkspaceSignIn};
use crate::amazon::Amazon;
use crate::grafana::{self, Client};

/// An attribute of the provider's configuration that depends on what is made only at apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSetting(pub &'static str);

impl UnknownSetting {
    /// For what needs the value now.
    pub fn error(&self) -> Diagnostic {
        let setting = self.0;
        Diagnostic::error(
            LATER,
            format!(
                "The provider's `{setting}` depends on something that is created at apply, but it is needed now. Apply \
                 that first (`-target`), or set `{setting}` to a known value."
            ),
        )
    }

    /// For a refresh that there cannot be.
    fn not_refreshed(&self) -> Diagnostic {
        let detail = format!(
            "The provider's `{}` depends on something that is created at apply, so objects in the state are not refreshed \
             now. Plan again after the apply.",
            self.0
        );
        Diagnostic::warning(LATER, detail)
    }
}

const LATER: &str = "The provider's configuration is not known yet";

/// Access to one Grafana instance. Clones share connections, the sign-in, and what is known of both.
#[derive(Clone, Debug)]
pub struct GrafanaAccess(Arc<Connection>);

/// How Grafana is reached.
#[derive(Debug)]
enum Connection {
    Instance(Client),
    /// Address and sign-in come from AWS.
    Workspace(WorkspaceSignIn),
    Unknown(UnknownSetting),
    None(Diagnostic),
}

impl GrafanaAccess {
    /// Access to an instance.
    pub fn of_instance(client: Client) -> Self {
        GrafanaAccess(Arc::new(Connection::Instance(client)))
    }

    /// No access, because no instance is configured, as the error says.
    pub fn none(error: Diagnostic) -> Self {
        GrafanaAccess(Arc::new(Connection::None(error)))
    }

    /// Access to the Grafana of a workspace of Amazon Managed Grafana. Neither AWS nor Grafana is
    /// asked for anything yet.
    pub fn of_workspace(workspace: WorkspaceSignIn) -> Self {
        GrafanaAccess(Arc::new(Connection::Workspace(workspace)))
    }

    /// Access that there will be at apply, when the configuration is known.
    pub fn later(later: UnknownSetting) -> Self {
        GrafanaAccess(Arc::new(Connection::Unknown(later)))
    }

    /// Gives back what this run holds: the token that it has made for itself. No request goes
    /// through afterwards.
    pub async fn release(&self) {
        if let Connection::Workspace(workspace) = &*self.0 {
            workspace.release().await;
        }
    }

    /// The client for one operation, in the organization that the provider's configuration names. Its
    /// requests and waits end as the limits say. For a managed workspace AWS may be asked for a sign-in
    /// first, so that an operation asks again for a client after a long wait.
    ///
    /// # Errors
    /// When no instance is configured, or the configuration is not known yet: the diagnostic names the
    /// attribute and the variable to set.
    pub async fn client(&self, limits: &Limits) -> Result<Client, Diagnostic> {
        match &*self.0 {
            Connection::Instance(client) => Ok(client.within(grafana::Limits {
                stop: limits.stop_token(),
                deadline: Some(limits.deadline()),
            })),
            Connection::Workspace(workspace) => workspace.client(limits).await,
            Connection::Unknown(later) => Err(later.error()),
            Connection::None(error) => Err(error.clone()),
        }
    }

    /// The client for what is only asked ahead of time: `None` while the configuration is not known.
    ///
    /// # Errors
    /// When no instance is configured.
    pub async fn client_at_plan(&self, limits: &Limits) -> Result<Option<Client>, Diagnostic> {
        if self.known_later().is_some() { Ok(None) } else { self.client(limits).await.map(Some) }
    }

    /// That there is a configuration, or will be at apply, where that is known without asking for anything.
    ///
    /// # Errors
    /// When no instance is configured, or a variable of the environment is wrong.
    pub fn check_configured(&self) -> Result<(), Diagnostic> {
        if let Connection::None(error) = &*self.0 { Err(error.clone()) } else { Ok(()) }
    }

    /// The client, where none has to be made for it: a sign-in to a managed workspace makes a token.
    ///
    /// # Errors
    /// When no instance is configured.
    pub async fn client_at_hand(&self, limits: &Limits) -> Result<Option<Client>, Diagnostic> {
        match &*self.0 {
            Connection::Workspace(_) => Ok(None),
            _ => self.client_at_plan(limits).await,
        }
    }

    /// The warning for a refresh that there cannot be, while the configuration is not known.
    pub fn not_refreshed(&self) -> Option<Diagnostic> {
        self.known_later().map(UnknownSetting::not_refreshed)
    }

    fn known_later(&self) -> Option<&UnknownSetting> {
        match &*self.0 {
            Connection::Unknown(later) => Some(later),
            _ => None,
        }
    }

    /// The organization to work in unless another is named: that of the provider's configuration, else 0 for a
    /// token, which belongs to one organization, and 1 for a user, who may belong to many. `None` while the
    /// configuration is not known.
    pub fn default_org(&self) -> Option<i64> {
        match &*self.0 {
            Connection::Instance(client) => client.org_id().or(self.org_of_sign_in()),
            Connection::Workspace(workspace) => Some(workspace.org_id()),
            Connection::Unknown(_) | Connection::None(_) => None,
        }
    }

    /// The organization that a sign-in has by itself: 0 for a token, which belongs to one organization, and 1 for
    /// a user, who may belong to many. `None` while the configuration is not known.
    pub fn org_of_sign_in(&self) -> Option<i64> {
        match &*self.0 {
            Connection::Instance(client) => Some(i64::from(client.signs_in_with_password())),
            Connection::Workspace(_) => Some(0),
            Connection::Unknown(_) | Connection::None(_) => None,
        }
    }

    /// Whether this is known, without asking for anything, to be a workspace of Amazon Managed Grafana.
    pub fn is_managed_workspace(&self) -> bool {
        match &*self.0 {
            Connection::Instance(client) => client.url().is_managed_workspace(),
            Connection::Workspace(_) => true,
            Connection::Unknown(_) | Connection::None(_) => false,
        }
    }

    /// How claims of a license are shown.
    pub fn claims_shown(&self) -> grafana::Shown {
        match &*self.0 {
            Connection::Instance(client) => client.claims_shown(),
            _ => grafana::Shown::default(),
        }
    }

    /// That the licensing API cannot be used, where that is known without asking for anything.
    ///
    /// # Errors
    /// If the sign-in is not `user:password`.
    pub fn check_licensing(&self) -> Result<(), grafana::Error> {
        let is_other = match &*self.0 {
            Connection::Instance(client) => !client.signs_in_with_password(),
            Connection::Workspace(_) => true,
            Connection::Unknown(_) | Connection::None(_) => false,
        };
        let error = grafana::Error::new(grafana::ErrorKind::BasicAuthNeeded);
        if is_other { Err(error) } else { Ok(()) }
    }
}

/// Access to Amazon Managed Grafana.
#[derive(Clone, Debug)]
pub struct AmazonAccess(Result<Amazon, UnknownSetting>);

impl AmazonAccess {
    /// Access by this handle, if the provider's `aws` is known.
    pub fn new(amazon: Result<Amazon, UnknownSetting>) -> Self {
        AmazonAccess(amazon)
    }

    /// The handle for one operation. It touches nothing before its first call.
    ///
    /// # Errors
    /// When the provider's `aws` is not known yet.
    pub fn amazon(&self) -> Result<Amazon, Diagnostic> {
        self.0.as_ref().map(Amazon::for_operation).map_err(UnknownSetting::error)
    }

    /// The warning for a refresh that there cannot be, while the provider's `aws` is not known.
    pub fn not_refreshed(&self) -> Option<Diagnostic> {
        self.0.as_ref().err().map(UnknownSetting::not_refreshed)
    }
}

/// Every diagnostic of this room itself.
#[cfg(test)]
pub(crate) fn samples() -> Vec<(&'static str, Diagnostic)> {
    let later = UnknownSetting("url");
    vec![("error", later.error()), ("not_refreshed", later.not_refreshed())]
}
