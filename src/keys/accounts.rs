//! Service accounts that hold one key each.
//!
//! An account that is created for a key has a name that is used once, `KEY-terraform-RANDOM`. So it
//! never meets an account of somebody else, what a lost answer has left is recognised, and its login,
//! which Grafana makes of the first name and never changes, says for good what it was created for.
//!
//! An account that an interrupted run left without a token is taken up by the next run: that gives
//! it a new name, and a run whose token is not in an account that still has its name gives it up.
//! Whoever deletes an account disables it first and looks again. So of two who act at once, one sees
//! the other; and a token in an account that was taken up is never deleted on a guess.

use super::new_key::{CreateError, Left, NewKey};
use super::organization::Organization;
use super::unique::{Found, NotCreated, create_unique, random};
use crate::grafana::{Error, ServiceAccount, ServiceAccountChanges, ServiceAccountToken};
use crate::http::CarriedOut;

/// Stands between the key's name and the random part.
const MARK: &str = "-terraform-";

/// Stands there instead when the key is left to its expiry.
pub(super) const LEFT: &str = "-terraform-left-";

/// How many random letters and digits follow.
const RANDOM: usize = 10;

/// How much of the key's name is taken: a login has 190 characters at most.
const LONGEST: usize = 150;

/// An account that this run has given its name.
#[derive(Clone, Debug)]
pub(super) struct AccountForKey {
    pub(super) id: i64,
    /// The name that only this run knows.
    pub(super) name: String,
    /// Whether an interrupted run created it.
    pub(super) is_taken_up: bool,
}

impl AccountForKey {
    /// It, where it may be left behind.
    pub(super) fn left(&self, is_disabled: bool) -> Left {
        Left::ServiceAccount { name: self.name.clone(), id: Some(self.id), is_disabled }
    }
}

/// Why an account was not deleted.
#[derive(Debug)]
pub(super) struct NotDeleted {
    pub(super) error: Error,
    /// Whether it was enabled before and may not be now.
    pub(super) is_left_disabled: bool,
}

impl From<Error> for NotDeleted {
    fn from(error: Error) -> Self {
        NotDeleted { error, is_left_disabled: false }
    }
}

impl Organization {
    /// An account for a new key, without a token in it.
    pub(super) async fn account_for(&self, new: &NewKey) -> Result<AccountForKey, CreateError> {
        if let Some(ServiceAccount { id, .. }) = self.account_left_for(new).await? {
            let name = one_time_name(&new.name);
            let changes = ServiceAccountChanges { name: Some(name.clone()), ..Default::default() };
            self.service_accounts().update(id, &changes).await?;
            return Ok(AccountForKey { id, name, is_taken_up: true });
        }
        self.create_account(new).await
    }

    /// A new account for a key, without a token in it.
    pub(super) async fn create_account(&self, new: &NewKey) -> Result<AccountForKey, CreateError> {
        let (accounts, name) = (self.service_accounts(), one_time_name(&new.name));
        let create = || accounts.create(&name, new.role);
        let look = || async {
            let found = self.for_cleanup().service_accounts().search(&name).await?;
            let found = found.into_iter().find(|account| account.name == name);
            Ok(found.map_or(Found::Nothing, Found::Usable))
        };
        let created = create_unique(self.client.attempts(), create, look).await;
        self.forget_accounts();
        match created {
            Ok(account) => Ok(AccountForKey { id: account.id, name, is_taken_up: false }),
            Err(NotCreated::Failed(error) | NotCreated::NameTaken(error)) => Err(error.into()),
            Err(NotCreated::Unproven { lost, id }) => Err(CreateError::Left {
                error: lost,
                left: Left::ServiceAccount { name, id, is_disabled: false },
            }),
        }
    }

    /// An account that a run created for a key of that name and role, and was interrupted before
    /// there was a token in it.
    async fn account_left_for(&self, new: &NewKey) -> Result<Option<ServiceAccount>, Error> {
        if new.is_name_generated {
            return Ok(None);
        }
        let found =
            self.service_accounts().search(&format!("{}{MARK}", start_of(&new.name))).await?;
        let is_left = |account: &ServiceAccount| {
            account.tokens == Some(0)
                && !account.is_disabled
                && account.role == Some(new.role)
                && is_created_for(&new.name, account)
        };
        Ok(found.into_iter().find(is_left))
    }

    /// Whether an account still has the name that this run gave it, and is enabled: nobody else uses
    /// it, or is about to delete it.
    pub(super) async fn is_still_own(&self, account: &AccountForKey) -> Result<bool, Error> {
        let found = self.service_accounts().get(account.id).await?;
        Ok(found.is_some_and(|found| found.name == account.name && !found.is_disabled))
    }

    /// Deletes an account unless there is a token in it that is not to go with it. `false`: there is,
    /// and the account is as it was: disabled or not.
    pub(super) async fn delete_account(
        &self,
        id: i64,
        was_disabled: bool,
        goes_too: impl Fn(&ServiceAccountToken) -> bool,
    ) -> Result<bool, NotDeleted> {
        let deleted = match self.set_disabled(id, true).await {
            Err(error) if error.is_missing() => Ok(true),
            Err(error) if error.carried_out() == CarriedOut::No => return Err(error.into()),
            Err(error) => Err(error),
            Ok(()) => self.delete_disabled(id, goes_too).await,
        };
        self.forget_accounts();
        if deleted == Ok(true) || was_disabled {
            return deleted.map_err(NotDeleted::from);
        }
        match self.for_cleanup().set_disabled(id, false).await {
            Err(error) if !error.is_missing() => {
                Err(NotDeleted { error: deleted.err().unwrap_or(error), is_left_disabled: true })
            }
            _ => deleted.map_err(NotDeleted::from),
        }
    }

    /// Sends the deletion again only after another look at the tokens.
    async fn delete_disabled(
        &self,
        id: i64,
        goes_too: impl Fn(&ServiceAccountToken) -> bool,
    ) -> Result<bool, Error> {
        let (accounts, mut attempts) = (self.service_accounts(), self.client.attempts());
        loop {
            if !accounts.tokens(id).await?.iter().all(&goes_too) {
                return Ok(false);
            }
            match accounts.delete(id).await {
                Ok(_) => return Ok(true),
                Err(mut error) => {
                    if !attempts.wait_after(&mut error).await {
                        return Err(error);
                    }
                }
            }
        }
    }

    async fn set_disabled(&self, id: i64, is_disabled: bool) -> Result<(), Error> {
        let changes =
            ServiceAccountChanges { is_disabled: Some(is_disabled), ..Default::default() };
        self.service_accounts().update(id, &changes).await.map(drop)
    }
}

/// As much of a key's name as the account's name begins with.
fn start_of(key: &str) -> String {
    key.chars().take(LONGEST).collect()
}

fn one_time_name(key: &str) -> String {
    marked_name(key, MARK)
}

/// The name of the account of a key that is left to its expiry.
pub(super) fn left_name(key: &str) -> String {
    marked_name(key, LEFT)
}

/// Whether that is the name of the account of a key that was left to its expiry.
pub(super) fn is_left_name(key: &str, name: &str) -> bool {
    let random = name.strip_prefix(&start_of(key)).and_then(|rest| rest.strip_prefix(LEFT));
    random.is_some_and(is_random)
}

fn is_random(text: &str) -> bool {
    text.len() == RANDOM && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn marked_name(key: &str, mark: &str) -> String {
    format!("{}{mark}{}", start_of(key), random(RANDOM))
}

/// Whether the account was created for the key of that name: by this provider, or by Grafana's
/// migration. The login says so, even if the account is renamed.
pub(super) fn is_created_for(key: &str, account: &ServiceAccount) -> bool {
    let is_from_migration = || {
        let Some(rest) = account.login.strip_prefix("sa-autogen-") else { return false };
        let name = rest.split_once('-').map_or("", |(_, name)| name);
        name.eq_ignore_ascii_case(key) || account.name.strip_prefix("sa-autogen-") == Some(key)
    };
    let is_from_here = || {
        let Some((start, random)) = account.login.rsplit_once(MARK) else { return false };
        let dashed = start_of(key).to_lowercase().replace(' ', "-");
        let Some(name) = start.strip_prefix("sa-") else { return false };
        // Later Grafana puts the organization in between.
        let without_org = name.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix('-');
        is_random(random) && (name == dashed || without_org == Some(&*dashed))
    };
    is_from_migration() || is_from_here()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str, login: &str) -> ServiceAccount {
        serde_json::from_value(serde_json::json!({"id": 7, "name": name, "login": login})).unwrap()
    }

    #[test]
    fn a_login_says_what_an_account_was_created_for() {
        for login in ["sa-ci-key-terraform-4k2j8x9q1z", "sa-12-ci-key-terraform-4k2j8x9q1z"] {
            assert!(is_created_for("CI key", &account("renamed", login)), "{login}");
            assert!(!is_created_for("ci", &account("renamed", login)), "{login}");
        }
        for login in ["sa-ci", "sa-1-ci", "sa-1-ci-terraform-", "sa-1-ci-terraform-by-hand", "ci"] {
            assert!(!is_created_for("ci", &account("ci-terraform-4k2j8x9q1z", login)), "{login}");
        }
        let name = one_time_name("1-ci");
        assert!(is_created_for("1-ci", &account("", &format!("sa-{name}"))));
        assert!(is_created_for("1-ci", &account("", &format!("sa-1-{name}"))));
    }

    #[test]
    fn an_account_of_a_migration_is_created_for_its_key() {
        assert!(is_created_for("ci", &account("sa-autogen-ci", "sa-autogen-1-ci")));
        assert!(is_created_for("ci", &account("team", "sa-autogen-1-ci")));
        assert!(!is_created_for("cd", &account("sa-autogen-ci", "sa-autogen-1-ci")));
        assert!(!is_created_for("ci", &account("sa-autogen-ci", "sa-sa-autogen-ci")));
    }

    #[test]
    fn a_long_name_leaves_room_for_the_random_part() {
        let name = one_time_name(&"é".repeat(190));
        assert_eq!(name.chars().count(), LONGEST + MARK.len() + RANDOM);
        assert!(is_created_for(&"é".repeat(190), &account("", &format!("sa-1-{name}"))));
    }
}
