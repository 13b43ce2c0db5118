//! What users write, and what the state holds.

use serde_json::Value as Json;
use tfplugin::{Diagnostic, Schema, Secret, Value, path};

/// `backend` of a key by itself.
pub const BACKEND_API_KEY: &str = "api_key";

/// `backend` of a key that is a token of a service account.
pub const BACKEND_SERVICE_ACCOUNT: &str = "service_account";

/// An API key of one organization, on every generation of Grafana.
///
/// Grafana made API keys up to 11.2 and has moved them into service accounts since. The same
/// configuration works throughout: where Grafana makes no API keys any more, this makes a service
/// account with the key's name and role that holds one token, and a key that Grafana migrates in an
/// upgrade is found again, with the same secret and nothing to change. `backend` tells which it is.
///
/// A key that has expired, or is within `early_rotation_window_seconds` of it, is replaced by the
/// next plan. With `name_prefix` in place of `name` and `create_before_destroy`, the new key is
/// there before the old one goes.
///
/// Destroying a key removes the service account that was made for it, unless that holds other tokens
/// by then. The account of an imported token stays.
///
/// The secret is stored in the state. The ephemeral resource of the same name stores nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Schema)]
#[resource(
    "grafana_api_key",
    version = 0,
    timeouts(create = "5m", read = "5m", update = "5m", delete = "5m")
)]
pub struct ApiKey {
    /// `ORG:ID`: organization and number of the key.
    #[attr(computed, use_state_for_unknown)]
    pub id: Value<String>,
    /// Id of the organization. Default: `org_id` of the provider, else `1`, or `0` when the provider
    /// signs in with a token, which belongs to one organization. A change replaces the key.
    #[attr(optional, computed, use_state_for_unknown, replace, validate = |text| org(text).map(drop))]
    pub org_id: Value<String>,
    /// Name, unique among the keys and service account tokens of the organization. One of `name` and
    /// `name_prefix` is needed. A change replaces the key.
    #[attr(optional, computed, use_state_for_unknown, replace, length(1..=190), conflicts(name_prefix))]
    pub name: Value<String>,
    /// Beginning of a name that is made up for each key, so that a new key can be made before the
    /// old one is destroyed. A change replaces the key.
    #[attr(optional, replace, length(1..=160))]
    pub name_prefix: Value<String>,
    /// What the key may do: `Viewer`, `Editor` or `Admin`. A change replaces an API key; where a
    /// service account stands behind the key, it changes in place.
    #[attr(required, one_of("Viewer", "Editor", "Admin"))]
    pub role: Value<String>,
    /// Life of the key in seconds; without it the key never expires. Grafana may limit it
    /// (`api_key_max_seconds_to_live`); Amazon Managed Grafana requires one of at most 2592000 (30
    /// days). A change replaces the key, except that setting it for an imported key changes nothing
    /// but the state.
    #[attr(optional, replace, range(0..))]
    pub seconds_to_live: Value<i64>,
    /// How many seconds before its expiration the key is replaced by the next plan. Default: only
    /// after it.
    #[attr(optional, range(0..))]
    pub early_rotation_window_seconds: Value<i64>,
    /// The secret, which Grafana shows only when it makes the key; null after an import.
    #[attr(computed, use_state_for_unknown, sensitive)]
    pub key: Value<Secret>,
    /// When the key expires, as an RFC 3339 time; null if never.
    #[attr(computed, use_state_for_unknown)]
    pub expiration: Value<String>,
    /// Whether the key had expired when it was last read. The next plan replaces it then.
    #[attr(computed, use_state_for_unknown)]
    pub has_expired: Value<bool>,
    /// Whether the key had expired, or was within `early_rotation_window_seconds` of it, when it was
    /// last read. The next plan replaces it then.
    #[attr(computed, use_state_for_unknown)]
    pub ready_for_rotation: Value<bool>,
    /// What the key is in Grafana: `api_key`, or `service_account` for a token of a service account.
    #[attr(computed, use_state_for_unknown)]
    pub backend: Value<String>,
    /// Id of the service account that holds the key; null for an API key.
    #[attr(computed, use_state_for_unknown)]
    pub service_account_id: Value<i64>,
}

/// Reads the id of an organization.
pub(super) fn org(text: &str) -> Result<i64, String> {
    let expected = || {
        format!(
            "Expected the number of an organization, such as \"1\", or \"0\" for the token's own, but got {text:?}."
        )
    };
    text.parse().ok().filter(|org: &i64| *org >= 0 && org.to_string() == text).ok_or_else(expected)
}

/// Reads `org_id`.
pub(crate) fn org_at_attribute(text: &str) -> Result<i64, Diagnostic> {
    org(text).map_err(|why| Diagnostic::error("Invalid organization", why).at(path!(org_id)))
}

/// The state that the provider grafana/grafana stored; what it did not know is read by the next refresh.
pub(super) fn from_official(state: &Json) -> ApiKey {
    let text = |name: &str| state[name].as_str().map(str::to_owned);
    ApiKey {
        id: text("id").into(),
        org_id: text("org_id").into(),
        name: text("name").into(),
        role: text("role").into(),
        seconds_to_live: state["seconds_to_live"].as_i64().into(),
        key: text("key").map(Secret::from).into(),
        expiration: text("expiration").into(),
        ..ApiKey::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organizations_are_numbers_in_one_spelling() {
        assert_eq!(org("0"), Ok(0));
        assert_eq!(org("12"), Ok(12));
        for wrong in ["", "01", "+1", "-1", "one", "1 "] {
            assert!(org(wrong).is_err(), "{wrong}");
        }
    }
}
