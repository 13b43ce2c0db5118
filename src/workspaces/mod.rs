//! Workspaces of Amazon Managed Grafana: their description as attributes, and their Enterprise
//! license.

mod association;
mod client;
mod description;
pub(crate) mod diagnostics;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use tfplugin::{Diagnostic, IntoDiagnostic, Limits};

pub(crate) use association::{Adoption, WantedLicense};
pub(crate) use client::WorkspaceClient;
pub use description::WorkspaceModel;

use crate::access::AmazonAccess;
use crate::slots::{Slot, Slots};

/// Type of the license that AWS offers.
pub(crate) const ENTERPRISE: &str = "ENTERPRISE";

/// The workspaces that one configured provider reaches. Clones share what is known of their licenses.
#[derive(Clone, Debug)]
pub struct Workspaces {
    pub(crate) amazon: AmazonAccess,
    licenses: Slots,
    costs_told: Arc<Mutex<BTreeSet<String>>>,
}

impl Workspaces {
    /// Workspaces that are reached this way.
    pub fn new(amazon: AmazonAccess) -> Self {
        Self { amazon, licenses: Slots::default(), costs_told: Arc::default() }
    }

    /// The client for the workspace with that id, in the given region or that of the provider.
    ///
    /// # Errors
    /// When the provider's `aws` is not known yet, or no region is.
    pub(crate) async fn client<'a>(
        &self,
        region: Option<&str>,
        id: &str,
        limits: &'a Limits,
    ) -> Result<WorkspaceClient<'a>, Diagnostic> {
        let amazon = self.amazon.amazon()?.within(Some(limits.deadline()));
        let region = limits.wait(amazon.region(region)).await;
        let region = region.map_err(IntoDiagnostic::into_diagnostic)?;
        let region = region.map_err(IntoDiagnostic::into_diagnostic)?;
        Ok(WorkspaceClient { amazon, region, id: id.to_owned(), limits })
    }

    /// The place of the license of the workspace with that id: there is one, however many resources have it.
    pub(crate) fn slot(&self, id: &str) -> Slot {
        self.licenses.slot(id)
    }

    /// Whether the costs of a license for that workspace are to be told, which they are once.
    pub(crate) fn tells_costs(&self, id: &str) -> bool {
        let mut told = self.costs_told.lock().unwrap_or_else(PoisonError::into_inner);
        told.insert(id.to_owned())
    }
}

/// Checks that it can be the id of a workspace.
pub(crate) fn is_workspace_id(id: &str) -> Result<(), String> {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    match id.strip_prefix("g-") {
        Some(digits) if digits.len() == 10 && digits.bytes().all(is_hex) => Ok(()),
        _ => Err(format!(
            "A workspace id is `g-` and ten digits of 0 to 9 and a to f, such as `g-0123456789`, but this is {id:?}."
        )),
    }
}
