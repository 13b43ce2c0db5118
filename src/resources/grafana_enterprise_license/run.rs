//! What one run has seen of and done to the license of its instance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tfplugin::{Context, Diagnostic, IntoDiagnostic, Limits, Secret};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::resources::holders::{Holders, Holds, Released};

/// How long an installation waits for the removal of what is in its way to begin.
const OTHERS_BEGIN: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(20);

/// The place of every license: an instance has one.
const INSTANCE: &str = "instance";

/// What this run has seen and done, by license id. One at a time may look at the license and change
/// it, so that a removal never meets what has been installed between its look and its act.
#[derive(Clone, Debug, Default)]
pub struct LicenseRun {
    record: Arc<Mutex<Record>>,
    pub(super) holders: Holders,
}

/// Licenses that this run has dealt with.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Installed or adopted.
    pub(super) installed: BTreeSet<String>,
    /// Left in place, because another step of this run puts another in their place.
    pub(super) to_be_replaced: BTreeSet<String>,
    /// Removed, each with its token if the state had it.
    pub(super) removed: BTreeMap<String, Option<Secret>>,
    /// Licenses that stopped the installation of another.
    pub(super) stood_in_the_way: BTreeSet<String>,
    /// Resources that have let go of their license.
    pub(super) released: Released,
}

impl LicenseRun {
    /// Waits for its turn.
    pub(super) async fn turn(&self, cx: &Limits) -> Result<OwnedMutexGuard<Record>, Diagnostic> {
        let turn = Arc::clone(&self.record).lock_owned();
        cx.wait(turn).await.map_err(IntoDiagnostic::into_diagnostic)
    }

    /// Notes that a resource without a license is to install one, whichever.
    pub(super) fn note_create(&self) {
        self.holders.note_create(INSTANCE);
    }

    /// Remembers for a planned removal what [`Holders::plan_removal`] does.
    pub(super) async fn plan_removal(&self, license: &str, cx: &Context<impl Holds>) {
        self.holders.plan_removal(license, INSTANCE, cx).await;
    }

    /// Waits a little for the removal of a license by another resource of this run, which Terraform
    /// starts at the same time if nothing holds it back.
    pub(super) async fn wait_for_removal(
        &self,
        license: &str,
        cx: &Limits,
    ) -> Result<(), Diagnostic> {
        let waiting = async {
            while !self.record.lock().await.lets_go_of(license) {
                tokio::time::sleep(STEP).await;
            }
        };
        let waited = cx.wait(tokio::time::timeout(OTHERS_BEGIN, waiting)).await;
        waited.map(drop).map_err(IntoDiagnostic::into_diagnostic)
    }
}

impl Record {
    /// Whether another resource of this run has let go of a license, for another in its place.
    pub(super) fn lets_go_of(&self, license: &str) -> bool {
        self.to_be_replaced.contains(license) || self.removed.contains_key(license)
    }
}
