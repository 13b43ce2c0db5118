//! Reading the license of a workspace.

use tfplugin::{Context, Done, Outcome, Value};

use super::{ManagedWorkspaceLicense, ManagedWorkspaceLicenses, WorkspaceLicensePrivate};
use crate::amazon::WorkspaceStatus;
use crate::workspaces::diagnostics;

impl ManagedWorkspaceLicenses {
    pub(super) async fn look_again(
        &self,
        state: ManagedWorkspaceLicense,
        cx: &Context<WorkspaceLicensePrivate>,
    ) -> Outcome<Option<ManagedWorkspaceLicense>> {
        if let Some(warning) = self.amazon.not_refreshed()
            && !state.is_new()
        {
            return Ok(Done::new(Some(state)).warn(warning));
        }
        let association = self.association(&state, cx).await?;
        let workspace = match cx.wait(association.describe()).await? {
            Ok(workspace) => workspace,
            Err(error) if error.is_not_found() => return Ok(None.into()),
            Err(error) => Err(error)?,
        };
        let warning = diagnostics::of_status(&workspace);
        if workspace.license_type.is_none() && workspace.status != WorkspaceStatus::Upgrading {
            return Ok(Done::new(None).warn_all(warning));
        }
        self.run.workspace(&association.workspace_id).has_seen_license();
        if state.is_new() && state.grafana_token.is_null() {
            cx.update_private(|private| private.token_hidden = true);
        }
        let license_type = match &workspace.license_type {
            Some(license_type) => Value::from(license_type.as_str()),
            None => state.license_type.clone(),
        };
        let state = ManagedWorkspaceLicense { license_type, ..state };
        let state = state.completed(&association.region.to_string(), &workspace, cx);
        Ok(Done::new(Some(state)).warn_all(warning))
    }
}
