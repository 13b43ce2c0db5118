//! The claims of a license token.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Generation;

const DAY: i64 = 86_400;

/// When ordinary licenses are issued. It does not move on, so that two of them are the same.
static ISSUED: LazyLock<i64> = LazyLock::new(|| Timestamp::now().as_second());

/// The claims of a license token, as the licensing API page names them. `None` leaves a claim out.
///
/// ```
/// use simulator::grafana::LicenseClaims;
///
/// let claims = LicenseClaims {
///     lid: Some("42".to_owned()),
///     included_users: None,
///     included_admins: Some(5),
///     included_viewers: Some(10),
///     ..LicenseClaims::for_instance("https://play.grafana.org/")
/// };
/// assert_eq!(claims.sub.as_deref(), Some("https://play.grafana.org/"));
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(
    missing_docs,
    reason = "the names are those of the claims; the units are told where it is not plain"
)]
pub struct LicenseClaims {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<i64>,
    /// Token id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// Root URL of the licensed instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// End of the token, Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// End of the license, Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lexp: Option<i64>,
    /// License id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub included_users: Option<i64>,
    /// With `included_viewers`, in place of `included_users` in older versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub included_admins: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub included_viewers: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lic_exp_warn_days: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tok_exp_warn_days: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_days: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prod: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_billing: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_concurrent_user_sessions: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trial: Option<bool>,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trial_exp: Option<i64>,
    #[serde(rename = "anonymousRatio", skip_serializing_if = "Option::is_none")]
    pub anonymous_ratio: Option<i64>,
    /// Claims nobody knows yet.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl LicenseClaims {
    /// An ordinary license of the instance with this root URL: 15 users, a token of a month, a license of a year.
    pub fn for_instance(root_url: &str) -> Self {
        let now = *ISSUED;
        Self {
            jti: Some("2".to_owned()),
            iss: Some("https://grafana.com".to_owned()),
            sub: Some(root_url.to_owned()),
            iat: Some(now),
            exp: Some(now + 30 * DAY),
            nbf: Some(now),
            lexp: Some(now + 365 * DAY),
            lid: Some("10500".to_owned()),
            limit_by: Some("users".to_owned()),
            included_users: Some(15),
            lic_exp_warn_days: Some(30),
            tok_exp_warn_days: Some(2),
            update_days: Some(1),
            prod: Some(vec!["grafana-enterprise".to_owned()]),
            company: Some("Example".to_owned()),
            account: Some("example".to_owned()),
            slug: Some("example".to_owned()),
            details_url: Some("https://grafana.com/orgs/example/licenses/10500".to_owned()),
            ..Self::default()
        }
    }

    /// Grants the users in the terms of versions before `included_users`.
    pub fn with_admins_and_viewers(self, admins: i64, viewers: i64) -> Self {
        Self {
            included_users: None,
            included_admins: Some(admins),
            included_viewers: Some(viewers),
            ..self
        }
    }

    /// Every field a generation shows, zero, empty or null where there is no claim.
    pub(super) fn shown(&self, generation: Generation) -> Map<String, Value> {
        let mut shown = zeros(generation);
        if let Ok(Value::Object(claims)) = serde_json::to_value(self) {
            shown.extend(claims);
        }
        shown
    }
}

/// What stands in place of claims when there are none to show.
pub(super) fn zeros(generation: Generation) -> Map<String, Value> {
    let mut zeros = object(json!({
        "status": 0, "jti": "", "iss": "", "sub": "", "iat": 0, "exp": 0, "nbf": 0, "lexp": 0, "lid": "",
        "limit_by": "", "lic_exp_warn_days": 0, "tok_exp_warn_days": 0, "update_days": 0, "prod": null, "company": "",
        "account": "", "slug": "", "usage_billing": false, "max_concurrent_user_sessions": 0, "details_url": "",
        "trial": false, "trial_exp": 0, "anonymousRatio": 0,
    }));
    zeros.extend(object(if generation == Generation::V8_4 {
        json!({"included_admins": 0, "included_viewers": 0})
    } else {
        json!({"included_users": 0})
    }));
    zeros
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_left_out_is_zero_when_shown() {
        let claims =
            LicenseClaims { lexp: None, prod: None, ..LicenseClaims::for_instance("http://x/") };
        let shown = claims.shown(Generation::V11_3);
        assert_eq!(shown["lexp"], 0);
        assert_eq!(shown["prod"], Value::Null);
        assert_eq!(shown["included_users"], 15);
        assert!(!shown.contains_key("included_admins"));
    }

    #[test]
    fn older_versions_count_admins_and_viewers() {
        let claims = LicenseClaims::for_instance("http://x/").with_admins_and_viewers(3, 4);
        let shown = claims.shown(Generation::V8_4);
        assert_eq!((&shown["included_admins"], &shown["included_viewers"]), (&json!(3), &json!(4)));
        assert!(!shown.contains_key("included_users"));
    }
}
