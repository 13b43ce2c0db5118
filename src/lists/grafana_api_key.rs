//! `grafana_api_key` for `terraform query`: the keys that could be imported.

use tfplugin::{Context, Done, Found, ListResource, Listed, Outcome, Schema, Value, async_trait};

use crate::keys::{Filter, Keys, NamePattern, OrgId, diagnostics};
use crate::resources::grafana_api_key::{ApiKey, ApiKeyIdentity, ApiKeyResource};

/// Finds the API keys and service account tokens of an organization, to import them.
#[derive(Debug, Schema)]
#[list_resource("grafana_api_key")]
pub struct ApiKeyListModel {
    /// ID of the organization. Default: `org_id` of the provider, else `1`, or `0` when the provider signs in with a
    /// token, which belongs to a single organization.
    #[attr(optional)]
    pub org_id: Value<OrgId>,
    /// Only find keys whose name matches this [regular expression](https://docs.rs/regex-lite).
    #[attr(optional)]
    pub name_regex: Value<NamePattern>,
    /// Whether to find expired keys too. Once imported, such a key is replaced by the next plan. Default: `false`.
    #[attr(optional)]
    pub include_expired: Value<bool>,
}

/// Lists `grafana_api_key`.
#[derive(Debug)]
pub struct ApiKeyListResource(Keys);

impl ApiKeyListResource {
    /// Lists the keys of an instance.
    pub fn new(keys: Keys) -> Self {
        ApiKeyListResource(keys)
    }
}

#[async_trait]
impl ListResource for ApiKeyListResource {
    type Config = ApiKeyListModel;
    type Resource = ApiKeyResource;

    async fn list(
        &self,
        config: ApiKeyListModel,
        found: &Found<ApiKeyResource>,
        cx: &Context,
    ) -> Outcome<()> {
        let organization = self.0.organization(config.org_id.known().copied(), cx).await?;
        let name = config.name_regex.known().cloned();
        let include_expired = config.include_expired == Value::Known(true);
        organization.begin_list(format!("list {name:?} {include_expired}"));
        let listing = organization.list(&Filter { name, include_expired }).await?;
        let org = organization.id();
        for key in &listing.keys {
            let identity = ApiKeyIdentity { org_id: org.to_string(), key_id: key.number };
            let resource = found.wants_resource().then(|| ApiKey::showing(org, key));
            let listed = Listed { identity, display_name: key.name.clone(), resource };
            if !found.push(listed).await {
                return Ok(().into());
            }
        }
        let warning = listing.may_be_cut.then(|| diagnostics::list_cut(org));
        Ok(Done::new(()).warn_all(warning))
    }
}
