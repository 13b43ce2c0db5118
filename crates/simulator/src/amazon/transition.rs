//! How a workspace gets from one status to the next.
//!
//! `AssociateLicense` and `DisassociateLicense` answer 202 and do their work afterwards; clients
//! poll `DescribeWorkspace`. Time is counted in polls here, so that tests need not sleep.

use jiff::Timestamp;
use secrecy::SecretString;

use super::description::WorkspaceDescription;

/// How long a workspace stays in a status on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Polls {
    /// This many `DescribeWorkspace` calls still see the status; the next one sees the outcome.
    Count(u32),
    /// Until the test says so ([`Amazon::release`](super::Amazon::release)).
    UntilReleased,
}

/// What a workspace is when it arrives.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// Licensed; the token is the one that linked the account, if one is known.
    Licensed { license_type: String, grafana_token: Option<SecretString> },
    /// Without a license.
    Unlicensed,
    /// As before.
    Settled,
    /// In this status, such as `UPGRADE_FAILED`, with nothing else changed.
    Failed(String),
}

/// A workspace on its way.
#[derive(Debug, Clone)]
pub(super) struct Transition {
    pub polls: Polls,
    pub outcome: Outcome,
}

impl Transition {
    /// Counts one poll. True if the outcome is due.
    pub fn poll(&mut self) -> bool {
        match &mut self.polls {
            Polls::Count(0) => true,
            Polls::Count(left) => {
                *left -= 1;
                false
            }
            Polls::UntilReleased => false,
        }
    }
}

impl Outcome {
    /// Makes `workspace` what it is to be.
    pub fn apply(self, workspace: &mut WorkspaceDescription, now: Timestamp) {
        let settled = match &workspace.degraded_workspace_reason {
            Some(_) => "DEGRADED",
            None => "ACTIVE",
        };
        workspace.modified = now;
        workspace.status = settled.into();
        match self {
            Self::Licensed { license_type, grafana_token } => {
                workspace.license_type = Some(license_type);
                workspace.grafana_token = grafana_token;
            }
            Self::Unlicensed => {
                workspace.license_type = None;
                workspace.license_expiration = None;
                workspace.free_trial_expiration = None;
                workspace.grafana_token = None;
            }
            Self::Settled => {}
            Self::Failed(status) => workspace.status = status,
        }
    }
}

/// Statuses in which the service does not take a call that changes the workspace.
pub(super) fn refuses_changes(status: &str) -> bool {
    matches!(
        status,
        "CREATING"
            | "CREATION_FAILED"
            | "DELETING"
            | "DELETION_FAILED"
            | "FAILED"
            | "UPDATING"
            | "UPGRADING"
            | "VERSION_UPDATING"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outcome_is_due_after_the_polls_and_not_before() {
        let mut counted = Transition { polls: Polls::Count(2), outcome: Outcome::Settled };
        assert_eq!([counted.poll(), counted.poll(), counted.poll()], [false, false, true]);
        let mut held = Transition { polls: Polls::UntilReleased, outcome: Outcome::Settled };
        assert_eq!([held.poll(), held.poll()], [false, false]);
    }
}
