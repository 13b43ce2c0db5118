//! `grafana_api_key`: an API key of one organization, on every generation of Grafana.

mod state;

use tfplugin::{
    Context, Diagnostic, Done, Identity, ImportTarget, Limits, Outcome, Plan, Resource, Schema,
    Secret, Update, Value, async_trait, path,
};

use self::state::KeyPrivate;
use crate::grafana::Role;
use crate::keys::{
    Condition, KeyId, KeyRef, Keys, OrgId, Organization, Presence, diagnostics, parse_key_id,
};

/// Manages an API key of a Grafana organization, from Grafana 8.4 to 12.4 and across upgrades.
///
/// Where Grafana creates API keys (up to 11.2), this resource creates one. Where it no longer does, it creates a service
/// account with a single token instead; the configuration stays the same. A key that Grafana migrates to a service account
/// during an upgrade keeps its ID and secret, and the next plan is empty. The
/// [guide on upgrades](../guides/keys-across-grafana-upgrades.md) has the details.
///
/// ~> **Secret in the state.** The key is stored in the state and in saved plans in plain text, because Grafana shows it only
/// once. Protect both. The [ephemeral resource](../ephemeral-resources/api_key.md) of the same name stores nothing.
///
/// ~> **Replacement deletes the old key.** Expired and revoked keys are replaced by the next plan, and the old key is deleted
/// before the new one is created. For a rotation without an outage, use `name_prefix` with `create_before_destroy`; see
/// [Rotating keys](../guides/rotating-keys.md).
#[derive(Clone, Debug, Default, PartialEq, Eq, Schema)]
#[resource("grafana_api_key", version = 0)]
pub struct ApiKey {
    /// `ORG:ID`: organization and ID of the key.
    #[attr(computed, use_state_for_unknown)]
    pub id: Value<String>,
    /// ID of the organization. Default: `org_id` of the provider, else `1`, or `0` when the provider signs in with a
    /// token, which belongs to a single organization. An existing key stays in its organization when that default
    /// changes. Changing this replaces the key, except between `0` and the number of the same organization.
    #[attr(optional, computed, use_state_for_unknown, replace)]
    pub org_id: Value<OrgId>,
    /// Name of the key, unique among the API keys and service account tokens of the organization. Changing this
    /// replaces the key.
    #[attr(optional, computed, use_state_for_unknown, replace, length(1..=190), exactly_one_of(name_prefix))]
    pub name: Value<String>,
    /// Prefix of a generated, unique name, so that a new key can be created before the old one is destroyed. Changing
    /// this replaces the key.
    #[attr(optional, replace, length(1..=160))]
    pub name_prefix: Value<String>,
    /// Role of the key: `Viewer`, `Editor`, `Admin`, or `None` (service account tokens, from Grafana 10.2 on).
    /// Changing this replaces an API key; a token that is alone in its service account is changed in place.
    #[attr(required)]
    pub role: Value<Role>,
    /// Lifetime of the key in seconds. Without it, or with 0, the key never expires. Grafana may limit the lifetime
    /// (`api_key_max_seconds_to_live`); Amazon Managed Grafana requires one of at most 2592000 (30 days). Changing
    /// this replaces the key; setting it on an imported key only changes the state.
    #[attr(optional, replace, range(0..))]
    pub seconds_to_live: Value<i64>,
    /// How many seconds before its expiration the key is replaced by the next plan. Default: it is replaced only after
    /// it has expired. It has no effect on a key that never expires.
    #[attr(optional, range(0..))]
    pub early_rotation_window_seconds: Value<i64>,
    /// Whether destroying or replacing the key deletes it. With `false`, the key works until it expires, so that its
    /// users have time to switch to the new one. That requires `seconds_to_live`, and `name_prefix` for a replacement
    /// before the key has expired. The value in the state counts: apply a change before you destroy. Default: `true`.
    #[attr(optional)]
    pub delete_on_destroy: Value<bool>,
    /// The secret. Grafana shows it only when it creates the key, so it is null after an import.
    #[attr(computed, use_state_for_unknown, sensitive)]
    pub key: Value<Secret>,
    /// When the key expires, in RFC 3339 format; null if never.
    #[attr(computed, use_state_for_unknown)]
    pub expiration: Value<String>,
    /// Whether the key had expired at the last refresh. If so, the next plan replaces it.
    #[attr(computed, use_state_for_unknown)]
    pub has_expired: Value<bool>,
    /// Whether the next plan replaces the key: at the last refresh it had expired or been revoked, or was within
    /// `early_rotation_window_seconds` of its expiration.
    #[attr(computed, use_state_for_unknown)]
    pub ready_for_rotation: Value<bool>,
    /// Whether the key had been revoked at the last refresh, as Grafana does with leaked tokens, or deleted so that
    /// only its service account is left. If so, the next plan replaces it.
    #[attr(computed, use_state_for_unknown)]
    pub is_revoked: Value<bool>,
    /// Whether the service account of the key was disabled at the last refresh, in which case Grafana refuses the key.
    #[attr(computed, use_state_for_unknown)]
    pub is_disabled: Value<bool>,
    /// Kind of the key in Grafana: `api_key`, or `service_account` for a service account token.
    #[attr(computed, use_state_for_unknown)]
    pub backend: Value<String>,
    /// ID of the service account that holds the key; null for an API key.
    #[attr(computed, use_state_for_unknown)]
    pub service_account_id: Value<i64>,
}

/// What identifies a key.
#[derive(Clone, Debug, PartialEq, Eq, Identity)]
pub struct ApiKeyIdentity {
    /// ID of the organization; `0` is the one that the provider's token belongs to.
    #[identity(required)]
    pub org_id: String,
    /// ID of the key, or of the service account token.
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
        cx.set_private(KeyPrivate::of_new(&key, organization.url()));
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
        organization.begin_read(key.number);
        let presence = organization.find(&key).await?;
        let warning = diagnostics::of_presence(id, &key, &presence, |x| organization.quote(x))?;
        match presence {
            Presence::Gone => {
                let (private, url) = (cx.private(), organization.url());
                let elsewhere = private.created_elsewhere(url);
                let warning = elsewhere.map(|at| diagnostics::created_elsewhere(id, at, url));
                return Ok(Done::new(None).warn_all(warning));
            }
            Presence::Listed(found) => {
                cx.set_private(cx.private().seen(&found));
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

    async fn delete(&self, state: ApiKey, cx: &Context<KeyPrivate>) -> Outcome<()> {
        let Some(until) = state.left_until() else { return self.delete_now(&state, cx).await };
        let (organization, key) = self.find_out(&state, cx).await?;
        if key.name.as_ref().is_some_and(|it| cx.private().is_followed_by(organization.id(), it)) {
            // The state would lose a key that works, for one that cannot be created. A plan for one that is tainted is
            // not told what there is.
            return Err(diagnostics::name_taken_until(until))?;
        }
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
            self.0.check_configured()?;
            self.check_lifetime(plan)?;
            let Some(org) = plan.planned.org_id.known() else { return Ok(().into()) };
            if let Some(name) = plan.planned.name.known() {
                cx.set_private(cx.private().before(*org, name));
                self.0.plan_name(*org, name)?;
            }
            if !plan.config().role.is_known() {
                return Ok(().into());
            }
            let warning = self.0.check_creation(*org, &plan.config().new_key(), cx).await?;
            return Ok(Done::new(()).warn_all(warning));
        };
        self.plan_organization(plan, &prior, cx).await?;
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
        self.check_lifetime(plan)?;
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
        let Some(until) = state.left_until() else { return Ok(().into()) };
        if let Ok((org, KeyRef { name: Some(name), .. })) = state.key_ref()
            && let Some(org) = org.or(self.0.default_org())
        {
            self.0.plan_left(org, &name, until)?;
        }
        Ok(Done::new(()).warn(diagnostics::left_until(until)))
    }

    fn validate(config: &ApiKey) -> Vec<Diagnostic> {
        config.mistake().into_iter().collect()
    }

    fn identity(state: &ApiKey) -> Option<ApiKeyIdentity> {
        let (org, key_id) = parse_key_id(state.id.known()?).ok()?;
        Some(ApiKeyIdentity { org_id: org?.to_string(), key_id })
    }
}

#[async_trait]
impl Update for ApiKeyResource {
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
}

impl ApiKeyResource {
    /// Manages the keys of an instance.
    pub fn new(keys: Keys) -> Self {
        ApiKeyResource(keys)
    }

    fn check_lifetime(&self, plan: &Plan<ApiKey>) -> Result<(), Diagnostic> {
        if plan.planned.seconds_to_live.is_unknown() {
            return Ok(());
        }
        self.0.check_lifetime(plan.config().lifetime())
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

    /// The same organization may be written in two ways: by its number, and by 0 for the one of a token.
    /// The key is in both then. And remembers whose name nobody else can have.
    async fn plan_organization(
        &self,
        plan: &mut Plan<ApiKey>,
        prior: &ApiKey,
        cx: &Context<KeyPrivate>,
    ) -> Result<(), Diagnostic> {
        let (before, key) = prior.key_ref()?;
        let before = before.or(self.0.default_org());
        if let (Some(before), Some(name)) = (before, &key.name) {
            self.0.remember_left(before, name, prior.left_until());
        }
        let after = plan.planned.org_id.known().copied();
        if let (Some(before), Some(after)) = (before, after)
            && [before, after].contains(&OrgId::default())
            && before != after
            && self.0.is_same_organization(&key, [before, after], cx).await?
        {
            plan.suppress_replace(path!(org_id));
        }
        Ok(())
    }

    async fn delete_now(&self, state: &ApiKey, limits: &Limits) -> Outcome<()> {
        let (organization, key) = self.find_out(state, limits).await?;
        let kept = organization.delete(&key).await?;
        let name = organization.quote(&key.name.unwrap_or_default());
        let warning = kept.map(|account| diagnostics::account_kept(&name, &account));
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
