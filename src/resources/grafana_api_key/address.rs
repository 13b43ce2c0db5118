//! Which key: its organization and its number.

use std::fmt;

use tfplugin::{Diagnostic, Identity, path};

use super::schema::{self, ApiKey};

/// Organization and number of a key, `ORG:ID`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// The organization; 0 is the one that the provider's token belongs to.
    pub org: i64,
    /// The number, which survives a migration to a service account token.
    pub key: i64,
}

/// What names a key for good.
#[derive(Clone, Debug, PartialEq, Eq, Identity)]
pub struct ApiKeyIdentity {
    /// Id of the organization; `0` is the one that the provider's token belongs to.
    #[identity(required)]
    pub org_id: String,
    /// Number of the key, or of the service account token that it became.
    #[identity(required)]
    pub key_id: i64,
}

impl Address {
    /// The key that a state is about.
    ///
    /// # Errors
    /// When its `id` is none.
    pub(super) fn of(state: &ApiKey) -> Result<Self, Diagnostic> {
        let id = state.id.known().map_or("", String::as_str);
        Self::read(id).filter(|_| id.contains(':')).ok_or_else(|| {
            let detail = format!("The state's `id` is {id:?}, but should be `ORG:ID`.");
            Diagnostic::error("Unexpected id in the state", detail).at(path!(id))
        })
    }

    /// Reads what a user imports: `ORG:ID`, or `ID` in the default organization.
    pub(super) fn parse(
        text: &str,
        default_org: impl FnOnce() -> Result<i64, Diagnostic>,
    ) -> Result<Self, Diagnostic> {
        let address = Self::read(text).ok_or_else(|| {
            Diagnostic::error(
                "Invalid import id",
                format!(
                    "Expected `ID` or `ORG:ID`, such as `7` or `1:7`, with the id that Grafana's list of keys or tokens \
                     shows, but got {text:?}."
                ),
            )
        })?;
        match text.contains(':') {
            true => Ok(address),
            false => Ok(Address { org: default_org()?, ..address }),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let (org, key) = text.split_once(':').unwrap_or(("0", text));
        let key = key.parse().ok().filter(|key: &i64| *key > 0)?;
        Some(Address { org: schema::org(org).ok()?, key })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.org, self.key)
    }
}

impl ApiKeyIdentity {
    pub(super) fn address(&self) -> Result<Address, Diagnostic> {
        let wrong = |why| Diagnostic::error("Invalid organization", why).at(path!(org_id));
        let org = schema::org(&self.org_id).map_err(wrong)?;
        if self.key_id <= 0 {
            let detail = format!("Expected the number of a key, but got {}.", self.key_id);
            return Err(Diagnostic::error("Invalid key", detail).at(path!(key_id)));
        }
        Ok(Address { org, key: self.key_id })
    }
}

impl From<Address> for ApiKeyIdentity {
    fn from(address: Address) -> Self {
        ApiKeyIdentity { org_id: address.org.to_string(), key_id: address.key }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organization_may_be_left_out() {
        let parse = |text| Address::parse(text, || Ok(5)).map(|address| address.to_string()).ok();
        assert_eq!(parse("7").as_deref(), Some("5:7"));
        assert_eq!(parse("0:7").as_deref(), Some("0:7"));
        assert_eq!(parse("2:7").as_deref(), Some("2:7"));
        for wrong in ["", ":", "a", "1:", ":7", "1:2:3", "-1:7", "1:0", "1:a"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_state_names_its_organization() {
        let state = |id: &str| ApiKey { id: id.into(), ..ApiKey::default() };
        assert_eq!(Address::of(&state("0:6")).unwrap(), Address { org: 0, key: 6 });
        assert!(Address::of(&state("6")).is_err());
    }
}
