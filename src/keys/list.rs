//! All keys of an organization.

use super::{Key, Organization};
use crate::access::is_own_sign_in;
use crate::grafana::Error;

/// The keys of an organization, expired ones too, ordered by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// API keys and tokens of service accounts.
    pub keys: Vec<Key>,
    /// Whether API keys may be missing, because Grafana lists a hundred at most.
    pub may_be_cut: bool,
}

impl Organization {
    /// Every key and token that Grafana shows, without those that runs make to sign in with: they
    /// are others in every run.
    ///
    /// # Errors
    /// When Grafana cannot be asked.
    pub async fn list(&self) -> Result<Listing, Error> {
        let list = self.api_keys().await?;
        let list = list.as_ref().as_ref();
        let mut keys: Vec<Key> = list.into_iter().flat_map(|l| &l.keys).map(Key::from).collect();
        keys.extend(self.all_tokens().await?);
        keys.retain(|key| !is_own_sign_in(&key.name));
        keys.sort_by_key(|key| key.id);
        Ok(Listing { keys, may_be_cut: list.is_some_and(|list| list.may_be_cut) })
    }
}
