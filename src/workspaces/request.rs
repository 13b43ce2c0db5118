//! The license that a configuration asks for.

use secrecy::SecretString;
use tfplugin::{AttributePath, Secret, Value, path};

use super::ENTERPRISE;

/// What a resource says of its license, in a configuration, a plan or a state.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LicenseRequest {
    pub(crate) license_type: Value<String>,
    pub(crate) grafana_token: Value<Secret>,
    /// Only in configurations and plans.
    pub(crate) grafana_token_wo: Value<Secret>,
    pub(crate) grafana_token_wo_version: Value<i64>,
}

impl LicenseRequest {
    /// Type of the license.
    pub(crate) fn license_type(&self) -> &str {
        self.license_type.known().map_or(ENTERPRISE, String::as_str)
    }

    /// The token from Grafana Labs, and the attribute that gives it.
    pub(crate) fn token(&self) -> Option<(SecretString, AttributePath)> {
        let given = |token: &Value<Secret>, attribute: AttributePath| {
            token.known().map(|token| (SecretString::from(token.clone()), attribute))
        };
        let stored = given(&self.grafana_token, path!(grafana_token));
        stored.or_else(|| given(&self.grafana_token_wo, path!(grafana_token_wo)))
    }

    /// Whether the token is given in a way that keeps it out of the state.
    pub(crate) fn hides_token(&self) -> bool {
        let is_write_only =
            self.grafana_token_wo.is_known() || self.grafana_token_wo_version.is_known();
        is_write_only && !self.grafana_token.is_known()
    }

    /// What a plan shows in place of a token that was in the state: `None` leaves it there.
    pub(crate) fn planned_token(&self) -> Option<Value<Secret>> {
        match self.hides_token() {
            true => Some(Value::Null),
            false => self.grafana_token_wo.is_unknown().then_some(Value::Unknown),
        }
    }

    /// Whether a license that was asked for by `prior` is the same, so that AWS has nothing to do.
    pub(crate) fn is_provided_by(&self, prior: &Self) -> bool {
        self.license_type == prior.license_type
            && self.grafana_token == prior.grafana_token
            && self.grafana_token_wo_version == prior.grafana_token_wo_version
    }
}
