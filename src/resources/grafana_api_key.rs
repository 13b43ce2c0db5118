//! `grafana_api_key`: an API key of one organization, on every generation of Grafana.

mod state;

use jiff::Timestamp;
use tfplugin::{
    Context, Diagnostic, Done, Identity, ImportTarget, Limits, Outcome, Plan, Resource, Schema,
    Secret, Value, async_trait, path,
};

use self::state::KeyPrivate;
use crate::grafana::Role;
use crate::keys::{
    Condition, KeyId, KeyRef, Keys, OrgId, Organization, Presence, diagnostics, parse_key_id,
};

/// An API key of one organization, on every generation of Grafana.
///
/// Grafana created API keys up to 11.2 and has moved them into service accounts since. The same configuration works
/// throughout: where Grafana no longer creates API keys, this creates a service account with the key's role that holds
/// one token, and a key that Grafana migrates in an upgrade is found again, with the same secret and nothing to change.
/// `backend` shows which it is.
///
/// A key that has expired, or is within `early_rotation_window_seconds` of it, is replaced by the next plan, and so is one
/// that Grafana has revoked. With `name_prefix` instead of `name` and `create_before_destroy`, the new key is there before
/// the old one is destroyed, and with `delete_on_destroy = false` the old one works until it expires. A disabled service
/// account is enabled again if this key is the only token in it; otherwise the refresh warns.
///
/// Destroying a key deletes the service account that was created for it (`NAME-terraform-RANDOM`), unless that holds other
/// tokens by then. The account of an imported token is kept. A key is deleted only if that is proven to be this one: by
/// its id and name in Grafana's list or, where Grafana cuts the list (100 API keys, 300 tokens of an account), by its
/// secret.
///
/// The secret is stored in the state. The ephemeral resource of the same name stores nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Schema)]
#[resource("grafana_api_key", version = 0)]
pub struct ApiKey {
    /// `ORG:ID`: organization and number of the key.
    #[attr(computed, use_state_for_unknown)]
    pub id: Value<String>,
    /// Id of the organization. Default: `org_id` of the provider, else `1`, or `0` when the provider signs in with a token,
    /// which belongs to one organization. A change replaces the key.
    #[attr(optional, computed, use_state_for_unknown, replace)]
    pub org_id: Value<OrgId>,
    /// Name, unique among the keys and service account tokens of the organization. One of `name` and `name_prefix` is
    /// needed. A change replaces the key.
    #[attr(optional, computed, use_state_for_unknown, replace, length(1..=190), exactly_one_of(name_prefix))]
    pub name: Value<String>,
    /// Prefix of a generated, unique name, so that a new key can be created before the old one is destroyed. A change
    /// replaces the key.
    #[attr(optional, replace, length(1..=160))]
    pub name_prefix: Value<String>,
    /// What the key may do: `Viewer`, `Editor`, `Admin`, or `None` (tokens of service accounts, from Grafana 10.2 on). A
    /// change replaces an API key; a token that is alone in its service account changes in place.
    #[attr(required)]
    pub role: Value<Role>,
    /// Lifetime of the key in seconds; without it, or with 0, the key never expires. Grafana may limit it
    /// (`api_key_max_seconds_to_live`); Amazon Managed Grafana requires one of at most 2592000 (30 days). A change replaces
    /// the key, except that setting it for an imported key changes nothing but the state.
    #[attr(optional, replace, range(0..))]
    pub seconds_to_live: Value<i64>,
    /// How many seconds before its expiration the key is replaced by the next plan. Default: only after it.
    #[attr(optional, range(0..))]
    pub early_rotation_window_seconds: Value<i64>,
    /// Whether destroying or replacing the key deletes it. With `false` it works until it expires, so that what still uses
    /// it has time to take the new one; this needs `seconds_to_live`, and `name_prefix` for a replacement before the key has
    /// expired. What counts is the value in the state. Default: `true`.
    #[attr(optional)]
    pub delete_on_destroy: Value<bool>,
    /// The secret, which Grafana shows only when it creates the key; null after an import.
    #[attr(computed, use_state_for_unknown, sensitive)]
    pub key: Value<Secret>,
    /// When the key expires, as an RFC 3339 time; null if never.
    #[attr(computed, use_state_for_unknown)]
    pub expiration: Value<String>,
    /// Whether the key had expired when it was last read. The next plan replaces it then.
    #[attr(computed, use_state_for_unknown)]
    pub has_expired: Value<bool>,
    /// Whether the next plan replaces the key, as it was last read: it had expired or been revoked, or was within
    /// `early_rotation_window_seconds` of its end.
    #[attr(computed, use_state_for_unknown)]
    pub ready_for_rotation: Value<bool>,
    /// Whether the key had been revoked when it was last read, as Grafana does with tokens that have leaked, or deleted so
    /// that only its service account is left. The next plan replaces it then.
    #[attr(computed, use_state_for_unknown)]
    pub is_revoked: Value<bool>,
    /// Whether the service account that holds the key was disabled when it was last read, so that the key is refused.
    #[attr(computed, use_state_for_unknown)]
    pub is_disabled: Value<bool>,
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

/// Manages `grafana_api_key`.
#[derive(Debug)]
pub struct ApiKeyResource(Keys);

#[async_trait]
impl Resource for ApiKeyResource {
    type Model = ApiKey;
    type Identity = ApiKeyIdentity;
    type Private = KeyPrivate;

    async fn create(&self, mut plan: ApiKey, cx: &Context<KeyPrivate>) -> Outcome<ApiKey> {
        let organization = self.0.organization(plan.org_id.known().copied(), cx).await?;
        let (key, secret) = organization.create(&plan.new_key()).await?;
        plan.show(organization.id(), &key);
        plan.show_working();
        plan.key = Secret::from(secret).into();
        cx.set_private(KeyPrivate { is_alone_in_account: key.backend.is_alone_in_account() });
        if plan.delete_on_destroy == Value::Known(false) {
            organization.delete_expired().await;
        }
        Ok(plan.into())
    }

    async fn read(&self, mut state: ApiKey, cx: &Context<KeyPrivate>) -> Outcome<Option<ApiKey>> {
        if let Some(warning) = self.0.not_refreshed() {
            return Ok(Done::new(Some(state)).warn(warning));
        }
        let (organization, key) = self.find_out(&state, cx).await?;
        let id = KeyId { org: organization.id(), number: key.number };
        let presence = organization.find(&key).await?;
        let warning = diagnostics::of_presence(id, &key, &presence, |x| organization.quote(x))?;
        match presence {
            Presence::Gone => return Ok(None.into()),
            Presence::Listed(found) => {
                let is_alone_in_account = found.backend.is_alone_in_account();
                cx.set_private(KeyPrivate { is_alone_in_account });
                state.show(id.org, &found);
            }
            Presence::Unlisted { condition, .. } => state.show_condition(condition),
            Presence::OnlyAccount => {
                state.show_condition(Condition { is_revoked: true, ..Condition::default() })
            }
            Presence::Unproven(_) => state.show_time(),
        }
        Ok(Done::new(Some(state)).warn_all(warning))
    }

    /// Only the service account of a token that is alone in it changes in place, and what nothing but the state holds.
    async fn update(
        &self,
        prior: ApiKey,
        plan: ApiKey,
        cx: &Context<KeyPrivate>,
    ) -> Outcome<ApiKey> {
        let role = plan.role.known().copied().filter(|_| prior.role != plan.role);
        let enable = prior.is_disabled != plan.is_disabled;
        if role.is_some() || enable {
            let (organization, key) = self.find_out(&prior, cx).await?;
            organization.change_account(&key, role, enable).await?;
        }
        Ok(plan.into())
    }

    async fn delete(&self, state: ApiKey, cx: &Context<KeyPrivate>) -> Outcome<()> {
        if state.left_until().is_none_or(|until| until <= Timestamp::now()) {
            return self.delete_now(&state, cx).await;
        }
        let (organization, key) = self.find_out(&state, cx).await?;
        organization.leave(&key).await?;
        Ok(().into())
    }

    /// A key whose secret nobody has received is of no use to anyone.
    async fn undelivered(
        &self,
        prior: Option<ApiKey>,
        state: ApiKey,
        cx: &Context<KeyPrivate>,
    ) -> Outcome<()> {
        if prior.is_none() { self.delete_now(&state, cx).await } else { Ok(().into()) }
    }

    async fn import(
        &self,
        target: ImportTarget<ApiKeyIdentity>,
        cx: &Context<KeyPrivate>,
    ) -> Outcome<ApiKey> {
        let text = match target {
            ImportTarget::Id(text) => text,
            ImportTarget::Identity(ApiKeyIdentity { org_id, key_id }) => {
                format!("{org_id}:{key_id}")
            }
        };
        let (org, number) = parse_key_id(&text).map_err(diagnostics::invalid_import_id)?;
        let org = self.0.organization(org, cx).await?.id();
        let id = KeyId { org, number }.to_string().into();
        Ok(ApiKey { id, org_id: org.into(), ..ApiKey::default() }.into())
    }

    async fn plan(&self, plan: &mut Plan<ApiKey>, cx: &Context<KeyPrivate>) -> Outcome<()> {
        let Some(prior) = plan.prior().cloned() else {
            let org = self.0.default_org().filter(|_| plan.config().org_id.is_null());
            plan.planned.show_new(org);
            return Ok(().into());
        };
        let is_alone = cx.private().is_alone_in_account;
        let due = prior.is_due();
        if let Some(why) = due.clone() {
            plan.force_change();
            plan.planned.show_working();
            plan.require_replace(why);
        } else if prior.is_disabled == Value::Known(true) && is_alone {
            plan.force_change();
            plan.planned.is_disabled = false.into();
        }
        if prior.role != plan.planned.role && !is_alone {
            plan.require_replace(path!(role));
        }
        if prior.key.is_null() {
            plan_adoption(plan, &prior);
        }
        if !plan.is_replacement() {
            return Ok(().into());
        }
        if due.is_some() && !prior.expiration.is_null() && plan.planned.seconds_to_live.is_null() {
            plan.warn(diagnostics::new_key_never_expires());
        }
        if let Some(until) = prior.left_until() {
            if plan.config().name == prior.name && plan.planned.org_id == prior.org_id {
                return Err(diagnostics::name_taken_until(until))?;
            }
            plan.warn(diagnostics::left_until(until));
        }
        if let Some(org) = plan.planned.org_id.known().copied() {
            let (old, new) = (prior.key_ref()?, plan.config().new_key());
            let warning = self.0.check_replacement(old, org, &new, cx).await?;
            warning.into_iter().for_each(|warning| plan.warn(warning));
        }
        Ok(().into())
    }

    async fn plan_destroy(&self, state: &ApiKey, _: &Context<KeyPrivate>) -> Outcome<()> {
        Ok(Done::new(()).warn_all(state.left_until().map(diagnostics::left_until)))
    }

    fn validate(config: &ApiKey) -> Vec<Diagnostic> {
        config.mistake().into_iter().collect()
    }

    fn identity(state: &ApiKey) -> Option<ApiKeyIdentity> {
        let (org, key_id) = parse_key_id(state.id.known()?).ok()?;
        Some(ApiKeyIdentity { org_id: org?.to_string(), key_id })
    }
}

impl ApiKeyResource {
    /// Manages the keys of an instance.
    pub fn new(keys: Keys) -> Self {
        ApiKeyResource(keys)
    }

    /// The organization of a state, and its key in it.
    async fn find_out(
        &self,
        state: &ApiKey,
        limits: &Limits,
    ) -> Result<(Organization, KeyRef), Diagnostic> {
        let (org, key) = state.key_ref()?;
        let organization = self.0.organization(org, limits).await?;
        organization.hide(&key);
        Ok((organization, key))
    }

    async fn delete_now(&self, state: &ApiKey, limits: &Limits) -> Outcome<()> {
        let (organization, key) = self.find_out(state, limits).await?;
        let kept = organization.delete(&key).await?;
        let name = organization.quote(&key.name.unwrap_or_default());
        let warning = kept.map(|mut account| {
            account.name = organization.quote(&account.name).to_string();
            diagnostics::account_kept(&name, &account)
        });
        Ok(Done::new(()).warn_all(warning))
    }
}

/// An imported key is not replaced because the configuration says what could not be read of it.
fn plan_adoption(plan: &mut Plan<ApiKey>, prior: &ApiKey) {
    if prior.seconds_to_live.is_null() {
        plan.suppress_replace(path!(seconds_to_live));
    }
    let is_named_so =
        |prefix: &String| prior.name.known().is_some_and(|name| name.starts_with(prefix));
    if prior.name_prefix.is_null() && plan.planned.name_prefix.known().is_some_and(is_named_so) {
        plan.suppress_replace(path!(name_prefix));
    }
}
