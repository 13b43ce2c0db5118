//! The table of API keys and tokens.

use jiff::Timestamp;

use super::{
    CreatedKey, Database, Refusal,
    secret::{self, Form},
};
use crate::grafana::Role;

/// Rows a list of API keys has at most.
const LIST_LIMIT: usize = 100;

/// An API key, or with an account, a token.
pub(in crate::grafana) struct Key {
    pub(in crate::grafana) id: i64,
    pub(in crate::grafana) organization: i64,
    pub(in crate::grafana) name: String,
    /// Of an API key; a token has its account's.
    pub(in crate::grafana) role: Role,
    pub(in crate::grafana) created: Timestamp,
    pub(in crate::grafana) last_used: Option<Timestamp>,
    pub(in crate::grafana) expires: Option<Timestamp>,
    pub(in crate::grafana) account: Option<i64>,
    /// Grafana withdraws tokens that have leaked.
    pub(in crate::grafana) revoked: bool,
    pub(super) secret: String,
}

impl Key {
    pub(in crate::grafana) fn expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }
}

/// What a bearer token turned out to be.
pub(in crate::grafana) enum Lookup<'a> {
    Key(&'a mut Key),
    /// Its form is right, but there is no such key (any more).
    Gone,
    /// Neither key nor token, or a key whose name another one has now.
    Invalid,
}

impl Database {
    pub(in crate::grafana) fn create_api_key(
        &mut self,
        now: Timestamp,
        organization: i64,
        name: &str,
        role: Role,
        seconds_to_live: Option<i64>,
    ) -> Result<CreatedKey, Refusal> {
        let secret = secret::api_key(organization, name);
        self.insert_key(now, (organization, name), (role, None), seconds_to_live, secret)
    }

    /// API keys by name, at most 100 of them.
    pub(in crate::grafana) fn list_api_keys(
        &self,
        now: Timestamp,
        organization: i64,
        expired: bool,
    ) -> Vec<&Key> {
        let mut keys = self.all_api_keys(organization);
        keys.retain(|key| expired || !key.expired(now));
        keys.truncate(LIST_LIMIT);
        keys
    }

    pub(in crate::grafana) fn delete_api_key(
        &mut self,
        organization: i64,
        id: i64,
    ) -> Result<(), Refusal> {
        let key = self
            .keys
            .get(&id)
            .filter(|key| key.organization == organization && key.account.is_none());
        key.ok_or(Refusal::NotFound)?;
        self.keys.remove(&id);
        Ok(())
    }

    /// Every API key of the organization by name.
    pub(in crate::grafana) fn all_api_keys(&self, organization: i64) -> Vec<&Key> {
        let mine = |key: &&Key| key.organization == organization && key.account.is_none();
        let mut keys: Vec<_> = self.keys.values().filter(mine).collect();
        keys.sort_by(|a, b| a.name.cmp(&b.name));
        keys
    }

    pub(super) fn insert_key(
        &mut self,
        now: Timestamp,
        (organization, name): (i64, &str),
        (role, account): (Role, Option<i64>),
        seconds_to_live: Option<i64>,
        secret: String,
    ) -> Result<CreatedKey, Refusal> {
        let expires = self.end_of_life(now, seconds_to_live)?;
        if self.key_named(organization, name).is_some() {
            return Err(Refusal::DuplicateKey);
        }
        let id = self.next_key_id();
        let name = name.to_owned();
        let created = CreatedKey { id, name: name.clone(), key: secret.clone() };
        let key = Key {
            id,
            organization,
            name,
            role,
            created: now,
            last_used: None,
            expires,
            account,
            revoked: false,
            secret,
        };
        self.keys.insert(id, key);
        Ok(created)
    }

    /// The key or token of this name in the organization.
    pub(in crate::grafana) fn key_named(&self, organization: i64, name: &str) -> Option<&Key> {
        self.keys.values().find(|key| key.organization == organization && key.name == name)
    }

    /// Finds what a bearer token stands for.
    pub(in crate::grafana) fn look_up(&mut self, secret: &str) -> Lookup<'_> {
        match secret::form(secret) {
            Form::Neither => Lookup::Invalid,
            Form::Token => {
                let found = self.keys.values_mut().find(|key| key.secret == secret);
                found.map_or(Lookup::Gone, Lookup::Key)
            }
            Form::ApiKey { organization, name } => {
                let named = |key: &&mut Key| key.organization == organization && key.name == name;
                match self.keys.values_mut().find(named) {
                    None => Lookup::Gone,
                    Some(key) if key.secret == secret => Lookup::Key(key),
                    Some(_) => Lookup::Invalid,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn a_list_is_cut_at_a_hundred_names() {
        let mut database = Database::default();
        for number in (0..120).rev() {
            database.create_api_key(NOW, 1, &format!("{number:03}"), Role::Viewer, None).unwrap();
        }
        let keys = database.list_api_keys(NOW, 1, true);
        assert_eq!(keys.len(), 100);
        assert_eq!((keys[0].name.as_str(), keys[99].name.as_str()), ("000", "099"));
    }

    #[test]
    fn a_name_taken_again_does_not_revive_the_old_secret() {
        let mut database = Database::default();
        let old = database.create_api_key(NOW, 1, "a", Role::Viewer, None).unwrap();
        assert!(matches!(database.look_up(&old.key), Lookup::Key(_)));
        database.delete_api_key(1, old.id).unwrap();
        assert!(matches!(database.look_up(&old.key), Lookup::Gone));
        database.create_api_key(NOW, 1, "a", Role::Viewer, None).unwrap();
        assert!(matches!(database.look_up(&old.key), Lookup::Invalid));
    }

    #[test]
    fn a_limit_asks_for_a_life_below_it() {
        let mut database = Database { max_life: Some(60), ..Database::default() };
        let mut create =
            |seconds| database.create_api_key(NOW, 1, "a", Role::Viewer, seconds).map(|key| key.id);
        assert_eq!(create(None), Err(Refusal::LifeRequired));
        assert_eq!(create(Some(61)), Err(Refusal::LifeAboveLimit));
        assert_eq!(create(Some(-1)), Err(Refusal::NegativeLife));
        assert_eq!(create(Some(60)), Ok(1));
    }
}
