//! All keys of an organization.

use std::fmt;
use std::str::FromStr;

use regex_lite::Regex;

use super::{Key, Organization};
use crate::access::is_own_sign_in;
use crate::grafana::Error;

/// The keys of an organization, ordered by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// API keys and tokens of service accounts.
    pub keys: Vec<Key>,
    /// Whether keys may be missing, because Grafana cuts its lists.
    pub may_be_cut: bool,
}

/// Which keys are wanted.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Only those whose name matches.
    pub name: Option<NamePattern>,
    /// Those that have expired, too.
    pub include_expired: bool,
}

/// A regular expression, as `name_regex` holds it.
#[derive(Clone, Debug)]
pub struct NamePattern(Regex);

tfplugin::text_type!(NamePattern);

impl FromStr for NamePattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let invalid = |error| format!("expected a regular expression: {error}");
        Regex::new(text).map(NamePattern).map_err(invalid)
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl PartialEq for NamePattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Organization {
    /// The keys and tokens that Grafana shows, without those that runs create to sign in with: they
    /// are others in every run.
    ///
    /// # Errors
    /// When Grafana cannot be asked.
    pub async fn list(&self, filter: &Filter) -> Result<Listing, Error> {
        let mut listing = self.all_tokens().await?;
        if let Some(list) = &*self.api_keys().await? {
            listing.keys.extend(list.keys.iter().map(Key::from));
            listing.may_be_cut |= list.may_be_cut;
        }
        listing.keys.retain(|key| filter.admits(key) && !is_own_sign_in(&key.name));
        listing.keys.sort_by_key(|key| key.number);
        Ok(listing)
    }
}

impl Filter {
    fn admits(&self, key: &Key) -> bool {
        let matches = |NamePattern(regex): &NamePattern| regex.is_match(&key.name);
        (self.include_expired || !key.condition.has_expired)
            && self.name.as_ref().is_none_or(matches)
    }
}
