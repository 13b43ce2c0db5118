//! What can go wrong when a license is renewed, in words for users.

use tfplugin::{Diagnostic, Interrupted, IntoDiagnostic, path};

use super::description::{describe, issued, name, shown};
use super::diagnostics::{by_id, why_ended};
use crate::grafana::{Claims, Error, ErrorKind};

pub(super) fn nothing_to_renew(url: &str) -> Diagnostic {
    let detail = format!("{url} has no license. Install one with `grafana_enterprise_license`.");
    Diagnostic::error("Nothing to renew", detail)
}

/// The license that is active is not the one of the resource, or a license without id.
pub(super) fn other_license_not_renewed(active: &Claims, own: &str) -> Diagnostic {
    let detail = format!(
        "`renew_triggers` changed, but the instance now has {}; this resource had {}. Nothing has been renewed. Set the token of the license that is to be \
         there, or import the one that is.",
        describe(active),
        by_id(&shown(active, own))
    );
    Diagnostic::error("The instance has another license", detail).at(path!(renew_triggers))
}

pub(super) fn not_renewed(error: Error) -> Diagnostic {
    const SUMMARY: &str = "Grafana could not renew its license";
    match error.kind() {
        ErrorKind::NotFound { .. } => {
            let detail = format!(
                "{error}. Grafana has nothing to renew: its license comes from disk or environment, or has been removed just now."
            );
            Diagnostic::error(SUMMARY, detail)
        }
        ErrorKind::Server | ErrorKind::Timeout { .. } => {
            let detail = format!(
                "{error}. Grafana itself fetches the fresh token from grafana.com, so it must be able to reach https://grafana.com, through a proxy if need be. Where it \
                 cannot, download the token from your Grafana Labs account and set it in `grafana_enterprise_license`. The present license stays."
            );
            Diagnostic::error(SUMMARY, detail)
        }
        _ => error.into_diagnostic(),
    }
}

pub(super) fn nothing_newer(before: &Claims, answers: usize) -> Diagnostic {
    let detail = format!(
        "Grafana accepted the renewal of license {}{}, but {answers} answers in a row show that same token. Its issuer may have nothing newer: a changed contract can \
         take a while to arrive there.",
        name(before),
        issued(before)
    );
    Diagnostic::warning("The license token has not changed", detail)
}

pub(super) fn fresh_token_not_shown(interrupted: Interrupted) -> Diagnostic {
    let detail = format!(
        "Grafana accepted the renewal, but before it showed the fresh token, {}. The next plan looks again.",
        why_ended(interrupted)
    );
    Diagnostic::warning("The fresh token is not shown yet", detail)
}
