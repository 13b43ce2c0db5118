//! Taking the license off a workspace, unless another resource has it.

use tfplugin::{Context, Done, Outcome};

use super::association::Removal;
use super::{ENTERPRISE, ManagedWorkspaceLicense, ManagedWorkspaceLicenses, diagnostics};

impl ManagedWorkspaceLicenses {
    pub(super) async fn remove(&self, state: ManagedWorkspaceLicense, cx: &Context) -> Outcome<()> {
        let association = self.association(&state, cx).await?;
        let of_run = self.run.workspace(&association.workspace_id);
        let mut record = cx.wait(of_run.turn()).await?;
        if let Some(reason) = record.stays(cx.private()) {
            return Ok(Done::new(()).warn(diagnostics::stays(&association.workspace_id, reason)));
        }
        let license_type = state.license_type.known().map_or(ENTERPRISE, String::as_str);
        match association.remove(license_type).await {
            Ok(Removal::Done) => Ok(().into()),
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
