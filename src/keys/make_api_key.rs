//! Making an API key, and finding out what a lost answer has left.

use tfplugin::Context;

use super::make::{ATTEMPTS, Holder, MakeError, NewKey, PAUSE};
use super::organization::Organization;
use crate::grafana::{ApiKey, ApiKeyList, CarriedOut, CreatedKey, Error};

impl Organization {
    /// Makes an API key; nothing where this Grafana makes none.
    pub(super) async fn make_api_key(
        &self,
        new: &NewKey,
        cx: &Context,
    ) -> Result<Option<CreatedKey>, MakeError> {
        let before = self.api_keys().await.inspect_err(|_| self.forget_api_keys())?;
        let Some(before) = &*before else {
            return Ok(None);
        };
        if let Some(key) = named(before, &new.name) {
            return Err(taken(new, Some(key.id)));
        }
        let mut lost = None;
        for attempt in 1..=ATTEMPTS {
            let error = match self.try_api_key(new).await {
                Err(error) if error.is_not_offered() => return Ok(None),
                Err(error) => error,
                created => return Ok(created.map(Some)?),
            };
            let is_taken = matches!(error, Error::Conflict { .. });
            if is_taken && lost.is_none() {
                return Err(taken(new, self.id_of(&new.name).await));
            }
            if error.carried_out() == CarriedOut::No && !is_taken {
                return Err(error.into());
            }
            let lost = &*lost.insert(error);
            if !self.remove_orphan(new, before, lost).await? && is_taken {
                return Err(taken(new, None));
            }
            if attempt < ATTEMPTS && cx.sleep(PAUSE * attempt).await.is_err() {
                break;
            }
        }
        Err(lost.map_or_else(|| taken(new, None), MakeError::Failed))
    }

    async fn try_api_key(&self, new: &NewKey) -> Result<CreatedKey, Error> {
        let created = self.client.api_keys().create(&new.name, new.role, new.life()).await;
        self.forget_api_keys();
        created
    }

    /// Removes the key that a lost answer has left: it is there now and was not before, and its
    /// secret is known to nobody. Says whether there was one.
    async fn remove_orphan(
        &self,
        new: &NewKey,
        before: &ApiKeyList,
        lost: &Error,
    ) -> Result<bool, MakeError> {
        let now = self.api_keys().await.map_err(|_| left(new, lost))?;
        let orphan = now.as_ref().as_ref().and_then(|now| named(now, &new.name));
        let Some(orphan) = orphan else {
            let is_cut = now.as_ref().as_ref().is_none_or(|now| now.may_be_cut);
            let is_there = matches!(lost, Error::Conflict { .. });
            return if is_cut && is_there { Err(left(new, lost)) } else { Ok(false) };
        };
        if before.may_be_cut {
            // It may have been there before, unseen.
            return Err(left(new, lost));
        }
        let removed = self.client.api_keys().delete(orphan.id).await;
        self.forget_api_keys();
        removed.map(|_| true).map_err(|_| left(new, lost))
    }

    /// The number of the key or token that has a name, if it can be told.
    pub(super) async fn id_of(&self, name: &str) -> Option<i64> {
        let listing = self.list().await.ok()?;
        listing.keys.into_iter().find(|key| key.name == name).map(|key| key.id)
    }
}

fn named<'a>(list: &'a ApiKeyList, name: &str) -> Option<&'a ApiKey> {
    list.keys.iter().find(|key| key.name == name)
}

pub(super) fn taken(new: &NewKey, id: Option<i64>) -> MakeError {
    MakeError::NameTaken { name: new.name.clone(), by: Holder::Key(id) }
}

fn left(new: &NewKey, lost: &Error) -> MakeError {
    let what = format!(
        "An API key named {:?} may be there whose secret nobody has. Look for it in Grafana under Administration > \
         API keys (or `GET /api/auth/keys?includeExpired=true`, `DELETE /api/auth/keys/ID`) and, if it was not \
         there before, delete it; then apply again",
        new.name
    );
    MakeError::Left { error: lost.clone(), what }
}
