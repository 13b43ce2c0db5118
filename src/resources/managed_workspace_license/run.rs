//! What one run has seen of the licenses of workspaces, and done to them. A workspace has one
//! license, and Terraform creates and deletes in any order.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tfplugin::Context;
use tokio::sync::{MutexGuard, SetOnce};

use crate::resources::holders::{self, Holders, Holds, Released};
use crate::workspaces::KeptReason;

/// How long a removal waits for the creation that takes the license over to begin.
const CREATE_BEGINS: Duration = Duration::from_secs(15);

/// What is known of all workspaces. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct WorkspaceRun {
    workspaces: Arc<Mutex<HashMap<String, Arc<WorkspaceOfRun>>>>,
    costs_told: Arc<AtomicBool>,
    pub(super) holders: Holders,
}

/// What is known of one workspace.
#[derive(Debug, Default)]
pub(super) struct WorkspaceOfRun {
    record: tokio::sync::Mutex<Record>,
    license_seen: AtomicBool,
    create_begun: SetOnce<()>,
}

/// What has been done to one workspace.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Whether this run has put a license there, or found it for a resource.
    pub(super) is_installed: bool,
    released: Released,
}

impl WorkspaceRun {
    /// Whether what a license costs is still to be told, which it is once.
    pub(super) fn tells_costs(&self) -> bool {
        !self.costs_told.swap(true, Ordering::Relaxed)
    }

    /// What this run knows of the workspace with that id.
    pub(super) fn workspace(&self, id: &str) -> Arc<WorkspaceOfRun> {
        let mut workspaces = self.workspaces.lock().unwrap_or_else(PoisonError::into_inner);
        workspaces.entry(id.to_owned()).or_default().clone()
    }
}

impl WorkspaceOfRun {
    /// Waits until nobody else in this run changes the workspace.
    pub(super) async fn turn(&self) -> MutexGuard<'_, Record> {
        self.record.lock().await
    }

    /// Takes note that a resource for the workspace is being created.
    pub(super) fn begins_create(&self) {
        // It may have been another one already.
        let _ = self.create_begun.set(());
    }

    /// Whether this run has begun to create a resource for the workspace.
    pub(super) fn has_begun_create(&self) -> bool {
        self.create_begun.initialized()
    }

    /// Waits until that is so, for a while: what it hangs on may fail.
    pub(super) async fn wait_for_create(&self) {
        let _ = tokio::time::timeout(CREATE_BEGINS, self.create_begun.wait()).await;
    }

    /// Takes note that the workspace has, or had, a license that Terraform knows of.
    pub(super) fn has_seen_license(&self) {
        self.license_seen.store(true, Ordering::Relaxed);
    }

    /// Whether the workspace has, or had, a license that Terraform knows of.
    pub(super) fn is_license_known(&self) -> bool {
        self.license_seen.load(Ordering::Relaxed)
    }
}

impl Record {
    /// Lets a resource go of the license; why that stays, if it does. Whoever creates a resource for the
    /// workspace waits for its turn, and takes the license over.
    pub(super) fn stays(
        &mut self,
        of_run: &WorkspaceOfRun,
        cx: &Context<impl Holds>,
    ) -> Option<KeptReason> {
        let is_last = self.released.release(cx);
        let is_taken_over = holders::makes_way(cx) && of_run.has_begun_create();
        if self.is_installed || is_taken_over {
            Some(KeptReason::UsedInThisRun)
        } else {
            (!is_last).then_some(KeptReason::OtherHolder)
        }
    }
}
