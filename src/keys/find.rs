//! Finding a key again, wherever it has moved, and never taking one for gone that may be there.

use futures::{StreamExt, TryStreamExt};

use super::{Home, Key, Organization, Secret};
use crate::grafana::{ApiKey, Error, Probe, ServiceAccount, ServiceAccountToken};

/// How many token lists are asked for at a time.
const AT_A_TIME: usize = 8;

/// A key that is looked for.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// Its number.
    pub id: i64,
    /// Its name. A key of that number and another name is another key: keys are not renamed.
    pub name: Option<String>,
    /// The service account that it was last seen in.
    pub account: Option<i64>,
    /// Its secret, to ask with if no list can tell.
    pub secret: Option<Secret>,
}

/// Whether a key is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is listed.
    Found(Key),
    /// No list shows it, but it signs in, or is refused as something that exists.
    Hidden {
        /// Whether it was refused as expired.
        has_expired: bool,
        /// Whether lists that should show it do not.
        is_strange: bool,
    },
    /// It is gone.
    Gone,
    /// It cannot be told. The answer that did not tell, if the key could be asked.
    Unproven(Option<Error>),
}

impl Organization {
    /// Looks for a key.
    ///
    /// # Errors
    /// When Grafana cannot be asked: that says nothing about the key.
    pub async fn look_for(&self, sought: &Sought) -> Result<Presence, Error> {
        if let Some(account) = sought.account
            && let Some(key) = self.token_of(account, sought).await?
        {
            return Ok(Presence::Found(key));
        }
        let list = self.api_keys().await?;
        if let Some(list) = &*list
            && let Some(key) = list.keys.iter().find(|key| sought.is(key.id, &key.name))
        {
            return Ok(Presence::Found(key.into()));
        }
        if let Some(key) = self.token_anywhere(sought).await? {
            return Ok(Presence::Found(key));
        }
        let is_absent = match sought.account {
            Some(_) => self.accounts().await?.is_some(),
            None => list.as_ref().as_ref().is_some_and(|list| !list.may_be_cut),
        };
        Ok(self.ask(sought, is_absent).await)
    }

    /// Asks with the key itself. `is_absent`: a complete list does not show it.
    async fn ask(&self, sought: &Sought, is_absent: bool) -> Presence {
        let otherwise = |error| if is_absent { Presence::Gone } else { Presence::Unproven(error) };
        let Some(secret) = &sought.secret else {
            return otherwise(None);
        };
        let hidden = |has_expired| Presence::Hidden { has_expired, is_strange: is_absent };
        match self.client.api_keys().probe(secret).await {
            Probe::Alive { .. } | Probe::Disabled => hidden(false),
            Probe::Expired => hidden(true),
            Probe::Gone => Presence::Gone,
            Probe::Unproven(error) => otherwise(Some(error)),
        }
    }

    /// The key among the tokens of one service account.
    async fn token_of(&self, account: i64, sought: &Sought) -> Result<Option<Key>, Error> {
        let accounts = self.accounts().await?;
        let Some(account) = accounts.as_ref().as_ref().and_then(|all| all.get(&account)) else {
            return Ok(None);
        };
        self.token_in(account, sought).await
    }

    async fn token_in(
        &self,
        account: &ServiceAccount,
        sought: &Sought,
    ) -> Result<Option<Key>, Error> {
        let tokens = self.tokens(account.id).await?;
        let token = tokens.iter().find(|token| sought.is(token.id, &token.name));
        Ok(token.map(|token| Key::of_token(token, account, tokens.len())))
    }

    /// The key among the tokens of all service accounts, those named after it first.
    async fn token_anywhere(&self, sought: &Sought) -> Result<Option<Key>, Error> {
        let accounts = self.accounts().await?;
        let Some(accounts) = &*accounts else {
            return Ok(None);
        };
        let with_tokens = accounts.values().filter(|account| account.tokens != Some(0));
        let (likely, others): (Vec<_>, Vec<_>) =
            with_tokens.partition(|account| sought.may_be_in(account));
        for account in likely {
            if let Some(key) = self.token_in(account, sought).await? {
                return Ok(Some(key));
            }
        }
        let lists: Vec<_> =
            others.into_iter().map(|account| self.token_in(account, sought)).collect();
        let mut lists = futures::stream::iter(lists).buffer_unordered(AT_A_TIME);
        while let Some(found) = lists.try_next().await? {
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Every token of the organization.
    pub(super) async fn all_tokens(&self) -> Result<Vec<Key>, Error> {
        let accounts = self.accounts().await?;
        let Some(accounts) = &*accounts else {
            return Ok(Vec::new());
        };
        let with_tokens = accounts.values().filter(|account| account.tokens != Some(0));
        let lists: Vec<_> = with_tokens.map(|account| self.keys_in(account)).collect();
        futures::stream::iter(lists).buffered(AT_A_TIME).try_concat().await
    }

    async fn keys_in(&self, account: &ServiceAccount) -> Result<Vec<Key>, Error> {
        let tokens = self.tokens(account.id).await?;
        Ok(tokens.iter().map(|token| Key::of_token(token, account, tokens.len())).collect())
    }
}

impl Sought {
    pub(super) fn is(&self, id: i64, name: &str) -> bool {
        id == self.id && self.name.as_deref().is_none_or(|sought| sought == name)
    }

    /// Whether an account is named after the key, by this provider or by Grafana's migration.
    fn may_be_in(&self, account: &ServiceAccount) -> bool {
        let sought = self.name.as_deref();
        sought.is_some_and(|name| account.name == name || is_autogenerated_for(name, account))
    }
}

/// Whether Grafana made the account for the key of that name when it migrated it. The login says
/// so, `sa-autogen-ORG-NAME`, even if the account is renamed.
pub(super) fn is_autogenerated_for(name: &str, account: &ServiceAccount) -> bool {
    let Some(rest) = account.login.strip_prefix("sa-autogen-") else { return false };
    let key = rest.split_once('-').map_or("", |(_, key)| key);
    key.eq_ignore_ascii_case(name) || account.name.strip_prefix("sa-autogen-") == Some(name)
}

impl From<&ApiKey> for Key {
    fn from(key: &ApiKey) -> Self {
        Key {
            id: key.id,
            name: key.name.clone(),
            role: key.role,
            expiration: key.expiration,
            has_expired: false,
            home: Home::ApiKey,
        }
    }
}

impl Key {
    fn of_token(token: &ServiceAccountToken, account: &ServiceAccount, tokens: usize) -> Self {
        Key {
            id: token.id,
            name: token.name.clone(),
            role: account.role,
            expiration: token.expiration,
            has_expired: token.has_expired,
            home: Home::ServiceAccount {
                id: account.id,
                is_autogenerated: is_autogenerated_for(&token.name, account),
                holds_others: tokens > 1,
                is_namesake: account.name == token.name,
            },
        }
    }
}
