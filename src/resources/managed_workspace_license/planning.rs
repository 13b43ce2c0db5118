//! What a change will bring, as far as it can be known.

use tfplugin::{Context, Outcome, Plan, Value, path};

use super::{ManagedWorkspaceLicense, ManagedWorkspaceLicenses, WorkspaceLicensePrivate};
use crate::resources::holders;
use crate::workspaces::{Workspace, diagnostics};

impl ManagedWorkspaceLicenses {
    pub(super) async fn plan_license(
        &self,
        plan: &mut Plan<ManagedWorkspaceLicense>,
        cx: &Context<WorkspaceLicensePrivate>,
    ) -> Outcome<()> {
        let Some(prior) = plan.prior().cloned() else {
            self.plan_create(plan, cx);
            return Ok(().into());
        };
        let id = prior.known_workspace_id();
        self.run.workspace(id).has_seen_license();
        self.run.holders.note_holder(id, cx);
        if plan.planned.workspace_id != prior.workspace_id {
            self.note_create(&plan.planned);
            let goes_to = plan.planned.workspace_id.known().cloned();
            cx.update_private(|private| private.goes_to = Some(goes_to.unwrap_or_default()));
            self.plan_removal(&prior, cx).await;
        }
        if prior.region.is_null() {
            plan.suppress_replace(path!(region));
        }
        let asks = !plan.planned.asks_as(&prior);
        if holders::secures(cx) {
            plan.force_change();
            plan.warn(holders::securing());
            plan.planned.workspace = prior.workspace.map(Workspace::before_change);
        } else if plan.is_changed() && !asks {
            plan.planned.license_expiration = prior.license_expiration;
            plan.planned.free_trial_expiration = prior.free_trial_expiration;
            plan.planned.workspace = prior.workspace;
        } else if plan.is_changed() && plan.planned.is_in_the_place_of(&prior) {
            // Dependents use the endpoint, which no license changes.
            plan.planned.workspace = prior.workspace.map(Workspace::before_change);
        }
        hide_token(plan, asks);
        Ok(().into())
    }

    /// Plans that a license goes, unless another resource has it or is to have it.
    pub(super) async fn plan_removal(
        &self,
        state: &ManagedWorkspaceLicense,
        cx: &Context<WorkspaceLicensePrivate>,
    ) {
        let id = state.known_workspace_id();
        self.run.holders.plan_removal(id, id, cx).await;
    }

    fn plan_create(
        &self,
        plan: &mut Plan<ManagedWorkspaceLicense>,
        cx: &Context<WorkspaceLicensePrivate>,
    ) {
        self.note_create(&plan.planned);
        let id = plan.planned.known_workspace_id();
        self.run.holders.remember_several(id, cx);
        if !self.run.workspace(id).is_license_known() && self.run.tells_costs() {
            plan.warn(diagnostics::costs());
        }
    }

    fn note_create(&self, planned: &ManagedWorkspaceLicense) {
        if planned.workspace_id.is_known() {
            self.run.holders.note_create(planned.known_workspace_id());
        }
    }
}

/// Plans that the token leaves the state when it is now given write-only.
fn hide_token(plan: &mut Plan<ManagedWorkspaceLicense>, asks: bool) {
    let token = match plan.config() {
        config if config.hides_token() => Value::Null,
        config if config.grafana_token_wo.is_unknown() => Value::Unknown,
        _ => return,
    };
    let shown = plan.prior().and_then(|prior| prior.workspace.known());
    if !asks && shown.is_some_and(|workspace| !workspace.grafana_token.is_null()) {
        let workspace = plan.planned.workspace.clone();
        plan.planned.workspace =
            workspace.map(|workspace| Workspace { grafana_token: token, ..workspace });
    }
}
