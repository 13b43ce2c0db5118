//! `grafana_enterprise_license`: the Enterprise license of a self-hosted Grafana.

mod every_node;
mod expiry;
mod import;
mod installation;
pub(crate) mod instance;
pub(crate) mod observation;
mod planning;
mod refresh;
mod refusals;
mod removal;
mod run;
mod token;

use tfplugin::{
    Context, Diagnostic, Done, Identity, ImportTarget, Outcome, Plan, Resource, Schema, Secret,
    Value, async_trait, path,
};
use url::Url;

use self::token::Remembered;

use crate::access::GrafanaAccess;
use crate::claims::with_claims;

pub(crate) use expiry::days_between;
pub(crate) use import::state_of;
pub use run::LicenseRun;

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
    /// A license is replaced in place, never removed first. What this resource has not installed,
    /// adopted or imported it does not overwrite, unless `replace_existing` says so, and does not remove.
    ///
    /// Two resources for one instance share its license: the last of them that is destroyed removes it.
    /// With `-target` Terraform shows the provider only one of them, and the license goes with that one:
    /// to drop one of two, use `terraform state rm`, or a `removed` block with `destroy = false`.
    #[derive(Schema, Clone, Debug, Default, PartialEq)]
    #[resource("grafana_enterprise_license", timeouts(create = "5m", update = "5m", delete = "5m"))]
    pub struct EnterpriseLicense {
        /// The root URL of the instance.
        #[attr(computed, use_state_for_unknown)]
        pub id: Value<String>,
        /// Root URL of the instance that the license is for, as Grafana itself has it (`root_url`).
        /// Default: the one in the token. A change makes a new resource.
        #[attr(optional, computed, validate = is_root_url)]
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
        #[attr(optional)]
        pub token_wo_version: Value<i64>,
        /// Whether to replace a different valid license that the instance has already. Otherwise
        /// creating stops there. Default: `false`.
        #[attr(optional)]
        pub replace_existing: Value<bool>,
        /// How many days before the end of the license every plan begins to warn. Default:
        /// `license_warning_days` of the license, or 30.
        #[attr(optional, range(0..=3650))]
        pub expiry_warning_days: Value<i64>,
        /// Grafana's judgement of the license, a number.
        #[attr(computed)]
        pub status: Value<i64>,
        /// Whether Grafana considers its license valid.
        #[attr(computed)]
        pub valid: Value<bool>,
    }
}

/// The instance that has the license.
#[derive(Identity, Clone, Debug, PartialEq, Eq)]
pub struct LicenseIdentity {
    /// Root URL of the instance.
    #[identity(required)]
    pub instance: Value<String>,
}

/// Manages [`EnterpriseLicense`].
#[derive(Clone, Debug)]
pub struct EnterpriseLicenses {
    grafana: GrafanaAccess,
    run: LicenseRun,
}

impl EnterpriseLicenses {
    /// Manages the license of the instance behind `grafana`; `run` is shared by all that do in one run.
    pub fn new(grafana: GrafanaAccess, run: LicenseRun) -> Self {
        EnterpriseLicenses { grafana, run }
    }
}

#[async_trait]
impl Resource for EnterpriseLicenses {
    type Model = EnterpriseLicense;
    type Identity = LicenseIdentity;
    type Private = Remembered;

    fn validate(config: &EnterpriseLicense) -> Vec<Diagnostic> {
        if config.token_wo_version.is_null() || !config.token_wo.is_null() {
            return Vec::new();
        }
        let detail = "`token_wo_version` says when `token_wo` is sent again, but `token_wo` is not set. Set it, or leave the version out.";
        vec![Diagnostic::error("Version without a token", detail).at(path!(token_wo_version))]
    }

    async fn plan(
        &self,
        plan: &mut Plan<EnterpriseLicense>,
        cx: &Context<Remembered>,
    ) -> Outcome<()> {
        self.plan_license(plan, cx).await
    }

    async fn plan_destroy(
        &self,
        state: &EnterpriseLicense,
        cx: &Context<Remembered>,
    ) -> Outcome<()> {
        self.plan_removal(state, cx).await;
        Ok(().into())
    }

    async fn create(
        &self,
        plan: EnterpriseLicense,
        cx: &Context<Remembered>,
    ) -> Outcome<EnterpriseLicense> {
        self.create_license(plan, cx).await
    }

    async fn read(
        &self,
        state: EnterpriseLicense,
        cx: &Context<Remembered>,
    ) -> Outcome<Option<EnterpriseLicense>> {
        self.refresh(state, cx).await
    }

    async fn update(
        &self,
        prior: EnterpriseLicense,
        plan: EnterpriseLicense,
        cx: &Context<Remembered>,
    ) -> Outcome<EnterpriseLicense> {
        self.update_license(prior, plan, cx).await
    }

    async fn delete(&self, state: EnterpriseLicense, cx: &Context<Remembered>) -> Outcome<()> {
        self.remove(state, cx).await
    }

    async fn import(
        &self,
        target: ImportTarget<LicenseIdentity>,
        cx: &Context<Remembered>,
    ) -> Outcome<EnterpriseLicense> {
        let url = match target {
            ImportTarget::Id(id) => id,
            ImportTarget::Identity(identity) => identity.instance.into_known().unwrap_or_default(),
        };
        Ok(Done::new(self.import_license(url, cx).await?))
    }

    fn identity(state: &EnterpriseLicense) -> Option<LicenseIdentity> {
        Some(LicenseIdentity { instance: state.id.clone() })
    }
}

fn is_root_url(text: &str) -> Result<(), String> {
    let expected = "Expected the root URL of an instance such as \"https://grafana.example.com/\"";
    let Ok(url) = Url::parse(text.trim()) else {
        return Err(format!("{expected}, but got {text:?}."));
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!(
            "{expected}, without user and password: those belong into the provider's `auth`."
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("{expected}, without what follows a `?` or `#`."));
    }
    let usable = matches!(url.scheme(), "http" | "https") && url.has_host();
    if usable { Ok(()) } else { Err(format!("{expected}, but got {text:?}.")) }
}
