//! Finding a key again, wherever it has moved, and never taking one for gone that may be there.

use futures::{StreamExt, TryStreamExt};
use secrecy::SecretString;

use super::accounts::is_created_for;
use super::list::Listing;
use super::{Backend, Condition, Expiry, Key, Organization};
use crate::grafana::{ApiKey, Error, Probe, ServiceAccount, ServiceAccountToken};

/// How many token lists are asked for at a time.
const AT_A_TIME: usize = 8;

/// What is known of a key that is looked for.
#[derive(Clone, Debug, Default)]
pub struct KeyRef {
    /// Its number.
    pub number: i64,
    /// Its name; `None` only for an import. A key of that number and another name is another key.
    pub name: Option<String>,
    /// The service account that it was last seen in.
    pub account: Option<i64>,
    /// Its secret, to ask with where no list can tell.
    pub secret: Option<SecretString>,
}

/// Whether a key is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is listed.
    Listed(Key),
    /// No list shows it, but Grafana knows its secret.
    Unlisted {
        /// As Grafana answers to its secret.
        condition: Condition,
        /// Whether a complete list does not show it.
        contradicts_lists: bool,
    },
    /// It is gone, but the service account that was created for it is there, without a token.
    OnlyAccount,
    /// It is gone.
    Gone,
    /// Nothing proves either. The answer that proved nothing, if its secret could be tried.
    Unproven(Option<Error>),
}

impl Organization {
    /// Looks for a key.
    ///
    /// # Errors
    /// When Grafana cannot be asked: that says nothing about the key.
    pub async fn find(&self, key: &KeyRef) -> Result<Presence, Error> {
        let (mut account, mut proves_absence) = (None, false);
        if let Some(id) = key.account {
            let accounts = self.accounts().await?;
            proves_absence = accounts.is_some();
            account = accounts.iter().find_map(|accounts| accounts.get(&id)).cloned();
            // While others are deleted, an account can come to stand on a page that was read before.
            if account.is_none() && proves_absence {
                account = self.service_accounts().get(id).await?;
            }
        }
        if let Some(account) = &account {
            let tokens = self.tokens(account.id).await?;
            if let Some(found) = key.among(account, &tokens) {
                return Ok(Presence::Listed(found));
            }
            proves_absence &= !may_be_cut(&tokens);
        }
        let list = self.api_keys().await?;
        let list = list.as_ref().as_ref();
        let listed = list.and_then(|list| list.keys.iter().find(|k| key.is(k.id, &k.name)));
        if let Some(listed) = listed {
            return Ok(Presence::Listed(listed.into()));
        }
        if let Some(found) = self.token_anywhere(key).await? {
            return Ok(Presence::Listed(found));
        }
        if key.account.is_none() {
            proves_absence = list.is_some_and(|list| !list.may_be_cut);
        }
        let presence = self.ask_with_secret(key, proves_absence).await;
        Ok(match presence {
            Presence::Gone if account.is_some_and(|account| key.is_half_left(&account)) => {
                Presence::OnlyAccount
            }
            presence => presence,
        })
    }

    /// Asks with the key's own secret. `is_absent`: a complete list does not show the key.
    async fn ask_with_secret(&self, key: &KeyRef, is_absent: bool) -> Presence {
        let otherwise = |error| if is_absent { Presence::Gone } else { Presence::Unproven(error) };
        let Some(secret) = &key.secret else {
            return otherwise(None);
        };
        let mut condition = Condition::default();
        match self.client.api_keys().probe(secret).await {
            Probe::Alive { .. } => {}
            Probe::Expired => condition.has_expired = true,
            Probe::Revoked => condition.is_revoked = true,
            Probe::Disabled => condition.is_disabled = true,
            Probe::Gone => return Presence::Gone,
            Probe::Unproven(error) => return otherwise(Some(error)),
        }
        Presence::Unlisted { condition, contradicts_lists: is_absent }
    }

    /// The key among the tokens of all service accounts, those created for it first.
    async fn token_anywhere(&self, key: &KeyRef) -> Result<Option<Key>, Error> {
        let accounts = self.accounts().await?;
        let Some(accounts) = &*accounts else {
            return Ok(None);
        };
        let name = key.name.as_deref();
        let is_likely = |account: &&ServiceAccount| {
            name.is_some_and(|name| account.name == name || is_created_for(name, account))
        };
        let with_tokens = accounts.values().filter(|account| account.tokens != Some(0));
        let (likely, others): (Vec<_>, Vec<_>) = with_tokens.partition(is_likely);
        for account in likely {
            if let Some(found) = key.among(account, &self.tokens(account.id).await?) {
                return Ok(Some(found));
            }
        }
        let look = |account: &ServiceAccount| {
            let account = account.clone();
            async move { Ok(key.among(&account, &self.tokens(account.id).await?)) }
        };
        let lists: Vec<_> = others.into_iter().map(look).collect();
        let mut lists = futures::stream::iter(lists).buffer_unordered(AT_A_TIME);
        while let Some(found) = lists.try_next().await? {
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Every token of the organization.
    pub(super) async fn all_tokens(&self) -> Result<Listing, Error> {
        let accounts = self.accounts().await?;
        let accounts = accounts.iter().flat_map(|accounts| accounts.values());
        let with_tokens = accounts.filter(|account| account.tokens != Some(0)).cloned();
        let read = |account: ServiceAccount| async move {
            let tokens = self.tokens(account.id).await?;
            Ok::<_, Error>((account, tokens))
        };
        let lists: Vec<_> = with_tokens.map(read).collect();
        let mut lists = futures::stream::iter(lists).buffered(AT_A_TIME);
        let mut listing = Listing { keys: Vec::new(), may_be_cut: false };
        while let Some((account, tokens)) = lists.try_next().await? {
            let keys = tokens.iter().map(|token| Key::of_token(token, &account, tokens.len()));
            listing.keys.extend(keys);
            listing.may_be_cut |= may_be_cut(&tokens);
        }
        Ok(listing)
    }
}

impl KeyRef {
    /// Whether a key that Grafana lists is this one.
    pub(super) fn is(&self, number: i64, name: &str) -> bool {
        number == self.number && self.name.as_deref().is_none_or(|own| own == name)
    }

    fn among(&self, account: &ServiceAccount, tokens: &[ServiceAccountToken]) -> Option<Key> {
        let token = tokens.iter().find(|token| self.is(token.id, &token.name))?;
        Some(Key::of_token(token, account, tokens.len()))
    }

    /// Whether an account was created for this key and has no token.
    pub(super) fn is_half_left(&self, account: &ServiceAccount) -> bool {
        let is_own = self.name.as_deref().is_some_and(|name| is_created_for(name, account));
        is_own && account.tokens == Some(0)
    }
}

/// Whether tokens may be missing from a list: Grafana lists 300 of an account at most, by name, and
/// 1,000 since 2026.
pub(super) fn may_be_cut(tokens: &[ServiceAccountToken]) -> bool {
    tokens.len() == 300 || tokens.len() >= 1000
}

impl From<&ApiKey> for Key {
    fn from(key: &ApiKey) -> Self {
        Key {
            number: key.id,
            name: key.name.clone(),
            role: key.role,
            expiration: key.expiration,
            condition: Condition {
                has_expired: Expiry::of(key.expiration, 0).has_expired,
                ..Condition::default()
            },
            backend: Backend::ApiKey,
        }
    }
}

impl Key {
    fn of_token(token: &ServiceAccountToken, account: &ServiceAccount, tokens: usize) -> Self {
        Key {
            number: token.id,
            name: token.name.clone(),
            role: account.role,
            expiration: token.expiration,
            condition: Condition {
                has_expired: token.has_expired || Expiry::of(token.expiration, 0).has_expired,
                is_revoked: token.is_revoked == Some(true),
                is_disabled: account.is_disabled,
            },
            backend: Backend::ServiceAccount { id: account.id, has_other_tokens: tokens > 1 },
        }
    }
}
