//! `managed_workspace`: a workspace of Amazon Managed Grafana.

use tfplugin::{
    Context, DataSource, Diagnostic, IntoDiagnostic, Outcome, Schema, Value, async_trait, path,
};

use crate::amazon::{Amazon, Region, WorkspaceSummary, is_region};
use crate::workspaces::{WorkspaceModel, Workspaces, is_workspace_id};

/// A workspace of [Amazon Managed Grafana](https://docs.aws.amazon.com/grafana/latest/userguide/what-is-Amazon-Managed-Service-Grafana.html),
/// found by its id or its name.
///
/// The name of this type does not begin with `grafana_`, so every block of it needs
/// `provider = grafana`. The IAM permissions needed are `grafana:DescribeWorkspace`, and
/// `grafana:ListWorkspaces` to find a workspace by name.
#[derive(Schema, Debug, Clone)]
#[data_source("managed_workspace")]
pub struct ManagedWorkspaceModel {
    /// Id of the workspace, such as `g-0123456789`. Give it or `name`.
    #[attr(optional, computed, validate = is_workspace_id, conflicts(name))]
    pub id: Value<String>,
    /// Name of the workspace, which only one may have. Give it or `id`.
    #[attr(optional, computed, length(1..))]
    pub name: Value<String>,
    /// Region of the workspace, such as `eu-central-1`; that of the provider by default.
    #[attr(optional, computed, validate = is_region)]
    pub region: Value<String>,
    /// The workspace, as AWS describes it.
    #[attr(computed)]
    pub workspace: Value<WorkspaceModel>,
}

/// Reads one workspace.
pub struct ManagedWorkspaceDataSource {
    workspaces: Workspaces,
}

impl ManagedWorkspaceDataSource {
    /// Reads one of these workspaces.
    pub fn new(workspaces: Workspaces) -> Self {
        Self { workspaces }
    }
}

#[async_trait]
impl DataSource for ManagedWorkspaceDataSource {
    type Model = ManagedWorkspaceModel;

    async fn read(
        &self,
        config: ManagedWorkspaceModel,
        cx: &Context,
    ) -> Outcome<ManagedWorkspaceModel> {
        let amazon = self.workspaces.amazon.amazon()?;
        let region = amazon.region(config.region.known().map(String::as_str)).await?;
        let id = match (config.id.known(), config.name.known()) {
            (Some(id), _) => id.clone(),
            (None, name) => {
                let name = name.map_or("", String::as_str);
                cx.wait(id_of(&amazon, &region, name)).await??
            }
        };
        let described = cx.wait(amazon.describe_workspace(Some(&region), &id)).await?;
        let workspace = described.map_err(|error| {
            let is_missing = error.is_not_found();
            let diagnostic = error.into_diagnostic();
            if is_missing { diagnostic.at(path!(id)) } else { diagnostic }
        })?;
        let model = ManagedWorkspaceModel {
            id: id.into(),
            name: workspace.name.clone().into(),
            region: region.to_string().into(),
            workspace: WorkspaceModel::described(&workspace, true).into(),
        };
        Ok(model.into())
    }

    fn validate(config: &ManagedWorkspaceModel) -> Vec<Diagnostic> {
        if !config.id.is_null() || !config.name.is_null() {
            return Vec::new();
        }
        let detail = "Expected `id` or `name`, but neither is set: say which workspace is meant.";
        vec![Diagnostic::error("No workspace is named", detail).at(path!(id))]
    }
}

/// The id of the only workspace with that name.
async fn id_of(amazon: &Amazon, region: &Region, name: &str) -> Result<String, Diagnostic> {
    let all =
        amazon.list_workspaces(Some(region)).await.map_err(IntoDiagnostic::into_diagnostic)?;
    let has_name = |workspace: &&WorkspaceSummary| workspace.name.as_deref() == Some(name);
    let found: Vec<&WorkspaceSummary> = all.iter().filter(has_name).collect();
    match found.as_slice() {
        [one] => Ok(one.id.clone()),
        [] => Err(missing(name, region, &all)),
        several => {
            let ids: Vec<&str> = several.iter().map(|workspace| workspace.id.as_str()).collect();
            let detail = format!(
                "Several workspaces in {region} have the name {name:?}: {}. Give the `id` of one.",
                ids.join(", ")
            );
            Err(Diagnostic::error("The name is not unique", detail).at(path!(name)))
        }
    }
}

fn missing(name: &str, region: &Region, all: &[WorkspaceSummary]) -> Diagnostic {
    let mut names: Vec<&str> = all.iter().filter_map(|w| w.name.as_deref()).collect();
    names.sort_unstable();
    let there = match names.as_slice() {
        [] => "there are none with a name".to_owned(),
        names => format!("there are {}", names.join(", ")),
    };
    let detail = format!(
        "No workspace in {region} has the name {name:?}; {there}. Another `region` may be meant."
    );
    Diagnostic::error("No such workspace", detail).at(path!(name))
}
