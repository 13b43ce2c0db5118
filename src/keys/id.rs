//! Which organization, and which key of it.

use std::fmt;
use std::str::FromStr;

use crate::grafana::Role;

tfplugin::text_type!(OrgId);
tfplugin::text_type!(Role, &["Viewer", "Editor", "Admin", "None"]);

/// Id of an organization, as `org_id` holds it. 0 is the organization that a token belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrgId(i64);

/// A text that is not the id of an organization.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected the id of an organization, such as \"1\", or \"0\" for the token's own, but got {0:?}"
)]
pub struct InvalidOrgId(String);

/// A key for good: numbers survive a migration to a service account token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyId {
    /// Its organization.
    pub org: OrgId,
    /// Its number in Grafana.
    pub number: i64,
}

/// A text that is not the id of a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Expected `ID` or `ORG:ID`, such as `7` or `1:7`, with the ID that Grafana's list of keys or tokens shows, but got {0:?}."
)]
pub struct InvalidKeyId(String);

impl OrgId {
    /// As Grafana has it.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }
}

impl From<i64> for OrgId {
    fn from(number: i64) -> Self {
        OrgId(number)
    }
}

impl FromStr for OrgId {
    type Err = InvalidOrgId;

    /// Reads a number in its one spelling: `01` and `+1` are not ids.
    fn from_str(text: &str) -> Result<Self, InvalidOrgId> {
        let number = text.parse().ok().filter(|org: &i64| *org >= 0 && org.to_string() == text);
        number.map(OrgId).ok_or_else(|| InvalidOrgId(text.to_owned()))
    }
}

impl fmt::Display for OrgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.org, self.number)
    }
}

/// Reads `ORG:NUMBER`, or `NUMBER` of an organization that is not named.
///
/// # Errors
/// When it is neither, or the number cannot be one of a key.
pub fn parse_key_id(text: &str) -> Result<(Option<OrgId>, i64), InvalidKeyId> {
    let invalid = || InvalidKeyId(text.to_owned());
    let (org, number) = match text.split_once(':') {
        Some((org, number)) => (Some(org.parse().map_err(|_| invalid())?), number),
        None => (None, text),
    };
    let number = number.parse().ok().filter(|number| *number > 0).ok_or_else(invalid)?;
    Ok((org, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organizations_are_numbers_in_one_spelling() {
        assert_eq!("0".parse(), Ok(OrgId(0)));
        assert_eq!("12".parse(), Ok(OrgId(12)));
        for wrong in ["", "01", "+1", "-1", "one", "1 "] {
            assert!(wrong.parse::<OrgId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_organization_of_a_key_may_be_left_out() {
        assert_eq!(parse_key_id("7"), Ok((None, 7)));
        assert_eq!(parse_key_id("0:7"), Ok((Some(OrgId(0)), 7)));
        assert_eq!(parse_key_id("2:7"), Ok((Some(OrgId(2)), 7)));
        for wrong in ["", ":", "a", "1:", ":7", "1:2:3", "-1:7", "1:0", "1:a"] {
            assert!(parse_key_id(wrong).is_err(), "{wrong}");
        }
        assert_eq!(KeyId { org: OrgId(2), number: 7 }.to_string(), "2:7");
    }
}
