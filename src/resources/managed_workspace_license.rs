//! `managed_workspace_license`: the Enterprise license of an Amazon Managed Grafana workspace.

mod attributes;

use jiff::Timestamp;
use tfplugin::{
    Context, Done, Identity, ImportTarget, MoveSource, Outcome, Plan, Resource, Schema, Secret,
    Update, Value, async_trait, path,
};

use crate::diagnostics::ended::wait_for;
use crate::workspaces::{
    Adoption, ENTERPRISE, LicenseAssociationState, LicensePrivate, OTHER_CHANGE, PlannedLicense,
    WorkspaceAddress, WorkspaceId, WorkspaceModel, Workspaces, diagnostics, is_grafana_token,
    is_offered, names_region,
};

/// Manages the Enterprise license of an Amazon Managed Grafana workspace.
///
/// The license gives a workspace access to
/// [Enterprise plugins](https://docs.aws.amazon.com/grafana/latest/userguide/upgrade-to-enterprise-plugins.html). A workspace
/// has at most one. A license that is there already is taken over as it is.
///
/// !> **This resource costs money.** AWS charges for the license per active user of the workspace, on top of the workspace
/// itself, for as long as the workspace has it. See [Amazon Managed Grafana pricing](https://aws.amazon.com/grafana/pricing/).
///
/// !> **Destroying this resource removes the license**, including one that it took over. Enterprise plugins stop working, with the
/// data sources and dashboards that use them. The workspace itself stays.
///
/// ~> **Secret in the state.** `grafana_token` is stored in the state and in saved plans in plain text. From Terraform or
/// OpenTofu 1.11 on, use `grafana_token_wo` to keep it out of both.
///
/// -> **Set `provider = grafana` in every block of this type.** Its name does not begin with `grafana_`, so Terraform would
/// look for a provider named `managed`.
#[derive(Schema, Debug, Clone, Default)]
#[resource(
    "managed_workspace_license",
    version = 0,
    timeouts(create = "10m", update = "10m", delete = "10m")
)]
pub struct ManagedWorkspaceLicenseModel {
    /// ID of the workspace.
    #[attr(computed, use_state_for_unknown)]
    pub id: Value<String>,
    /// ID of the workspace, such as `g-0123456789`. Changing this replaces the resource.
    #[attr(required, replace)]
    pub workspace_id: Value<WorkspaceId>,
    /// Type of the license: `ENTERPRISE`. AWS no longer offers the free trial (`ENTERPRISE_FREE_TRIAL`).
    #[attr(optional, default = ENTERPRISE, validate = is_offered)]
    pub license_type: Value<String>,
    /// Token from Grafana Labs that [links the AWS account with a Grafana Labs
    /// account](https://docs.aws.amazon.com/grafana/latest/userguide/AMG-workspace-register-enterprise.html). AWS
    /// requires it for the first license of an account in a region; later workspaces need none. It is stored in the
    /// state; `grafana_token_wo` is not. A changed token is sent to AWS in place. 1 to 36 characters; white space around
    /// them is not sent.
    #[attr(optional, sensitive, validate = is_grafana_token, conflicts(grafana_token_wo))]
    pub grafana_token: Value<Secret>,
    /// The same token, stored in neither the plan nor the state (Terraform or OpenTofu 1.11 and later). Change
    /// `grafana_token_wo_version` when it has changed.
    #[attr(optional, sensitive, write_only, validate = is_grafana_token)]
    pub grafana_token_wo: Value<Secret>,
    /// Version of `grafana_token_wo`, any number. Change it to send a changed token to AWS.
    #[attr(optional, requires(grafana_token_wo))]
    pub grafana_token_wo_version: Value<i64>,
    /// Region of the workspace, such as `eu-central-1`. Default: the region of the provider. Changing this replaces
    /// the resource; the plan fails if AWS does not find the workspace there.
    #[attr(optional, computed, use_state_for_unknown, replace, validate = names_region)]
    pub region: Value<String>,
    /// How many days before the end of the license plans begin to warn. Default: 30.
    #[attr(optional, range(0..=3650))]
    pub expiry_warning_days: Value<i64>,
    /// When a license bought in the AWS Marketplace must be renewed, in RFC 3339 format. Usually null: a license added
    /// through AWS is valid until it is removed.
    #[attr(computed)]
    pub license_expiration: Value<Timestamp>,
    /// When a free trial ends, in RFC 3339 format.
    #[attr(computed)]
    pub free_trial_expiration: Value<Timestamp>,
    /// The workspace, as AWS describes it.
    #[attr(computed)]
    pub workspace: Value<WorkspaceModel>,
}

/// What names the license of one workspace.
#[derive(Identity, Debug, Clone, PartialEq, Eq)]
pub struct ManagedWorkspaceLicenseIdentity {
    /// ID of the workspace, such as `g-0123456789`.
    #[identity(required)]
    pub workspace_id: Value<WorkspaceId>,
    /// Region of the workspace. Default: the region of the provider.
    #[identity(optional)]
    pub region: Value<String>,
}

/// Enterprise licenses of workspaces.
pub struct ManagedWorkspaceLicenseResource {
    workspaces: Workspaces,
}

#[async_trait]
impl Resource for ManagedWorkspaceLicenseResource {
    type Model = ManagedWorkspaceLicenseModel;
    type Identity = ManagedWorkspaceLicenseIdentity;
    type Private = LicensePrivate;
    // A license changes by itself, and a workspace by its owners, between plan and apply.
    const KEEPS_PLANNED: bool = true;

    async fn create(&self, plan: Model, cx: &Cx) -> Outcome<Model> {
        let id = plan.workspace_id().to_owned();
        let slot = self.workspaces.begin_apply(&id);
        let creation = cx.update_private(|private| slot.begin_creation(&mut private.holding));
        let _lock = wait_for(cx, OTHER_CHANGE, slot.lock()).await?;
        let created = self.associate(plan, Adoption::AfterSecondLook, cx).await?;
        creation.finish(&id);
        Ok(created)
    }

    async fn read(&self, state: Model, cx: &Cx) -> Outcome<Option<Model>> {
        let id = state.workspace_id().to_owned();
        let slot =
            cx.update_private(|private| self.workspaces.begin_read(&id, &mut private.holding));
        let is_new = state.workspace.is_null();
        if let Some(warning) = self.workspaces.amazon.not_refreshed().filter(|_| !is_new) {
            return Ok(Done::new(Some(state)).warn(warning));
        }
        let client = self.workspaces.client(&state.region, state.workspace_id(), cx).await?;
        let found = client.find_license(state.expiry_warning_days.known().copied()).await?;
        if found.value.is_none() && state.region.is_null() {
            let warning = diagnostics::not_in_region(&client.id, &client.region);
            return Ok(Done::new(Some(state)).warn(warning));
        }
        let hides_token = cx.update_private(|private| {
            match found.value {
                Some(_) => slot.end_read(&id, &mut private.holding),
                None => slot.forget(&private.holding),
            }
            private.token_hidden |= is_new && state.grafana_token.is_null();
            private.token_hidden
        });
        Ok(found.map(|found| Some(state.with(&client.region, &found?, hides_token))))
    }

    async fn delete(&self, state: Model, cx: &Cx) -> Outcome<()> {
        let client = self.workspaces.client(&state.region, state.workspace_id(), cx).await?;
        if state.region.is_null() && client.describe().await?.is_err_and(|e| e.is_not_found()) {
            Err(diagnostics::not_removed_from_region(&client.id, &client.region))?;
        }
        let (slot, holding) = (self.workspaces.begin_apply(&client.id), cx.private().holding);
        Ok(client.disassociate(state.license_type(), &slot, &holding).await?)
    }

    async fn import(&self, target: ImportTarget<Self::Identity>, cx: &Cx) -> Outcome<Model> {
        let (id, region) = match target {
            ImportTarget::Id(address) => {
                let address = address.parse().map_err(diagnostics::invalid_import_id)?;
                let WorkspaceAddress { id, region } = address;
                (id.into(), region.into())
            }
            ImportTarget::Identity(Self::Identity { workspace_id, region }) => {
                (workspace_id, region)
            }
        };
        let imported = Model::unread(id, region);
        let client = self.workspaces.client(&imported.region, imported.workspace_id(), cx).await?;
        Ok(Model { region: client.region.to_string().into(), ..imported }.into())
    }

    fn identity(state: &Model) -> Option<Self::Identity> {
        let Model { workspace_id, region, .. } = state.clone();
        Some(Self::Identity { workspace_id, region })
    }

    async fn plan(&self, plan: &mut Plan<Model>, cx: &Cx) -> Outcome<()> {
        let (prior, mut private) = (plan.prior().cloned(), cx.private());
        let mut region = plan.config().region.clone();
        if let Some(prior) = &prior
            && region.is_unknown()
            && prior.region.is_known()
            && plan.planned.workspace_id == prior.workspace_id
        {
            // A workspace stays in its region: what is not known yet is no reason to remove its license.
            region.clone_from(&prior.region);
            plan.planned.region.clone_from(&prior.region);
        }
        let license = PlannedLicense {
            workspace_id: plan.planned.workspace_id(),
            region: &region,
            license_type: plan.planned.license_type(),
            prior: prior.as_ref().map(Model::before),
        };
        let preview = self.workspaces.plan(&license, &mut private.holding, cx).await?;
        preview.warnings.into_iter().for_each(|warning| plan.warn(warning));
        let must_reassert = private.holding.must_reassert();
        cx.set_private(private);
        let Some(prior) = prior else {
            plan.planned.id = plan.planned.workspace_id.as_ref().map(ToString::to_string);
            if let Some(region) = preview.region.filter(|_| plan.planned.region.is_unknown()) {
                plan.planned.region = region.to_string().into();
            }
            return Ok(().into());
        };
        if prior.region.is_null() {
            plan.suppress_replace(path!(region));
        }
        if must_reassert {
            plan.force_change();
        }
        if must_reassert || !plan.planned.is_provided_by(&prior) {
            if plan.is_changed() && plan.planned.is_of_workspace_of(&prior) {
                // Dependents use the endpoint, which no license changes.
                plan.planned.workspace = prior.workspace.map(WorkspaceModel::before_change);
            }
        } else if plan.planned.is_of_workspace_of(&prior) {
            let token = plan.config().request().planned_token();
            plan.planned.license_expiration = prior.license_expiration;
            plan.planned.free_trial_expiration = prior.free_trial_expiration;
            plan.planned.workspace = prior.workspace.map(|it| it.with_planned_token(token));
        }
        Ok(().into())
    }

    async fn plan_destroy(&self, state: &Model, cx: &Cx) -> Outcome<()> {
        let plan = |private: &mut LicensePrivate| {
            self.workspaces.plan_removal(&state.before(), &mut private.holding)
        };
        Ok(Done::new(()).warn_all(cx.update_private(plan)))
    }

    const MOVES_FROM: &'static [(&'static str, &'static str)] =
        &[("hashicorp/aws", "aws_grafana_license_association")];

    fn move_from(source: &MoveSource) -> Outcome<Model> {
        let license = LicenseAssociationState::read(&source.state).map(|former| Model {
            license_type: former.license_type.into(),
            grafana_token: former.grafana_token.into(),
            license_expiration: former.license_expiration.into(),
            free_trial_expiration: former.free_trial_expiration.into(),
            ..Model::unread(former.workspace_id.into(), former.region.into())
        });
        Ok(license?.into())
    }
}

#[async_trait]
impl Update for ManagedWorkspaceLicenseResource {
    async fn update(&self, prior: Model, plan: Model, cx: &Cx) -> Outcome<Model> {
        if plan.is_provided_by(&prior) && !cx.private().holding.must_reassert() {
            cx.update_private(|private| private.token_hidden |= plan.request().hides_token());
            let hides_token = cx.private().token_hidden;
            let workspace = prior.workspace.map(|workspace| workspace.shown(hides_token));
            return Ok(Model { workspace, ..plan }.into());
        }
        let id = plan.workspace_id().to_owned();
        let slot = self.workspaces.begin_apply(&id);
        let _lock = wait_for(cx, OTHER_CHANGE, slot.lock()).await?;
        let updated = self.associate(plan, Adoption::AtOnce, cx).await?;
        cx.update_private(|private| slot.reassert(&id, &mut private.holding));
        Ok(updated)
    }
}

impl ManagedWorkspaceLicenseResource {
    /// Licenses of these workspaces.
    pub fn new(workspaces: Workspaces) -> Self {
        Self { workspaces }
    }

    /// Puts the planned license on its workspace, unless it is there.
    async fn associate(&self, plan: Model, adoption: Adoption, cx: &Cx) -> Outcome<Model> {
        let client = self.workspaces.client(&plan.region, plan.workspace_id(), cx).await?;
        let hides_token = plan.request().hides_token();
        cx.update_private(|private| private.token_hidden = hides_token);
        let associated = client.associate(&plan.request(), adoption).await?;
        Ok(associated.map(|now| plan.with(&client.region, &now, hides_token)))
    }
}

type Model = ManagedWorkspaceLicenseModel;
type Cx = Context<LicensePrivate>;
