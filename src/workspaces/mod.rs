//! Workspaces of Amazon Managed Grafana: their description as attributes, and their Enterprise
//! license.

mod association;
mod aws_provider;
mod client;
mod description;
pub(crate) mod diagnostics;
mod id;
pub(crate) mod plan_diagnostics;
mod preview;
mod request;
mod told;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tfplugin::{Diagnostic, IntoDiagnostic, Limits, Value};

pub(crate) use association::Adoption;
pub(crate) use aws_provider::LicenseAssociationState;
pub(crate) use client::WorkspaceClient;
pub use description::WorkspaceModel;
pub(crate) use id::WorkspaceAddress;
pub use id::WorkspaceId;
pub(crate) use preview::{PlannedLicense, PriorLicense};
pub(crate) use request::{LicenseRequest, is_grafana_token};

use crate::access::AmazonAccess;
use crate::amazon::{Error, Region, WorkspaceSummary, is_region};
use crate::diagnostics::ended::{Ended, wait_for_aws};
use crate::slots::{Holding, Slot, Slots};
use told::Told;

/// Type of the license that AWS offers.
pub(crate) const ENTERPRISE: &str = "ENTERPRISE";

/// What a change of a license may have to wait for.
pub(crate) const OTHER_CHANGE: &str =
    "Another resource of this run was changing the license of the same workspace.";

/// What is remembered of a license beside its state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LicensePrivate {
    /// Whether the description of the workspace is not to show the token.
    pub(crate) token_hidden: bool,
    #[serde(flatten)]
    pub(crate) holding: Holding,
}

/// The workspaces that one configured provider reaches. Clones share what is known of their licenses.
#[derive(Clone, Debug)]
pub struct Workspaces {
    pub(crate) amazon: AmazonAccess,
    licenses: Slots,
    told: Arc<Mutex<Told>>,
}

impl Workspaces {
    /// Workspaces that are reached this way.
    pub fn new(amazon: AmazonAccess) -> Self {
        Self { amazon, licenses: Slots::default(), told: Arc::default() }
    }

    /// The client for the workspace with that id, in the given region or that of the provider.
    ///
    /// # Errors
    /// When the provider's `aws` is not known yet, or no region is.
    pub(crate) async fn client<'a>(
        &self,
        region: &Value<String>,
        id: &str,
        limits: &'a Limits,
    ) -> Result<WorkspaceClient<'a>, Diagnostic> {
        let amazon = self.amazon.amazon()?.within(Some(limits.deadline()));
        let region = amazon.region(region.known().map(String::as_str));
        let region = wait_for_aws(limits, &amazon, region).await;
        let region = region.map_err(IntoDiagnostic::into_diagnostic)?;
        let region = region.map_err(IntoDiagnostic::into_diagnostic)?;
        Ok(WorkspaceClient { amazon, region, id: id.to_owned(), limits })
    }

    /// All workspaces of the account in the given region or that of the provider, and which that is.
    ///
    /// # Errors
    /// As [`Workspaces::client`], and when AWS cannot be asked.
    pub(crate) async fn list(
        &self,
        region: &Value<String>,
        limits: &Limits,
    ) -> Result<(Region, Vec<WorkspaceSummary>), Diagnostic> {
        let amazon = self.amazon.amazon()?.within(Some(limits.deadline()));
        let listing = async {
            let region = amazon.region(region.known().map(String::as_str)).await?;
            let all = amazon.list_workspaces(Some(&region)).await?;
            Ok((region, all))
        };
        let listed: Result<_, Error> =
            wait_for_aws(limits, &amazon, listing).await.map_err(Ended::into_diagnostic)?;
        listed.map_err(Error::into_diagnostic)
    }

    /// Begins the read of a resource that has the license of the workspace with that id; its place.
    pub(crate) fn begin_read(&self, id: &str, holding: &mut Holding) -> Slot {
        let slot = self.slot(id);
        self.told().begin_read(holding.known_mark());
        slot.begin_read(id, holding);
        slot
    }

    /// Begins a change: the plans that follow are new ones.
    pub(crate) fn begin_apply(&self, id: &str) -> Slot {
        *self.told() = Told::default();
        self.slot(id)
    }

    /// The place of the license of the workspace with that id: there is one, however many resources have it.
    pub(crate) fn slot(&self, id: &str) -> Slot {
        self.licenses.slot(id)
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Checks that AWS offers this type of license.
pub(crate) fn is_offered(license_type: &str) -> Result<(), String> {
    match license_type {
        ENTERPRISE => Ok(()),
        "ENTERPRISE_FREE_TRIAL" => Err("AWS says: `ENTERPRISE_FREE_TRIAL has been deprecated and \
             is no longer offered`. Use `ENTERPRISE`, or leave `license_type` out."
            .to_owned()),
        other => Err(format!("AWS offers `ENTERPRISE` only, but this is {other:?}.")),
    }
}

/// Checks that `region` can be the name of a region. An empty text would stay in the state, which has to say where the
/// workspace is.
pub(crate) fn names_region(region: &str) -> Result<(), String> {
    match region {
        "" => Err("Expected an AWS region such as `eu-central-1`, but got an empty text. For the region of the \
                   provider, leave `region` out or set it to null."
            .to_owned()),
        name => is_region(name).map_err(|error| error.to_string()),
    }
}
