//! Putting the license on a workspace.

use tfplugin::{Context, Done, Outcome};

use super::{ManagedWorkspaceLicense, ManagedWorkspaceLicenses, WorkspaceLicensePrivate};
use crate::workspaces::{Adopting, ENTERPRISE, Ended, diagnostics};

impl ManagedWorkspaceLicenses {
    /// Associates the license that `plan` asks for, or finds it in place.
    pub(super) async fn associate(
        &self,
        plan: ManagedWorkspaceLicense,
        adopting: Adopting,
        cx: &Context<WorkspaceLicensePrivate>,
    ) -> Outcome<ManagedWorkspaceLicense> {
        let association = self.association(&plan, cx).await?;
        let of_run = self.run.workspace(&association.workspace_id);
        let mut record = cx.wait(of_run.turn()).await?;
        let token = plan.token();
        let hides_token = plan.hides_token();
        cx.update_private(|private| private.token_hidden = hides_token);
        let license_type = plan.license_type.known().map_or(ENTERPRISE, String::as_str);
        match association.associate(license_type, token.as_ref(), adopting).await {
            Ok(Ended::Done(workspace)) => {
                record.is_installed = true;
                let warning = diagnostics::of_status(&workspace);
                let state = plan.completed(&association.region.to_string(), &workspace, cx);
                Ok(Done::new(state).warn_all(warning))
            }
            Ok(Ended::Unfinished { last, why }) => {
                record.is_installed = true;
                let (summary, next) = diagnostics::unfinished(&last, &why);
                let state = plan.completed(&association.region.to_string(), &last, cx);
                Ok(Done::accepted_but_not_finished(state, summary, next))
            }
            Ok(Ended::Failed(workspace)) => {
                let error =
                    diagnostics::failed("The Enterprise license was not installed", &workspace);
                // With a state it would be tainted, and a license that was there before removed.
                Err(error)?
            }
            Err(trouble) => Err(diagnostics::not_associated(trouble, plan.token_attribute()))?,
        }
    }
}
