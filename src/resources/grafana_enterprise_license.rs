//! `grafana_enterprise_license`: the Enterprise license of a self-hosted Grafana.

use std::str::FromStr;

use secrecy::SecretString;
use tfplugin::{
    Context, Done, Failure, Identity, ImportTarget, Outcome, Plan, Resource, Schema, Secret, Value,
    async_trait,
};

use crate::grafana::RootUrl;
use crate::license::claims::{ClaimAttributes, with_claims};
use crate::license::{
    ComputedAttributes, LicenseAttributes, LicenseModel, LicensePrivate, LicenseRemoval, Licenses,
    Observation, Read, Triggers, diagnostics,
};

with_claims! {
    /// The Enterprise license of a self-hosted Grafana. An instance has one license at a time.
    ///
    /// The licensing API accepts only basic sign-in, so the provider's `auth` has to be
    /// `user:password` of a server administrator, or of a user with the permissions `licensing:read`,
    /// `licensing:write` and `licensing:delete`. Grafana OSS has no licensing API, and Amazon Managed
    /// Grafana has `managed_workspace_license` instead.
    ///
    /// Grafana refreshes the token of its license about daily. That is no drift: new values arrive in
    /// the state with the next refresh, and an unchanged `token` never turns them back. Another
    /// license in place of the one that was installed is drift, and is planned back.
    ///
    /// A license is replaced in place, never removed first. A new resource does not overwrite what the instance
    /// has, unless `replace_existing` says so; later on, another license in the place of its own is drift. What
    /// this resource has not installed, adopted or imported it does not remove.
    ///
    /// Destroying this resource removes the license that it has installed, taken over or imported, if that is
    /// still the one of the instance, and leaves any other with a warning. When several resources have
    /// the same license, the last of them that is destroyed removes it; after a rename or a replacement it
    /// stays for the new object. The provider does not see
    ///
    /// - resources that Terraform does not read: with `-target`, `-exclude` or `-refresh=false` the license may
    ///   go although another resource has it;
    /// - resources of other provider configurations and of other states;
    /// - what replaced an object that an interrupted `create_before_destroy` has left: removing the former object
    ///   leaves the license then;
    /// - with `-parallelism=1`, what comes after a removal: a renamed resource installs its license again.
    ///
    /// To drop one of several resources, use a `removed` block with `destroy = false`, or `terraform state rm`; to
    /// rename one, a `moved` block.
    #[derive(Schema, Clone, Debug, Default, PartialEq)]
    #[resource("grafana_enterprise_license", timeouts(create = "5m", update = "5m", delete = "5m"))]
    pub struct EnterpriseLicenseModel {
        /// The root URL of the instance.
        #[attr(computed, use_state_for_unknown)]
        pub id: Value<String>,
        /// Root URL of the instance that the license is for, as Grafana itself has it (`root_url`).
        /// Default: the one in the token. A change makes a new resource.
        #[attr(optional, computed, validate = RootUrl::from_str)]
        pub instance: Value<String>,
        /// The license token, the content of `license.jwt` as Grafana Labs issues it. It is kept in
        /// the state; `token_wo` is not. One of the two is needed to install a license, none after an import.
        #[attr(optional, sensitive, conflicts(token_wo))]
        pub token: Value<Secret>,
        /// The license token, never stored in plan or state (Terraform 1.11 and later). It is sent
        /// when the resource is created and when `token_wo_version` changes. Its source may give another
        /// token of the same license at apply, but not one with other license claims (more users, a later
        /// end): Terraform stops there (`Provider produced inconsistent final plan`); plan again then.
        #[attr(optional, sensitive, write_only)]
        pub token_wo: Value<Secret>,
        /// Version of `token_wo`, any number: change it to send a changed `token_wo`.
        #[attr(optional, requires(token_wo))]
        pub token_wo_version: Value<i64>,
        /// Whether to replace a different valid license that the instance has already. Otherwise
        /// creating stops there. Default: `false`.
        #[attr(optional)]
        pub replace_existing: Value<bool>,
        /// Any values. A change asks Grafana to fetch a fresh token of the license from grafana.com, in place,
        /// and reads the claims again: after a change of the contract, say. Setting them for the first time is
        /// a change; creating the resource and removing them asks for nothing. Together with a changed token,
        /// that token is installed and nothing more is asked for. Needs what the action
        /// `grafana_enterprise_license_renew` needs.
        #[attr(optional)]
        pub renew_triggers: Value<Triggers>,
        /// How many days before the end of the license every plan begins to warn, unless it moves the end; a
        /// refresh alone (`-refresh-only`) does not warn. Default:
        /// `license_expiry_warning_days` of the license, or 30.
        #[attr(optional, range(0..=3650))]
        pub expiry_warning_days: Value<i64>,
        /// Status code reported by Grafana; prefer `valid`.
        #[attr(computed)]
        pub status: Value<i64>,
        /// Whether Grafana considers its license valid.
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
        let read = self.0.read(&state.observation(), days, &mut private, cx).await;
        cx.set_private(private);
        Ok(match read? {
            Read::Gone => Done::new(None),
            Read::StateStays(warning) => Done::new(Some(state)).warn(warning),
            Read::Found(seen) => Done::new(Some(state.showing(&seen))),
        })
    }

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
