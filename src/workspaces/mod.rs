//! Workspaces of Amazon Managed Grafana: their description as attributes, and their Enterprise
//! license.

mod association;
mod description;
pub(crate) mod diagnostics;

pub(crate) use association::{Adopting, Association, Ended, Removal};
pub use description::Workspace;

/// Type of the license that AWS offers.
pub(crate) const ENTERPRISE: &str = "ENTERPRISE";

/// Checks that it can be the id of a workspace.
pub(crate) fn is_workspace_id(id: &str) -> Result<(), String> {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    match id.strip_prefix("g-") {
        Some(digits) if digits.len() == 10 && digits.bytes().all(is_hex) => Ok(()),
        _ => Err(format!(
            "Expected the id of a workspace, which is `g-` and ten digits of 0 to 9 and a to f like \
             `g-0123456789`, but got {id:?}."
        )),
    }
}

/// Why a license stays on its workspace when a resource that has it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeptReason {
    /// This run has put it there, or found it for another resource.
    UsedInThisRun,
    /// Another resource has it too.
    OtherHolder,
    /// Somebody has put it there anew.
    AssociatedAgain,
}

/// By which attribute a token from Grafana Labs is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenAttribute {
    /// `grafana_token`.
    Stored,
    /// `grafana_token_wo`.
    WriteOnly,
}
