//! Organization roles.

use std::{fmt, str::FromStr};

use super::Generation;

/// The role of a user, API key or service account in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// No basic role (since 10.2).
    None,
    /// Reads.
    Viewer,
    /// Writes dashboards.
    Editor,
    /// Runs the organization.
    Admin,
}

impl Role {
    /// `None`, `Viewer`, `Editor`, `Admin`.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Viewer => "Viewer",
            Self::Editor => "Editor",
            Self::Admin => "Admin",
        }
    }

    /// The role a request names: 8.4 insists on the case, `None` came after 9.4.
    pub(super) fn requested(name: &str, generation: Generation) -> Option<Self> {
        let role = if generation == Generation::V8_4 {
            name.parse().ok()
        } else {
            Self::ALL.into_iter().find(|role| role.name().eq_ignore_ascii_case(name))
        };
        role.filter(|role| *role != Self::None || generation >= Generation::V10_4)
    }

    const ALL: [Self; 4] = [Self::None, Self::Viewer, Self::Editor, Self::Admin];
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no role's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no role {0:?}")]
pub struct UnknownRole(String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|role| role.name() == name);
        found.ok_or_else(|| UnknownRole(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_none_depend_on_the_generation() {
        assert_eq!(Role::requested("viewer", Generation::V8_4), None);
        assert_eq!(Role::requested("viewer", Generation::V9_4), Some(Role::Viewer));
        assert_eq!(Role::requested("None", Generation::V9_4), None);
        assert_eq!(Role::requested("None", Generation::V10_4), Some(Role::None));
        assert_eq!(Role::requested("Boss", Generation::V12_1), None);
    }
}
