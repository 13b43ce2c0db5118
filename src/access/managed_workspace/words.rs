//! Why there is no sign-in to a workspace, in words for people.

use super::{Inner, names};
use crate::amazon::{Error, ErrorKind, ServiceAccount, Workspace};
use tfplugin::Diagnostic;

use crate::grafana::{InvalidRootUrl, SettingsError};

const SUMMARY: &str = "No sign-in to the managed workspace";

/// What an IAM policy has to allow, and why.
const PERMISSIONS: &str = "In all, `managed_workspace` needs grafana:DescribeWorkspace, \
     grafana:ListWorkspaceServiceAccounts, grafana:CreateWorkspaceServiceAccount (for the first run), \
     grafana:CreateWorkspaceServiceAccountToken, grafana:ListWorkspaceServiceAccountTokens and \
     grafana:DeleteWorkspaceServiceAccountToken; for a workspace of Grafana 8.4, grafana:DescribeWorkspace, \
     grafana:CreateWorkspaceApiKey and grafana:DeleteWorkspaceApiKey.";

const QUOTA: &str = "A workspace may have only so many service accounts and tokens or keys, and expired ones count: remove others.";

/// Why there is no token.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) error: Diagnostic,
    /// Whether asking again in this run would bring the same.
    pub(super) is_lasting: bool,
    /// Whether the workspace may only have been busy with another change.
    pub(super) is_contended: bool,
}

impl Inner {
    /// What AWS's error means here.
    pub(super) fn failure(&self, error: &Error) -> Failure {
        use ErrorKind::*;
        let advice = match error.kind() {
            AccessDenied => PERMISSIONS.to_owned(),
            NotFound => "Check `workspace_id` and `region` of `managed_workspace`, and whose AWS credentials these are."
                .to_owned(),
            QuotaExceeded => QUOTA.to_owned(),
            _ => String::new(),
        };
        let passes = matches!(
            error.kind(),
            Throttled | Conflict | Internal | Connection | NoAnswer | UnexpectedAnswer
        );
        let is_contended = *error.kind() == Conflict;
        Failure { is_contended, ..self.because(&format!("{error} {advice}"), !passes) }
    }

    /// The same for a quota of tokens, after those that this provider has left were to be removed.
    pub(super) fn no_room(&self, error: &Error, swept: Result<usize, Error>) -> Failure {
        let account = names::account(&self.target.role);
        let swept = match swept {
            Ok(_) => format!(
                "Of those that this provider has left in the service account `{account}`, the expired ones have been removed."
            ),
            Err(error) => format!(
                "Expired ones that this provider has left in the service account `{account}` could not be removed: {error}"
            ),
        };
        self.because(&format!("{error} {QUOTA} {swept}"), true)
    }

    /// For a workspace that is not ready.
    pub(super) fn not_ready(&self, workspace: &Workspace) -> Failure {
        let status = &workspace.status;
        match workspace.is_unusable() {
            true => self.because(
                &format!("Its status is {status}. The Amazon Managed Grafana console shows why."),
                true,
            ),
            false => self
                .because(&format!("Its status is {status}. Apply again when it is ACTIVE."), false),
        }
    }

    /// For a sign-in that was not done when the user stopped the run.
    pub(super) fn stopped(&self) -> Failure {
        self.because("Terraform was stopped before it was done.", false)
    }

    /// For a service account that somebody has changed.
    pub(super) fn unusable(&self, account: &ServiceAccount) -> Failure {
        let what = match account.is_disabled {
            true => "is disabled".to_owned(),
            false => format!("has the role {}, not {}", account.role, self.target.role),
        };
        let why = format!(
            "Its service account `{}` {what}. Change that in the workspace, or delete the account: it is made again.",
            account.name
        );
        self.because(&why, true)
    }

    /// For an endpoint that is none.
    pub(super) fn wrong_endpoint(&self, endpoint: &str, error: &InvalidRootUrl) -> Failure {
        let why = format!("AWS returned {endpoint:?} as its endpoint, which {error}.");
        self.because(&why, true)
    }

    /// For a setting of the provider that cannot be used.
    pub(super) fn wrong_setting(&self, error: &SettingsError) -> Failure {
        self.because(&format!("The provider's {error}."), true)
    }

    fn because(&self, why: &str, is_lasting: bool) -> Failure {
        let workspace = &self.target.workspace_id;
        let detail = format!(
            "The provider's `managed_workspace` names the workspace {workspace}, which the provider cannot sign in to. {}",
            why.trim_end()
        );
        Failure { error: Diagnostic::error(SUMMARY, detail), is_lasting, is_contended: false }
    }
}

/// For what still runs when the run has ended.
pub(super) fn ended() -> Diagnostic {
    Diagnostic::error(SUMMARY, "The run has ended, and its token has been removed.")
}
