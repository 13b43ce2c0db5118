//! Taking the license off a workspace, unless another resource has it.

use tfplugin::{Context, Done, Outcome};

use super::{ManagedWorkspaceLicense, ManagedWorkspaceLicenses, WorkspaceLicensePrivate};
use crate::resources::holders;
use crate::workspaces::{ENTERPRISE, KeptReason, Removal, diagnostics};

impl ManagedWorkspaceLicenses {
    pub(super) async fn remove(
        &self,
        state: ManagedWorkspaceLicense,
        cx: &Context<WorkspaceLicensePrivate>,
    ) -> Outcome<()> {
        let association = self.association(&state, cx).await?;
        let of_run = self.run.workspace(&association.workspace_id);
        if let Some(next) = cx.private().goes_to {
            self.run.workspace(&next).begins_create();
        }
        if holders::makes_way(cx) {
            cx.wait(of_run.wait_for_create()).await?;
        }
        let mut record = cx.wait(of_run.turn()).await?;
        if let Some(reason) = record.stays(&of_run, cx) {
            return Ok(Done::new(()).warn(diagnostics::kept(&association.workspace_id, reason)));
        }
        let license_type = state.license_type.known().map_or(ENTERPRISE, String::as_str);
        match association.remove(license_type).await {
            Ok(Removal::Done) => Ok(().into()),
            Ok(Removal::PutAnew) => {
                let id = &association.workspace_id;
                Ok(Done::new(()).warn(diagnostics::kept(id, KeptReason::AssociatedAgain)))
            }
            Ok(Removal::NotOurs(other)) => {
                let id = &association.workspace_id;
                Ok(Done::new(()).warn(diagnostics::not_ours(id, license_type, &other)))
            }
            Ok(Removal::Failed(workspace)) => {
                Err(diagnostics::failed("The Enterprise license was not removed", &workspace))?
            }
            Ok(Removal::Unfinished { last, why }) => {
                Err(diagnostics::not_yet_removed(&last, &why))?
            }
            Err(trouble) => Err(diagnostics::not_removed(trouble))?,
        }
    }
}
