//! Workspaces of Amazon Managed Grafana with an Enterprise license.

use tfplugin::{Context, Found, ListResource, Listed, Outcome, Schema, Value, async_trait};

use crate::amazon::is_region;
use crate::resources::managed_workspace_license::{
    ManagedWorkspaceLicenseIdentity, ManagedWorkspaceLicenseModel, ManagedWorkspaceLicenseResource,
};
use crate::workspaces::Workspaces;

/// Finds the workspaces of an AWS account that have an Enterprise license, in one region, to import the licenses.
///
/// -> **Set `provider = grafana` in every block of this type.** Its name does not begin with `grafana_`, so Terraform
/// would look for a provider named `managed`.
#[derive(Schema, Debug, Clone)]
#[list_resource("managed_workspace_license")]
pub struct ManagedWorkspaceLicenseListModel {
    /// Region to search, such as `eu-central-1`. Default: the region of the provider.
    #[attr(optional, validate = is_region)]
    pub region: Value<String>,
}

/// Lists the workspaces that have a license.
pub struct ManagedWorkspaceLicenseListResource {
    workspaces: Workspaces,
}

impl ManagedWorkspaceLicenseListResource {
    /// Lists of these workspaces.
    pub fn new(workspaces: Workspaces) -> Self {
        Self { workspaces }
    }
}

#[async_trait]
impl ListResource for ManagedWorkspaceLicenseListResource {
    type Config = ManagedWorkspaceLicenseListModel;
    type Resource = ManagedWorkspaceLicenseResource;

    async fn list(
        &self,
        config: ManagedWorkspaceLicenseListModel,
        found: &Found<ManagedWorkspaceLicenseResource>,
        cx: &Context,
    ) -> Outcome<()> {
        let (region, all) = self.workspaces.list(&config.region, cx).await?;
        let region_name = Value::from(region.to_string());
        for summary in all.into_iter().filter(|workspace| workspace.license_type.is_some()) {
            let mut resource = None;
            if found.wants_resource() {
                let client = self.workspaces.client(&region_name, &summary.id, cx).await?;
                match client.describe().await? {
                    Ok(workspace) => {
                        let model = ManagedWorkspaceLicenseModel::found(&region, &workspace);
                        resource = Some(model);
                    }
                    Err(error) if error.is_not_found() => continue,
                    Err(error) => Err(error)?,
                }
            }
            let listed = Listed {
                identity: ManagedWorkspaceLicenseIdentity {
                    workspace_id: summary.id.parse().ok().into(),
                    region: region_name.clone(),
                },
                display_name: summary.name.unwrap_or(summary.id),
                resource,
            };
            if !found.push(listed).await {
                break;
            }
        }
        Ok(().into())
    }
}
