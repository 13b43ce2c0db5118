//! `grafana_api_key`, ephemeral: a key for one run, stored nowhere.

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use tfplugin::{
    Context, Diagnostic, Done, EphemeralResource, Opened, Outcome, Schema, Secret, Value,
    async_trait, path,
};

use crate::grafana::Role;
use crate::keys::{Keys, NewKey, Removed, Sought, ToRemove};
use crate::resources::grafana_api_key::{after_removal, backend, generated_name, org};

/// Life of a key whose configuration gives none, in seconds.
const DEFAULT_LIFE: i64 = 3600;

/// A Grafana API key for one run: made when Terraform needs it, deleted when the run ends, and
/// stored neither in plans nor in the state.
///
/// Planning and applying are two runs: each makes a key of its own, so that the two differ. Use the
/// key where a value may be ephemeral: in a provider block, in a write-only argument, in another
/// ephemeral resource.
///
/// The key is deleted also when the run fails or is stopped. Should Terraform or the machine be
/// killed, `max_seconds_to_live` ends the key's life: choose it to outlast the longest run.
#[derive(Debug, Schema)]
#[ephemeral("grafana_api_key", timeouts(open = "5m"))]
pub struct EphemeralApiKey {
    /// Id of the organization. Default: `org_id` of the provider, else `1`, or `0` when the provider
    /// signs in with a token, which belongs to one organization.
    #[attr(optional, computed, validate = |text| org(text).map(drop).map_err(|said| said.detail))]
    pub org_id: Value<String>,
    /// Beginning of the key's name; time and random letters follow. Default: `terraform-`.
    #[attr(optional, computed, length(1..=160))]
    pub name_prefix: Value<String>,
    /// What the key may do: `Viewer`, `Editor` or `Admin`.
    #[attr(required, one_of("Viewer", "Editor", "Admin"))]
    pub role: Value<String>,
    /// Life of the key in seconds, should it not be deleted before; it must cover the whole run.
    /// Default: 3600, an hour. Amazon Managed Grafana allows at most 2592000 (30 days).
    #[attr(optional, computed, range(1..))]
    pub max_seconds_to_live: Value<i64>,
    /// `ORG:ID`: organization and number of the key.
    #[attr(computed)]
    pub id: Value<String>,
    /// Its name.
    #[attr(computed)]
    pub name: Value<String>,
    /// The secret.
    #[attr(computed, sensitive)]
    pub key: Value<Secret>,
    /// When the key expires, as an RFC 3339 time.
    #[attr(computed)]
    pub expiration: Value<String>,
    /// What the key is in Grafana: `api_key`, or `service_account` for a token of a service account.
    #[attr(computed)]
    pub backend: Value<String>,
}

/// What is remembered while the key is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EphemeralApiKeyPrivate {
    open: Option<Open>,
}

/// What has to be removed when the run ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Open {
    org: i64,
    key: i64,
    name: String,
    account: Option<i64>,
}

/// Opens `grafana_api_key`.
#[derive(Debug)]
pub struct EphemeralApiKeys(Keys);

impl EphemeralApiKeys {
    /// Makes keys of an instance.
    pub fn new(keys: Keys) -> Self {
        EphemeralApiKeys(keys)
    }
}

#[async_trait]
impl EphemeralResource for EphemeralApiKeys {
    type Model = EphemeralApiKey;
    type Private = EphemeralApiKeyPrivate;

    async fn open(
        &self,
        mut config: EphemeralApiKey,
        cx: &Context<EphemeralApiKeyPrivate>,
    ) -> Outcome<Opened<EphemeralApiKey>> {
        let org = match config.org_id.known() {
            Some(text) => org(text)?,
            None => self.0.default_org()?,
        };
        let prefix = config.name_prefix.into_known().unwrap_or_else(|| "terraform-".to_owned());
        let life = config.max_seconds_to_live.into_known().unwrap_or(DEFAULT_LIFE);
        let name = generated_name(&prefix);
        let role: Option<Role> = config.role.known().and_then(|role| role.parse().ok());
        let role = role.ok_or_else(|| {
            Diagnostic::error("Invalid role", "Expected Viewer, Editor or Admin.").at(path!(role))
        })?;
        let (seconds_to_live, has_made_up_name) = (Some(life), true);
        let new = NewKey { name: name.clone(), role, seconds_to_live, has_made_up_name };
        let made = self.0.of(org)?.make(&new, cx).await.map_err(about_life)?;
        let account = made.home.account();
        let open = Open { org, key: made.id, name: name.clone(), account };
        cx.set_private(EphemeralApiKeyPrivate { open: Some(open) });
        config.org_id = org.to_string().into();
        config.name_prefix = prefix.into();
        config.max_seconds_to_live = life.into();
        config.id = format!("{org}:{}", made.id).into();
        config.name = name.into();
        config.key = Secret::from(made.secret.expose_secret()).into();
        config.expiration = made.expiration.map(|end| end.to_string()).into();
        config.backend = backend(&made.home).into();
        Ok(Opened::from(config).into())
    }

    async fn close(&self, cx: &Context<EphemeralApiKeyPrivate>) -> Outcome<()> {
        let Some(open) = cx.private().open else {
            return Ok(().into());
        };
        let sought =
            Sought { id: open.key, name: Some(open.name), account: open.account, secret: None };
        let name = sought.name.clone().unwrap_or_default();
        let target = ToRemove { key: sought, made_account: open.account };
        let removed = self.0.of(open.org)?.remove(&target).await?;
        match after_removal(&removed, &name) {
            Some(said) if matches!(removed, Removed::StillThere { .. }) => Err(said)?,
            Some(said) => Ok(Done::new(()).warn(said)),
            None => Ok(().into()),
        }
    }
}

/// The same error, with the attribute's name here.
fn about_life(error: crate::keys::MakeError) -> Diagnostic {
    let mut said = tfplugin::IntoDiagnostic::into_diagnostic(error);
    if said.path == path!(seconds_to_live) {
        said.detail = said.detail.replace("seconds_to_live`", "max_seconds_to_live`");
        said = said.at(path!(max_seconds_to_live));
    }
    said
}
