//! The attributes of a license and what AWS describes.

use tfplugin::Value;

use super::Model;
use crate::amazon::{self, Region};
use crate::workspaces::{ENTERPRISE, LicenseRequest, PriorLicense, WorkspaceId, WorkspaceModel};

impl Model {
    /// The license of that workspace, before it is read.
    pub(super) fn unread(workspace_id: Value<WorkspaceId>, region: Value<String>) -> Self {
        Self { workspace_id, region, ..Self::default() }
    }

    /// The license that was found on a workspace, without the token.
    pub(crate) fn found(region: &Region, workspace: &amazon::Workspace) -> Self {
        Self::unread(workspace.id.parse().ok().into(), Value::Null).with(region, workspace, true)
    }

    /// This license with what AWS describes.
    pub(super) fn with(
        self,
        region: &Region,
        workspace: &amazon::Workspace,
        hides_token: bool,
    ) -> Self {
        let workspace = WorkspaceModel::described(workspace, hides_token);
        let found = workspace.license_type.known().cloned();
        Self {
            id: self.workspace_id.as_ref().map(ToString::to_string),
            license_type: found.map_or(self.license_type, Value::from),
            region: region.to_string().into(),
            license_expiration: workspace.license_expiration.clone(),
            free_trial_expiration: workspace.free_trial_expiration.clone(),
            workspace: workspace.into(),
            ..self
        }
    }

    /// The id; empty while it is unknown.
    pub(super) fn workspace_id(&self) -> &str {
        self.workspace_id.known().map_or("", WorkspaceId::as_str)
    }

    pub(super) fn license_type(&self) -> &str {
        self.license_type.known().map_or(ENTERPRISE, String::as_str)
    }

    /// This license as the one before a change.
    pub(super) fn before(&self) -> PriorLicense<'_> {
        let name = self.workspace.known().and_then(|workspace| workspace.name.known());
        PriorLicense {
            workspace_id: self.workspace_id(),
            name: name.map(String::as_str),
            region: &self.region,
            license_type: self.license_type(),
        }
    }

    pub(super) fn request(&self) -> LicenseRequest {
        LicenseRequest {
            license_type: self.license_type.clone(),
            grafana_token: self.grafana_token.clone(),
            grafana_token_wo: self.grafana_token_wo.clone(),
            grafana_token_wo_version: self.grafana_token_wo_version.clone(),
        }
    }

    /// Whether `prior` describes the same workspace.
    pub(super) fn is_of_workspace_of(&self, prior: &Self) -> bool {
        prior.workspace.is_known()
            && self.workspace_id == prior.workspace_id
            && self.region == prior.region
    }

    /// Whether the license of `prior` is what is wanted, so that AWS has nothing to do.
    pub(super) fn is_provided_by(&self, prior: &Self) -> bool {
        prior.workspace.is_known() && self.request().is_provided_by(&prior.request())
    }
}
