use tfplugin::Diagnostic;

use super::*;
use crate::amazon::error_samples;
use crate::grafana::RootUrl;

/// Every reason why there is no sign-in to a workspace.
pub(crate) fn samples() -> Vec<(&'static str, Diagnostic)> {
    let target =
        Target { workspace_id: "g-0123456789".to_owned(), role: "Admin".to_owned(), region: None };
    let aws = |code| {
        let found = error_samples().into_iter().find(|(name, _)| *name == code);
        found.expect("a sample").1
    };
    let account = |is_disabled| {
        let (id, name, role) = ("3".to_owned(), names::account(&target.role), "Viewer".to_owned());
        Failure::Account(ServiceAccount { id, name, role, is_disabled })
    };
    let quota = |sweep| {
        let error = aws("ServiceQuotaExceededException");
        Failure::Quota { error, sweep }
    };
    let setting = SettingsError { setting: "ca_cert", message: "is not PEM".to_owned() };
    let failures = [
        ("AccessDenied", Failure::Aws(aws("AccessDeniedException"))),
        ("NotFound", Failure::Aws(aws("ResourceNotFoundException"))),
        ("QuotaExceeded", Failure::Aws(aws("ServiceQuotaExceededException"))),
        ("Internal", Failure::Aws(aws("InternalServerException"))),
        ("Quota", quota(None)),
        ("Quota", quota(Some(aws("AccessDeniedException")))),
        ("NotReady", Failure::NotReady { status: WorkspaceStatus::Deleting, is_unusable: true }),
        ("NotReady", Failure::NotReady { status: WorkspaceStatus::Upgrading, is_unusable: false }),
        ("Account", account(true)),
        ("Account", account(false)),
        (
            "Endpoint",
            Failure::Endpoint {
                endpoint: Quoted::constant("ftp://grafana"),
                error: "ftp://grafana".parse::<RootUrl>().expect_err("not a URL of Grafana"),
            },
        ),
        ("Setting", Failure::Setting(setting)),
        ("Stopped", Failure::Stopped),
        ("Released", Failure::Released),
    ];
    failures.map(|(name, failure)| (name, failure.diagnostic(&target))).into()
}
