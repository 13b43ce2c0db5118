//! What a license says.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::http::{Quoted, Redactor};

/// The claims of a license, from its token or from Grafana. Missing, zero, false and empty claims
/// are all absent, because Grafana writes each of these for what a license does not have; unknown
/// ones are ignored, because they come and go without notice.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Claims {
    /// `status`: Grafana's status code for the license, only in its answers.
    pub status: Option<i64>,
    /// `jti`: id of the token, new with each refresh.
    pub token_id: Option<String>,
    /// `iss`: `https://grafana.com`.
    pub issuer: Option<String>,
    /// `sub`: the root URL that is licensed.
    pub subject: Option<String>,
    /// `iat`: when the token was made.
    pub issued_at: Option<Timestamp>,
    /// `exp`: when the token ends, which is long before the license does.
    pub token_expires_at: Option<Timestamp>,
    /// `nbf`: when the token begins.
    pub not_before: Option<Timestamp>,
    /// `lexp`: when the license ends.
    pub expires_at: Option<Timestamp>,
    /// `lid`: id of the license, the same after a refresh.
    pub license_id: Option<String>,
    /// `limit_by`: what is counted, `users`.
    pub limit_by: Option<String>,
    /// `included_users`.
    pub included_users: Option<i64>,
    /// `included_admins`: in older versions, in place of `included_users`.
    pub included_admins: Option<i64>,
    /// `included_viewers`: likewise.
    pub included_viewers: Option<i64>,
    /// `lic_exp_warn_days`: how many days before its end the license is warned about.
    pub license_expiry_warning_days: Option<i64>,
    /// `tok_exp_warn_days`: how many days before its end the token is warned about.
    pub token_expiry_warning_days: Option<i64>,
    /// `update_days`: how many days lie between refreshes.
    pub update_days: Option<i64>,
    /// `prod`: `["grafana-enterprise"]`.
    pub products: Option<Vec<String>>,
    /// `company`.
    pub company: Option<String>,
    /// `account`.
    pub account: Option<String>,
    /// `slug`.
    pub slug: Option<String>,
    /// `usage_billing`.
    pub usage_billing: Option<bool>,
    /// `max_concurrent_user_sessions`.
    pub max_concurrent_user_sessions: Option<i64>,
    /// `details_url`.
    pub details_url: Option<String>,
    /// `trial`.
    pub trial: Option<bool>,
    /// `trial_exp`: when the trial ends.
    pub trial_expires_at: Option<Timestamp>,
    /// `anonymousRatio`.
    pub anonymous_ratio: Option<f64>,
    /// How they are shown. It is no claim.
    pub shown: Shown,
}

/// Keeps the secrets of a run, which a server may have put into a claim, out of what is shown of it. By default there
/// are none to keep.
#[derive(Clone, Debug, Default)]
pub struct Shown(Option<Redactor>);

impl Shown {
    pub(super) fn by(redactor: &Redactor) -> Self {
        Self(Some(redactor.clone()))
    }

    /// A claim, fit to be shown.
    #[must_use]
    pub fn quote(&self, claim: &str) -> Quoted {
        self.0.as_ref().unwrap_or(&Redactor::default()).quote(claim)
    }
}

/// No two claims differ by it.
impl PartialEq for Shown {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Claims {
    pub(super) fn read(json: &Map<String, Value>) -> Self {
        let of = |name: &str| Claim(json.get(name).unwrap_or(&Value::Null));
        Self {
            status: of("status").whole(),
            token_id: of("jti").text(),
            issuer: of("iss").text(),
            subject: of("sub").text(),
            issued_at: of("iat").time(),
            token_expires_at: of("exp").time(),
            not_before: of("nbf").time(),
            expires_at: of("lexp").time(),
            license_id: of("lid").text(),
            limit_by: of("limit_by").text(),
            included_users: of("included_users").whole(),
            included_admins: of("included_admins").whole(),
            included_viewers: of("included_viewers").whole(),
            license_expiry_warning_days: of("lic_exp_warn_days").whole(),
            token_expiry_warning_days: of("tok_exp_warn_days").whole(),
            update_days: of("update_days").whole(),
            products: of("prod").texts(),
            company: of("company").text(),
            account: of("account").text(),
            slug: of("slug").text(),
            usage_billing: of("usage_billing").yes(),
            max_concurrent_user_sessions: of("max_concurrent_user_sessions").whole(),
            details_url: of("details_url").text(),
            trial: of("trial").yes(),
            trial_expires_at: of("trial_exp").time(),
            anonymous_ratio: of("anonymousRatio").number(),
            shown: Shown::default(),
        }
    }

    /// Whether there is no claim at all, `status` aside: how it says that there is no
    /// license.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let without_status = Self { status: None, ..self.clone() };
        without_status == Self::default()
    }

    /// Whether there is a claim that only licenses have.
    pub(super) fn is_of_license(&self) -> bool {
        self.license_id.is_some()
            || self.expires_at.is_some()
            || self.products.is_some()
            || self.limit_by.is_some()
            || self.included_users.is_some()
            || self.included_admins.is_some()
            || self.included_viewers.is_some()
    }
}

/// One claim, of whatever JSON type.
struct Claim<'a>(&'a Value);

impl Claim<'_> {
    fn text(&self) -> Option<String> {
        match self.0 {
            Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()).filter(|text| text != "0"),
            _ => None,
        }
    }

    fn texts(&self) -> Option<Vec<String>> {
        let texts: Vec<_> = match self.0 {
            Value::Array(items) => items.iter().filter_map(|item| Claim(item).text()).collect(),
            _ => self.text().into_iter().collect(),
        };
        (!texts.is_empty()).then_some(texts)
    }

    fn number(&self) -> Option<f64> {
        let number = match self.0 {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.filter(|number| number.is_finite() && *number != 0.0)
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "fractions are cut off on purpose, and the cast saturates"
    )]
    fn whole(&self) -> Option<i64> {
        let exact = match self.0 {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        exact.or_else(|| self.number().map(|number| number as i64)).filter(|number| *number != 0)
    }

    fn yes(&self) -> Option<bool> {
        let yes = match self.0 {
            Value::Bool(yes) => *yes,
            Value::String(text) => text.trim().eq_ignore_ascii_case("true") || text.trim() == "1",
            Value::Number(_) => self.number().is_some(),
            _ => false,
        };
        yes.then_some(true)
    }

    fn time(&self) -> Option<Timestamp> {
        if let Some(seconds) = self.whole() {
            return Timestamp::from_second(seconds)
                .ok()
                .filter(|time| *time > Timestamp::UNIX_EPOCH);
        }
        let text = self.0.as_str()?;
        text.parse().ok().filter(|time| *time > Timestamp::UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(json: Value) -> Claims {
        Claims::read(json.as_object().unwrap())
    }

    #[test]
    fn every_claim_is_read() {
        let claims = read(json!({
            "status": 1, "jti": "10500", "iss": "https://grafana.com", "sub": "https://play.grafana.org/",
            "iat": 1_700_000_000, "exp": 1_700_100_000, "nbf": 1_690_000_000, "lexp": 1_800_000_000, "lid": "10000",
            "limit_by": "users", "included_users": 150, "included_admins": 10, "included_viewers": 20,
            "lic_exp_warn_days": 30, "tok_exp_warn_days": 2, "update_days": 1, "prod": ["grafana-enterprise"],
            "company": "Play", "account": "acc", "slug": "play", "usage_billing": true,
            "max_concurrent_user_sessions": 3, "details_url": "https://grafana.com/x", "trial": true,
            "trial_exp": 1_750_000_000, "anonymousRatio": 1, "new_claim": {"a": 1},
        }));
        let time = |seconds| Some(Timestamp::from_second(seconds).unwrap());
        let text = |text: &str| Some(text.to_owned());
        let expected = Claims {
            status: Some(1),
            token_id: text("10500"),
            issuer: text("https://grafana.com"),
            subject: text("https://play.grafana.org/"),
            issued_at: time(1_700_000_000),
            token_expires_at: time(1_700_100_000),
            not_before: time(1_690_000_000),
            expires_at: time(1_800_000_000),
            license_id: text("10000"),
            limit_by: text("users"),
            included_users: Some(150),
            included_admins: Some(10),
            included_viewers: Some(20),
            license_expiry_warning_days: Some(30),
            token_expiry_warning_days: Some(2),
            update_days: Some(1),
            products: Some(vec!["grafana-enterprise".to_owned()]),
            company: text("Play"),
            account: text("acc"),
            slug: text("play"),
            usage_billing: Some(true),
            max_concurrent_user_sessions: Some(3),
            details_url: text("https://grafana.com/x"),
            trial: Some(true),
            trial_expires_at: time(1_750_000_000),
            anonymous_ratio: Some(1.0),
            shown: Shown::default(),
        };
        assert_eq!(claims, expected);
    }

    #[test]
    fn missing_zero_empty_and_null_are_absent() {
        let zero = json!({
            "status": 0, "jti": "", "iss": "", "sub": "", "iat": 0, "exp": 0, "nbf": 0, "lexp": 0, "lid": "", "limit_by": "",
            "included_users": 0, "lic_exp_warn_days": 0, "prod": null, "company": "", "usage_billing": false,
            "max_concurrent_user_sessions": 0, "trial": false, "trial_exp": 0, "anonymousRatio": 0,
        });
        for json in [zero, json!({}), json!({"prod": [], "status": 3})] {
            let claims = read(json);
            assert!(claims.is_empty(), "{claims:?}");
            assert_eq!((claims.expires_at, claims.trial, claims.products), (None, None, None));
        }
        assert!(!read(json!({"lid": "1"})).is_empty());
    }

    #[test]
    fn other_json_types_are_understood() {
        let claims = read(json!({
            "lid": 10000, "included_users": "150", "lexp": 1.8e9, "exp": "1700100000", "iat": "2023-11-14T22:13:20Z",
            "prod": "grafana-enterprise", "trial": "true", "anonymousRatio": "0.5", "update_days": 1.9,
        }));
        assert_eq!(claims.license_id.as_deref(), Some("10000"));
        assert_eq!(claims.included_users, Some(150));
        assert_eq!(claims.expires_at.map(Timestamp::as_second), Some(1_800_000_000));
        assert_eq!(claims.token_expires_at.map(Timestamp::as_second), Some(1_700_100_000));
        assert_eq!(claims.issued_at.map(Timestamp::as_second), Some(1_700_000_000));
        assert_eq!(claims.products, Some(vec!["grafana-enterprise".to_owned()]));
        assert_eq!(
            (claims.trial, claims.anonymous_ratio, claims.update_days),
            (Some(true), Some(0.5), Some(1))
        );
    }

    #[test]
    fn nonsense_is_absent() {
        let claims = read(json!({
            "lid": {}, "included_users": "many", "lexp": 9.9e30, "exp": i64::MAX, "iat": [1], "prod": {}, "trial": [],
            "nbf": -86_400,
        }));
        assert!(claims.is_empty(), "{claims:?}");
    }
}
