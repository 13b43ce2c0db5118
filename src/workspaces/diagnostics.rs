//! What people read about the license of a workspace.

use tfplugin::{Diagnostic, Interrupted, IntoDiagnostic, path};

use super::association::Trouble;
use super::{KeptReason, TokenAttribute};
use crate::amazon::{ErrorKind, Workspace, WorkspaceDescription, WorkspaceStatus};

const LINKING: &str =
    "https://docs.aws.amazon.com/grafana/latest/userguide/AMG-workspace-register-enterprise.html";

/// For a reviewer of a create.
pub(crate) fn costs() -> Diagnostic {
    Diagnostic::warning(
        "Amazon Managed Grafana Enterprise costs extra",
        "AWS charges the Enterprise license of a workspace for each of its active users, on top of \
         the workspace itself, until the license is removed: see \
         https://aws.amazon.com/grafana/pricing/.",
    )
}

/// What there is to tell of a workspace's status, if it is not simply at work.
pub(crate) fn of_status(workspace: &Workspace) -> Option<Diagnostic> {
    let WorkspaceDescription { id, status, .. } = &workspace.details;
    let (summary, detail) = match status {
        WorkspaceStatus::Degraded => {
            let reason = workspace.degraded_workspace_reason.as_deref();
            let reason = reason.unwrap_or("AWS gives no reason");
            (
                "The workspace is degraded",
                format!("Workspace {id} works, but is DEGRADED: {reason}."),
            )
        }
        _ if workspace.has_failed() || workspace.is_unusable() => (
            "Something failed in the workspace",
            format!("Workspace {id} has the status {status}. {}", advice(status)),
        ),
        WorkspaceStatus::Upgrading => (
            "The Enterprise license is being installed",
            format!(
                "Workspace {id} has the status UPGRADING; the next refresh tells how it ended."
            ),
        ),
        _ => return None,
    };
    Some(Diagnostic::warning(summary, detail.replace("..", ".")))
}

/// For a change that ended in a status that says it failed.
pub(crate) fn failed(what: &str, workspace: &Workspace) -> Diagnostic {
    let WorkspaceDescription { id, status, .. } = &workspace.details;
    let detail = format!("Workspace {id} has the status {status}. {}", advice(status));
    Diagnostic::error(what, detail)
}

fn advice(status: &WorkspaceStatus) -> &'static str {
    match status {
        WorkspaceStatus::UpgradeFailed => {
            "AWS tells no reason in its API: look at the workspace in the console, check that the \
             account may subscribe to Grafana Enterprise in the AWS Marketplace, and apply again."
        }
        WorkspaceStatus::LicenseRemovalFailed => {
            "The license is still there and still costs: apply again, and ask AWS Support if that \
             does not help."
        }
        WorkspaceStatus::Deleting => "It is being deleted; its license goes with it.",
        WorkspaceStatus::Failed
        | WorkspaceStatus::CreationFailed
        | WorkspaceStatus::DeletionFailed => {
            "AWS changes nothing in such a workspace: repair or replace it first."
        }
        _ => "Look at the workspace in the console, and apply again.",
    }
}

/// Summary and detail for an association that AWS has accepted and not finished.
pub(crate) fn unfinished(last: &Workspace, why: &Trouble) -> (String, String) {
    let WorkspaceDescription { id, status, .. } = &last.details;
    let because = because(why);
    let detail = format!(
        "AWS has accepted the license of workspace {id}, whose last known status is {status}. \
         {because} The license is in the state; the next plan or apply refreshes it."
    );
    ("The Enterprise license is not installed yet".to_owned(), detail)
}

/// For a removal that AWS has accepted and not finished.
pub(crate) fn not_yet_removed(last: &Workspace, why: &Trouble) -> Diagnostic {
    let WorkspaceDescription { id, status, .. } = &last.details;
    let because = because(why);
    let detail = format!(
        "AWS has accepted to remove the license of workspace {id}, whose last known status is \
         {status}. {because} It stays in the state; the next plan or apply finds out whether it is \
         gone."
    );
    Diagnostic::error("The Enterprise license is not removed yet", detail)
}

fn because(why: &Trouble) -> String {
    match why {
        Trouble::Interrupted(Interrupted::Stopped) | Trouble::Busy(_, Interrupted::Stopped) => {
            "Terraform was stopped while waiting.".to_owned()
        }
        Trouble::Interrupted(Interrupted::TimedOut(limit))
        | Trouble::Busy(_, Interrupted::TimedOut(limit)) => format!(
            "The wait ended after {limit:?}; a longer time can be set in the `timeouts` block."
        ),
        Trouble::Aws(error) => format!("The wait ended with an error. {error}."),
        Trouble::Unchangeable(workspace) => format!("It is now {}.", workspace.status),
    }
}

/// For an association that was not accepted.
pub(crate) fn not_associated(trouble: Trouble, token: Option<TokenAttribute>) -> Diagnostic {
    let error = match trouble {
        Trouble::Aws(error) => error,
        other => return not_begun("The Enterprise license cannot be installed", other),
    };
    if error.asks_for_grafana_token() && token.is_none() {
        let detail = format!(
            "This AWS account is not linked with Grafana Labs in this region yet. Get a token from \
             Grafana Labs as {LINKING} describes, and set it as `grafana_token`, or as \
             `grafana_token_wo` to keep it out of the state. It is needed once for each account and \
             region. {error}"
        );
        return Diagnostic::error("A Grafana Labs token is needed", detail)
            .at(path!(grafana_token));
    }
    let is_about_token = *error.kind() == ErrorKind::Validation
        && error.aws_message().is_some_and(|text| text.to_ascii_lowercase().contains("token"));
    match (is_about_token, token) {
        (true, Some(TokenAttribute::Stored)) => {
            token_refused(&error.to_string()).at(path!(grafana_token))
        }
        (true, _) => token_refused(&error.to_string()).at(path!(grafana_token_wo)),
        _ if error.is_not_found() => error.into_diagnostic().at(path!(workspace_id)),
        _ => error.into_diagnostic(),
    }
}

fn token_refused(why: &str) -> Diagnostic {
    let detail = format!("Check that it is the token that Grafana Labs gave: see {LINKING}. {why}");
    Diagnostic::error("AWS does not accept the Grafana Labs token", detail)
}

/// For a removal that was not accepted.
pub(crate) fn not_removed(trouble: Trouble) -> Diagnostic {
    not_begun("The Enterprise license cannot be removed", trouble)
}

fn not_begun(what: &str, trouble: Trouble) -> Diagnostic {
    match trouble {
        Trouble::Aws(error) => error.into_diagnostic(),
        Trouble::Interrupted(interrupted) => {
            Diagnostic::error(what, interrupted.into_diagnostic().detail)
        }
        Trouble::Busy(workspace, interrupted) => {
            let WorkspaceDescription { id, status, .. } = &workspace.details;
            let ended = interrupted.into_diagnostic().detail;
            let detail = format!(
                "Workspace {id} was busy with another change (status {status}) all the time. {ended}"
            );
            Diagnostic::error(what, detail)
        }
        Trouble::Unchangeable(workspace) => failed(what, &workspace),
    }
}

/// For a delete that leaves the license to another.
pub(crate) fn kept(workspace_id: &str, reason: KeptReason) -> Diagnostic {
    let why = match reason {
        KeptReason::UsedInThisRun => {
            "This run has just put it there, or takes it over, for another resource or object (a rename, \
             a replacement, or create_before_destroy). Should that fail, apply again: until then the license is \
             in no state, and still costs."
        }
        KeptReason::OtherHolder => {
            "Another resource had it too when that was last read. If that is gone by now, import the license and \
             destroy it, or remove it in the console: it still costs."
        }
        KeptReason::AssociatedAgain => {
            "It has been removed, and somebody has put one there anew since."
        }
    };
    let detail = format!(
        "A workspace has one license only. {why} So the license of workspace {workspace_id} is not \
         removed; only this object is dropped from the state."
    );
    Diagnostic::warning("The Enterprise license stays", detail)
}

/// For a delete that finds another license than the one in the state.
pub(crate) fn not_ours(workspace_id: &str, expected: &str, found: &str) -> Diagnostic {
    Diagnostic::warning(
        "Another license is left alone",
        format!(
            "Workspace {workspace_id} has a license of the type {found}, not {expected} as the state \
             says. It is not removed."
        ),
    )
}
