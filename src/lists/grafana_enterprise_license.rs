//! `grafana_enterprise_license`, listed: the one license of an instance.

use tfplugin::{Context, Found, ListResource, Listed, Outcome, Schema, async_trait};

use crate::license::{Answers, Licenses, diagnostics, look, name};
use crate::resources::grafana_enterprise_license::{
    EnterpriseLicenseIdentity, EnterpriseLicenseResource,
};

/// Finds the Enterprise license of the instance that the provider is configured for, to import it.
#[derive(Schema, Clone, Debug)]
#[list_resource("grafana_enterprise_license")]
pub struct EnterpriseLicenseListModel {}

/// Lists the license of the instance that the provider is configured for.
#[derive(Clone, Debug)]
pub struct EnterpriseLicenseListResource(Licenses);

impl EnterpriseLicenseListResource {
    /// Lists the license of `licenses`.
    pub fn new(licenses: Licenses) -> Self {
        EnterpriseLicenseListResource(licenses)
    }
}

#[async_trait]
impl ListResource for EnterpriseLicenseListResource {
    type Config = EnterpriseLicenseListModel;
    type Resource = EnterpriseLicenseResource;

    async fn list(
        &self,
        _: EnterpriseLicenseListModel,
        found: &Found<EnterpriseLicenseResource>,
        cx: &Context,
    ) -> Outcome<()> {
        let reached = self.0.connect(cx).await?;
        let seen = match look(&reached.licensing, cx, |_| false).await? {
            Answers::Agree(seen) => seen,
            Answers::Differ(tally) => return Err(diagnostics::nodes_differ(&tally))?,
        };
        let Some(claims) = &seen.claims else { return Ok(().into()) };
        let shown = reached.instance.shown_url;
        let instance = reached.instance.app_url;
        let listed = Listed {
            identity: EnterpriseLicenseIdentity { instance: instance.clone().into() },
            display_name: format!("License {} of {}", name(claims), shown),
            resource: found
                .wants_resource()
                .then(|| EnterpriseLicenseResource::state_of(instance, &seen)),
        };
        found.push(listed).await;
        Ok(().into())
    }
}
