//! `grafana_api_keys`: the keys of an organization.

use regex_lite::Regex;
use tfplugin::{
    Context, DataSource, Diagnostic, Done, Object, Outcome, Schema, Value, async_trait, path,
};

use crate::keys::{Key, Keys};
use crate::resources::grafana_api_key::{org, state_of};

/// The keys of an organization: API keys and service account tokens alike, without their secrets.
#[derive(Debug, Schema)]
#[data_source("grafana_api_keys", timeouts(read = "5m"))]
pub struct ApiKeyList {
    /// Id of the organization. Default: `org_id` of the provider, else `1`, or `0` when the provider
    /// signs in with a token, which belongs to one organization.
    #[attr(optional, computed, validate = |text| org(text).map(drop).map_err(|said| said.detail))]
    pub org_id: Value<String>,
    /// Only keys whose name this [regular expression](https://docs.rs/regex-lite) matches.
    #[attr(optional, validate = |text| compiled(text).map(drop))]
    pub name_regex: Value<String>,
    /// Whether to show keys that have expired. Default: `true`.
    #[attr(optional)]
    pub include_expired: Value<bool>,
    /// The keys, ordered by number.
    #[attr(computed)]
    pub keys: Value<Vec<ListedKey>>,
    /// Whether these are all: Grafana lists a hundred API keys at most.
    #[attr(computed)]
    pub is_complete: Value<bool>,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
pub struct ListedKey {
    /// `ORG:ID`, as it is imported.
    #[attr(computed)]
    pub id: Value<String>,
    /// Number of the key.
    #[attr(computed)]
    pub key_id: Value<i64>,
    /// Its name.
    #[attr(computed)]
    pub name: Value<String>,
    /// What it may do.
    #[attr(computed)]
    pub role: Value<String>,
    /// When it expires, as an RFC 3339 time; null if never.
    #[attr(computed)]
    pub expiration: Value<String>,
    /// Whether it has expired.
    #[attr(computed)]
    pub has_expired: Value<bool>,
    /// What it is in Grafana: `api_key`, or `service_account` for a token of a service account.
    #[attr(computed)]
    pub backend: Value<String>,
    /// Id of the service account that holds it; null for an API key.
    #[attr(computed)]
    pub service_account_id: Value<i64>,
}

/// Reads `grafana_api_keys`.
#[derive(Debug)]
pub struct ApiKeyLists(Keys);

impl ApiKeyLists {
    /// Reads the keys of an instance.
    pub fn new(keys: Keys) -> Self {
        ApiKeyLists(keys)
    }
}

#[async_trait]
impl DataSource for ApiKeyLists {
    type Model = ApiKeyList;

    async fn read(&self, mut config: ApiKeyList, cx: &Context) -> Outcome<ApiKeyList> {
        let org = match config.org_id.known() {
            Some(text) => org(text)?,
            None => self.0.default_org()?,
        };
        let pattern = pattern(&config.name_regex)?;
        let organization = self.0.of(org)?;
        let listing = cx.wait(organization.list()).await??;
        let with_expired = config.include_expired.known().copied().unwrap_or(true);
        let matching = listing.keys.iter().filter(|key| matches(pattern.as_ref(), key));
        let listed = matching.map(|key| listed(org, key));
        let shown = listed.filter(|key| with_expired || key.has_expired != Value::Known(true));
        config.keys = shown.collect::<Vec<_>>().into();
        config.org_id = org.to_string().into();
        config.is_complete = (!listing.may_be_cut).into();
        Ok(Done::new(config))
    }
}

fn listed(org: i64, key: &Key) -> ListedKey {
    let state = state_of(org, key);
    ListedKey {
        id: state.id,
        key_id: key.id.into(),
        name: state.name,
        role: state.role,
        expiration: state.expiration,
        has_expired: state.has_expired,
        backend: state.backend,
        service_account_id: state.service_account_id,
    }
}

fn compiled(text: &str) -> Result<Regex, String> {
    Regex::new(text).map_err(|error| format!("Expected a regular expression: {error}."))
}

/// The pattern that names have to match, if there is one.
pub(crate) fn pattern(text: &Value<String>) -> Result<Option<Regex>, Diagnostic> {
    let wrong = |why| Diagnostic::error("Invalid pattern", why).at(path!(name_regex));
    text.known().map(|text| compiled(text)).transpose().map_err(wrong)
}

/// Whether a key's name matches.
pub(crate) fn matches(pattern: Option<&Regex>, key: &Key) -> bool {
    pattern.is_none_or(|pattern| pattern.is_match(&key.name))
}
