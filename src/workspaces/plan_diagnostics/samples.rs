use tfplugin::Diagnostic;

use super::super::diagnostics::samples::{ending, workspace};
use super::*;
use crate::amazon::{LicenseType, Region, WorkspaceStatus};

/// Every diagnostic of plans, by the name of what makes it.
pub(crate) fn samples() -> Vec<(&'static str, Diagnostic)> {
    let id = "g-0123456789";
    let place = "workspace g-0123456789 (metrics) in eu-central-1";
    let error = || "Frankfurt!".parse::<Region>().expect_err("not a region");
    vec![
        ("costs", costs(place, None)),
        ("costs", costs("the workspace", None)),
        ("costs", costs(place, Some(&ending(LicenseType::EnterpriseFreeTrial, 900_000)))),
        ("adopted", adopted(place)),
        ("removes", removes(place)),
        ("not_previewed", not_previewed(id, false, &error())),
        ("not_previewed", not_previewed(id, true, &error())),
        ("takes_no_license", takes_no_license(&workspace(WorkspaceStatus::Deleting, None))),
        ("reasserted", reasserted(id)),
        ("order_is_open", order_is_open(id)),
    ]
}
