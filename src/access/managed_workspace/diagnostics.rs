//! Why there is no sign-in to a workspace.

#[cfg(test)]
pub(crate) mod samples;

use tfplugin::Diagnostic;

use super::{Target, names};
use crate::amazon::{Error, ErrorKind, ServiceAccount, Workspace, WorkspaceStatus};
use crate::grafana::{InvalidRootUrl, SettingsError};
use crate::http::Quoted;

const PERMISSIONS: &str = "In all, `managed_workspace` needs grafana:DescribeWorkspace, \
     grafana:ListWorkspaceServiceAccounts, grafana:CreateWorkspaceServiceAccount (for the first run), \
     grafana:CreateWorkspaceServiceAccountToken, grafana:ListWorkspaceServiceAccountTokens and \
     grafana:DeleteWorkspaceServiceAccountToken; for a workspace of Grafana 8.4, grafana:DescribeWorkspace, \
     grafana:CreateWorkspaceApiKey and grafana:DeleteWorkspaceApiKey.";

const QUOTA: &str = "AWS limits how many service accounts and tokens or keys a workspace has, and expired ones count: remove others.";

/// Why there is no token.
#[derive(Clone, Debug)]
pub(super) enum SignInFailure {
    /// AWS refused a call, or did not answer.
    Aws(Error),
    /// There is no room for another token; `sweep` is the error that kept expired ones from being
    /// removed, if one did.
    Quota { error: Error, sweep: Option<Error> },
    /// The workspace is busy all the time, or unusable.
    NotReady { status: WorkspaceStatus, is_unusable: bool },
    /// Somebody has changed the service account.
    Account(ServiceAccount),
    /// AWS returned an endpoint that is not one.
    Endpoint { endpoint: Quoted, error: InvalidRootUrl },
    /// A setting of the provider cannot be used.
    Setting(SettingsError),
    /// The user stopped the run.
    Stopped,
    /// The run has ended.
    Released,
}

impl From<Error> for SignInFailure {
    fn from(error: Error) -> Self {
        SignInFailure::Aws(error)
    }
}

impl SignInFailure {
    pub(super) fn not_ready(workspace: &Workspace) -> Self {
        let status = workspace.status.clone();
        SignInFailure::NotReady { status, is_unusable: workspace.is_unusable() }
    }

    /// Whether another attempt in this run would fail alike.
    pub(super) fn is_lasting(&self) -> bool {
        use ErrorKind::*;
        match self {
            SignInFailure::Aws(error) => !matches!(
                error.kind(),
                Throttled | Conflict | Internal | Connection | NoAnswer | UnexpectedAnswer
            ),
            SignInFailure::NotReady { is_unusable, .. } => *is_unusable,
            SignInFailure::Stopped => false,
            _ => true,
        }
    }

    /// Whether the workspace may only have been busy with another change.
    pub(super) fn is_conflict(&self) -> bool {
        matches!(self, SignInFailure::Aws(error) if *error.kind() == ErrorKind::Conflict)
    }

    pub(super) fn diagnostic(&self, target: &Target) -> Diagnostic {
        let account = names::account(&target.role);
        let why = match self {
            SignInFailure::Aws(error) => match error.kind() {
                ErrorKind::AccessDenied => format!("{error} {PERMISSIONS}"),
                ErrorKind::NotFound => format!(
                    "{error} Check `workspace_id` and `region` of `managed_workspace`, and whose AWS credentials these are."
                ),
                ErrorKind::QuotaExceeded => format!("{error} {QUOTA}"),
                _ => error.to_string(),
            },
            SignInFailure::Quota { error, sweep: None } => format!(
                "{error} {QUOTA} Of those that this provider has left in the service account `{account}`, the expired ones have been removed."
            ),
            SignInFailure::Quota { error, sweep: Some(sweep) } => format!(
                "{error} {QUOTA} Expired ones that this provider has left in the service account `{account}` could not be removed: {sweep}"
            ),
            SignInFailure::NotReady { status, is_unusable: true } => {
                format!("Its status is {status}. The Amazon Managed Grafana console shows why.")
            }
            SignInFailure::NotReady { status, .. } => {
                format!("Its status is {status}. Apply again when it is ACTIVE.")
            }
            SignInFailure::Account(ServiceAccount { name, is_disabled: true, .. }) => format!(
                "Its service account `{name}` is disabled. Enable it in the workspace, or delete it: it is created again."
            ),
            SignInFailure::Account(ServiceAccount { name, role, .. }) => format!(
                "Its service account `{name}` has the role {role}, not {}. Change that in the workspace, or delete the account: it is created again.",
                target.role
            ),
            SignInFailure::Endpoint { endpoint, error } => {
                format!("AWS returned `{endpoint}` as its endpoint, which {error}.")
            }
            SignInFailure::Setting(error) => format!("The provider's {error}."),
            SignInFailure::Stopped => "Terraform was stopped before it was done.".to_owned(),
            SignInFailure::Released => {
                "The run has ended, and its token has been removed.".to_owned()
            }
        };
        Diagnostic::error(
            "Sign-in to the managed workspace failed",
            format!(
                "The provider cannot sign in to the workspace {} that `managed_workspace` names. {why}",
                target.workspace_id
            ),
        )
    }
}
