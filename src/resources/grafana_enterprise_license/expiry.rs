//! What a plan should warn about before it is too late.

use jiff::Timestamp;
use tfplugin::{Diagnostic, path};

use super::EnterpriseLicense;
use crate::claims;
use crate::grafana::{ActiveUsers, Claims, Licensing};

const LICENSE_DAYS: i64 = 30;
const TOKEN_DAYS: i64 = 2;
/// In seconds.
const DAY: i64 = 24 * 3600;

/// Warnings about the license that is there.
pub(super) async fn warnings(
    claims: &Claims,
    state: &EnterpriseLicense,
    licensing: &Licensing,
) -> Vec<Diagnostic> {
    let now = Timestamp::now();
    let asked = state.expiry_warning_days.known().copied();
    let mut found = Vec::from_iter(license_ends(claims, asked, now));
    found.extend(token_ends(claims, now));
    if claims.included_users.or(claims.included_admins).or(claims.included_viewers).is_some()
        && let Ok(users) = licensing.refresh_stats().await
    {
        found.extend(too_many_users(claims, &users));
    }
    found
}

/// Whole days from one time to another; negative if that is past.
pub(crate) fn days_between(now: Timestamp, end: Timestamp) -> i64 {
    end.duration_since(now).as_secs().div_euclid(DAY)
}

/// Whether the license or its token has ended, which is told as such.
pub(super) fn has_ended(claims: &Claims) -> bool {
    let ends = [claims.expires_at, claims.token_expires_at];
    ends.into_iter().flatten().any(|end| end <= Timestamp::now())
}

fn is_within(now: Timestamp, end: Timestamp, days: i64) -> bool {
    end.duration_since(now).as_secs() <= days.saturating_mul(DAY)
}

fn license_ends(claims: &Claims, asked: Option<i64>, now: Timestamp) -> Option<Diagnostic> {
    let end = claims.expires_at?;
    let days = asked.or(claims.license_warning_days).unwrap_or(LICENSE_DAYS);
    is_within(now, end, days).then(|| {
        let name = claims::name(claims);
        let (summary, when) = if end <= now {
            ("The license has ended", format!("License {name} ended at {end}."))
        } else {
            let left = days_between(now, end);
            ("The license ends soon", format!("License {name} ends at {end}, in {left} days."))
        };
        let detail = format!(
            "{when} Get the renewed license's token from your Grafana Labs account and put it in the configuration. \
             (`expiry_warning_days` says when this warning begins.)"
        );
        Diagnostic::warning(summary, detail).at(path!(expires_at))
    })
}

fn token_ends(claims: &Claims, now: Timestamp) -> Option<Diagnostic> {
    let end = claims.token_expires_at?;
    let license_has_ended = claims.expires_at.is_some_and(|end| end <= now);
    let days = claims.token_warning_days.unwrap_or(TOKEN_DAYS);
    (!license_has_ended && is_within(now, end, days)).then(|| {
        let ends = if end <= now { "ended" } else { "ends" };
        let detail = format!(
            "The active token of license {} {ends} at {end}, and Grafana has not refreshed it. Is `auto_refresh_license` on, and can Grafana reach grafana.com? \
             Without a fresh token the license stops working then, though it goes on itself.",
            claims::name(claims)
        );
        Diagnostic::warning("The license token is not being refreshed", detail)
            .at(path!(token_expires_at))
    })
}

fn too_many_users(claims: &Claims, users: &ActiveUsers) -> Option<Diagnostic> {
    let limits = [
        ("users", users.active_users, claims.included_users),
        ("administrators and editors", users.active_admins_and_editors, claims.included_admins),
        ("viewers", users.active_viewers, claims.included_viewers),
    ];
    let over: Vec<String> = limits
        .into_iter()
        .filter_map(|(who, active, included)| Some((who, active?, included?)))
        .filter(|(_, active, included)| active > included)
        .map(|(who, active, included)| format!("{active} active {who}, {included} included"))
        .collect();
    (!over.is_empty()).then(|| {
        let detail = format!(
            "License {}: {}. Remove users that are no longer needed, or get a larger license.",
            claims::name(claims),
            over.join("; ")
        );
        Diagnostic::warning("More active users than the license includes", detail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i64) -> Timestamp {
        Timestamp::from_second(day * DAY).unwrap()
    }

    #[test]
    fn the_end_of_the_license_is_told_in_time() {
        let claims = |warn| Claims {
            expires_at: Some(day(100)),
            license_warning_days: warn,
            ..Claims::default()
        };
        let warned = |asked, warn, today| license_ends(&claims(warn), asked, day(today)).is_some();
        assert!(!warned(None, None, 69));
        assert!(warned(None, None, 70), "30 days by default");
        assert!(!warned(None, Some(10), 70), "the claim decides");
        assert!(warned(Some(31), Some(10), 69), "the configuration decides over it");
        assert!(!warned(Some(0), None, 99));
        assert_eq!(
            license_ends(&claims(None), None, day(101)).unwrap().summary,
            "The license has ended"
        );
    }

    #[test]
    fn a_claim_beyond_all_time_warns_all_the_time() {
        let claims = Claims {
            expires_at: Some(day(100)),
            license_warning_days: Some(i64::MAX),
            token_expires_at: Some(day(100)),
            token_warning_days: Some(1_000_000_000_000_000),
            ..Claims::default()
        };
        assert!(license_ends(&claims, None, day(1)).is_some());
        assert!(token_ends(&claims, day(1)).is_some());
    }

    #[test]
    fn a_token_at_its_end_is_told_while_the_license_goes_on() {
        let claims = Claims {
            token_expires_at: Some(day(10)),
            expires_at: Some(day(100)),
            ..Claims::default()
        };
        assert!(token_ends(&claims, day(7)).is_none());
        assert!(token_ends(&claims, day(8)).is_some());
        assert!(token_ends(&claims, day(101)).is_none());
    }

    #[test]
    fn users_are_counted_by_what_the_license_names() {
        let users = ActiveUsers {
            active_users: Some(16),
            active_admins_and_editors: Some(3),
            active_viewers: Some(13),
            active_anonymous_devices: None,
        };
        let told = |claims: Claims| too_many_users(&claims, &users).map(|d| d.detail);
        let included = |users| Claims { included_users: Some(users), ..Claims::default() };
        assert!(told(included(15)).unwrap().contains("16 active users, 15 included"));
        assert_eq!(told(included(16)), None);
        let older =
            Claims { included_admins: Some(2), included_viewers: Some(13), ..Claims::default() };
        assert!(told(older).unwrap().contains("3 active administrators and editors, 2 included"));
    }

    #[test]
    fn days_are_whole_and_negative_when_past() {
        assert_eq!(days_between(day(1), day(3)), 2);
        assert_eq!(days_between(day(3), day(1)), -2);
    }
}
