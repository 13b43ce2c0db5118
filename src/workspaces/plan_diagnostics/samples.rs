use std::time::Duration;

use tfplugin::Diagnostic;

use super::super::diagnostics::samples::{ending, workspace};
use super::*;
use crate::amazon::{LicenseType, Region, WorkspaceStatus};

/// Every diagnostic of plans, by the name of what makes it.
pub(crate) fn samples() -> Vec<(&'static str, Diagnostic)> {
    let id = "g-0123456789";
    let place = "workspace g-0123456789 (metrics) in eu-central-1";
    let refused = || Unseen::Refused("Frankfurt!".parse::<Region>().expect_err("not a region"));
    let quoted = || Quoted::constant("ENTERPRISE_PLUS");
    let held_up = Some("DescribeWorkspace: AWS has not answered.".to_owned());
    let out_of_time = Unseen::OutOfTime { after: Duration::from_secs(10), held_up };
    vec![
        ("costs", costs(place, None)),
        ("costs", costs("the workspace", None)),
        (
            "costs",
            costs(place, Some((&ending(LicenseType::EnterpriseFreeTrial, 900_000), quoted()))),
        ),
        (
            "costs",
            costs(place, Some((&ending(LicenseType::from("ENTERPRISE_PLUS"), 900_000), quoted()))),
        ),
        ("adopted", adopted(place)),
        ("removes", removes(place)),
        ("not_previewed", not_previewed(id, false, &refused())),
        ("not_previewed", not_previewed(id, true, &refused())),
        ("not_previewed", not_previewed(id, false, &out_of_time)),
        ("region_not_checked", region_not_checked(id, "eu-central-1", &refused())),
        ("takes_no_license", takes_no_license(&workspace(WorkspaceStatus::Deleting, None))),
        ("reasserted", reasserted(id)),
        ("order_is_open", order_is_open(id)),
    ]
}
