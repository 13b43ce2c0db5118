//! What one run has seen of the licenses of workspaces, and done to them. A workspace has one
//! license, and Terraform creates and deletes in any order.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tfplugin::Private;
use tokio::sync::MutexGuard;

use crate::resources::holders::{self, Holders, Released};

/// What is known of all workspaces. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct WorkspaceRun {
    workspaces: Arc<Mutex<HashMap<String, Arc<WorkspaceOfRun>>>>,
    pub(super) holders: Holders,
}

/// What is known of one workspace.
#[derive(Debug, Default)]
pub(super) struct WorkspaceOfRun {
    record: tokio::sync::Mutex<Record>,
    license_seen: AtomicBool,
}

/// What has been done to one workspace.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Whether this run has put a license there, or found it for a resource.
    pub(super) is_installed: bool,
    released: Released,
}

/// Why a license stays on its workspace when a resource that has it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stays {
    /// This run has put it there, or found it for another resource.
    Installed,
    /// This run creates a resource that takes it over.
    ForCreate,
    /// Another resource has it too.
    ForAnother,
}

impl WorkspaceRun {
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
    /// Lets a resource go of the license; why that stays, if it does.
    pub(super) fn stays(&mut self, private: &Private) -> Option<Stays> {
        let is_last = self.released.release(private);
        if self.is_installed {
            Some(Stays::Installed)
        } else if holders::makes_way(private) {
            Some(Stays::ForCreate)
        } else {
            (!is_last).then_some(Stays::ForAnother)
        }
    }
}
