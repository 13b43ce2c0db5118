//! Creating a key in the way this Grafana offers.

use jiff::Timestamp;
use secrecy::SecretString;

use super::accounts::{AccountForKey, NotDeleted};
use super::new_key::{CreateError, Left, NewKey};
use super::organization::Organization;
use super::unfinished::Note;
use super::unique::{Found, NotCreated, create_unique, random};
use super::{Backend, Condition, Filter, Key, KeyId};
use crate::grafana::{CreatedKey, Role};

/// The lifetime that `seconds_to_live` stands for: 0 is never, as in Grafana.
#[must_use]
pub fn lifetime(seconds_to_live: Option<i64>) -> Option<i64> {
    seconds_to_live.filter(|seconds| *seconds != 0)
}

/// How many digits of the time a generated name has.
const TIME: usize = 14;

/// How many random letters and digits end a generated name.
const RANDOM: usize = 10;

/// A name that nobody else gives: the prefix, the time, and random letters.
#[must_use]
pub fn generated_name(prefix: &str) -> String {
    let now = Timestamp::now().strftime("%Y%m%d%H%M%S");
    format!("{prefix}{now}{}", random(RANDOM))
}

/// Whether a name may be a generated one.
pub(super) fn is_generated(name: &str) -> bool {
    let Some(start) = name.len().checked_sub(TIME + RANDOM) else { return false };
    let Some((time, random)) = name.as_bytes()[start..].split_at_checked(TIME) else {
        return false;
    };
    let is_random = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    time.iter().all(u8::is_ascii_digit) && random.iter().all(is_random)
}

impl Organization {
    /// Creates a key: an API key where Grafana still creates them, else a token in a service account
    /// of its own. What a lost answer or a killed run has left is deleted where the name proves it, and
    /// the key is created again. The secret is not shown by Grafana again.
    ///
    /// # Errors
    /// [`CreateError`] says whether something may be left behind.
    pub async fn create(&self, new: &NewKey) -> Result<(Key, SecretString), CreateError> {
        self.begin_creation(&new.name);
        let note = match new.is_name_generated {
            true => self.note_creation(&new.name).await,
            false => None,
        };
        let created = self.create_as_offered(new).await;
        note.into_iter().for_each(Note::remove);
        created
    }

    async fn create_as_offered(&self, new: &NewKey) -> Result<(Key, SecretString), CreateError> {
        // Before anything is created: whether Grafana answers at all, and has such keys.
        if self.creates_api_keys().is_none() && self.api_keys().await?.is_none() {
            self.learn_creates_api_keys(false);
        }
        // An API key cannot be without a basic role.
        if new.role != Role::None && self.creates_api_keys() != Some(false) {
            match self.create_api_key(new).await {
                Err(CreateError::Failed(error)) if error.is_not_offered() => {
                    self.learn_creates_api_keys(false);
                }
                created => {
                    let created = created?;
                    self.learn_creates_api_keys(true);
                    return Ok(self.completed(created, Backend::ApiKey, new).await);
                }
            }
        }
        let created = self.create_token(new).await;
        let (created, id) = created.map_err(|error| error.of_role(new.role))?;
        let backend = Backend::ServiceAccount { id, has_other_tokens: false };
        Ok(self.completed(created, backend, new).await)
    }

    async fn create_api_key(&self, new: &NewKey) -> Result<CreatedKey, CreateError> {
        let keys = &self.client.api_keys();
        let create = || async {
            let created = keys.create(&new.name, new.role, new.lifetime).await;
            self.forget_api_keys();
            created
        };
        let look = || async move {
            let cleanup = self.for_cleanup();
            let list = cleanup.api_keys().await?;
            let Some(list) = &*list else { return Ok(Found::Nothing) };
            let Some(found) = list.keys.iter().find(|key| key.name == new.name) else {
                return Ok(if list.may_be_cut { Found::Unseen } else { Found::Nothing });
            };
            if !new.is_name_generated {
                return Ok(Found::Unproven(found.id));
            }
            let deleted = cleanup.client.api_keys().delete(found.id).await;
            self.forget_api_keys();
            deleted.map(|_| Found::Deleted)
        };
        match create_unique(self.client.attempts(), create, look).await {
            Ok(created) => {
                self.learn_name(created.id, &created.name);
                Ok(created)
            }
            Err(error) => Err(self
                .key_not_created(new, error, |number| Left::ApiKey {
                    name: new.name.clone(),
                    id: self.key_id(number),
                })
                .await),
        }
    }

    /// Creates a service account with one token, both or neither; the account's id.
    async fn create_token(&self, new: &NewKey) -> Result<(CreatedKey, i64), CreateError> {
        let mut account = self.account_for(new).await?;
        let mut created = self.create_token_in(&account, new).await;
        if let Ok(token) = &created
            && !self.keeps_its_claim(&account, token.id).await?
        {
            account = self.create_account(new).await?;
            created = self.create_token_in(&account, new).await;
        }
        self.forget_accounts();
        let error = match created {
            Ok(created) => return Ok((created, account.id)),
            Err(error) => error,
        };
        let error = self.key_not_created(new, error, |_| account.left(false)).await;
        // One that was there before stays for the next run to take up.
        if account.is_taken_up || matches!(error, CreateError::Left { .. }) {
            return Err(error);
        }
        let left =
            |error, is_disabled| CreateError::Left { error, left: account.left(is_disabled) };
        let deleted = self.for_cleanup().delete_account(account.id, false, |_| false).await;
        Err(match (deleted, error) {
            (Ok(false), CreateError::Failed(error)) => left(error, false),
            (Ok(_), error) => error,
            (Err(NotDeleted { error, is_left_disabled }), _) => left(error, is_left_disabled),
        })
    }

    async fn create_token_in(
        &self,
        account: &AccountForKey,
        new: &NewKey,
    ) -> Result<CreatedKey, NotCreated> {
        let accounts = &self.service_accounts();
        let create = || accounts.create_token(account.id, &new.name, new.lifetime);
        let look = || async move {
            let cleanup = self.for_cleanup();
            let accounts = cleanup.service_accounts();
            let tokens = accounts.tokens(account.id).await?;
            let Some(found) = tokens.iter().find(|token| token.name == new.name) else {
                return Ok(Found::Nothing);
            };
            // In an account that was taken up it may be of another run that has done the same.
            if account.is_taken_up || !cleanup.is_still_own(account).await? {
                return Ok(Found::Unproven(found.id));
            }
            accounts.delete_token(account.id, found.id).await.map(|_| Found::Deleted)
        };
        create_unique(self.client.attempts(), create, look).await
    }

    /// Whether an account that was taken up is still this run's, now that its token is there. If not
    /// (another run has taken it up too, or is about to delete it), the token is deleted.
    async fn keeps_its_claim(
        &self,
        account: &AccountForKey,
        token: i64,
    ) -> Result<bool, CreateError> {
        let cleanup = self.for_cleanup();
        let is_kept = async {
            let is_kept = !account.is_taken_up || cleanup.is_still_own(account).await?;
            if !is_kept {
                cleanup.service_accounts().delete_token(account.id, token).await?;
            }
            Ok(is_kept)
        };
        is_kept.await.map_err(|error| CreateError::Left { error, left: account.left(false) })
    }

    async fn key_not_created(
        &self,
        new: &NewKey,
        error: NotCreated,
        left: impl Fn(Option<i64>) -> Left,
    ) -> CreateError {
        match error {
            NotCreated::Failed(error) => CreateError::Failed(error),
            NotCreated::Unproven { lost, id } => CreateError::Left { error: lost, left: left(id) },
            NotCreated::NameTaken(_) => {
                let all = self.list(&Filter { name: None, include_expired: true }).await;
                let keys = all.map(|listing| listing.keys).unwrap_or_default();
                let number = keys.iter().find(|key| key.name == new.name).map(|key| key.number);
                self.name_taken(&new.name, number)
            }
        }
    }

    /// That a key has the name; its number if a list shows it.
    pub(super) fn name_taken(&self, name: &str, number: Option<i64>) -> CreateError {
        CreateError::NameTaken { name: name.to_owned(), id: self.key_id(number) }
    }

    fn key_id(&self, number: Option<i64>) -> Option<KeyId> {
        Some(KeyId { org: self.id(), number: number? })
    }

    async fn completed(
        &self,
        created: CreatedKey,
        backend: Backend,
        new: &NewKey,
    ) -> (Key, SecretString) {
        let expiration = match new.lifetime {
            None => None,
            Some(seconds) => self.expiration_of(created.id, &backend).await.or_else(|| {
                // Not listed: as well as it can be told until a list shows it, in whole seconds as there.
                let end = Timestamp::now().as_second().checked_add(seconds)?;
                Timestamp::from_second(end).ok()
            }),
        };
        let key = Key {
            number: created.id,
            name: created.name,
            role: Some(new.role),
            expiration,
            condition: Condition::default(),
            backend,
        };
        (key, created.key)
    }

    /// When a key expires, as Grafana lists it.
    async fn expiration_of(&self, number: i64, backend: &Backend) -> Option<Timestamp> {
        match backend {
            Backend::ApiKey => {
                let list = self.api_keys().await.ok()?;
                let keys = &list.as_ref().as_ref()?.keys;
                keys.iter().find(|key| key.id == number)?.expiration
            }
            Backend::ServiceAccount { id, .. } => {
                let tokens = self.tokens(*id).await.ok()?;
                tokens.iter().find(|token| token.id == number)?.expiration
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_names_differ() {
        let names: std::collections::HashSet<_> = (0..50).map(|_| generated_name("ci-")).collect();
        assert_eq!(names.len(), 50);
        assert!(names.iter().all(|name| name.starts_with("ci-20") && is_generated(name)));
        for name in ["", "ci", "é20261126180000abcdefghiJ", "ci-2026112618000xabcdefghij"] {
            assert!(!is_generated(name), "{name}");
        }
    }
}
