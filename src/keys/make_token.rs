//! Making a service account with one token, both or neither.

use tfplugin::Limits;

use super::make::{ATTEMPTS, Holder, MakeError, NewKey, PAUSE};
use super::make_api_key::taken;
use super::organization::Organization;
use crate::grafana::{CreatedKey, Error, ServiceAccount, ServiceAccountChanges};
use crate::http::CarriedOut;

/// The service account that a token is made in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    /// Its number.
    pub(super) id: i64,
    /// Whether it was made just now, for this token.
    pub(super) is_new: bool,
    /// Whether other tokens are in it.
    pub(super) holds_others: bool,
}

impl Organization {
    /// Makes a service account named after the key, with its role and one token of its name.
    /// The account that a key of that name has just left is used again.
    pub(super) async fn make_token(
        &self,
        new: &NewKey,
        cx: &Limits,
    ) -> Result<(CreatedKey, Account), MakeError> {
        let account = match self.account_named(&new.name).await? {
            Some(account) if self.was_released(account.id) => {
                self.taken_again(new, account).await?
            }
            Some(account) => return Err(self.account_in_the_way(new, account.id).await),
            None => {
                let id = self.make_account(new, cx).await?.id;
                Account { id, is_new: true, holds_others: false }
            }
        };
        let made = self.make_token_in(account.id, new, cx).await;
        self.forget_accounts();
        match made {
            Ok(created) => Ok((created, account)),
            Err(error) if account.is_new => Err(self.without_token(new, account.id, error).await),
            Err(error) if error.is_conflict() => Err(taken(new, self.id_of(&new.name).await)),
            Err(error) => Err(error.into()),
        }
    }

    /// An account that stayed when the key in it was removed, to make the key in it again.
    async fn taken_again(
        &self,
        new: &NewKey,
        account: ServiceAccount,
    ) -> Result<Account, MakeError> {
        let holds_others = account.tokens.is_some_and(|count| count > 0);
        if account.role != Some(new.role) {
            if holds_others {
                return Err(account_taken(new, Some(account.id)));
            }
            let changes = ServiceAccountChanges { role: Some(new.role), ..Default::default() };
            self.client.service_accounts().update(account.id, &changes).await?;
        }
        Ok(Account { id: account.id, is_new: false, holds_others })
    }

    async fn account_named(&self, name: &str) -> Result<Option<ServiceAccount>, Error> {
        let found = self.client.service_accounts().search(name).await?;
        Ok(found.into_iter().find(|account| account.name == name))
    }

    /// An account of that name that was there before: with the key itself in it, or without.
    async fn account_in_the_way(&self, new: &NewKey, account: i64) -> MakeError {
        let tokens = self.client.service_accounts().tokens(account).await.unwrap_or_default();
        match tokens.iter().find(|token| token.name == new.name) {
            Some(token) => taken(new, Some(token.id)),
            None if tokens.is_empty() => MakeError::NameTaken {
                name: new.name.clone(),
                by: Holder::EmptyServiceAccount(account),
            },
            None => account_taken(new, Some(account)),
        }
    }

    /// Makes the account. One that a lost answer has left was not there before, and is taken.
    async fn make_account(&self, new: &NewKey, cx: &Limits) -> Result<ServiceAccount, MakeError> {
        let accounts = self.client.service_accounts();
        let mut lost = None;
        for attempt in 1..=ATTEMPTS {
            let error = match accounts.create(&new.name, new.role).await {
                Ok(account) => return Ok(account),
                Err(error) => error,
            };
            let is_taken = error.is_conflict();
            if is_taken && lost.is_none() {
                return Err(account_taken(new, None));
            }
            if error.carried_out() == CarriedOut::No && !is_taken {
                return Err(error.into());
            }
            let lost = &*lost.insert(error);
            self.forget_accounts();
            let orphan = self.account_named(&new.name).await;
            match orphan.map_err(|_| account_left(new, lost))? {
                Some(orphan) => return self.unless_in_use(new, orphan).await,
                None if is_taken => return Err(account_taken(new, None)),
                None => {}
            }
            if attempt < ATTEMPTS && cx.sleep(PAUSE * attempt).await.is_err() {
                break;
            }
        }
        Err(lost.map_or_else(|| account_taken(new, None), MakeError::Failed))
    }

    /// The account, unless somebody else has made it at the same time: then it has another role, or
    /// a token.
    async fn unless_in_use(
        &self,
        new: &NewKey,
        account: ServiceAccount,
    ) -> Result<ServiceAccount, MakeError> {
        let tokens = self.client.service_accounts().tokens(account.id).await?;
        let is_free = tokens.is_empty() && account.role.is_none_or(|role| role == new.role);
        if is_free { Ok(account) } else { Err(self.account_in_the_way(new, account.id).await) }
    }

    /// Makes the token in an account that has none of its name: one that is there later comes from
    /// a lost answer.
    async fn make_token_in(
        &self,
        account: i64,
        new: &NewKey,
        cx: &Limits,
    ) -> Result<CreatedKey, Error> {
        let accounts = self.client.service_accounts();
        let mut attempt = 1;
        loop {
            let error = match accounts.create_token(account, &new.name, new.life()).await {
                Ok(created) => return Ok(created),
                Err(error) => error,
            };
            let is_lost = error.carried_out() != CarriedOut::No;
            if !is_lost || attempt == ATTEMPTS || cx.sleep(PAUSE * attempt).await.is_err() {
                return Err(error);
            }
            let tokens = accounts.tokens(account).await?;
            for orphan in tokens.iter().filter(|token| token.name == new.name) {
                accounts.delete_token(account, orphan.id).await?;
            }
            attempt += 1;
        }
    }

    /// Removes an account that got no token, unless somebody else has put one in it.
    async fn without_token(&self, new: &NewKey, account: i64, error: Error) -> MakeError {
        if error.is_conflict() {
            let tokens = self.client.service_accounts().tokens(account).await.unwrap_or_default();
            if let Some(token) = tokens.iter().find(|token| token.name == new.name) {
                return taken(new, Some(token.id));
            }
        }
        let removed = self.client.service_accounts().delete(account).await;
        self.forget_accounts();
        match (removed, error) {
            (Err(_), error) => MakeError::Left {
                error,
                what: format!(
                    "The service account {:?} (id {account}) was made for it and could not be removed again. Delete it in \
                     Grafana under Administration > Service accounts (or `DELETE /api/serviceaccounts/{account}`); then apply again",
                    new.name
                ),
            },
            (Ok(_), error) if error.is_conflict() => taken(new, self.id_of(&new.name).await),
            (Ok(_), error) => MakeError::Failed(error),
        }
    }
}

fn account_taken(new: &NewKey, account: Option<i64>) -> MakeError {
    MakeError::NameTaken { name: new.name.clone(), by: Holder::ServiceAccount(account) }
}

fn account_left(new: &NewKey, lost: &Error) -> MakeError {
    let what = format!(
        "A service account named {:?} without a token may be there. Look for it in Grafana under Administration > \
         Service accounts (or `GET /api/serviceaccounts/search`, `DELETE /api/serviceaccounts/ID`) and delete it; \
         then apply again",
        new.name
    );
    MakeError::Left { error: lost.clone(), what }
}
