//! Users, and who may sign in with a password.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{Database, Refusal};
use crate::grafana::Role;

/// So many wrong passwords within [`LOCK`] lock a user.
const ATTEMPTS: usize = 5;
const LOCK: SignedDuration = SignedDuration::from_mins(5);

pub(in crate::grafana) struct User {
    pub(in crate::grafana) id: i64,
    pub(in crate::grafana) login: String,
    pub(in crate::grafana) name: String,
    pub(in crate::grafana) email: String,
    pub(in crate::grafana) server_admin: bool,
    pub(in crate::grafana) organizations: BTreeMap<i64, Role>,
    /// Permissions beside those of role and administrator (Enterprise).
    pub(in crate::grafana) permissions: BTreeSet<String>,
    pub(in crate::grafana) created: Timestamp,
    password: String,
    wrong_passwords: Vec<Timestamp>,
}

/// The outcome of a sign-in with a password.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::grafana) enum Login {
    User(i64),
    Wrong,
    Locked,
}

impl Database {
    pub(in crate::grafana) fn create_user(
        &mut self,
        now: Timestamp,
        login: &str,
        password: &str,
    ) -> Result<&mut User, Refusal> {
        if self.users.values().any(|user| user.login == login) {
            return Err(Refusal::DuplicateUser);
        }
        let id = self.next_user_id();
        let user = User {
            id,
            login: login.to_owned(),
            name: String::new(),
            email: String::new(),
            server_admin: false,
            organizations: BTreeMap::new(),
            permissions: BTreeSet::new(),
            created: now,
            password: password.to_owned(),
            wrong_passwords: Vec::new(),
        };
        Ok(self.users.entry(id).or_insert(user))
    }

    pub(in crate::grafana) fn user(&self, id: i64) -> Option<&User> {
        self.users.get(&id)
    }

    pub(in crate::grafana) fn user_mut(&mut self, id: i64) -> Option<&mut User> {
        self.users.get_mut(&id)
    }

    pub(in crate::grafana) fn user_by_login(&mut self, login: &str) -> Option<&mut User> {
        self.users.values_mut().find(|user| user.login == login || user.email == login)
    }

    /// Five wrong passwords within five minutes lock the user, right password or not. `forgiving` Grafanas forget
    /// wrong ones after a right one.
    pub(in crate::grafana) fn log_in(
        &mut self,
        now: Timestamp,
        login: &str,
        password: &str,
        forgiving: bool,
    ) -> Login {
        let Some(user) = self.user_by_login(login).filter(|_| !login.is_empty()) else {
            return Login::Wrong;
        };
        user.wrong_passwords.retain(|at| now.duration_since(*at) < LOCK);
        if user.wrong_passwords.len() >= ATTEMPTS {
            return Login::Locked;
        }
        if user.password != password {
            user.wrong_passwords.push(now);
            return Login::Wrong;
        }
        if forgiving {
            user.wrong_passwords.clear();
        }
        Login::User(user.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn database() -> Database {
        let mut database = Database::default();
        database.create_user(at(0), "u", "right").unwrap();
        database
    }

    #[test]
    fn five_wrong_passwords_lock_for_five_minutes() {
        let mut database = database();
        for _ in 0..5 {
            assert_eq!(database.log_in(at(10), "u", "wrong", false), Login::Wrong);
        }
        assert_eq!(database.log_in(at(11), "u", "right", false), Login::Locked);
        assert_eq!(database.log_in(at(309), "u", "right", false), Login::Locked);
        assert_eq!(database.log_in(at(310), "u", "right", false), Login::User(1));
    }

    #[test]
    fn a_right_password_is_forgiving_only_where_it_is_said() {
        for (forgiving, after) in [(true, Login::User(1)), (false, Login::Locked)] {
            let mut database = database();
            for _ in 0..4 {
                database.log_in(at(0), "u", "wrong", forgiving);
            }
            assert_eq!(database.log_in(at(1), "u", "right", forgiving), Login::User(1));
            database.log_in(at(2), "u", "wrong", forgiving);
            assert_eq!(database.log_in(at(3), "u", "right", forgiving), after);
        }
    }
}
