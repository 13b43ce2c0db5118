//! `grafana_api_key` for `terraform query`: the keys that could be imported.

use tfplugin::{
    Context, Diagnostic, Done, Found, ListResource, Listed, Outcome, Schema, Value, async_trait,
};

use crate::data_sources::grafana_api_keys::{matches, pattern};
use crate::keys::Keys;
use crate::resources::grafana_api_key::{Address, ApiKeyIdentity, ApiKeys, org, state_of};

/// Finds the keys of an organization, API keys and service account tokens alike, to import them.
#[derive(Debug, Schema)]
#[list_resource("grafana_api_key")]
pub struct Search {
    /// Id of the organization. Default: `org_id` of the provider, else `1`, or `0` when the provider
    /// signs in with a token, which belongs to one organization.
    #[attr(optional)]
    pub org_id: Value<String>,
    /// Only keys whose name this [regular expression](https://docs.rs/regex-lite) matches.
    #[attr(optional)]
    pub name_regex: Value<String>,
    /// Whether to find keys that have expired too: once imported, they are replaced. Default: `false`.
    #[attr(optional)]
    pub include_expired: Value<bool>,
}

/// Lists `grafana_api_key`.
#[derive(Debug)]
pub struct ApiKeySearch(Keys);

impl ApiKeySearch {
    /// Lists the keys of an instance.
    pub fn new(keys: Keys) -> Self {
        ApiKeySearch(keys)
    }
}

#[async_trait]
impl ListResource for ApiKeySearch {
    type Config = Search;
    type Resource = ApiKeys;

    async fn list(&self, config: Search, found: &Found<ApiKeys>, cx: &Context) -> Outcome<()> {
        let org = match config.org_id.known() {
            Some(text) => org(text)?,
            None => self.0.default_org()?,
        };
        let pattern = pattern(&config.name_regex)?;
        let organization = self.0.of(org)?;
        let listing = cx.wait(organization.list()).await??;
        let with_expired = config.include_expired == Value::Known(true);
        for key in listing.keys.iter().filter(|key| matches(pattern.as_ref(), key)) {
            let state = state_of(org, key);
            if state.has_expired == Value::Known(true) && !with_expired {
                continue;
            }
            let listed = Listed {
                identity: ApiKeyIdentity::from(Address { org, key: key.id }),
                display_name: key.name.clone(),
                resource: found.wants_resource().then_some(state),
            };
            if !found.push(listed).await {
                return Ok(().into());
            }
        }
        let done = Done::new(());
        Ok(if listing.may_be_cut { done.warn(cut(org)) } else { done })
    }

    fn validate(config: &Search) -> Vec<Diagnostic> {
        let org = config.org_id.known().map(|text| org(text).map(drop));
        let pattern = pattern(&config.name_regex).map(drop);
        org.into_iter().chain([pattern]).filter_map(Result::err).collect()
    }
}

fn cut(org: i64) -> Diagnostic {
    Diagnostic::warning(
        "There may be more keys",
        format!(
            "Grafana lists a hundred API keys at most, by name, and organization {org} has as many or more: those \
             beyond are not shown, and can be imported only once they are migrated to service accounts."
        ),
    )
}
