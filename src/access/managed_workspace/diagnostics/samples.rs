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
        SignInFailure::Account(ServiceAccount { id, name, role, is_disabled })
    };
    let quota = |sweep| {
        let error = aws("ServiceQuotaExceededException");
        SignInFailure::Quota { error, sweep }
    };
    let setting = SettingsError { setting: "ca_cert", message: "is not PEM".to_owned() };
    let failures = [
        ("AccessDenied", SignInFailure::Aws(aws("AccessDeniedException"))),
        ("NotFound", SignInFailure::Aws(aws("ResourceNotFoundException"))),
        ("QuotaExceeded", SignInFailure::Aws(aws("ServiceQuotaExceededException"))),
        ("Internal", SignInFailure::Aws(aws("InternalServerException"))),
        ("Quota", quota(None)),
        ("Quota", quota(Some(aws("AccessDeniedException")))),
        (
            "NotReady",
            SignInFailure::NotReady { status: WorkspaceStatus::Deleting, is_unusable: true },
        ),
        (
            "NotReady",
            SignInFailure::NotReady { status: WorkspaceStatus::Upgrading, is_unusable: false },
        ),
        ("Account", account(true)),
        ("Account", account(false)),
        (
            "Endpoint",
            SignInFailure::Endpoint {
                endpoint: Quoted::constant("ftp://grafana"),
                error: "ftp://grafana".parse::<RootUrl>().expect_err("not a URL of Grafana"),
            },
        ),
        ("Setting", SignInFailure::Setting(setting)),
        ("Stopped", SignInFailure::Stopped),
        ("Released", SignInFailure::Released),
    ];
    failures.map(|(name, failure)| (name, failure.diagnostic(&target))).into()
}
