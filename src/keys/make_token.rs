//! Making a service account with one token, both or neither.

use tfplugin::Context;

use super::make::{ATTEMPTS, Holder, MakeError, NewKey, PAUSE};
use super::make_api_key::taken;
use super::organization::Organization;
use crate::grafana::{CarriedOut, CreatedKey, Error, ServiceAccount};

impl Organization {
    /// Makes a service account named after the key, with its role and one token of its name.
    /// Answers the token and the number of the account.
    pub(super) async fn make_token(
        &self,
        new: &NewKey,
        cx: &Context,
    ) -> Result<(CreatedKey, i64), MakeError> {
        if let Some(account) = self.account_named(&new.name).await? {
            return Err(self.account_in_the_way(new, account.id).await);
        }
        let account = self.make_account(new, cx).await?;
        let made = self.make_token_in(account.id, new, cx).await;
        self.forget_accounts();
        match made {
            Ok(created) => Ok((created, account.id)),
            Err(error) => Err(self.without_token(new, account.id, error).await),
        }
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
            None => account_taken(new, Some(account)),
        }
    }

    /// Makes the account. One that a lost answer has left was not there before: it is removed, and
    /// made again.
    async fn make_account(&self, new: &NewKey, cx: &Context) -> Result<ServiceAccount, MakeError> {
        let accounts = self.client.service_accounts();
        let mut lost = None;
        for attempt in 1..=ATTEMPTS {
            let error = match accounts.create(&new.name, new.role).await {
                Ok(account) => return Ok(account),
                Err(error) => error,
            };
            let is_taken = matches!(error, Error::Conflict { .. });
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
                Some(orphan) => {
                    let removed = accounts.delete(orphan.id).await;
                    removed.map_err(|_| account_left(new, lost))?;
                }
                None if is_taken => return Err(account_taken(new, None)),
                None => {}
            }
            if attempt < ATTEMPTS && cx.sleep(PAUSE * attempt).await.is_err() {
                break;
            }
        }
        Err(lost.map_or_else(|| account_taken(new, None), MakeError::Failed))
    }

    /// Makes the token in an account that was just made: whatever is in it comes from lost answers.
    async fn make_token_in(
        &self,
        account: i64,
        new: &NewKey,
        cx: &Context,
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
            for orphan in accounts.tokens(account).await? {
                accounts.delete_token(account, orphan.id).await?;
            }
            attempt += 1;
        }
    }

    /// Removes an account that got no token.
    async fn without_token(&self, new: &NewKey, account: i64, error: Error) -> MakeError {
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
            (Ok(_), Error::Conflict { .. }) => taken(new, self.id_of(&new.name).await),
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
