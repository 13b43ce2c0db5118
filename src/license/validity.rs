//! Whether a license is valid, and for how long: what speaks against sending a token, as far as that
//! can be told before Grafana is asked, and what to warn of while a license is there.

use jiff::Timestamp;
use tfplugin::{Diagnostic, path};

use super::description::PRODUCT;
use super::diagnostics;
use super::token::LicenseToken;
use crate::grafana::{ActiveUsers, Claims, Licensing};

/// How many days before their ends Grafana warns if the license does not say.
const LICENSE_DAYS: i64 = 30;
const TOKEN_DAYS: i64 = 2;
/// In seconds.
const DAY: i64 = 24 * 3600;

/// What speaks against a token: errors where Grafana would refuse it, warnings where it may accept it.
pub(super) fn of_token(token: &LicenseToken, now: Timestamp) -> Vec<Diagnostic> {
    let found = of_claims(token.claims(), now);
    found.into_iter().map(|diagnostic| diagnostic.at(token.path())).collect()
}

fn of_claims(claims: &Claims, now: Timestamp) -> Vec<Diagnostic> {
    let has_expired = claims.expires_at.is_some_and(|end| end <= now);
    let products = claims.products.as_deref().unwrap_or_default();
    let token_end = claims.token_expires_at.filter(|end| *end <= now && !has_expired);
    let found = [
        claims
            .expires_at
            .filter(|_| has_expired)
            .map(|end| diagnostics::expired_token(claims, end)),
        claims
            .not_before
            .filter(|begin| *begin > now)
            .map(|begin| diagnostics::not_yet_valid(claims, begin)),
        (!products.iter().any(|p| p == PRODUCT))
            .then(|| diagnostics::other_product(claims, products)),
        token_end.map(|end| diagnostics::expired_token_of_valid_license(claims, end)),
    ];
    found.into_iter().flatten().collect()
}

/// What a reviewer should know of the license that is there, unless a plan changes it.
#[derive(Debug, Default)]
pub(super) struct Concerns {
    /// Of its terms: the end, the number of users.
    pub(super) terms: Vec<Diagnostic>,
    /// Of its token: that nobody refreshes it, that it is not valid.
    pub(super) token: Vec<Diagnostic>,
}

/// What is to be said of the license that is there; `days` is when to begin, if that is configured.
pub(super) async fn concerns(
    claims: &Claims,
    days: Option<i64>,
    licensing: &Licensing,
) -> Concerns {
    let now = Timestamp::now();
    let mut terms = Vec::from_iter(license_expires(claims, days, now));
    if claims.included_users.or(claims.included_admins).or(claims.included_viewers).is_some()
        && let Ok(users) = licensing.refresh_stats().await
    {
        terms.extend(too_many_users(claims, &users));
    }
    Concerns { terms, token: Vec::from_iter(token_expires(claims, now)) }
}

/// Whole days from one time to another; negative if that is past.
pub(crate) fn days_between(now: Timestamp, end: Timestamp) -> i64 {
    end.duration_since(now).as_secs().div_euclid(DAY)
}

/// Whether the license or its token has expired.
pub(super) fn has_expired(claims: &Claims) -> bool {
    let ends = [claims.expires_at, claims.token_expires_at];
    ends.into_iter().flatten().any(|end| end <= Timestamp::now())
}

fn is_within(now: Timestamp, end: Timestamp, days: i64) -> bool {
    end.duration_since(now).as_secs() <= days.saturating_mul(DAY)
}

fn license_expires(claims: &Claims, days: Option<i64>, now: Timestamp) -> Option<Diagnostic> {
    let end = claims.expires_at?;
    let days = days.or(claims.license_expiry_warning_days).unwrap_or(LICENSE_DAYS);
    is_within(now, end, days).then(|| {
        let left = (end > now).then(|| days_between(now, end));
        diagnostics::license_expires(claims, end, left).at(path!(expires_at))
    })
}

fn token_expires(claims: &Claims, now: Timestamp) -> Option<Diagnostic> {
    let end = claims.token_expires_at?;
    let license_has_expired = claims.expires_at.is_some_and(|end| end <= now);
    let days = claims.token_expiry_warning_days.unwrap_or(TOKEN_DAYS);
    (!license_has_expired && is_within(now, end, days)).then(|| {
        diagnostics::token_not_refreshed(claims, end, end <= now).at(path!(token_expires_at))
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
    (!over.is_empty()).then(|| diagnostics::too_many_users(claims, &over))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i64) -> Timestamp {
        Timestamp::from_second(day * DAY).unwrap()
    }

    fn good() -> Claims {
        Claims {
            license_id: Some("1".to_owned()),
            products: Some(vec![PRODUCT.to_owned()]),
            expires_at: Some(day(200)),
            ..Claims::default()
        }
    }

    fn summaries(claims: &Claims) -> Vec<(bool, String)> {
        let found = of_claims(claims, day(100));
        found.into_iter().map(|d| (d.is_error(), d.summary)).collect()
    }

    #[test]
    fn a_good_token_is_not_refused() {
        assert_eq!(summaries(&good()), []);
    }

    #[test]
    fn each_reason_is_reported() {
        let error = |claims: Claims, part: &str| {
            let found = summaries(&claims);
            assert!(found.len() == 1 && found[0].0 && found[0].1.contains(part), "{found:?}");
        };
        error(Claims { expires_at: Some(day(100)), ..good() }, "has expired");
        error(Claims { not_before: Some(day(101)), ..good() }, "not valid yet");
        error(Claims { products: None, ..good() }, "another product");
        error(Claims { products: Some(vec!["x".to_owned()]), ..good() }, "another product");
    }

    #[test]
    fn an_expired_token_is_a_warning_while_the_license_goes_on() {
        let claims = Claims { token_expires_at: Some(day(99)), ..good() };
        assert_eq!(summaries(&claims), [(false, "The license token has expired".to_owned())]);
    }

    #[test]
    fn the_end_of_the_license_is_reported_in_time() {
        let claims = |warn| Claims {
            expires_at: Some(day(100)),
            license_expiry_warning_days: warn,
            ..Claims::default()
        };
        let warned = |days, warn, today| license_expires(&claims(warn), days, day(today)).is_some();
        assert!(!warned(None, None, 69));
        assert!(warned(None, None, 70), "30 days by default");
        assert!(!warned(None, Some(10), 70), "the claim decides");
        assert!(warned(Some(31), Some(10), 69), "the configuration decides over it");
        assert!(!warned(Some(0), None, 99));
        assert_eq!(
            license_expires(&claims(None), None, day(101)).unwrap().summary,
            "The license has expired"
        );
    }

    #[test]
    fn a_claim_beyond_all_time_warns_all_the_time() {
        let claims = Claims {
            expires_at: Some(day(100)),
            license_expiry_warning_days: Some(i64::MAX),
            token_expires_at: Some(day(100)),
            token_expiry_warning_days: Some(1_000_000_000_000_000),
            ..Claims::default()
        };
        assert!(license_expires(&claims, None, day(1)).is_some());
        assert!(token_expires(&claims, day(1)).is_some());
    }

    #[test]
    fn a_token_at_its_end_is_reported_while_the_license_goes_on() {
        let claims = Claims {
            token_expires_at: Some(day(10)),
            expires_at: Some(day(100)),
            ..Claims::default()
        };
        assert!(token_expires(&claims, day(7)).is_none());
        assert!(token_expires(&claims, day(8)).is_some());
        assert!(token_expires(&claims, day(101)).is_none());
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
