//! The keys of an organization, wherever Grafana keeps them: API keys up to 12.0, tokens of service
//! accounts from 9.1 on, and either while an instance is being upgraded.
//!
//! What an instance offers is learned from its answers, once for each organization and each
//! ConfigureProvider call, and from a version only before a replacement with the role `None`. What
//! is read is shared until something is written: a plan of a thousand keys of one organization lists
//! them once.
//!
//! Nothing is deleted that is not proven to be the key that is meant, or to be made for it. Proof is
//! the number together with the name; where Grafana cuts a list, the key's own secret; and for what
//! an answer that was lost may have left, a random name that nobody else can have given.

mod accounts;
mod check;
mod create;
mod delete;
pub(crate) mod diagnostics;
mod expiry;
mod find;
mod id;
mod left;
mod list;
mod new_key;
mod organization;
mod shared;
mod unfinished;
mod unique;
mod update;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tfplugin::{Diagnostic, IntoDiagnostic, Limits};

pub use create::{generated_name, lifetime};
pub use expiry::Expiry;
pub use find::{KeyRef, Presence};
pub use id::{KeyId, OrgId, parse_key_id};
pub use list::{Filter, NamePattern};
pub use new_key::NewKey;
pub use organization::Organization;

use crate::access::GrafanaAccess;
use crate::grafana::Role;
use delete::DeleteError;
use organization::Cache;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A key as Grafana shows it, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Number, of one sequence for API keys and tokens; it survives a migration.
    pub number: i64,
    /// Unique in the organization, and never changed.
    pub name: String,
    /// Of the API key, or of its service account; `None` if this provider does not know the role.
    pub role: Option<Role>,
    /// `None` if it never expires.
    pub expiration: Option<Timestamp>,
    /// Whether it works.
    pub condition: Condition,
    /// What it is in Grafana.
    pub backend: Backend,
}

/// What keeps a key that is there from working.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// By Grafana, or by this machine's clock: Grafana does not say it of API keys.
    pub has_expired: bool,
    /// Whether Grafana has withdrawn it.
    pub is_revoked: bool,
    /// Whether its service account is disabled.
    pub is_disabled: bool,
}

/// What a key is in Grafana.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backend {
    /// An API key.
    ApiKey,
    /// A token of a service account.
    ServiceAccount {
        /// Id of the account.
        id: i64,
        /// Whether other tokens are in it, so that its role is not this key's alone.
        has_other_tokens: bool,
    },
}

impl Backend {
    /// `api_key` or `service_account`, as users see it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Backend::ApiKey => "api_key",
            Backend::ServiceAccount { .. } => "service_account",
        }
    }

    /// Id of the service account; `None` for an API key.
    #[must_use]
    pub fn service_account_id(&self) -> Option<i64> {
        match self {
            Backend::ApiKey => None,
            Backend::ServiceAccount { id, .. } => Some(*id),
        }
    }

    /// Whether an account without other tokens holds it, which can be changed in place.
    #[must_use]
    pub fn is_alone_in_account(&self) -> bool {
        matches!(self, Backend::ServiceAccount { has_other_tokens: false, .. })
    }
}

/// The keys of an instance: made once by each ConfigureProvider call. Clones share what was read.
#[derive(Clone, Debug)]
pub struct Keys {
    access: GrafanaAccess,
    caches: Arc<Mutex<HashMap<OrgId, Arc<Cache>>>>,
}

impl Keys {
    /// The keys of the instance that `access` reaches. Nothing is sent.
    pub fn new(access: GrafanaAccess) -> Self {
        Keys { access, caches: Arc::default() }
    }

    /// As [`GrafanaAccess::check_configured`].
    ///
    /// # Errors
    /// As there.
    pub fn check_configured(&self) -> Result<(), Diagnostic> {
        self.access.check_configured()
    }

    /// As [`GrafanaAccess::not_refreshed`].
    pub fn not_refreshed(&self) -> Option<Diagnostic> {
        self.access.not_refreshed()
    }

    /// The keys of an organization. Without an id it is that of the provider's configuration, else
    /// 0 for a token, which belongs to one organization, and 1 for a user, who may belong to many.
    ///
    /// # Errors
    /// As [`GrafanaAccess::client`]; and if the provider's sign-in belongs to another organization,
    /// which older Grafana would answer for in its place, or that cannot be told.
    pub async fn organization(
        &self,
        org: Option<OrgId>,
        limits: &Limits,
    ) -> Result<Organization, Diagnostic> {
        let client = self.access.client(limits).await?;
        let org = org.or(self.default_org()).unwrap_or_default();
        let client = client.for_org(Some(org.number()));
        let organization = Organization::new(client, org, self.cache(org));
        match organization.other_organization().await {
            Ok(None) => Ok(organization),
            Ok(Some(other)) => Err(other.into_diagnostic()),
            Err(error) => Err(error.into_diagnostic()),
        }
    }

    /// The organization of a key whose configuration names none; `None` while that is not known.
    pub fn default_org(&self) -> Option<OrgId> {
        self.access.default_org().map(OrgId::from)
    }

    /// Remembers until when the key of that name keeps it, whatever becomes of its resource; `None`: it does not.
    pub fn remember_left(&self, org: OrgId, name: &str, until: Option<Timestamp>) {
        self.cache(org).remember_left(name, until);
    }

    fn cache(&self, org: OrgId) -> Arc<Cache> {
        let mut caches = lock(&self.caches);
        caches.entry(org).or_default().clone()
    }
}
