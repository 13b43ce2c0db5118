use std::time::Duration;

use tfplugin::Diagnostic;

use super::*;
use crate::grafana::license_token::NotJwt;
use crate::grafana::{ErrorKind, RootUrl, license_token};
use crate::license::renew_diagnostics::*;

/// A license as most have it.
pub(in crate::license) fn license() -> Claims {
    Claims {
        license_id: Some("10001".to_owned()),
        company: Some("Example Inc".to_owned()),
        subject: Some(OTHER.to_owned()),
        issued_at: Some(time("2026-01-01T00:00:00Z")),
        token_expires_at: Some(time("2026-12-01T00:00:00Z")),
        expires_at: Some(time("2027-01-01T00:00:00Z")),
        included_users: Some(50),
        status: Some(3),
        ..Claims::default()
    }
}

pub(in crate::license) fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

const URL: &str = "https://grafana.example.com/";
const OTHER: &str = "https://other.example.com/";

fn tally() -> Tally {
    let mut tally = Tally::default();
    tally.count(&Ok(Observation { claims: Some(license()), valid: true }));
    tally.count(&Ok(Observation::default()));
    tally
}

/// Every diagnostic of this room, by the name of what makes it.
pub(crate) fn samples() -> Vec<(&'static str, Diagnostic)> {
    let license = license();
    let end = time("2027-01-01T00:00:00Z");
    let error = |kind| Error::new(kind);
    let timed_out = Interrupted::TimedOut(Duration::from_secs(300));
    let shown = |why| {
        let unfinished = NotEverywhere { why, tally: tally(), last: Observation::default() };
        not_everywhere(&unfinished, &self::license())
    };
    let invalid_url = "ftp://grafana".parse::<RootUrl>().expect_err("not a URL of Grafana");
    let stays = [
        Kept::Replaced,
        Kept::CreationPlanned,
        Kept::CreationBegun,
        Kept::HeldThisRun,
        Kept::OtherHolder,
        Kept::Deposed,
        Kept::CreationFailed,
    ];
    let mut all = vec![
        ("invalid_token", invalid_token(LicenseTokenError::Empty)),
        ("invalid_token", invalid_token(LicenseTokenError::NotJwt(NotJwt::Bearer))),
        ("invalid_token", invalid_token(license_token::LicenseTokenError::NoLicenseClaims)),
        ("no_token", no_token()),
        ("expired_token", expired_token(&license, end)),
        ("expired_token_of_valid_license", expired_token_of_valid_license(&license, end)),
        ("not_yet_valid", not_yet_valid(&license, end)),
        ("other_product", other_product(&license, &["grafana-loki".to_owned()])),
        ("other_product", other_product(&license, &[])),
        ("refused_token", refused_token(&error(ErrorKind::Invalid), &license, URL)),
        ("wrong_instance", wrong_instance(OTHER, URL)),
        ("license_of_another_instance", license_of_another_instance(&license, OTHER, URL)),
        ("license_not_for", license_not_for(&license, OTHER, URL)),
        ("invalid_import_id", invalid_import_id(&invalid_url)),
        ("import_from_another_instance", import_from_another_instance(OTHER, URL)),
        ("nothing_to_import", nothing_to_import(URL)),
        ("nodes_differ", nodes_differ(&tally())),
        ("nodes_differ_for_now", nodes_differ_for_now(&tally(), true)),
        ("nodes_differ_for_now", nodes_differ_for_now(&tally(), false)),
        ("license_not_shown", license_not_shown()),
        ("not_refreshed_here", not_refreshed_here(OTHER, URL)),
        ("not_valid", not_valid(&license, Some(URL))),
        ("not_valid", not_valid(&license, Some(OTHER))),
        ("license_expires", license_expires(&license, end, Some(14))),
        ("license_expires", license_expires(&license, end, None)),
        ("token_not_refreshed", token_not_refreshed(&license, end, false)),
        ("token_not_refreshed", token_not_refreshed(&license, end, true)),
        ("too_many_users", too_many_users(&license, &["60 active users, 50 included".to_owned()])),
        ("installed_by_another", installed_by_another(&license, URL)),
        ("has_another_license", has_another_license(&license, URL)),
        ("there_after_failure", there_after_failure(Some(&license), true, URL)),
        ("there_after_failure", there_after_failure(Some(&license), false, URL)),
        ("there_after_failure", there_after_failure(None, true, URL)),
        ("not_everywhere", shown(NotShown::NotValid)),
        ("not_everywhere", shown(NotShown::Interrupted(timed_out))),
        ("not_everywhere", shown(NotShown::Interrupted(Interrupted::Stopped))),
        ("not_everywhere", shown(NotShown::Failed(error(ErrorKind::Server)))),
        ("left_other_license", left_other_license(&license)),
        ("left_unproven", left_unproven(&license)),
        ("left_unidentified", left_unidentified()),
        ("left_other_license", left_other_license(&Claims { license_id: None, ..self::license() })),
        ("left_on_other_instance", left_on_other_instance(OTHER, URL)),
        ("license_of_other_url", license_of_other_url(&error(ErrorKind::Invalid), URL, OTHER)),
        ("still_there", still_there(&license)),
        ("not_gone_everywhere", not_gone_everywhere(&tally(), timed_out)),
        (
            "from_elsewhere",
            from_elsewhere(&Observation { claims: Some(self::license()), valid: true }),
        ),
        ("nothing_to_renew", nothing_to_renew(URL)),
        ("not_renewed", not_renewed(error(ErrorKind::NotFound { unknown_path: false }))),
        ("not_renewed", not_renewed(error(ErrorKind::Server))),
        ("other_license_not_renewed", other_license_not_renewed(&license, "10500")),
        ("nothing_newer", nothing_newer(&license, 16)),
        ("fresh_token_not_shown", fresh_token_not_shown(timed_out)),
    ];
    all.extend(stays.map(|why| ("kept", kept(why))));
    all
}
