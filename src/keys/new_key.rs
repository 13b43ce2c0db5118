//! A key that is wanted, and why there is none.

use super::id::KeyId;
use crate::grafana::{Error, ErrorKind, Role};

/// A key that is wanted.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Unique in the organization.
    pub name: String,
    /// Whether the name is of [`generated_name`], so that nobody else can have given it.
    pub is_name_generated: bool,
    /// What it may do.
    pub role: Role,
    /// Seconds until it expires; `None` for never.
    pub lifetime: Option<i64>,
}

/// Why no key was created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreateError {
    /// Nothing is left behind.
    Failed(Error),
    /// This Grafana has no role `None`. Nothing is left behind.
    NoSuchRole(Error),
    /// A key or token has the name.
    NameTaken {
        /// The name.
        name: String,
        /// Who has it, if a list shows that.
        id: Option<KeyId>,
    },
    /// Something may be left behind that this run cannot prove to be its own.
    Left {
        /// What went wrong.
        error: Error,
        /// What may be left.
        left: Left,
    },
}

/// What may be left in Grafana, and has to be looked at by a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// An API key whose secret nobody has.
    ApiKey {
        /// Its name.
        name: String,
        /// Which it is, if a list shows it.
        id: Option<KeyId>,
    },
    /// A service account, perhaps with a token whose secret nobody has.
    ServiceAccount {
        /// Its name.
        name: String,
        /// Its id, if it is known.
        id: Option<i64>,
        /// Whether it may have been disabled to delete it.
        is_disabled: bool,
    },
}

impl From<Error> for CreateError {
    fn from(error: Error) -> Self {
        CreateError::Failed(error)
    }
}

impl CreateError {
    /// The error of a token that was to have that role.
    pub(super) fn of_role(self, role: Role) -> Self {
        match self {
            CreateError::Failed(error)
                if role == Role::None
                    && (error.is_not_offered() || *error.kind() == ErrorKind::Invalid) =>
            {
                CreateError::NoSuchRole(error)
            }
            other => other,
        }
    }
}
