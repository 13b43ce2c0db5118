//! `grafana_api_key`, ephemeral: a key for one run, stored nowhere.

use serde::{Deserialize, Serialize};
use tfplugin::{
    Context, Done, EphemeralResource, Limits, Opened, Outcome, Schema, Secret, Value, async_trait,
};

use crate::grafana::Role;
use crate::keys::{KeyId, KeyRef, Keys, NewKey, OrgId, diagnostics, generated_name};

/// Lifetime of a key whose configuration gives none, in seconds.
const DEFAULT_LIFETIME: i64 = 3600;

/// Creates a Grafana API key for a single run, stored in neither the plan nor the state.
///
/// The key is created when Terraform needs it and deleted when the run ends, also when the run fails or is
/// interrupted. If Terraform or the machine is killed, the key stays until `seconds_to_live` ends it.
///
/// -> **Plan and apply are two runs**, each with a key of its own. Use the key only where a value may be ephemeral: in
/// a provider block, in a write-only argument, or in another ephemeral resource.
#[derive(Debug, Schema)]
#[ephemeral("grafana_api_key")]
pub struct EphemeralApiKeyModel {
    /// ID of the organization. Default: `org_id` of the provider, else `1`, or `0` when the provider signs in with a
    /// token, which belongs to a single organization.
    #[attr(optional, computed)]
    pub org_id: Value<OrgId>,
    /// Prefix of the name; the time and random characters follow. Default: `terraform-`.
    #[attr(optional, computed, length(1..=160))]
    pub name_prefix: Value<String>,
    /// Role of the key: `Viewer`, `Editor`, `Admin`, or `None` (from Grafana 10.2 on).
    #[attr(required)]
    pub role: Value<Role>,
    /// Lifetime of the key in seconds, in case it cannot be deleted. It must cover the whole run. Amazon Managed
    /// Grafana allows at most 2592000 (30 days). Default: 3600 (1 hour).
    #[attr(optional, computed, range(1..))]
    pub seconds_to_live: Value<i64>,
    /// `ORG:ID`: organization and ID of the key.
    #[attr(computed)]
    pub id: Value<String>,
    /// Name of the key.
    #[attr(computed)]
    pub name: Value<String>,
    /// The secret.
    #[attr(computed, sensitive)]
    pub key: Value<Secret>,
    /// When the key expires, in RFC 3339 format.
    #[attr(computed)]
    pub expiration: Value<String>,
    /// Kind of the key in Grafana: `api_key`, or `service_account` for a service account token.
    #[attr(computed)]
    pub backend: Value<String>,
}

/// What has to be deleted when the run ends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EphemeralApiKeyPrivate {
    open: Option<OpenKey>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct OpenKey {
    org: String,
    key: i64,
    name: String,
    account: Option<i64>,
    #[serde(default)]
    expiration: Option<String>,
}

/// Opens `grafana_api_key`.
#[derive(Debug)]
pub struct EphemeralApiKeyResource(Keys);

impl EphemeralApiKeyResource {
    /// Creates keys of an instance.
    pub fn new(keys: Keys) -> Self {
        EphemeralApiKeyResource(keys)
    }
}

#[async_trait]
impl EphemeralResource for EphemeralApiKeyResource {
    type Model = EphemeralApiKeyModel;
    type Private = EphemeralApiKeyPrivate;

    async fn open(
        &self,
        mut config: EphemeralApiKeyModel,
        cx: &Context<EphemeralApiKeyPrivate>,
    ) -> Outcome<Opened<EphemeralApiKeyModel>> {
        let organization = self.0.organization(config.org_id.known().copied(), cx).await?;
        let org = organization.id();
        let prefix = config.name_prefix.into_known().unwrap_or_else(|| "terraform-".to_owned());
        let lifetime = config.seconds_to_live.into_known().unwrap_or(DEFAULT_LIFETIME);
        let new = NewKey {
            name: generated_name(&prefix),
            is_name_generated: true,
            role: config.role.known().copied().unwrap_or(Role::Viewer),
            lifetime: Some(lifetime),
        };
        let (key, secret) = organization.create(&new).await?;
        cx.set_private(EphemeralApiKeyPrivate {
            open: Some(OpenKey {
                org: org.to_string(),
                key: key.number,
                name: key.name.clone(),
                account: key.backend.service_account_id(),
                expiration: key.expiration.map(|end| end.to_string()),
            }),
        });
        config.org_id = org.into();
        config.name_prefix = prefix.into();
        config.seconds_to_live = lifetime.into();
        config.id = KeyId { org, number: key.number }.to_string().into();
        config.name = key.name.into();
        config.key = Secret::from(secret).into();
        config.expiration = key.expiration.map(|end| end.to_string()).into();
        config.backend = key.backend.as_str().into();
        Ok(Opened::from(config).into())
    }

    async fn close(&self, cx: &Context<EphemeralApiKeyPrivate>) -> Outcome<()> {
        let Some(open) = cx.private().open else {
            return Ok(().into());
        };
        let org = open.org.parse::<OrgId>().ok();
        let id = KeyId { org: org.unwrap_or_default(), number: open.key };
        let end = open.expiration.clone();
        let closed = self.delete(org, open, cx).await;
        closed.map_err(|error| error.and(diagnostics::ephemeral_key_kept(id, end.as_deref())))
    }
}

impl EphemeralApiKeyResource {
    async fn delete(&self, org: Option<OrgId>, open: OpenKey, limits: &Limits) -> Outcome<()> {
        let organization = self.0.organization(org, limits).await?;
        let OpenKey { key: number, name, account, .. } = open;
        let key = KeyRef { number, name: Some(name.clone()), account, secret: None };
        let kept = organization.delete(&key).await?;
        let name = organization.quote(&name);
        let warning = kept.map(|account| diagnostics::account_kept(&name, &account));
        Ok(Done::new(()).warn_all(warning))
    }
}
