//! Basic roles in an organization.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// A basic role of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Role {
    /// No basic role (newer Grafana, service accounts only): permissions are given one by one.
    None,
    /// May look.
    Viewer,
    /// May change dashboards.
    Editor,
    /// May do everything in the organization.
    Admin,
}

impl Role {
    /// As Grafana writes it. Grafana 8.4 accepts no other case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Viewer => "Viewer",
            Self::Editor => "Editor",
            Self::Admin => "Admin",
        }
    }

    /// A role in an answer; one that is not known here is nothing rather than a failed list.
    pub(super) fn tolerant<'de, D>(deserializer: D) -> Result<Option<Self>, D::Error>
    where
        D: Deserializer<'de>,
    {
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(text.and_then(|text| text.parse().ok()))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no role of Grafana: it has to be Viewer, Editor, Admin or (service accounts only) None"
)]
pub struct UnknownRole(
    /// The text.
    pub String,
);

impl FromStr for Role {
    type Err = UnknownRole;

    /// Reads a role in any case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::None, Self::Viewer, Self::Editor, Self::Admin]
            .into_iter()
            .find(|role| role.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_case_is_read_and_one_is_written() {
        assert_eq!("viewer".parse(), Ok(Role::Viewer));
        assert_eq!("ADMIN".parse::<Role>().unwrap().to_string(), "Admin");
        assert_eq!(serde_json::to_value(Role::Editor).unwrap(), "Editor");
    }

    #[test]
    fn unknown_roles_are_named() {
        assert_eq!("Boss".parse::<Role>(), Err(UnknownRole("Boss".to_owned())));
        assert!("".parse::<Role>().is_err());
    }
}
