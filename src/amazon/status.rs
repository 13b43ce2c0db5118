//! What the status of a workspace means for one who waits.

/// Meaning of a workspace's `status`, which stays a string so that statuses not known today pass
/// through. The list is
/// [WorkspaceStatus](https://docs.aws.amazon.com/grafana/latest/APIReference/API_WorkspaceDescription.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// `ACTIVE`: ready, nothing under way.
    Active,
    /// `DEGRADED`: works, with a reason to tell (`degradedWorkspaceReason`).
    Degraded,
    /// Something is under way; to be waited for, also before a call.
    Busy,
    /// The last change failed, and nothing will come of waiting; the workspace is as it was before.
    Failed,
    /// AWS takes no change, now and later: the workspace was never made, or is being deleted.
    Unusable,
}

impl Status {
    /// Classifies `status`. One that is not known today is [`Failed`](Status::Failed) if its name
    /// says so, otherwise [`Busy`](Status::Busy), so that a wait goes on until its own end.
    pub fn of(status: &str) -> Self {
        match status {
            "ACTIVE" => Self::Active,
            "DEGRADED" => Self::Degraded,
            "DELETING" | "FAILED" | "CREATION_FAILED" | "DELETION_FAILED" => Self::Unusable,
            other if other.ends_with("FAILED") => Self::Failed,
            _ => Self::Busy,
        }
    }

    /// Whether a wait for something else ends here.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::Unusable)
    }

    /// Whether the workspace is settled and works: nothing to wait for.
    pub fn is_ready(self) -> bool {
        matches!(self, Self::Active | Self::Degraded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_status_has_its_meaning() {
        let meanings = [
            ("ACTIVE", Status::Active),
            ("DEGRADED", Status::Degraded),
            ("CREATING", Status::Busy),
            ("UPDATING", Status::Busy),
            ("UPGRADING", Status::Busy),
            ("VERSION_UPDATING", Status::Busy),
            ("DELETING", Status::Unusable),
            ("FAILED", Status::Unusable),
            ("CREATION_FAILED", Status::Unusable),
            ("DELETION_FAILED", Status::Unusable),
            ("UPDATE_FAILED", Status::Failed),
            ("UPGRADE_FAILED", Status::Failed),
            ("LICENSE_REMOVAL_FAILED", Status::Failed),
            ("VERSION_UPDATE_FAILED", Status::Failed),
        ];
        for (status, meaning) in meanings {
            assert_eq!(Status::of(status), meaning, "{status}");
        }
    }

    #[test]
    fn a_new_status_neither_ends_a_wait_nor_counts_as_ready() {
        assert_eq!(Status::of("RESTORING"), Status::Busy);
        assert_eq!(Status::of("RESTORE_FAILED"), Status::Failed);
        assert!(!Status::of("RESTORING").is_ready());
        assert!(Status::of("DEGRADED").is_ready());
    }
}
