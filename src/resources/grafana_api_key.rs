//! `grafana_api_key`: an API key of one organization, on every generation of Grafana.

use serde::{Deserialize, Serialize};
use tfplugin::{
    At, Context, Diagnostic, Done, Identity, ImportTarget, Limits, Listed, MoveSource, Outcome,
    Plan, Resource, Schema, Secret, Value, async_trait, path,
};

use crate::grafana::Role;
use crate::keys::{
    Expiry, Key, KeyId, KeyRef, Keys, NewKey, OrgId, Organization, Presence, diagnostics,
    generated_name, lifetime, parse_key_id,
};

/// An API key of one organization, on every generation of Grafana.
///
/// Grafana created API keys up to 11.2 and has moved them into service accounts since. The same
/// configuration works throughout: where Grafana no longer creates API keys, this creates a service
/// account with the key's role that holds one token, and a key that Grafana migrates in an upgrade is
/// found again, with the same secret and nothing to change. `backend` shows which it is.
///
/// A key that has expired, or is within `early_rotation_window_seconds` of it, is replaced by the
/// next plan. With `name_prefix` instead of `name` and `create_before_destroy`, the new key is
/// there before the old one is destroyed.
///
/// Destroying a key deletes the service account that was created for it
/// (`NAME-terraform-RANDOM`), unless that holds other tokens by then. The account of an imported
/// token is kept. A key is deleted only if that is proven to be this one: by its id and name in
/// Grafana's list or, where Grafana cuts the list (100 API keys, 300 tokens of an account), by its
/// secret.
///
/// The secret is stored in the state. The ephemeral resource of the same name stores nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Schema)]
#[resource("grafana_api_key", version = 0)]
pub struct ApiKeyModel {
    /// `ORG:ID`: organization and number of the key.
    #[attr(computed, use_state_for_unknown)]
    pub id: Value<String>,
    /// Id of the organization. Default: `org_id` of the provider, else `1`, or `0` when the provider
    /// signs in with a token, which belongs to one organization. A change replaces the key.
    #[attr(optional, computed, use_state_for_unknown, replace)]
    pub org_id: Value<OrgId>,
    /// Name, unique among the keys and service account tokens of the organization. One of `name` and
    /// `name_prefix` is needed. A change replaces the key.
    #[attr(optional, computed, use_state_for_unknown, replace, length(1..=190), exactly_one_of(name_prefix))]
    pub name: Value<String>,
    /// Prefix of a generated, unique name, so that a new key can be created before the old one is
    /// destroyed. A change replaces the key.
    #[attr(optional, replace, length(1..=160))]
    pub name_prefix: Value<String>,
    /// What the key may do: `Viewer`, `Editor`, `Admin`, or `None` (tokens of service accounts, from
    /// Grafana 10.2 on). A change replaces an API key; a token that is alone in its service account
    /// changes in place.
    #[attr(required)]
    pub role: Value<Role>,
    /// Lifetime of the key in seconds; without it, or with 0, the key never expires. Grafana may limit
    /// it (`api_key_max_seconds_to_live`); Amazon Managed Grafana requires one of at most 2592000 (30
    /// days). A change replaces the key, except that setting it for an imported key changes nothing
    /// but the state.
    #[attr(optional, replace, range(0..))]
    pub seconds_to_live: Value<i64>,
    /// How many seconds before its expiration the key is replaced by the next plan. Default: only
    /// after it.
    #[attr(optional, range(0..))]
    pub early_rotation_window_seconds: Value<i64>,
    /// The secret, which Grafana shows only when it creates the key; null after an import.
    #[attr(computed, use_state_for_unknown, sensitive)]
    pub key: Value<Secret>,
    /// When the key expires, as an RFC 3339 time; null if never.
    #[attr(computed, use_state_for_unknown)]
    pub expiration: Value<String>,
    /// Whether the key had expired when it was last read. The next plan replaces it then.
    #[attr(computed, use_state_for_unknown)]
    pub has_expired: Value<bool>,
    /// Whether the key has to be replaced, as it was last read: it had expired, was within
    /// `early_rotation_window_seconds` of it, or was deleted so that only its service account is left.
    /// The next plan replaces it then.
    #[attr(computed, use_state_for_unknown)]
    pub ready_for_rotation: Value<bool>,
    /// What the key is in Grafana: `api_key`, or `service_account` for a token of a service account.
    #[attr(computed, use_state_for_unknown)]
    pub backend: Value<String>,
    /// Id of the service account that holds the key; null for an API key.
    #[attr(computed, use_state_for_unknown)]
    pub service_account_id: Value<i64>,
}

/// What identifies a key.
#[derive(Clone, Debug, PartialEq, Eq, Identity)]
pub struct ApiKeyIdentity {
    /// Id of the organization; `0` is the one that the provider's token belongs to.
    #[identity(required)]
    pub org_id: String,
    /// Number of the key, or of the service account token that it became.
    #[identity(required)]
    pub key_id: i64,
}

/// What is remembered of a key beside its state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ApiKeyPrivate {
    /// Whether the role can be changed in place.
    #[serde(default)]
    has_role_of_its_own: bool,
}

/// Manages `grafana_api_key`.
#[derive(Debug)]
pub struct ApiKeyResource(Keys);

#[async_trait]
impl Resource for ApiKeyResource {
    type Model = ApiKeyModel;
    type Identity = ApiKeyIdentity;
    type Private = ApiKeyPrivate;

    async fn create(
        &self,
        mut plan: ApiKeyModel,
        cx: &Context<ApiKeyPrivate>,
    ) -> Outcome<ApiKeyModel> {
        let organization = self.0.organization(plan.org_id.known().copied(), cx).await?;
        let (name, is_name_generated) = match (plan.name.known(), plan.name_prefix.known()) {
            (Some(name), _) => (name.clone(), false),
            (None, prefix) => (generated_name(prefix.map_or("", String::as_str)), true),
        };
        let role = plan.role.known().copied().unwrap_or(Role::Viewer);
        let lifetime = lifetime(plan.seconds_to_live.known().copied());
        let new = NewKey { name, is_name_generated, role, lifetime };
        let created = organization.create(&new).await?;
        plan.key = Secret::from(created.secret).into();
        let key = Key {
            number: created.number,
            name: new.name,
            role: Some(role),
            expiration: created.expiration,
            has_expired: false,
            backend: created.backend,
        };
        cx.set_private(ApiKeyPrivate { has_role_of_its_own: key.backend.has_role_of_its_own() });
        plan.show(organization.id(), &key);
        plan.ready_for_rotation = false.into();
        Ok(plan.into())
    }

    async fn read(
        &self,
        mut state: ApiKeyModel,
        cx: &Context<ApiKeyPrivate>,
    ) -> Outcome<Option<ApiKeyModel>> {
        if let Some(warning) = self.0.not_refreshed() {
            return Ok(Done::new(Some(state)).warn(warning));
        }
        let (organization, key) = self.find_out(&state, cx).await?;
        let id = KeyId { org: organization.id(), number: key.number };
        match organization.find(&key).await? {
            Presence::Listed(key) => {
                let has_role_of_its_own = key.backend.has_role_of_its_own();
                cx.set_private(ApiKeyPrivate { has_role_of_its_own });
                state.show(id.org, &key);
                Ok(Some(state).into())
            }
            Presence::Gone => Ok(None.into()),
            Presence::OnlyAccount => {
                state.ready_for_rotation = true.into();
                let name = key.name.unwrap_or_default();
                let warning = diagnostics::token_deleted(&name, key.account.unwrap_or_default());
                Ok(Done::new(Some(state)).warn(warning))
            }
            Presence::Unlisted { has_expired, contradicts_lists } => {
                state.show_expiry(has_expired);
                let done = Done::new(Some(state));
                Ok(if contradicts_lists { done.warn(diagnostics::not_listed(id)) } else { done })
            }
            // An import knows nothing of the key but its id: there is nothing to keep.
            Presence::Unproven(_) if key.name.is_none() => Err(diagnostics::not_found(id))?,
            Presence::Unproven(error) => {
                state.show_expiry(false);
                let warning = diagnostics::presence_unproven(error.as_ref());
                Ok(Done::new(Some(state)).warn(warning))
            }
        }
    }

    /// Only the role of a token that is alone in its service account changes in place, and what
    /// nothing but the state holds.
    async fn update(
        &self,
        prior: ApiKeyModel,
        plan: ApiKeyModel,
        cx: &Context<ApiKeyPrivate>,
    ) -> Outcome<ApiKeyModel> {
        if prior.role != plan.role {
            let (organization, key) = self.find_out(&prior, cx).await?;
            let role = plan.role.known().copied().unwrap_or(Role::Viewer);
            if !organization.change_role(&key, role).await.at(path!(role))? {
                let id = KeyId { org: organization.id(), number: key.number };
                return Err(diagnostics::role_not_changed(id))?;
            }
        }
        Ok(plan.into())
    }

    async fn delete(&self, state: ApiKeyModel, cx: &Context<ApiKeyPrivate>) -> Outcome<()> {
        let (organization, key) = self.find_out(&state, cx).await?;
        let kept = organization.delete(&key).await?;
        let name = key.name.unwrap_or_default();
        let warning = kept.map(|account| diagnostics::account_kept(&name, &account));
        Ok(Done::new(()).warn_all(warning))
    }

    /// A key whose secret nobody has received is of no use to anyone.
    async fn undelivered(
        &self,
        prior: Option<ApiKeyModel>,
        state: ApiKeyModel,
        cx: &Context<ApiKeyPrivate>,
    ) -> Outcome<()> {
        if prior.is_none() { self.delete(state, cx).await } else { Ok(().into()) }
    }

    async fn import(
        &self,
        target: ImportTarget<ApiKeyIdentity>,
        cx: &Context<ApiKeyPrivate>,
    ) -> Outcome<ApiKeyModel> {
        let (org, number) = match target {
            ImportTarget::Id(text) => {
                parse_key_id(&text).map_err(diagnostics::invalid_import_id)?
            }
            ImportTarget::Identity(ApiKeyIdentity { org_id, key_id }) => {
                parse_key_id(&format!("{org_id}:{key_id}"))
                    .map_err(diagnostics::invalid_import_id)?
            }
        };
        let org = self.0.organization(org, cx).await?.id();
        let id = KeyId { org, number }.to_string().into();
        Ok(ApiKeyModel { id, org_id: org.into(), ..ApiKeyModel::default() }.into())
    }

    async fn plan(&self, plan: &mut Plan<ApiKeyModel>, cx: &Context<ApiKeyPrivate>) -> Outcome<()> {
        let Some(prior) = plan.prior().cloned() else {
            return Ok(().into());
        };
        plan_rotation(plan, &prior);
        if prior.role != plan.planned.role && !cx.private().has_role_of_its_own {
            plan.require_replace(path!(role));
        }
        if prior.key.is_null() {
            plan_adoption(plan, &prior);
        }
        Ok(().into())
    }

    fn validate(config: &ApiKeyModel) -> Vec<Diagnostic> {
        let window = config.early_rotation_window_seconds.known();
        if let (Some(lifetime), Some(window)) =
            (lifetime(config.seconds_to_live.known().copied()), window)
            && *window >= lifetime
        {
            let detail = format!(
                "Expected a window shorter than `seconds_to_live` ({lifetime}), but got {window}: every plan would replace the key."
            );
            let at = path!(early_rotation_window_seconds);
            return vec![Diagnostic::error("The rotation window is too long", detail).at(at)];
        }
        Vec::new()
    }

    fn identity(state: &ApiKeyModel) -> Option<ApiKeyIdentity> {
        match parse_key_id(state.id.known()?).ok()? {
            (Some(org), number) => Some(ApiKeyIdentity::of(KeyId { org, number })),
            (None, _) => None,
        }
    }

    const MOVES_FROM: &'static [(&'static str, &'static str)] =
        &[("grafana/grafana", "grafana_api_key")];

    fn move_from(source: &MoveSource) -> Outcome<ApiKeyModel> {
        Ok(state_of_official(&source.state).into())
    }
}

impl ApiKeyResource {
    /// Manages the keys of an instance.
    pub fn new(keys: Keys) -> Self {
        ApiKeyResource(keys)
    }

    /// A key that was found, for a list.
    pub(crate) fn listed(org: OrgId, key: &Key) -> Listed<Self> {
        let mut state = ApiKeyModel::default();
        state.show(org, key);
        Listed {
            identity: ApiKeyIdentity::of(KeyId { org, number: key.number }),
            display_name: key.name.clone(),
            resource: Some(state),
        }
    }

    /// The organization of a state, and its key in it. An `id` without organization is of a state of
    /// grafana/grafana 1.x, which knew only the default one.
    async fn find_out(
        &self,
        state: &ApiKeyModel,
        limits: &Limits,
    ) -> Result<(Organization, KeyRef), Diagnostic> {
        let id = state.id.known().map_or("", String::as_str);
        let (org, number) = parse_key_id(id).map_err(diagnostics::unexpected_id)?;
        let key = KeyRef {
            number,
            name: state.name.known().cloned(),
            account: state.service_account_id.known().copied(),
            secret: state.key.known().cloned().map(Into::into),
        };
        Ok((self.0.organization(org, limits).await?, key))
    }
}

impl ApiKeyIdentity {
    fn of(id: KeyId) -> Self {
        ApiKeyIdentity { org_id: id.org.to_string(), key_id: id.number }
    }
}

impl ApiKeyModel {
    /// Takes over what Grafana shows.
    fn show(&mut self, org: OrgId, key: &Key) {
        self.id = KeyId { org, number: key.number }.to_string().into();
        self.org_id = org.into();
        self.name = key.name.clone().into();
        if let Some(role) = key.role {
            self.role = role.into();
        }
        if self.expiration() != key.expiration {
            self.expiration = key.expiration.map(|end| end.to_string()).into();
        }
        self.backend = key.backend.as_str().into();
        self.service_account_id = key.backend.service_account_id().into();
        self.show_expiry(key.has_expired);
    }

    /// Looks at the clock; `has_expired`: Grafana says so.
    fn show_expiry(&mut self, has_expired: bool) {
        let window = self.early_rotation_window_seconds.known().copied().unwrap_or(0);
        let expiry = Expiry::of(self.expiration(), window);
        self.has_expired = (has_expired || expiry.has_expired).into();
        self.ready_for_rotation = (has_expired || expiry.ready_for_rotation).into();
    }

    /// `expiration` in whatever spelling: the state may come from another provider.
    fn expiration(&self) -> Option<jiff::Timestamp> {
        self.expiration.known()?.parse().ok()
    }
}

/// Replaces a key that the last refresh found expired, or due. The clock has no say here: plan and
/// apply must come to the same.
fn plan_rotation(plan: &mut Plan<ApiKeyModel>, prior: &ApiKeyModel) {
    if prior.has_expired == Value::Known(true) {
        plan.force_change();
        plan.planned.has_expired = Value::Unknown;
        plan.require_replace(path!(has_expired));
    } else if prior.ready_for_rotation == Value::Known(true) {
        plan.force_change();
        plan.planned.ready_for_rotation = Value::Unknown;
        plan.require_replace(path!(ready_for_rotation));
    } else {
        return;
    }
    if plan.planned.seconds_to_live.is_null() && !prior.expiration.is_null() {
        let detail = "The key that is replaced had an expiration, but the configuration gives the new one no lifetime. Set `seconds_to_live` if it should expire.";
        plan.warn(
            Diagnostic::warning("The new key never expires", detail).at(path!(seconds_to_live)),
        );
    }
}

/// An imported key is not replaced because the configuration says what could not be read of it.
fn plan_adoption(plan: &mut Plan<ApiKeyModel>, prior: &ApiKeyModel) {
    if prior.seconds_to_live.is_null() && !plan.planned.seconds_to_live.is_null() {
        plan.suppress_replace(path!(seconds_to_live));
    }
    let fits = match (&prior.name, &plan.planned.name_prefix) {
        (Value::Known(name), Value::Known(prefix)) => name.starts_with(prefix.as_str()),
        _ => false,
    };
    if prior.name_prefix.is_null() && fits {
        plan.suppress_replace(path!(name_prefix));
    }
}

/// The state that the provider grafana/grafana stored; the next refresh reads the rest.
fn state_of_official(state: &serde_json::Value) -> ApiKeyModel {
    let text = |name: &str| state[name].as_str().map(str::to_owned);
    ApiKeyModel {
        id: text("id").into(),
        org_id: text("org_id").and_then(|org| org.parse().ok()).into(),
        name: text("name").into(),
        role: text("role").and_then(|role| role.parse().ok()).into(),
        seconds_to_live: state["seconds_to_live"].as_i64().into(),
        key: text("key").map(Secret::from).into(),
        expiration: text("expiration").into(),
        ..ApiKeyModel::default()
    }
}
