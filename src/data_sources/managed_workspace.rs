//! `managed_workspace`: a workspace of Amazon Managed Grafana.

use tfplugin::{
    Context, DataSource, Diagnostic, IntoDiagnostic, Outcome, Schema, Value, async_trait, path,
};

use crate::amazon::{Amazon, Region, WorkspaceSummary};
use crate::workspaces::{WorkspaceId, WorkspaceModel, Workspaces, diagnostics, names_region};

/// Reads an Amazon Managed Grafana workspace, found by its ID or its name.
///
/// -> **Set `provider = grafana` in every block of this type.** Its name does not begin with `grafana_`, so Terraform
/// would look for a provider named `managed`.
#[derive(Schema, Debug, Clone)]
#[data_source("managed_workspace")]
pub struct ManagedWorkspaceModel {
    /// ID of the workspace, such as `g-0123456789`.
    #[attr(optional, computed, exactly_one_of(name))]
    pub workspace_id: Value<WorkspaceId>,
    /// Name of the workspace. It must be unique in the region.
    #[attr(optional, computed, length(1..))]
    pub name: Value<String>,
    /// Region of the workspace, such as `eu-central-1`. Default: the region of the provider.
    #[attr(optional, computed, validate = names_region)]
    pub region: Value<String>,
    /// The workspace, as AWS describes it.
    #[attr(computed)]
    pub workspace: Value<WorkspaceModel>,
}

/// Reads one workspace.
pub struct ManagedWorkspaceDataSource {
    workspaces: Workspaces,
}

#[async_trait]
impl DataSource for ManagedWorkspaceDataSource {
    type Model = ManagedWorkspaceModel;

    async fn read(
        &self,
        config: ManagedWorkspaceModel,
        cx: &Context,
    ) -> Outcome<ManagedWorkspaceModel> {
        let region = &config.region;
        let id = match (config.workspace_id.known(), config.name.known()) {
            (Some(id), _) => id.to_string(),
            (None, name) => {
                let amazon = self.workspaces.amazon.amazon()?;
                let (region, all) = self.workspaces.list(region, cx).await?;
                id_of(name.map_or("", String::as_str), &region, &all, &amazon)?
            }
        };
        let client = self.workspaces.client(region, &id, cx).await?;
        let workspace = client.describe().await?.map_err(|error| match error.is_not_found() {
            true => error.into_diagnostic().at(path!(workspace_id)),
            false => error.into_diagnostic(),
        })?;
        let model = ManagedWorkspaceModel {
            workspace_id: workspace.id.parse().ok().into(),
            name: workspace.name.clone().into(),
            region: client.region.to_string().into(),
            workspace: WorkspaceModel::described(&workspace, true).into(),
        };
        Ok(model.into())
    }
}

impl ManagedWorkspaceDataSource {
    /// Reads one of these workspaces.
    pub fn new(workspaces: Workspaces) -> Self {
        Self { workspaces }
    }
}

/// The id of the only workspace with that name.
fn id_of(
    name: &str,
    region: &Region,
    all: &[WorkspaceSummary],
    amazon: &Amazon,
) -> Result<String, Diagnostic> {
    let has_name = |workspace: &&WorkspaceSummary| workspace.name.as_deref() == Some(name);
    let ids: Vec<&str> = all.iter().filter(has_name).map(|workspace| workspace.id()).collect();
    match ids.as_slice() {
        [id] => Ok((*id).to_owned()),
        [] => {
            let names = all.iter().filter_map(|workspace| workspace.name.as_deref()).collect();
            Err(diagnostics::no_such_name(name, region, names, amazon))
        }
        ids => Err(diagnostics::name_is_ambiguous(name, region, ids, amazon)),
    }
}
