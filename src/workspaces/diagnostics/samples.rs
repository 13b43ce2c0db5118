use std::time::Duration;

use aws_sdk_grafana::primitives::DateTime;
use tfplugin::{Diagnostic, Interrupted, Value};

use super::*;
use crate::amazon::AuthenticationSummary;
use crate::diagnostics::ended::Ended;

pub(in crate::workspaces) fn workspace(status: WorkspaceStatus, reason: Option<&str>) -> Workspace {
    let authentication = AuthenticationSummary::builder().set_providers(Some(Vec::new()));
    let details = WorkspaceDescription::builder()
        .id("g-0123456789")
        .name("metrics")
        .status(status)
        .set_degraded_workspace_reason(reason.map(str::to_owned))
        .created(DateTime::from_secs(0))
        .modified(DateTime::from_secs(0))
        .endpoint("g-0123456789.grafana-workspace.eu-central-1.amazonaws.com")
        .grafana_version("10.4")
        .set_data_sources(Some(Vec::new()))
        .authentication(authentication.build().expect("complete"))
        .build();
    Workspace { details: details.expect("complete"), grafana_token: None }
}

/// A workspace with a license that ends at that second.
pub(in crate::workspaces) fn ending(license_type: LicenseType, second: i64) -> Workspace {
    let mut workspace = workspace(WorkspaceStatus::Active, None);
    workspace.details.license_type = Some(license_type);
    workspace.details.license_expiration = Some(DateTime::from_secs(second));
    workspace.details.free_trial_expiration = Some(DateTime::from_secs(second));
    workspace
}

/// Every diagnostic of this room, by the name of what makes it.
pub(crate) fn samples() -> Vec<(&'static str, Diagnostic)> {
    use WorkspaceStatus::*;
    let (id, now) = ("g-0123456789", Timestamp::UNIX_EPOCH);
    let amazon = Amazon::new(Default::default());
    let region: Region = "eu-central-1".parse().expect("a region");
    let error = || "Frankfurt!".parse::<Region>().expect_err("not a region");
    let ended =
        |why: Interrupted, held_up: Option<&str>| Ended::new(why, held_up.map(str::to_owned));
    let busy = "Workspace g-0123456789 was busy with another change (status UPGRADING).";
    let timed_out = ended(Interrupted::TimedOut(Duration::from_secs(1800)), Some(busy));
    let license = LicenseRequest {
        license_type: Value::Null,
        grafana_token: Value::Null,
        grafana_token_wo: Value::Null,
        grafana_token_wo_version: Value::Null,
    };
    let busy = || AssociationError::Ended(timed_out.clone());
    let failed = || AssociationError::Unchangeable(workspace(CreationFailed, None).into());
    let throttled = "AssociateLicense: AWS throttled the account (status 429).";
    let stopped = || AssociationError::Ended(ended(Interrupted::Stopped, Some(throttled)));
    let of = |status, reason| of_status(&workspace(status, reason), &amazon).expect("a warning");
    let mut all = vec![
        ("ends", ends(&ending(LicenseType::Enterprise, 900_000), None, now).expect("soon")),
        ("ends", ends(&ending(LicenseType::Enterprise, -1), None, now).expect("over")),
        (
            "ends",
            ends(&ending(LicenseType::EnterpriseFreeTrial, 900_000), None, now).expect("soon"),
        ),
        ("not_in_region", not_in_region(id, &region)),
        ("not_removed_from_region", not_removed_from_region(id, &region)),
        ("invalid_import_id", invalid_import_id("Expected a workspace ID.".to_owned())),
        ("former_state_without_id", former_state_without_id()),
        (
            "name_is_ambiguous",
            name_is_ambiguous("metrics", &region, &[id, "g-0123456780"], &amazon),
        ),
        ("no_such_name", no_such_name("metrics", &region, vec!["traces", "logs"], &amazon)),
        ("no_such_name", no_such_name("metrics", &region, Vec::new(), &amazon)),
        ("of_status", of(Degraded, Some("The license could not be checked."))),
        ("of_status", of(Degraded, None)),
        ("of_status", of(Upgrading, None)),
        ("of_status", of(UpgradeFailed, None)),
        ("of_status", of(LicenseRemovalFailed, None)),
        ("of_status", of(DeletionFailed, None)),
        ("of_status", of(Deleting, None)),
        ("of_status", of(UpdateFailed, None)),
        ("association_failed", association_failed(&workspace(UpgradeFailed, None))),
        ("disassociation_failed", disassociation_failed(&workspace(LicenseRemovalFailed, None))),
        ("not_yet_associated", not_yet_associated(&workspace(Upgrading, None), &stopped())),
        ("not_yet_associated", not_yet_associated(&workspace(Upgrading, None), &error().into())),
        ("not_yet_disassociated", not_yet_disassociated(&workspace(Updating, None), &busy())),
        ("not_associated", not_associated(busy(), &license)),
        ("not_associated", not_associated(failed(), &license)),
        ("not_associated", not_associated(error().into(), &license)),
        ("token_needed", token_needed(&error())),
        ("token_refused", token_refused(&error()).at(path!(grafana_token))),
        ("not_disassociated", not_disassociated(busy())),
        ("not_disassociated", not_disassociated(stopped())),
        ("associated_again", associated_again(id)),
        ("creation_failed", creation_failed(id)),
        ("other_type", other_type(id, "ENTERPRISE", &Quoted::constant("ENTERPRISE_FREE_TRIAL"))),
    ];
    let stays = [Kept::OtherHolder, Kept::Deposed, Kept::CreationBegun];
    all.extend(stays.map(|why| ("kept", kept(id, why))));
    all
}
