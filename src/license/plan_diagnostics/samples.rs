use tfplugin::Diagnostic;

use super::*;
use crate::grafana::ErrorKind;
use crate::license::diagnostics::samples::{license, time};

/// Every diagnostic of a plan, by the name of what makes it.
pub(crate) fn samples() -> Vec<(&'static str, Diagnostic)> {
    let (active, mut new) = (license(), license());
    new.license_id = Some("10002".to_owned());
    let lost = ["fewer users (25 instead of 50)".to_owned()];
    let error = Error::new(ErrorKind::Server);
    let (issued, later) = (time("2026-01-01T00:00:00Z"), time("2026-02-01T00:00:00Z"));
    vec![
        ("older_token", older_token(&new, issued, later, &lost)),
        ("older_token", older_token(&new, issued, later, &[])),
        ("unsent_token", unsent_token(&new, true)),
        ("unsent_token", unsent_token(&new, false)),
        ("not_checked", not_checked(&error)),
        ("new_instance_not_there", new_instance_not_there(&error)),
        ("replaces", replaces(&active, &new, &lost, true)),
        ("replaces", replaces(&active, &new, &[], false)),
        ("reduced", reduced(&new, &lost)),
        ("planned_twice", planned_twice(&new, &["10001".to_owned()])),
        ("adopts", adopts(&active)),
        ("removes", removes(&active, "https://grafana.example.com/")),
        ("planned_after_removal", planned_after_removal()),
        ("another_license_now", another_license_now(&new, "10001")),
        ("another_license_now", another_license_now(&new, "")),
        ("reasserts", reasserts()),
        ("cannot_reassert", cannot_reassert()),
    ]
}
