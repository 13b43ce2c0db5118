//! `managed_workspace_license`: the Enterprise license of an Amazon Managed Grafana workspace.

mod attributes;

use jiff::Timestamp;
use tfplugin::{
    Context, Done, Identity, ImportTarget, MoveSource, Outcome, Plan, Resource, Schema, Secret,
    Value, async_trait, path,
};

use crate::amazon::is_region;
use crate::workspaces::{
    Adoption, ENTERPRISE, LicenseAssociationState, LicensePrivate, PlannedLicense,
    WorkspaceAddress, WorkspaceId, WorkspaceModel, Workspaces, diagnostics, is_offered,
};

/// The Enterprise license of an [Amazon Managed Grafana](https://docs.aws.amazon.com/grafana/latest/userguide/upgrade-to-enterprise-plugins.html)
/// workspace. It gives the workspace access to Enterprise plugins, and **costs extra** for each of
/// its users as long as it is there; destroying this resource removes it.
///
/// The name of this type does not begin with `grafana_`, so every block of it needs
/// `provider = grafana`.
///
/// The workspace is looked at when it is known at plan: one that is not there fails the plan, so that a
/// mistyped `workspace_id` does not cost the license that is in use. Warnings name the workspace and say what
/// the license costs, that one is there already, or what stops when it is removed.
///
/// A workspace has one license only. One that is there already is taken over as it is, and destroying this
/// resource leaves it to another resource with the same `workspace_id` (renamed, replaced or beside it).
/// What Terraform does not read is not seen: resources left out by `-target`, `-exclude` or
/// `-refresh=false`, and resources of another alias or another state. To hand a license to one of those, use
/// a `moved` block, or a `removed` block with `destroy = false`. When a plan removes and creates the license
/// of one workspace in an order that cannot be seen, it warns; plan again after the apply. A removal waits
/// up to 15 seconds for a creation that takes the license over. The object that an interrupted
/// `create_before_destroy` leaves goes without the license: should no other resource have it, import it.
///
/// The IAM permissions needed are
/// `grafana:DescribeWorkspace`, `grafana:AssociateLicense`, `grafana:DisassociateLicense` and
/// `aws-marketplace:ViewSubscriptions`.
#[derive(Schema, Debug, Clone, Default)]
#[resource(
    "managed_workspace_license",
    version = 0,
    timeouts(create = "10m", update = "10m", delete = "10m")
)]
pub struct ManagedWorkspaceLicenseModel {
    /// The id of the workspace.
    #[attr(computed, use_state_for_unknown)]
    pub id: Value<String>,
    /// Id of the workspace, such as `g-0123456789`. Another one replaces the resource.
    #[attr(required, replace)]
    pub workspace_id: Value<WorkspaceId>,
    /// Type of the license. AWS offers `ENTERPRISE` only, which is the default; the free trial
    /// `ENTERPRISE_FREE_TRIAL` is no longer offered.
    #[attr(optional, default = ENTERPRISE, validate = is_offered)]
    pub license_type: Value<String>,
    /// Token from Grafana Labs, 1 to 36 characters, that
    /// [links the AWS account with a Grafana Labs account](https://docs.aws.amazon.com/grafana/latest/userguide/AMG-workspace-register-enterprise.html).
    /// AWS asks for it once for each account and region; workspaces after the first need none. It is
    /// kept in the state: `grafana_token_wo` is not. Another token is handed to AWS in place.
    #[attr(optional, sensitive, length(1..=36), conflicts(grafana_token_wo))]
    pub grafana_token: Value<Secret>,
    /// The same token, write-only (Terraform 1.11+): it is in no plan and no state. Say with
    /// `grafana_token_wo_version` when it has changed.
    #[attr(optional, sensitive, write_only, length(1..=36))]
    pub grafana_token_wo: Value<Secret>,
    /// Any number. Another one hands `grafana_token_wo` to AWS again.
    #[attr(optional, requires(grafana_token_wo))]
    pub grafana_token_wo_version: Value<i64>,
    /// Region of the workspace, such as `eu-central-1`; that of the provider by default. Another one
    /// replaces the resource.
    #[attr(optional, computed, use_state_for_unknown, replace, validate = is_region)]
    pub region: Value<String>,
    /// How many days before the end of the license every plan begins to warn. Default: 30.
    #[attr(optional, range(0..=3650))]
    pub expiry_warning_days: Value<i64>,
    /// When a full license bought in the AWS Marketplace has to be renewed, RFC 3339. Usually null:
    /// a license added by AWS itself is valid until it is removed.
    #[attr(computed)]
    pub license_expiration: Value<Timestamp>,
    /// When a free trial that was begun in former times ends, RFC 3339.
    #[attr(computed)]
    pub free_trial_expiration: Value<Timestamp>,
    /// The workspace, as AWS describes it.
    #[attr(computed)]
    pub workspace: Value<WorkspaceModel>,
}

/// What names the license of one workspace.
#[derive(Identity, Debug, Clone, PartialEq, Eq)]
pub struct ManagedWorkspaceLicenseIdentity {
    /// Id of the workspace, such as `g-0123456789`.
    #[identity(required)]
    pub workspace_id: Value<WorkspaceId>,
    /// Its region; that of the provider if absent.
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

    async fn create(&self, plan: Model, cx: &Cx) -> Outcome<Model> {
        let id = plan.workspace_id().to_owned();
        let slot = self.workspaces.begin_apply(&id);
        let creation = cx.update_private(|private| slot.begin_creation(&mut private.holding));
        let _lock = cx.wait(slot.lock()).await?;
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

    async fn update(&self, prior: Model, plan: Model, cx: &Cx) -> Outcome<Model> {
        if plan.is_provided_by(&prior) && !cx.private().holding.must_reassert() {
            cx.update_private(|private| private.token_hidden |= plan.request().hides_token());
            let hides_token = cx.private().token_hidden;
            let workspace = prior.workspace.map(|workspace| workspace.shown(hides_token));
            return Ok(Model { workspace, ..plan }.into());
        }
        let id = plan.workspace_id().to_owned();
        let slot = self.workspaces.begin_apply(&id);
        let _lock = cx.wait(slot.lock()).await?;
        let updated = self.associate(plan, Adoption::AtOnce, cx).await?;
        cx.update_private(|private| slot.reassert(&id, &mut private.holding));
        Ok(updated)
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
        let license = PlannedLicense {
            workspace_id: plan.planned.workspace_id(),
            region: &plan.config().region,
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
