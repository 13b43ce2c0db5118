//! The database of a simulated Grafana: organizations, users, API keys, service accounts and their tokens.

mod api_keys;
mod migration;
mod organizations;
mod secret;
mod service_accounts;
mod tokens;
mod users;

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;

pub(super) use self::{
    api_keys::{Key, Lookup},
    organizations::Organization,
    service_accounts::{Account, AccountChange, NewAccount},
    users::{Login, User},
};

/// An API key or token just made: the only time its secret is known.
#[derive(Clone, PartialEq, Eq)]
pub struct CreatedKey {
    /// One sequence numbers API keys and tokens.
    pub id: i64,
    /// Unique in the organization among API keys and tokens.
    pub name: String,
    /// The secret.
    pub key: String,
}

impl fmt::Debug for CreatedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, name, .. } = self;
        f.debug_struct("CreatedKey").field("id", id).field("name", name).finish_non_exhaustive()
    }
}

/// Why the database refused something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An API key or token of the organization has the name.
    #[error("an API key or token of the organization has this name")]
    DuplicateKey,
    /// A service account has the login that follows from the name.
    #[error("a service account has this name")]
    DuplicateAccount,
    /// An organization has the name.
    #[error("an organization has this name")]
    DuplicateOrganization,
    /// A user has the login.
    #[error("a user has this login")]
    DuplicateUser,
    /// `secondsToLive` is negative.
    #[error("a life cannot be negative")]
    NegativeLife,
    /// `api_key_max_seconds_to_live` is set and there is no `secondsToLive`.
    #[error("a life must be given")]
    LifeRequired,
    /// `secondsToLive` is above `api_key_max_seconds_to_live`.
    #[error("the life is above the limit")]
    LifeAboveLimit,
    /// No such organization, user, key, account or token, or it belongs to another organization.
    #[error("there is no such thing")]
    NotFound,
}

#[derive(Default)]
pub(super) struct Database {
    organizations: BTreeMap<i64, Organization>,
    users: BTreeMap<i64, User>,
    accounts: BTreeMap<i64, Account>,
    keys: BTreeMap<i64, Key>,
    last_organization: i64,
    /// Users and service accounts are rows of one table.
    last_user: i64,
    /// API keys and tokens are rows of one table.
    last_key: i64,
    /// The largest life of a key, in seconds.
    max_life: Option<i64>,
}

impl Database {
    /// Empty, with a limit on the life of keys in seconds.
    pub(super) fn new(max_life: Option<i64>) -> Self {
        Self { max_life, ..Self::default() }
    }

    /// When a key of this life ends; the rules are the same for API keys and tokens.
    fn end_of_life(
        &self,
        now: Timestamp,
        seconds: Option<i64>,
    ) -> Result<Option<Timestamp>, Refusal> {
        let seconds = seconds.unwrap_or(0);
        if let Some(limit) = self.max_life {
            if seconds == 0 {
                return Err(Refusal::LifeRequired);
            }
            if seconds > limit {
                return Err(Refusal::LifeAboveLimit);
            }
        }
        match seconds {
            0 => Ok(None),
            ..0 => Err(Refusal::NegativeLife),
            _ => {
                let end = Timestamp::from_second(now.as_second().saturating_add(seconds));
                Ok(Some(end.unwrap_or(Timestamp::MAX)))
            }
        }
    }

    fn next_user_id(&mut self) -> i64 {
        self.last_user += 1;
        self.last_user
    }

    fn next_key_id(&mut self) -> i64 {
        self.last_key += 1;
        self.last_key
    }
}
