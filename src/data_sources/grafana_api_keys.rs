//! `grafana_api_keys`: the keys of an organization.

use tfplugin::{Context, DataSource, Object, Outcome, Schema, Value, async_trait};

use crate::grafana::Role;
use crate::keys::{Filter, Key, KeyId, Keys, NamePattern, OrgId};

/// Lists the API keys and service account tokens of an organization, without their secrets.
#[derive(Debug, Schema)]
#[data_source("grafana_api_keys")]
pub struct ApiKeysModel {
    /// ID of the organization. Default: `org_id` of the provider, else `1`, or `0` when the provider signs in with a
    /// token, which belongs to a single organization.
    #[attr(optional, computed)]
    pub org_id: Value<OrgId>,
    /// Only list keys whose name matches this [regular expression](https://docs.rs/regex-lite).
    #[attr(optional)]
    pub name_regex: Value<NamePattern>,
    /// Whether to list expired keys. Default: `true`.
    #[attr(optional)]
    pub include_expired: Value<bool>,
    /// The keys, ordered by ID.
    #[attr(computed)]
    pub keys: Value<Vec<ListedKey>>,
    /// Whether the list is complete. Grafana lists at most 100 API keys, and 300 tokens of a service account.
    #[attr(computed)]
    pub is_complete: Value<bool>,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
pub struct ListedKey {
    /// `ORG:ID`, as used for the import.
    #[attr(computed)]
    pub id: Value<String>,
    /// ID of the key.
    #[attr(computed)]
    pub key_id: Value<i64>,
    /// Name of the key.
    #[attr(computed)]
    pub name: Value<String>,
    /// Role of the key.
    #[attr(computed)]
    pub role: Value<Role>,
    /// When the key expires, in RFC 3339 format; null if never.
    #[attr(computed)]
    pub expiration: Value<String>,
    /// Whether the key has expired.
    #[attr(computed)]
    pub has_expired: Value<bool>,
    /// Whether Grafana has revoked the key, as it does with leaked tokens.
    #[attr(computed)]
    pub is_revoked: Value<bool>,
    /// Whether the service account of the key is disabled, in which case Grafana refuses the key.
    #[attr(computed)]
    pub is_disabled: Value<bool>,
    /// Kind of the key in Grafana: `api_key`, or `service_account` for a service account token.
    #[attr(computed)]
    pub backend: Value<String>,
    /// ID of the service account that holds the key; null for an API key.
    #[attr(computed)]
    pub service_account_id: Value<i64>,
}

/// Reads `grafana_api_keys`.
#[derive(Debug)]
pub struct ApiKeysDataSource(Keys);

impl ApiKeysDataSource {
    /// Reads the keys of an instance.
    pub fn new(keys: Keys) -> Self {
        ApiKeysDataSource(keys)
    }
}

#[async_trait]
impl DataSource for ApiKeysDataSource {
    type Model = ApiKeysModel;

    async fn read(&self, mut config: ApiKeysModel, cx: &Context) -> Outcome<ApiKeysModel> {
        let organization = self.0.organization(config.org_id.known().copied(), cx).await?;
        let name = config.name_regex.known().cloned();
        let include_expired = config.include_expired.known().copied().unwrap_or(true);
        organization.begin_list(format!("data {name:?} {include_expired}"));
        let listing = organization.list(&Filter { name, include_expired }).await?;
        let org = organization.id();
        config.keys = listing.keys.iter().map(|key| shown(org, key)).collect::<Vec<_>>().into();
        config.org_id = org.into();
        config.is_complete = (!listing.may_be_cut).into();
        Ok(config.into())
    }
}

fn shown(org: OrgId, key: &Key) -> ListedKey {
    ListedKey {
        id: KeyId { org, number: key.number }.to_string().into(),
        key_id: key.number.into(),
        name: key.name.clone().into(),
        role: key.role.into(),
        expiration: key.expiration.map(|end| end.to_string()).into(),
        has_expired: key.condition.has_expired.into(),
        is_revoked: key.condition.is_revoked.into(),
        is_disabled: key.condition.is_disabled.into(),
        backend: key.backend.as_str().into(),
        service_account_id: key.backend.service_account_id().into(),
    }
}
