//! `grafana_enterprise_license`: the Enterprise license of a self-hosted Grafana.

use std::str::FromStr;

use secrecy::SecretString;
use tfplugin::{
    Context, Done, Failure, Identity, ImportTarget, Outcome, Plan, Resource, Schema, Secret,
    Update, Value, async_trait,
};

use crate::grafana::RootUrl;
use crate::license::claims::{ClaimAttributes, with_claims};
use crate::license::{
    ComputedAttributes, LicenseAttributes, LicenseModel, LicensePrivate, LicenseRemoval, Licenses,
    Observation, Read, Triggers, diagnostics,
};

with_claims! {
    /// Manages the Enterprise license of a self-hosted Grafana instance.
    ///
    /// An instance has one license at a time. The provider reads from the token what the license grants, so the plan shows the
    /// licensed company, the number of users and the end before anything is installed.
    ///
    /// !> **Destroying this resource removes the license.** Enterprise features and plugins stop working on the instance. This also
    /// holds for a license that was already installed and that this resource took over. To stop managing a license without
    /// removing it, use a [`removed` block](https://developer.hashicorp.com/terraform/language/resources/syntax#removing-resources)
    /// with `destroy = false`, or `terraform state rm`.
    ///
    /// ~> **Secret in the state.** `token` is stored in the state and in saved plans in plain text. From Terraform or OpenTofu 1.11 on,
    /// use `token_wo` to keep it out of both; see [Secrets](../guides/secrets.md).
    ///
    /// -> **Basic authentication only.** Grafana's licensing API accepts no tokens: set the provider's `auth` to `user:password`.
    /// For Amazon Managed Grafana, use [`managed_workspace_license`](managed_workspace_license.md).
    #[derive(Schema, Clone, Debug, Default, PartialEq)]
    #[resource("grafana_enterprise_license", timeouts(create = "5m", update = "5m", delete = "5m"))]
    pub struct EnterpriseLicenseModel {
        /// Root URL of the instance.
        #[attr(computed, use_state_for_unknown)]
        pub id: Value<String>,
        /// Root URL of the instance, as set in its configuration (`root_url`). Default: the one in the token. Changing
        /// this creates a new resource.
        #[attr(optional, computed, validate = RootUrl::from_str)]
        pub instance: Value<String>,
        /// License token: the contents of `license.jwt` as issued by Grafana Labs. It is stored in the state;
        /// `token_wo` is not. One of the two is required to install a license; an imported license needs neither.
        #[attr(optional, sensitive, conflicts(token_wo))]
        pub token: Value<Secret>,
        /// License token, stored in neither the plan nor the state (Terraform or OpenTofu 1.11 and later). It is sent
        /// when the resource is created and when `token_wo_version` changes. At apply, its source may return another
        /// token of the same license, but not one with other terms, such as more users or a later end: Terraform then
        /// fails with `Provider produced inconsistent final plan`. Plan again in that case.
        #[attr(optional, sensitive, write_only)]
        pub token_wo: Value<Secret>,
        /// Version of `token_wo`, any number. Change it to install a changed `token_wo`.
        #[attr(optional, requires(token_wo))]
        pub token_wo_version: Value<i64>,
        /// Whether a new resource may replace a different valid license on the instance. Otherwise, the creation
        /// fails. Default: `false`.
        #[attr(optional)]
        pub replace_existing: Value<bool>,
        /// Arbitrary values. A change makes Grafana fetch a fresh token of the license from grafana.com, in place, and
        /// reads the license again: use it after the contract has changed. Adding them counts as a change; creating
        /// the resource with them and removing them does not. If the token changes at the same time, the new token is
        /// installed instead.
        #[attr(optional)]
        pub renew_triggers: Value<Triggers>,
        /// How many days before the end of the license plans begin to warn. A refresh alone (`-refresh-only`,
        /// `terraform import`) does not warn, nor does a plan that changes the end. Default:
        /// `license_expiry_warning_days` of the license, or 30.
        #[attr(optional, range(0..=3650))]
        pub expiry_warning_days: Value<i64>,
        /// Status code reported by Grafana; prefer `valid`.
        #[attr(computed)]
        pub status: Value<i64>,
        /// Whether Grafana considers the license valid.
        #[attr(computed)]
        pub valid: Value<bool>,
    }
}

/// The instance that has the license.
#[derive(Identity, Clone, Debug, PartialEq, Eq)]
pub struct EnterpriseLicenseIdentity {
    /// Root URL of the instance.
    #[identity(required)]
    pub instance: Value<String>,
}

/// Manages the license of the instance that the provider is configured for.
#[derive(Clone, Debug)]
pub struct EnterpriseLicenseResource(Licenses);

impl EnterpriseLicenseResource {
    /// `licenses` is shared by all that deal with the license over one connection.
    pub fn new(licenses: Licenses) -> Self {
        EnterpriseLicenseResource(licenses)
    }

    /// The state of a license that is there, of the instance at that URL.
    pub(crate) fn state_of(instance: String, seen: &Observation) -> EnterpriseLicenseModel {
        let instance = Value::from(instance);
        let state = EnterpriseLicenseModel { id: instance.clone(), instance, ..Default::default() };
        state.showing(seen)
    }
}

#[async_trait]
impl Resource for EnterpriseLicenseResource {
    type Model = EnterpriseLicenseModel;
    type Identity = EnterpriseLicenseIdentity;
    type Private = LicensePrivate;
    // A license changes by itself between plan and apply.
    const KEEPS_PLANNED: bool = true;

    async fn create(
        &self,
        plan: EnterpriseLicenseModel,
        cx: &Context<LicensePrivate>,
    ) -> Outcome<EnterpriseLicenseModel> {
        let token = plan.given_token()?.required()?;
        let mut private = LicensePrivate::default();
        let installed = self.0.create(plan.installation(&token), &mut private, cx).await;
        cx.set_private(private);
        let installed = installed.map_err(|failure| Failure::all(failure.diagnostics))?;
        Ok(installed.map(|installed| plan.installed(&installed)))
    }

    async fn read(
        &self,
        state: EnterpriseLicenseModel,
        cx: &Context<LicensePrivate>,
    ) -> Outcome<Option<EnterpriseLicenseModel>> {
        let mut private = cx.private();
        let days = state.expiry_warning_days.known().copied();
        let read = self.0.read(&state, days, &mut private, cx).await;
        cx.set_private(private);
        Ok(match read? {
            Read::Gone => Done::new(None),
            Read::StateStays(warning) => Done::new(Some(state)).warn(warning),
            Read::Found(seen) => Done::new(Some(state.showing(&seen))),
        })
    }

    async fn delete(
        &self,
        state: EnterpriseLicenseModel,
        cx: &Context<LicensePrivate>,
    ) -> Outcome<()> {
        let token = state.token.known().cloned().map(SecretString::from);
        let removal = LicenseRemoval {
            in_state: &state.claims(),
            instance: state.instance.known().map_or("", String::as_str),
            token: token.as_ref(),
        };
        self.0.remove(removal, &cx.private(), cx).await
    }

    async fn import(
        &self,
        target: ImportTarget<EnterpriseLicenseIdentity>,
        cx: &Context<LicensePrivate>,
    ) -> Outcome<EnterpriseLicenseModel> {
        let url = match target {
            ImportTarget::Id(id) => id,
            ImportTarget::Identity(identity) => identity.instance.into_known().unwrap_or_default(),
        };
        let url = url.trim().to_owned();
        RootUrl::from_str(&url).map_err(|error| diagnostics::invalid_import_id(&error))?;
        let mut private = LicensePrivate::default();
        let seen = self.0.import(&url, &mut private, cx).await?;
        cx.set_private(private);
        Ok(Self::state_of(url, &seen).into())
    }

    fn identity(state: &EnterpriseLicenseModel) -> Option<EnterpriseLicenseIdentity> {
        Some(EnterpriseLicenseIdentity { instance: state.id.clone() })
    }

    async fn plan(
        &self,
        plan: &mut Plan<EnterpriseLicenseModel>,
        cx: &Context<LicensePrivate>,
    ) -> Outcome<()> {
        let mut private = cx.private();
        let planned = self.0.plan(plan, &mut private, cx).await;
        cx.set_private(private);
        planned
    }

    async fn plan_destroy(
        &self,
        state: &EnterpriseLicenseModel,
        cx: &Context<LicensePrivate>,
    ) -> Outcome<()> {
        let mut private = cx.private();
        let warning = self.0.plan_removal(state, &mut private);
        cx.set_private(private);
        Ok(Done::new(()).warn_all(warning))
    }
}

#[async_trait]
impl Update for EnterpriseLicenseResource {
    async fn update(
        &self,
        prior: EnterpriseLicenseModel,
        plan: EnterpriseLicenseModel,
        cx: &Context<LicensePrivate>,
    ) -> Outcome<EnterpriseLicenseModel> {
        let mut private = cx.private();
        let updated = self.0.update(&prior, plan, &mut private, cx).await;
        cx.set_private(private);
        updated
    }
}

impl LicenseModel for EnterpriseLicenseModel {
    fn attributes(&self) -> LicenseAttributes<'_> {
        LicenseAttributes {
            instance: &self.instance,
            token: &self.token,
            token_wo: &self.token_wo,
            token_wo_version: &self.token_wo_version,
            replace_existing: &self.replace_existing,
            renew_triggers: &self.renew_triggers,
            status: &self.status,
            valid: &self.valid,
        }
    }

    fn computed(&mut self) -> ComputedAttributes<'_> {
        ComputedAttributes {
            id: &mut self.id,
            instance: &mut self.instance,
            status: &mut self.status,
            valid: &mut self.valid,
        }
    }
}
