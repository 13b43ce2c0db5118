//! What a reviewer reads in plans of the license of a workspace.

#[cfg(test)]
pub(crate) mod samples;

use tfplugin::{Diagnostic, path};

use super::diagnostics::has_failed;
use super::preview::Unseen;
use crate::amazon::{LicenseType, Workspace, timestamp};
use crate::http::Quoted;

/// For a reviewer of a plan that puts a license on this workspace, which may have another, such as a free trial.
pub(super) fn costs(place: &str, present: Option<(&Workspace, Quoted)>) -> Diagnostic {
    let present = present.map(|(workspace, license_type)| {
        let end = workspace.free_trial_expiration.as_ref().map(timestamp);
        let end = end.map(|end| format!(", which ends at {end}")).unwrap_or_default();
        match workspace.license_type {
            Some(LicenseType::EnterpriseFreeTrial) => {
                format!(" It takes the place of the free trial of the workspace{end}.")
            }
            _ => format!(" It takes the place of a license of the type {license_type}."),
        }
    });
    let detail = format!(
        "AWS charges for the Enterprise license of {place} per active user, on top of the workspace \
         itself, until the license is removed: see https://aws.amazon.com/grafana/pricing/.{}",
        present.unwrap_or_default()
    );
    Diagnostic::warning("Amazon Managed Grafana Enterprise costs extra", detail)
}

/// For a reviewer of a create that finds a license in place.
pub(super) fn adopted(place: &str) -> Diagnostic {
    let detail = format!(
        "There is an Enterprise license on {place} already. This resource takes it over as it is, at no \
         further cost. From then on, destroying this resource removes it."
    );
    Diagnostic::warning("The Enterprise license is taken over", detail)
}

/// For a reviewer of a plan that removes the license of this workspace.
pub(super) fn removes(place: &str) -> Diagnostic {
    let detail = format!(
        "The Enterprise license of {place} is removed, unless another resource has it too. Enterprise plugins \
         stop working there, with the data sources and dashboards that use them, and so does the charge for the \
         license. The workspace itself stays."
    );
    Diagnostic::warning("The Enterprise license is removed", detail)
}

/// For a reviewer of a plan whose workspace could not be looked at.
pub(super) fn not_previewed(workspace_id: &str, is_replacement: bool, why: &Unseen) -> Diagnostic {
    let replacement = match is_replacement {
        true => " The license of the former workspace is removed first.",
        false => "",
    };
    let detail = format!(
        "Whether workspace {workspace_id} exists, takes a license, or has one already is not known before \
         the apply.{replacement} {why}"
    );
    Diagnostic::warning("The workspace could not be checked", detail)
}

/// For a plan that looks for a workspace in another region than that of the state, which does not answer: a workspace
/// stays in its region, and a replacement would remove its license first.
pub(super) fn region_not_checked(workspace_id: &str, before: &str, why: &Unseen) -> Diagnostic {
    let detail = format!(
        "Workspace {workspace_id} was in {before} at the last refresh. Whether it is in the configured region is not \
         known, and its license would be removed first. Correct `region`, or leave it out to keep that of the state. \
         {why}"
    );
    Diagnostic::error("The region of the workspace could not be checked", detail).at(path!(region))
}

/// For a plan that puts a license on a workspace that AWS does not change.
pub(super) fn takes_no_license(workspace: &Workspace) -> Diagnostic {
    Diagnostic::error("The Enterprise license cannot be installed", has_failed(workspace))
}

/// For a reviewer of an update that only makes sure that the license is there in the end.
pub(crate) fn reasserted(workspace_id: &str) -> Diagnostic {
    let detail = format!(
        "Workspace {workspace_id} has only one license. Its removal was planned before this resource was read, so this \
         resource is updated, which leaves the license in place."
    );
    Diagnostic::warning("Another resource with this license is removed", detail)
}

/// For a reviewer of a create whose workspace another resource leaves.
pub(crate) fn order_is_open(workspace_id: &str) -> Diagnostic {
    let detail = format!(
        "The removal of the license of workspace {workspace_id} was planned before this creation, and Terraform may \
         apply them in either order. Plan again after the apply; should the license be gone, that plan creates it. \
         A `moved` block keeps a renamed resource as it is."
    );
    Diagnostic::warning("The license of this workspace is also removed in this plan", detail)
}
