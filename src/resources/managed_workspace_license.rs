//! `managed_workspace_license`: the Enterprise license of an Amazon Managed Grafana workspace.

use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tfplugin::{
    AttributePath, Context, Diagnostic, Done, Identity, ImportTarget, Limits, MoveSource, Outcome,
    Plan, Resource, Schema, Secret, Value, async_trait, path,
};

use crate::amazon::{self, Region, is_region};
use crate::slots::Holding;
use crate::workspaces::{
    Adoption, ENTERPRISE, LicenseAssociationState, WantedLicense, WorkspaceAddress,
    WorkspaceClient, WorkspaceId, WorkspaceModel, Workspaces, diagnostics, is_offered,
};

/// The Enterprise license of an [Amazon Managed Grafana](https://docs.aws.amazon.com/grafana/latest/userguide/upgrade-to-enterprise-plugins.html)
/// workspace. It gives the workspace access to Enterprise plugins, and **costs extra** for each of
/// its users as long as it is there; destroying this resource removes it.
///
/// The name of this type does not begin with `grafana_`, so every block of it needs
/// `provider = grafana`.
///
/// A workspace that already has the license is taken over as it is. It has one only, so destroying this
/// resource leaves it there for another one with the same `workspace_id`, be it renamed, replaced or just
/// beside. What is not read is not known, though: with `-target` or `-refresh=false` the license may go, and
/// resources of different provider configurations do not know of each other at all. When a license goes
/// from one alias to another, use a `moved` block, or a `removed` block with `destroy = false`.
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

/// What is remembered of the license beside its state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ManagedWorkspaceLicensePrivate {
    /// Whether `workspace` is not to show the token.
    token_hidden: bool,
    #[serde(flatten)]
    holding: Holding,
}

/// Enterprise licenses of workspaces.
pub struct ManagedWorkspaceLicenseResource {
    workspaces: Workspaces,
}

#[async_trait]
impl Resource for ManagedWorkspaceLicenseResource {
    type Model = ManagedWorkspaceLicenseModel;
    type Identity = ManagedWorkspaceLicenseIdentity;
    type Private = ManagedWorkspaceLicensePrivate;

    async fn create(&self, plan: Model, cx: &Cx) -> Outcome<Model> {
        let id = plan.workspace_id().to_owned();
        let slot = self.workspaces.slot(&id);
        let creation = cx.update_private(|private| slot.begin_creation(&mut private.holding));
        let _lock = cx.wait(slot.lock()).await?;
        let created = self.associate(plan, Adoption::AfterSecondLook, cx).await?;
        creation.finish(&id);
        Ok(created)
    }

    async fn read(&self, state: Model, cx: &Cx) -> Outcome<Option<Model>> {
        let id = state.workspace_id().to_owned();
        let slot = self.workspaces.slot(&id);
        cx.update_private(|private| slot.begin_read(&id, &mut private.holding));
        let is_new = state.workspace.is_null();
        if let Some(warning) = self.workspaces.amazon.not_refreshed()
            && !is_new
        {
            return Ok(Done::new(Some(state)).warn(warning));
        }
        let client = self.client(&state, cx).await?;
        let found = client.find_license().await?;
        let hides_token = cx.update_private(|private| {
            match found.value {
                Some(_) => slot.end_read(&id, &mut private.holding),
                None => slot.forget(&private.holding),
            }
            private.token_hidden |= is_new && state.grafana_token.is_null();
            private.token_hidden
        });
        Ok(found.map(|workspace| {
            workspace.map(|workspace| state.with(&client.region, &workspace, hides_token))
        }))
    }

    async fn update(&self, prior: Model, plan: Model, cx: &Cx) -> Outcome<Model> {
        if plan.is_provided_by(&prior) && !cx.private().holding.must_reassert() {
            let hides_token = cx.update_private(|private| {
                private.token_hidden |= plan.hides_token();
                private.token_hidden
            });
            let workspace = prior.workspace.map(|workspace| workspace.shown(hides_token));
            return Ok(Model { workspace, ..plan }.into());
        }
        let id = plan.workspace_id().to_owned();
        let slot = self.workspaces.slot(&id);
        let _lock = cx.wait(slot.lock()).await?;
        let updated = self.associate(plan, Adoption::AtOnce, cx).await?;
        cx.update_private(|private| slot.reassert(&id, &mut private.holding));
        Ok(updated)
    }

    async fn delete(&self, state: Model, cx: &Cx) -> Outcome<()> {
        let client = self.client(&state, cx).await?;
        let (slot, holding) = (self.workspaces.slot(&client.id), cx.private().holding);
        let license_type = state.wanted().license_type;
        Ok(client.disassociate(&license_type, &slot, &holding).await?)
    }

    async fn import(&self, target: ImportTarget<Self::Identity>, _: &Cx) -> Outcome<Model> {
        let (id, region) = match target {
            ImportTarget::Id(address) => {
                let address = address.parse::<WorkspaceAddress>();
                let WorkspaceAddress { id, region } =
                    address.map_err(|why| Diagnostic::error("Invalid import ID", why))?;
                (id.into(), region.into())
            }
            ImportTarget::Identity(Self::Identity { workspace_id, region }) => {
                (workspace_id, region)
            }
        };
        Ok(Model::unread(id, region).into())
    }

    fn identity(state: &Model) -> Option<Self::Identity> {
        let Model { workspace_id, region, .. } = state.clone();
        Some(Self::Identity { workspace_id, region })
    }

    async fn plan(&self, plan: &mut Plan<Model>, cx: &Cx) -> Outcome<()> {
        let Some(prior) = plan.prior().cloned() else {
            self.plan_creation(plan, cx).await?;
            return Ok(().into());
        };
        let id = prior.workspace_id();
        let slot = self.workspaces.slot(id);
        if prior.region.is_null() {
            plan.suppress_replace(path!(region));
        }
        let leaves_workspace = plan.planned.workspace_id != prior.workspace_id;
        if leaves_workspace || (prior.region.is_known() && plan.planned.region != prior.region) {
            // Terraform shows only what this half of a replacement warns of.
            self.preview(plan, cx).await?;
        }
        if leaves_workspace {
            cx.update_private(|private| slot.plan_removal(id, &mut private.holding));
            return Ok(().into());
        }
        let must_reassert = cx.update_private(|private| {
            slot.plan_to_stay(id, &mut private.holding);
            private.holding.must_reassert()
        });
        if must_reassert {
            plan.force_change();
            plan.warn(diagnostics::reasserted(id));
        }
        if must_reassert || !plan.planned.is_provided_by(&prior) {
            // Dependents use the endpoint, which no license changes.
            if plan.is_changed()
                && prior.workspace.is_known()
                && plan.planned.region == prior.region
            {
                plan.planned.workspace = prior.workspace.map(WorkspaceModel::before_change);
            }
            return Ok(().into());
        }
        let shows_token = match plan.config() {
            config if config.hides_token() => Some(Value::Null),
            config if config.grafana_token_wo.is_unknown() => Some(Value::Unknown),
            _ => None,
        };
        plan.planned.license_expiration = prior.license_expiration;
        plan.planned.free_trial_expiration = prior.free_trial_expiration;
        plan.planned.workspace = prior.workspace.map(|workspace| match shows_token {
            Some(token) if !workspace.grafana_token.is_null() => {
                WorkspaceModel { grafana_token: token, ..workspace }
            }
            _ => workspace,
        });
        Ok(().into())
    }

    async fn plan_destroy(&self, state: &Model, cx: &Cx) -> Outcome<()> {
        let id = state.workspace_id();
        let slot = self.workspaces.slot(id);
        cx.update_private(|private| slot.plan_removal(id, &mut private.holding));
        Ok(().into())
    }

    fn move_from(source: &MoveSource) -> Option<Outcome<Model>> {
        source.is("hashicorp/aws", "aws_grafana_license_association").then(|| {
            let former = LicenseAssociationState::read(&source.state)?;
            let license = Model {
                license_type: former.license_type.into(),
                grafana_token: former.grafana_token.into(),
                license_expiration: former.license_expiration.into(),
                free_trial_expiration: former.free_trial_expiration.into(),
                ..Model::unread(former.workspace_id.into(), former.region.into())
            };
            Ok(license.into())
        })
    }
}

impl ManagedWorkspaceLicenseResource {
    /// Licenses of these workspaces.
    pub fn new(workspaces: Workspaces) -> Self {
        Self { workspaces }
    }

    async fn client<'a>(
        &self,
        license: &Model,
        limits: &'a Limits,
    ) -> Result<WorkspaceClient<'a>, Diagnostic> {
        let region = license.region.known().map(String::as_str);
        self.workspaces.client(region, license.workspace_id(), limits).await
    }

    /// Puts the planned license on its workspace, unless it is there.
    async fn associate(&self, plan: Model, adoption: Adoption, cx: &Cx) -> Outcome<Model> {
        let client = self.client(&plan, cx).await?;
        let hides_token = plan.hides_token();
        cx.update_private(|private| private.token_hidden = hides_token);
        let associated = client.associate(&plan.wanted(), adoption).await?;
        Ok(associated.map(|now| plan.with(&client.region, &now, hides_token)))
    }

    async fn plan_creation(&self, plan: &mut Plan<Model>, cx: &Cx) -> Result<(), Diagnostic> {
        let id = plan.planned.workspace_id().to_owned();
        let slot = self.workspaces.slot(&id);
        if plan.planned.workspace_id.is_known() {
            let before = cx.update_private(|private| slot.plan_creation(&id, &mut private.holding));
            if before.removal {
                plan.warn(diagnostics::order_is_open(&id));
            }
        }
        self.preview(plan, cx).await
    }

    /// Looks at the workspace that the planned license goes to.
    async fn preview(&self, plan: &mut Plan<Model>, cx: &Cx) -> Result<(), Diagnostic> {
        let id = plan.planned.workspace_id().to_owned();
        let warnings = self.workspaces.preview(&plan.config().region, &id, cx).await?;
        if !self.workspaces.slot(&id).has_holder() {
            warnings.into_iter().for_each(|warning| plan.warn(warning));
        }
        Ok(())
    }
}

type Model = ManagedWorkspaceLicenseModel;
type Cx = Context<ManagedWorkspaceLicensePrivate>;

impl Model {
    /// The license of that workspace, before it is read.
    fn unread(workspace_id: Value<WorkspaceId>, region: Value<String>) -> Self {
        Self { workspace_id, region, ..Self::default() }
    }

    /// The license that was found on a workspace, without the token.
    pub(crate) fn found(region: &Region, workspace: &amazon::Workspace) -> Self {
        Self::unread(workspace.id.parse().ok().into(), Value::Null).with(region, workspace, true)
    }

    /// This license with what AWS describes.
    fn with(self, region: &Region, workspace: &amazon::Workspace, hides_token: bool) -> Self {
        let workspace = WorkspaceModel::described(workspace, hides_token);
        let license_type = match &workspace.license_type {
            Value::Known(found) => found.clone().into(),
            _ => self.license_type,
        };
        Self {
            id: self.workspace_id.as_ref().map(ToString::to_string),
            license_type,
            region: region.to_string().into(),
            license_expiration: workspace.license_expiration.clone(),
            free_trial_expiration: workspace.free_trial_expiration.clone(),
            workspace: workspace.into(),
            ..self
        }
    }

    /// The id; empty while it is unknown.
    fn workspace_id(&self) -> &str {
        self.workspace_id.known().map_or("", WorkspaceId::as_str)
    }

    /// The license that the workspace is to have.
    fn wanted(&self) -> WantedLicense {
        let given = |token: &Value<Secret>, attribute: AttributePath| {
            token.known().map(|token| (SecretString::from(token.clone()), attribute))
        };
        let stored = given(&self.grafana_token, path!(grafana_token));
        WantedLicense {
            license_type: self.license_type.known().map_or(ENTERPRISE, String::as_str).to_owned(),
            token: stored.or_else(|| given(&self.grafana_token_wo, path!(grafana_token_wo))),
        }
    }

    /// Whether the token is given in a way that keeps it out of the state.
    fn hides_token(&self) -> bool {
        let is_write_only =
            self.grafana_token_wo.is_known() || self.grafana_token_wo_version.is_known();
        is_write_only && !self.grafana_token.is_known()
    }

    /// Whether a license as in `prior` is what is wanted, so that AWS has nothing to do.
    fn is_provided_by(&self, prior: &Self) -> bool {
        prior.workspace.is_known()
            && self.license_type == prior.license_type
            && self.grafana_token == prior.grafana_token
            && self.grafana_token_wo_version == prior.grafana_token_wo_version
    }
}
