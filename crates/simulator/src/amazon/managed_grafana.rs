//! The Grafana of a workspace, as the service acts on it.

use std::io;
use std::str::FromStr;
use std::sync::Arc;

use super::options::Endpoint;
use crate::grafana::{
    CreatedKey, Generation, Grafana, Key, MAIN_ORGANIZATION, Options, Refusal, Role, ServiceAccount,
};
use crate::server::Tls;

/// Why the Grafana of a workspace does not do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// Another one has the name.
    NameTaken,
    /// There is none.
    NotFound,
    /// This version of Grafana has no such thing.
    NotOffered,
    /// Something else.
    Failed,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::DuplicateKey | Refusal::DuplicateAccount => Self::NameTaken,
            Refusal::NotFound => Self::NotFound,
            _ => Self::Failed,
        }
    }
}

/// A Grafana in managed mode. Ids are as the API has them: text.
#[derive(Debug, Clone)]
pub(super) struct ManagedGrafana {
    pub grafana: Arc<Grafana>,
}

impl ManagedGrafana {
    /// Starts a Grafana of `version`, such as `10.4`.
    pub fn start(version: &str, endpoint: Endpoint) -> io::Result<Self> {
        let grafana = Grafana::start(Options {
            generation: version.parse().map_err(io::Error::other)?,
            managed: true,
            tls: (endpoint == Endpoint::Https).then(Tls::server_only),
            ..Options::default()
        })?;
        Ok(Self { grafana: Arc::new(grafana) })
    }

    /// The workspace's `endpoint`, as [`Endpoint`] says.
    pub fn endpoint(&self) -> String {
        let url = self.grafana.url();
        url.strip_prefix("https://").map_or_else(|| url.clone(), str::to_owned)
    }

    /// Makes an API key and returns it.
    pub fn create_api_key(&self, name: &str, role: Role, life: u32) -> Result<String, Refused> {
        self.offers(Generation::makes_api_keys)?;
        let key = self.grafana.create_api_key(MAIN_ORGANIZATION, name, role, Some(life.into()))?;
        Ok(key.key)
    }

    /// Deletes an API key by name.
    pub fn delete_api_key(&self, name: &str) -> Result<(), Refused> {
        self.offers(Generation::lists_api_keys)?;
        let keys = self.grafana.api_keys(MAIN_ORGANIZATION);
        let key = keys.iter().find(|key| key.name == name).ok_or(Refused::NotFound)?;
        Ok(self.grafana.delete_api_key(MAIN_ORGANIZATION, key.id)?)
    }

    pub fn create_service_account(
        &self,
        name: &str,
        role: Role,
    ) -> Result<ServiceAccount, Refused> {
        self.offers(Generation::has_service_accounts)?;
        Ok(self.grafana.create_service_account(MAIN_ORGANIZATION, name, role)?)
    }

    pub fn delete_service_account(&self, id: &str) -> Result<(), Refused> {
        self.offers(Generation::has_service_accounts)?;
        Ok(self.grafana.delete_service_account(MAIN_ORGANIZATION, number(id)?)?)
    }

    pub fn service_accounts(&self) -> Result<Vec<ServiceAccount>, Refused> {
        self.offers(Generation::has_service_accounts)?;
        Ok(self.grafana.service_accounts(MAIN_ORGANIZATION))
    }

    /// Makes a token of an account.
    pub fn create_token(
        &self,
        account: &str,
        name: &str,
        life: u32,
    ) -> Result<CreatedKey, Refused> {
        self.offers(Generation::has_service_accounts)?;
        Ok(self.grafana.create_token(
            MAIN_ORGANIZATION,
            number(account)?,
            name,
            Some(life.into()),
        )?)
    }

    /// How many tokens all accounts have, ended ones included.
    pub fn count_tokens(&self) -> usize {
        let accounts = self.grafana.service_accounts(MAIN_ORGANIZATION).into_iter();
        accounts.map(|account| self.grafana.tokens(MAIN_ORGANIZATION, account.id).len()).sum()
    }

    pub fn delete_token(&self, account: &str, id: &str) -> Result<(), Refused> {
        self.offers(Generation::has_service_accounts)?;
        Ok(self.grafana.delete_token(MAIN_ORGANIZATION, number(account)?, number(id)?)?)
    }

    /// The tokens of an account, which has to be there.
    pub fn tokens(&self, account: &str) -> Result<Vec<Key>, Refused> {
        let account = number(account)?;
        if !self.service_accounts()?.iter().any(|known| known.id == account) {
            return Err(Refused::NotFound);
        }
        Ok(self.grafana.tokens(MAIN_ORGANIZATION, account))
    }

    fn offers(&self, what: impl Fn(Generation) -> bool) -> Result<(), Refused> {
        if what(self.grafana.generation()) { Ok(()) } else { Err(Refused::NotOffered) }
    }
}

/// What is no number is nobody's id.
fn number(id: &str) -> Result<i64, Refused> {
    i64::from_str(id).map_err(|_| Refused::NotFound)
}
