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
    const ALL: [Self; 4] = [Self::None, Self::Viewer, Self::Editor, Self::Admin];

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
        let text = Option::<String>::deserialize(deserializer)?.unwrap_or_default();
        Ok(Self::ALL.into_iter().find(|role| role.as_str().eq_ignore_ascii_case(&text)))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is not the name of a role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected Viewer, Editor, Admin or None, but got {0:?}")]
pub struct UnknownRole(
    /// The text.
    pub String,
);

impl FromStr for Role {
    type Err = UnknownRole;

    /// Reads a role as Grafana 8.4 does: in this case only.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|role| role.as_str() == text);
        named.ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_in_any_case_and_users_write_one() {
        #[derive(Deserialize)]
        struct Answer(#[serde(deserialize_with = "Role::tolerant")] Option<Role>);
        let read = |json: &str| serde_json::from_str::<Answer>(json).unwrap().0;
        assert_eq!(read(r#""viewer""#), Some(Role::Viewer));
        assert_eq!(read(r#""Boss""#), None);
        assert_eq!(read("null"), None);
        assert_eq!("Admin".parse::<Role>().unwrap().to_string(), "Admin");
        assert!("viewer".parse::<Role>().is_err());
        assert_eq!(serde_json::to_value(Role::Editor).unwrap(), "Editor");
    }

    #[test]
    fn unknown_roles_are_named() {
        assert_eq!("Boss".parse::<Role>(), Err(UnknownRole("Boss".to_owned())));
        assert!("".parse::<Role>().is_err());
    }
}
