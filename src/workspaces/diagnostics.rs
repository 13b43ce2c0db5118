//! What users read about the license of a workspace.

#[cfg(test)]
pub(crate) mod samples;

use jiff::Timestamp;
use tfplugin::{Diagnostic, IntoDiagnostic, path};

use super::LicenseRequest;
use super::client::AssociationError;
use crate::amazon::{
    Amazon, Error, ErrorKind, LicenseType, Region, Workspace, WorkspaceDescription,
    WorkspaceStatus, timestamp,
};
use crate::http::Quoted;
use crate::slots::Kept;

const LINKING: &str =
    "https://docs.aws.amazon.com/grafana/latest/userguide/AMG-workspace-register-enterprise.html";

/// How many days before the end of a license warnings begin, unless the configuration says it.
const WARNING_DAYS: i64 = 30;

/// For a refresh: the license of the workspace, or its free trial, has ended or does so within `days`.
pub(super) fn ends(workspace: &Workspace, days: Option<i64>, now: Timestamp) -> Option<Diagnostic> {
    let WorkspaceDescription { id, free_trial_expiration, license_expiration, .. } =
        &workspace.details;
    let (what, end, advice) = match workspace.license_type.as_ref()? {
        LicenseType::EnterpriseFreeTrial => (
            "free trial of Enterprise",
            free_trial_expiration,
            "Apply the license as `ENTERPRISE` to keep the plugins.",
        ),
        _ => (
            "Enterprise license",
            license_expiration,
            "Renew its subscription in the AWS Marketplace.",
        ),
    };
    let end = timestamp(end.as_ref()?);
    let left = end.duration_since(now).as_hours() / 24;
    if left > days.unwrap_or(WARNING_DAYS) {
        return None;
    }
    let (summary, when) = match end <= now {
        true => ("has expired", format!("expired at {end}")),
        false => ("expires soon", format!("expires at {end}, in {left} days")),
    };
    let detail = format!(
        "The {what} of workspace {id} {when}. {advice} (`expiry_warning_days` says when this warning begins.)"
    );
    Some(Diagnostic::warning(format!("The {what} {summary}"), detail))
}

/// For a refresh that finds no workspace where the state does not say in which region it is.
pub(crate) fn not_in_region(workspace_id: &str, region: &Region) -> Diagnostic {
    let detail = format!(
        "Workspace {workspace_id} does not exist in {region}, the provider's region, and the state names no other. \
         The license stays in the state. Set `region` to the region of the workspace; if the workspace has been \
         deleted, remove the license from the state (`terraform state rm`)."
    );
    Diagnostic::warning("The workspace was not found", detail)
}

/// For a delete that finds no workspace where the state does not say in which region it is.
pub(crate) fn not_removed_from_region(workspace_id: &str, region: &Region) -> Diagnostic {
    let detail = format!(
        "Workspace {workspace_id} does not exist in {region}, the provider's region, and the state names no other. \
         The license was not removed. Apply with `region` set to the region of the workspace, then destroy; if the \
         workspace has been deleted, remove the license from the state (`terraform state rm`)."
    );
    Diagnostic::error("The workspace was not found", detail)
}

/// For an import by an id that can be none.
pub(crate) fn invalid_import_id(why: String) -> Diagnostic {
    Diagnostic::error("Invalid import ID", why)
}

/// What a reader of the state should know of the workspace's status; `None` if the workspace works
/// and nothing is under way.
pub(crate) fn of_status(workspace: &Workspace, amazon: &Amazon) -> Option<Diagnostic> {
    let WorkspaceDescription { id, status, .. } = &workspace.details;
    let (summary, detail) = match status {
        WorkspaceStatus::Degraded => {
            let detail = match &workspace.degraded_workspace_reason {
                Some(reason) => {
                    format!(
                        "Workspace {id} works, but is {status}. AWS says: “{}”.",
                        amazon.quote(reason).trim_end_matches('.')
                    )
                }
                None => format!("Workspace {id} works, but is {status}. AWS gives no reason."),
            };
            ("The workspace is degraded", detail)
        }
        WorkspaceStatus::Deleting => ("The workspace is being deleted", has_failed(workspace)),
        _ if workspace.has_failed() || workspace.is_unusable() => {
            ("A change of the workspace failed", has_failed(workspace))
        }
        WorkspaceStatus::Upgrading => (
            "The Enterprise license is being installed",
            format!("Workspace {id} has the status {status}. The next refresh shows how it ended."),
        ),
        _ => return None,
    };
    Some(Diagnostic::warning(summary, detail))
}

/// For an association that AWS accepted and could not finish.
pub(super) fn association_failed(workspace: &Workspace) -> Diagnostic {
    Diagnostic::error("The Enterprise license was not installed", has_failed(workspace))
}

/// For a removal that AWS accepted and could not finish.
pub(super) fn disassociation_failed(workspace: &Workspace) -> Diagnostic {
    Diagnostic::error("The Enterprise license was not removed", has_failed(workspace))
}

pub(super) fn has_failed(workspace: &Workspace) -> String {
    let WorkspaceDescription { id, status, .. } = &workspace.details;
    let advice = match status {
        WorkspaceStatus::UpgradeFailed => {
            "The AWS API does not report a reason. Look at the workspace in the console, check that \
             the account may subscribe to Grafana Enterprise in the AWS Marketplace, and apply again."
        }
        WorkspaceStatus::LicenseRemovalFailed => {
            "The license is still there and is still charged. Apply again, and ask AWS Support if that \
             does not help."
        }
        WorkspaceStatus::Deleting => "The workspace is being deleted, and its license with it.",
        WorkspaceStatus::Failed
        | WorkspaceStatus::CreationFailed
        | WorkspaceStatus::DeletionFailed => {
            "AWS changes nothing in such a workspace. Repair or replace it first."
        }
        _ => "Look at the workspace in the console, and apply again.",
    };
    format!("Workspace {id} has the status {status}. {advice}")
}

/// For an association that AWS has accepted and not finished.
pub(super) fn not_yet_associated(last: &Workspace, error: &AssociationError) -> Diagnostic {
    let WorkspaceDescription { id, status, .. } = &last.details;
    let reason = wait_ended(error);
    let detail = format!(
        "AWS has accepted the license of workspace {id}, whose last known status is {status}. The \
         license is in the state, and the next plan or apply refreshes it. {reason}"
    );
    Diagnostic::warning("The Enterprise license is not installed yet", detail)
}

/// For a removal that AWS has accepted and not finished.
pub(super) fn not_yet_disassociated(last: &Workspace, error: &AssociationError) -> Diagnostic {
    let WorkspaceDescription { id, status, .. } = &last.details;
    let reason = wait_ended(error);
    let detail = format!(
        "AWS has accepted the removal of the license of workspace {id}, whose last known status is \
         {status}. The license stays in the state, and the next plan or apply shows whether it is \
         gone. {reason}"
    );
    Diagnostic::error("The Enterprise license is not removed yet", detail)
}

fn wait_ended(error: &AssociationError) -> String {
    match error {
        AssociationError::Ended(ended) => ended.to_string(),
        AssociationError::Aws(error) => format!("The wait ended with an error. {error}"),
        AssociationError::Unchangeable(workspace) => {
            format!("The workspace now has the status {}.", workspace.status)
        }
    }
}

/// For an association that AWS did not accept.
pub(super) fn not_associated(error: AssociationError, license: &LicenseRequest) -> Diagnostic {
    let error = match error {
        AssociationError::Aws(error) => error,
        other => return not_begun("The Enterprise license cannot be installed", other),
    };
    match license.token().map(|(_, attribute)| attribute) {
        None if error.asks_for_grafana_token() => token_needed(&error),
        Some(attribute) if is_about_token(&error) => token_refused(&error).at(attribute),
        _ if error.is_not_found() => error.into_diagnostic().at(path!(workspace_id)),
        _ => error.into_diagnostic(),
    }
}

fn is_about_token(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Validation)
        && error.aws_message().is_some_and(|text| text.to_ascii_lowercase().contains("token"))
}

fn token_needed(error: &Error) -> Diagnostic {
    let detail = format!(
        "This AWS account is not linked with Grafana Labs in this region yet. Get a token from \
         Grafana Labs as {LINKING} describes, and set it as `grafana_token`, or as \
         `grafana_token_wo` to keep it out of the state. It is needed once for each account and \
         region. {error}"
    );
    Diagnostic::error("A Grafana Labs token is needed", detail).at(path!(grafana_token))
}

fn token_refused(error: &Error) -> Diagnostic {
    let detail =
        format!("Check that it is the token that Grafana Labs gave: see {LINKING}. {error}");
    Diagnostic::error("AWS does not accept the Grafana Labs token", detail)
}

/// For a removal that AWS did not accept.
pub(super) fn not_disassociated(error: AssociationError) -> Diagnostic {
    not_begun("The Enterprise license cannot be removed", error)
}

fn not_begun(summary: &str, error: AssociationError) -> Diagnostic {
    let detail = match error {
        AssociationError::Aws(error) => return error.into_diagnostic(),
        AssociationError::Ended(ended) => ended.to_string(),
        AssociationError::Unchangeable(workspace) => has_failed(&workspace),
    };
    Diagnostic::error(summary, detail)
}

/// For a delete that leaves the license to others.
pub(super) fn kept(workspace_id: &str, reason: Kept) -> Diagnostic {
    let why = match reason {
        Kept::OtherHolder => {
            "Another resource has it too, as of its last refresh. If that resource no longer exists, import the \
             license and destroy it, or remove it in the console: it is still charged."
        }
        Kept::Deposed => {
            "This object was left by an interrupted replacement, and whether another resource has the license \
             cannot be determined. If none has, import the license and destroy it, or remove it in the console: it \
             is still charged."
        }
        _ => {
            "This run installs it, or takes it over, for another resource or object (a rename, a replacement, or \
             create_before_destroy). If that fails, apply again: until then the license is in no state, and still \
             costs."
        }
    };
    let detail = format!(
        "The license of workspace {workspace_id} is not removed, because a workspace has only one. Only this object \
         is dropped from the state. {why}"
    );
    Diagnostic::warning("The Enterprise license stays", detail)
}

/// For a delete after which somebody has associated a license again.
pub(super) fn associated_again(workspace_id: &str) -> Diagnostic {
    let detail = format!(
        "The license of workspace {workspace_id} was removed, and somebody has put one there again since, which is \
         not removed. This object is dropped from the state."
    );
    Diagnostic::warning("The Enterprise license stays", detail)
}

/// For a delete whose license another resource was to take over.
pub(super) fn creation_failed(workspace_id: &str) -> Diagnostic {
    let detail = format!(
        "Another resource was to take over the license of workspace {workspace_id}, and its creation has failed. The \
         license and this resource stay. Correct that error and apply again."
    );
    Diagnostic::error("The Enterprise license was not removed", detail)
}

/// For a delete that finds another type of license than the one in the state.
pub(super) fn other_type(workspace_id: &str, expected: &str, found: &Quoted) -> Diagnostic {
    let detail = format!(
        "Workspace {workspace_id} has a license of the type {found}, not {expected} as in the state. It is not \
         removed."
    );
    Diagnostic::warning("Another license is left alone", detail)
}

/// For a name that several workspaces have.
pub(crate) fn name_is_ambiguous(
    name: &str,
    region: &Region,
    ids: &[&str],
    amazon: &Amazon,
) -> Diagnostic {
    let detail = format!(
        "Several workspaces in {region} have the name {name:?}: {}. Set the `workspace_id` of one.",
        amazon.quote(&ids.join(", "))
    );
    Diagnostic::error("The name is not unique", detail).at(path!(name))
}

/// For a name that no workspace has.
pub(crate) fn no_such_name(
    name: &str,
    region: &Region,
    mut names: Vec<&str>,
    amazon: &Amazon,
) -> Diagnostic {
    names.sort_unstable();
    let there = match names.as_slice() {
        [] => format!("No workspace in {region} has a name."),
        names => format!("Workspaces in {region}: {}.", amazon.quote(&names.join(", "))),
    };
    let detail = format!("No workspace is named {name:?}. {there} Check `region`.");
    Diagnostic::error("No such workspace", detail).at(path!(name))
}

/// For a state of AWS's own provider that names no workspace.
pub(super) fn former_state_without_id() -> Diagnostic {
    Diagnostic::error(
        "The state to move is not one of aws_grafana_license_association",
        "It has no workspace ID, neither as `workspace_id` nor as `id`. Remove the `moved` block \
         and import the license by its workspace ID.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_aws_returns_are_bounded() {
        let region: Region = "eu-central-1".parse().unwrap();
        let long = "g-0\n".repeat(1000);
        let said = name_is_ambiguous("logs", &region, &[&long], &Amazon::new(Default::default()));
        assert!(said.detail.chars().count() < 500 && !said.detail.contains('\n'));
    }
}
