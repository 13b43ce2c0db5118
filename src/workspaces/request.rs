//! The license that a configuration asks for.

use secrecy::{ExposeSecret, SecretString};
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

    /// The token from Grafana Labs without white space around it, such as the end of a file's line, and the
    /// attribute that gives it.
    pub(crate) fn token(&self) -> Option<(SecretString, AttributePath)> {
        let given = |token: &Value<Secret>, attribute: AttributePath| {
            let token = SecretString::from(token.known()?.clone());
            Some((token.expose_secret().trim().into(), attribute))
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

/// Checks that it can be a token from Grafana Labs, which is sent in a header.
pub(crate) fn is_grafana_token(token: &str) -> Result<(), &'static str> {
    let token = token.trim();
    match (1..=36).contains(&token.chars().count()) && !token.contains(char::is_control) {
        true => Ok(()),
        false => {
            Err("Expected a token of 1 to 36 characters, none of which is a control character.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_may_come_from_a_file_of_one_line() {
        let uuid = "0f0f0f0f-0000-4000-8000-0123456789ab";
        for token in ["t", uuid, &format!("{uuid}\r\n"), " t "] {
            assert_eq!(is_grafana_token(token), Ok(()), "{token:?}");
        }
        for wrong in ["", "\n", "one\ntwo", "t\0", &format!("{uuid}x")] {
            assert!(is_grafana_token(wrong).is_err(), "{wrong:?}");
        }
    }
}
