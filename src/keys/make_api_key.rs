//! Making an API key, and finding out what a lost answer has left.

use tfplugin::Limits;

use super::make::{ATTEMPTS, Holder, MakeError, NewKey, PAUSE};
use super::organization::Organization;
use crate::grafana::{ApiKey, ApiKeyList, CreatedKey, Error};
use crate::http::CarriedOut;

impl Organization {
    /// Makes an API key; nothing where this Grafana makes none.
    pub(super) async fn make_api_key(
        &self,
        new: &NewKey,
        cx: &Limits,
    ) -> Result<Option<CreatedKey>, MakeError> {
        let before = self.api_keys().await.inspect_err(|_| self.forget_api_keys())?;
        let Some(before) = &*before else {
            return Ok(None);
        };
        if let Some(key) = named(before, &new.name) {
            return Err(taken(new, Some(key.id)));
        }
        let mut lost: Option<Error> = None;
        let mut is_sure = true;
        for attempt in 1..=ATTEMPTS {
            let error = match self.try_api_key(new).await {
                Ok(created) => return Ok(Some(created)),
                Err(error) if error.is_not_offered() && is_sure => return Ok(None),
                Err(error) => error,
            };
            let is_taken = error.is_conflict();
            if is_taken && lost.is_none() {
                return Err(taken(new, self.id_of(&new.name).await));
            }
            if error.carried_out() == CarriedOut::No && !is_taken {
                return Err(if is_sure { error.into() } else { left(new, &error) });
            }
            let lost = &*lost.insert(error);
            is_sure = match self.remove_orphan(new, before, lost).await? {
                Orphan::Removed => true,
                Orphan::None if is_taken => return Err(taken(new, None)),
                Orphan::None => true,
                Orphan::Unseen if is_taken => return Err(left(new, lost)),
                Orphan::Unseen => false,
            };
            if attempt < ATTEMPTS && cx.sleep(PAUSE * attempt).await.is_err() {
                break;
            }
        }
        Err(match lost {
            Some(lost) if !is_sure => left(new, &lost),
            Some(lost) => MakeError::Failed(lost),
            None => taken(new, None),
        })
    }

    async fn try_api_key(&self, new: &NewKey) -> Result<CreatedKey, Error> {
        let created = self.client.api_keys().create(&new.name, new.role, new.life()).await;
        self.forget_api_keys();
        created
    }

    /// Removes the key that a lost answer has left: it is there now and was not before, and its
    /// secret is known to nobody.
    async fn remove_orphan(
        &self,
        new: &NewKey,
        before: &ApiKeyList,
        lost: &Error,
    ) -> Result<Orphan, MakeError> {
        let now = self.api_keys().await.map_err(|_| left(new, lost))?;
        let now = now.as_ref().as_ref();
        let Some(orphan) = now.and_then(|now| named(now, &new.name)) else {
            let is_cut = now.is_none_or(|now| now.may_be_cut);
            return Ok(if is_cut { Orphan::Unseen } else { Orphan::None });
        };
        if orphan.role.is_some_and(|role| role != new.role) {
            return Err(taken(new, Some(orphan.id)));
        }
        if before.may_be_cut && !new.has_made_up_name {
            // It may have been there before, unseen.
            return Err(left(new, lost));
        }
        let removed = self.client.api_keys().delete(orphan.id).await;
        self.forget_api_keys();
        removed.map(|_| Orphan::Removed).map_err(|_| left(new, lost))
    }

    /// The number of the key or token that has a name, if it can be told.
    pub(super) async fn id_of(&self, name: &str) -> Option<i64> {
        let listing = self.list().await.ok()?;
        listing.keys.into_iter().find(|key| key.name == name).map(|key| key.id)
    }
}

/// What a lost answer has left.
enum Orphan {
    /// A key, which is gone now.
    Removed,
    /// Nothing.
    None,
    /// It cannot be told: the list is cut.
    Unseen,
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
