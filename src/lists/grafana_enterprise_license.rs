//! `grafana_enterprise_license`, listed: the one license of an instance.

use tfplugin::{Context, Diagnostic, Found, ListResource, Listed, Outcome, Schema, async_trait};

use crate::access::GrafanaAccess;
use crate::claims;
use crate::resources::grafana_enterprise_license::instance::LicensedInstance;
use crate::resources::grafana_enterprise_license::observation::{Answers, look};
use crate::resources::grafana_enterprise_license::{EnterpriseLicenses, LicenseIdentity, state_of};

/// The Enterprise license of the instance that the provider is configured for, if it has one.
#[derive(Schema, Clone, Debug)]
#[list_resource("grafana_enterprise_license")]
pub struct LicenseQuery {}

/// Lists [`EnterpriseLicenses`].
#[derive(Clone, Debug)]
pub struct LicenseList(GrafanaAccess);

impl LicenseList {
    /// Lists the license of the instance behind `grafana`.
    pub fn new(grafana: GrafanaAccess) -> Self {
        LicenseList(grafana)
    }
}

#[async_trait]
impl ListResource for LicenseList {
    type Config = LicenseQuery;
    type Resource = EnterpriseLicenses;

    async fn list(
        &self,
        _: LicenseQuery,
        found: &Found<EnterpriseLicenses>,
        cx: &Context,
    ) -> Outcome<()> {
        let reached = LicensedInstance::connect(&self.0).await?;
        let observation = match look(&reached.licensing, cx).await? {
            Answers::Agree(observation) => observation,
            Answers::Differ(tally) => {
                let detail = format!(
                    "Answers about the license differ: {tally}. Try again when every node shows the same."
                );
                return Err(Diagnostic::error("The license is not clear", detail))?;
            }
        };
        let Some(claims) = &observation.claims else { return Ok(().into()) };
        let instance = reached.instance.app_url;
        let listed = Listed {
            identity: LicenseIdentity { instance: instance.clone().into() },
            display_name: format!("License {} of {instance}", claims::name(claims)),
            resource: found.wants_resource().then(|| state_of(instance, &observation)),
        };
        found.push(listed).await;
        Ok(().into())
    }
}
