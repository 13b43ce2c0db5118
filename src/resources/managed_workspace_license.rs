//! `managed_workspace_license`: the Enterprise license of an Amazon Managed Grafana workspace.

mod import;
mod installation;
mod moved;
mod planning;
mod refresh;
mod removal;
mod run;

use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tfplugin::{
    Context, Diagnostic, Identity, ImportTarget, IntoDiagnostic, Limits, MoveSource, Outcome, Plan,
    Resource, Schema, Secret, Value, async_trait,
};

use crate::access::AmazonAccess;
use crate::amazon::{self, is_region};
use crate::resources::holders::{self, Holding, Holds};
use crate::workspaces::{
    Adopting, Association, ENTERPRISE, TokenAttribute, Workspace, is_workspace_id,
};

pub use self::run::WorkspaceRun;

/// What is remembered of the license of a workspace beside its state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkspaceLicensePrivate {
    /// Whether the token is not to be seen in `workspace`.
    token_hidden: bool,
    /// The workspace that a replacement goes to. Its creation follows the removal at once, so what makes
    /// way for it need not wait.
    goes_to: Option<String>,
    #[serde(flatten)]
    holding: Holding,
}

impl Holds for WorkspaceLicensePrivate {
    fn holding(&mut self) -> &mut Holding {
        &mut self.holding
    }
}

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
#[derive(Schema, Debug, Clone)]
#[resource(
    "managed_workspace_license",
    version = 0,
    timeouts(create = "10m", update = "10m", delete = "10m")
)]
pub struct ManagedWorkspaceLicense {
    /// The id of the workspace.
    #[attr(computed, use_state_for_unknown)]
    pub id: Value<String>,
    /// Id of the workspace, such as `g-0123456789`. Another one replaces the resource.
    #[attr(required, replace, validate = is_workspace_id)]
    pub workspace_id: Value<String>,
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
    #[attr(optional)]
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
    pub workspace: Value<Workspace>,
}

/// What names the license of one workspace.
#[derive(Identity, Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceIdentity {
    /// Id of the workspace, such as `g-0123456789`.
    #[identity(required)]
    pub workspace_id: Value<String>,
    /// Its region; that of the provider if absent.
    #[identity(optional)]
    pub region: Value<String>,
}

fn is_offered(license_type: &str) -> Result<(), String> {
    match license_type {
        ENTERPRISE => Ok(()),
        "ENTERPRISE_FREE_TRIAL" => Err("AWS says: `ENTERPRISE_FREE_TRIAL has been deprecated and \
             is no longer offered`. Use `ENTERPRISE`, or leave `license_type` out."
            .to_owned()),
        other => {
            Err(format!("Expected `ENTERPRISE`, the only type that AWS offers, but got {other:?}."))
        }
    }
}

impl ManagedWorkspaceLicense {
    /// The license of that workspace, before it is read.
    fn of_workspace(workspace_id: String, region: Value<String>) -> Self {
        Self {
            id: workspace_id.clone().into(),
            workspace_id: workspace_id.into(),
            license_type: Value::Null,
            grafana_token: Value::Null,
            grafana_token_wo: Value::Null,
            grafana_token_wo_version: Value::Null,
            region,
            license_expiration: Value::Null,
            free_trial_expiration: Value::Null,
            workspace: Value::Null,
        }
    }

    /// The token to hand over, by whichever attribute it is given.
    fn token(&self) -> Option<SecretString> {
        let token = self.grafana_token.known().or(self.grafana_token_wo.known());
        token.cloned().map(SecretString::from)
    }

    /// By which attribute the token is given.
    fn token_attribute(&self) -> Option<TokenAttribute> {
        match (&self.grafana_token, &self.grafana_token_wo) {
            (Value::Known(_), _) => Some(TokenAttribute::Stored),
            (_, Value::Known(_)) => Some(TokenAttribute::WriteOnly),
            _ => None,
        }
    }

    /// Whether the token was given in a way that keeps it out of the state.
    fn hides_token(&self) -> bool {
        let is_write_only =
            self.grafana_token_wo.is_known() || self.grafana_token_wo_version.is_known();
        is_write_only && !self.grafana_token.is_known()
    }

    /// Whether this is the license of the same workspace.
    fn is_in_the_place_of(&self, prior: &Self) -> bool {
        prior.workspace.is_known()
            && self.workspace_id == prior.workspace_id
            && self.region == prior.region
    }

    /// Whether it was imported or moved here just now.
    fn is_new(&self) -> bool {
        self.workspace.is_null()
    }

    /// Whether AWS has nothing to do to come from `prior` to this.
    fn asks_as(&self, prior: &Self) -> bool {
        prior.workspace.is_known()
            && self.license_type == prior.license_type
            && self.grafana_token == prior.grafana_token
            && self.grafana_token_wo_version == prior.grafana_token_wo_version
    }

    fn known_workspace_id(&self) -> &str {
        self.workspace_id.known().map_or("", String::as_str)
    }

    /// With what AWS tells.
    fn completed(
        self,
        region: &str,
        workspace: &amazon::Workspace,
        cx: &Context<WorkspaceLicensePrivate>,
    ) -> Self {
        let is_hidden = cx.private().token_hidden || self.hides_token();
        let described = Workspace::described(workspace);
        let described = if is_hidden { described.without_token() } else { described };
        self.described(region, described)
    }

    /// After a change that AWS has nothing to do with.
    fn kept(mut self, prior: Self, cx: &Context<WorkspaceLicensePrivate>) -> Self {
        if self.hides_token() {
            cx.update_private(|private| private.token_hidden = true);
            self.workspace = self.workspace.map(Workspace::without_token);
        } else {
            self.workspace = prior.workspace;
        }
        self
    }

    /// The license that was found on a workspace, without the token.
    pub fn found(region: &str, workspace: &amazon::Workspace) -> Self {
        let license_type = workspace.license_type.as_ref().map(|it| it.as_str().to_owned());
        let license = Self {
            license_type: license_type.into(),
            ..Self::of_workspace(workspace.id.clone(), region.into())
        };
        license.described(region, Workspace::described(workspace).without_token())
    }

    fn described(self, region: &str, described: Workspace) -> Self {
        Self {
            id: self.workspace_id.clone(),
            region: region.into(),
            license_expiration: described.license_expiration.clone(),
            free_trial_expiration: described.free_trial_expiration.clone(),
            workspace: described.into(),
            ..self
        }
    }
}

/// Licenses of the workspaces that an AWS account has.
pub struct ManagedWorkspaceLicenses {
    amazon: AmazonAccess,
    run: WorkspaceRun,
}

impl ManagedWorkspaceLicenses {
    /// Licenses that are reached this way; `run` is shared by all that are in one run.
    pub fn new(amazon: AmazonAccess, run: WorkspaceRun) -> Self {
        Self { amazon, run }
    }

    /// What is to be done with the workspace of `model`, and where.
    async fn association<'a>(
        &self,
        model: &ManagedWorkspaceLicense,
        cx: &'a Limits,
    ) -> Result<Association<'a>, Diagnostic> {
        let amazon = self.amazon.amazon()?;
        let region = model.region.known().map(String::as_str);
        let region = amazon.region(region).await.map_err(IntoDiagnostic::into_diagnostic)?;
        let workspace_id = model.known_workspace_id().to_owned();
        Ok(Association { amazon, region, workspace_id, cx })
    }
}

#[async_trait]
impl Resource for ManagedWorkspaceLicenses {
    type Model = ManagedWorkspaceLicense;
    type Identity = WorkspaceIdentity;
    type Private = WorkspaceLicensePrivate;

    async fn create(
        &self,
        plan: ManagedWorkspaceLicense,
        cx: &Context<WorkspaceLicensePrivate>,
    ) -> Outcome<ManagedWorkspaceLicense> {
        holders::mark(cx);
        cx.update_private(|private| private.goes_to = None);
        self.run.workspace(plan.known_workspace_id()).begins_create();
        self.associate(plan, Adopting::AfterASecondLook, cx).await
    }

    async fn read(
        &self,
        state: ManagedWorkspaceLicense,
        cx: &Context<WorkspaceLicensePrivate>,
    ) -> Outcome<Option<ManagedWorkspaceLicense>> {
        let id = state.known_workspace_id().to_owned();
        self.run.holders.while_read(&id, cx, self.look_again(state, cx)).await
    }

    async fn update(
        &self,
        prior: ManagedWorkspaceLicense,
        plan: ManagedWorkspaceLicense,
        cx: &Context<WorkspaceLicensePrivate>,
    ) -> Outcome<ManagedWorkspaceLicense> {
        let secures = holders::secures(cx);
        holders::secured(cx);
        if plan.asks_as(&prior) && !secures {
            return Ok(plan.kept(prior, cx).into());
        }
        self.associate(plan, Adopting::AtOnce, cx).await
    }

    async fn delete(
        &self,
        state: ManagedWorkspaceLicense,
        cx: &Context<WorkspaceLicensePrivate>,
    ) -> Outcome<()> {
        self.remove(state, cx).await
    }

    async fn plan(
        &self,
        plan: &mut Plan<ManagedWorkspaceLicense>,
        cx: &Context<WorkspaceLicensePrivate>,
    ) -> Outcome<()> {
        self.plan_license(plan, cx).await
    }

    async fn plan_destroy(
        &self,
        state: &ManagedWorkspaceLicense,
        cx: &Context<WorkspaceLicensePrivate>,
    ) -> Outcome<()> {
        self.plan_removal(state, cx).await;
        Ok(().into())
    }

    async fn import(
        &self,
        target: ImportTarget<WorkspaceIdentity>,
        _: &Context<WorkspaceLicensePrivate>,
    ) -> Outcome<ManagedWorkspaceLicense> {
        let (workspace_id, region) = import::target(target)?;
        Ok(ManagedWorkspaceLicense::of_workspace(workspace_id, region).into())
    }

    fn identity(state: &ManagedWorkspaceLicense) -> Option<WorkspaceIdentity> {
        Some(WorkspaceIdentity {
            workspace_id: state.workspace_id.clone(),
            region: state.region.clone(),
        })
    }

    fn move_from(source: &MoveSource) -> Option<Outcome<ManagedWorkspaceLicense>> {
        moved::from_aws(source)
    }
}
