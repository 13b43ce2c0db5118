//! Deleting a key, with the service account that was created for it, and nothing else.

use super::accounts::{NotDeleted, is_created_for};
use super::find::{KeyRef, Presence};
use super::{Backend, Condition, Organization};
use crate::grafana::{Deletion, Error, ServiceAccountToken};
use crate::http::Quoted;

/// The service account that held a deleted key and is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAccount {
    /// Its id.
    pub id: i64,
    /// Its name, fit to be shown.
    pub name: Quoted,
    /// Whether it was created for the key and is kept for the other tokens in it.
    pub has_other_tokens: bool,
}

/// Why a key was not deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeleteError {
    /// Grafana cannot be asked, or refuses.
    Failed(Error),
    /// Nothing proves that the key is there, or that the one of its number is this one. What its
    /// secret brought, if that is known.
    Unproven(Option<Error>),
    /// Grafana knows its secret, but lists it nowhere and has no call that deletes it.
    Unlisted {
        /// Whether it still signs in.
        works: bool,
    },
    /// The key's service account was to be disabled to delete it, and could neither be deleted nor enabled.
    LeftDisabled {
        /// Its id.
        account: i64,
        /// Why it was not deleted.
        error: Error,
    },
}

impl From<Error> for DeleteError {
    fn from(error: Error) -> Self {
        DeleteError::Failed(error)
    }
}

impl Organization {
    /// Deletes a key. One that is gone already is a success. What is returned is left.
    ///
    /// # Errors
    /// [`DeleteError`]; the key is as it was.
    pub async fn delete(&self, key: &KeyRef) -> Result<Option<KeptAccount>, DeleteError> {
        if key.name.is_none() {
            return Err(DeleteError::Unproven(None));
        }
        if let Some(account) = key.account {
            if let Some(kept) = self.delete_token(account, key).await? {
                return Ok(kept);
            }
        } else if self.delete_api_key(key).await? {
            return Ok(None);
        }
        self.delete_elsewhere(key).await
    }

    /// Deletes an API key that is listed with its number and name; `false` if it is not.
    async fn delete_api_key(&self, key: &KeyRef) -> Result<bool, Error> {
        let listed = self.name_of(key.number).await?;
        if !listed.is_some_and(|name| key.is(key.number, &name)) {
            return Ok(false);
        }
        self.delete_api_key_by_number(key.number).await
    }

    async fn delete_api_key_by_number(&self, number: i64) -> Result<bool, Error> {
        let deleted = self.client.api_keys().delete(number).await;
        self.forget_api_keys();
        match deleted {
            Ok(deletion) => Ok(deletion == Deletion::Deleted),
            Err(error) if error.is_not_offered() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Deletes a key that is not listed where it was: it may have been migrated, or a list is cut.
    async fn delete_elsewhere(&self, key: &KeyRef) -> Result<Option<KeptAccount>, DeleteError> {
        let mut presence = self.find(key).await?;
        if !matches!(presence, Presence::Listed(_)) {
            // What was read before may be older than a migration.
            self.forget_api_keys();
            self.forget_accounts();
            presence = self.find(key).await?;
        }
        match presence {
            Presence::Listed(found) => match found.backend {
                Backend::ApiKey => Ok(self.delete_api_key(key).await.map(|_| None)?),
                Backend::ServiceAccount { id, .. } => {
                    Ok(self.delete_token(id, key).await?.flatten())
                }
            },
            Presence::Gone | Presence::OnlyAccount => Ok(None),
            Presence::Unlisted { condition, .. } => {
                // Its secret proves that it is there.
                let is_deleted = match key.account {
                    Some(account) => {
                        let deleted = self.delete_token_by_number(account, key.number).await?;
                        deleted == Deletion::Deleted
                    }
                    None => self.delete_api_key_by_number(key.number).await?,
                };
                if is_deleted {
                    Ok(None)
                } else {
                    Err(DeleteError::Unlisted { works: condition == Condition::default() })
                }
            }
            Presence::Unproven(error) => Err(DeleteError::Unproven(error)),
        }
    }

    /// Deletes the token from a service account, with the account if that was created for it and has
    /// no other. `None` if the token is not listed there.
    pub(super) async fn delete_token(
        &self,
        account: i64,
        key: &KeyRef,
    ) -> Result<Option<Option<KeptAccount>>, DeleteError> {
        let accounts = self.service_accounts();
        let account = match accounts.get(account).await {
            Ok(Some(account)) => account,
            Ok(None) => return Ok(None),
            Err(error) if error.is_not_offered() => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let tokens = accounts.tokens(account.id).await?;
        let is_own = key.name.as_deref().is_some_and(|name| is_created_for(name, &account));
        let is_key = |token: &ServiceAccountToken| key.is(token.id, &token.name);
        let is_listed = tokens.iter().any(is_key);
        // The token may be gone already.
        if is_own && tokens.iter().all(is_key) {
            match self.delete_account(account.id, account.is_disabled, is_key).await {
                Ok(true) => return Ok(Some(None)),
                Ok(false) => {}
                Err(NotDeleted { error, is_left_disabled: true }) => {
                    return Err(DeleteError::LeftDisabled { account: account.id, error });
                }
                Err(NotDeleted { error, .. }) => return Err(error.into()),
            }
        }
        if !is_listed {
            return Ok(None);
        }
        self.delete_token_by_number(account.id, key.number).await?;
        let (id, name) = (account.id, self.quote(&account.name));
        Ok(Some(Some(KeptAccount { id, name, has_other_tokens: is_own })))
    }

    async fn delete_token_by_number(&self, account: i64, token: i64) -> Result<Deletion, Error> {
        let deleted = self.service_accounts().delete_token(account, token).await;
        self.forget_tokens(account);
        deleted
    }
}
