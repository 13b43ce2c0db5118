//! Workspaces and their Enterprise license.

use std::ops::Deref;

use aws_sdk_grafana::primitives::DateTime;
pub use aws_sdk_grafana::types::{
    AuthenticationSummary, LicenseType, NetworkAccessConfiguration, VpcConfiguration,
    WorkspaceDescription, WorkspaceStatus, WorkspaceSummary,
};
use jiff::{Timestamp, Unit};
use secrecy::{ExposeSecret, SecretString};

use super::call::{Call, send};
use super::retry::Repeat;
use super::{Amazon, Error, Region};

pub(super) const DESCRIBE: &str = "DescribeWorkspace";

/// How many workspaces AWS lists on a page: so few that a page of any kind fits into the answer limit.
const PAGE: i32 = 25;

/// A workspace as AWS describes it: the fields of its
/// [WorkspaceDescription](https://docs.aws.amazon.com/grafana/latest/APIReference/API_WorkspaceDescription.html),
/// to which this dereferences. `None` is what AWS left out; an empty list is one that AWS sent empty.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Everything but the token, which is always `None` here: the SDK's `Debug` would show it.
    pub details: WorkspaceDescription,
    /// The token that ties the workspace to a Grafana Labs account. AWS returns it in clear.
    pub grafana_token: Option<SecretString>,
}

impl Deref for Workspace {
    type Target = WorkspaceDescription;

    fn deref(&self) -> &WorkspaceDescription {
        &self.details
    }
}

impl Workspace {
    /// Whether it works and no change is in progress: `ACTIVE`, or `DEGRADED` with a
    /// `degraded_workspace_reason`.
    pub fn is_ready(&self) -> bool {
        Phase::of(&self.status) == Phase::Ready
    }

    /// Whether a change is in progress. AWS refuses another one meanwhile.
    pub fn is_busy(&self) -> bool {
        Phase::of(&self.status) == Phase::Busy
    }

    /// Whether the last change failed: no change is in progress, and the workspace is as it was before.
    pub fn has_failed(&self) -> bool {
        Phase::of(&self.status) == Phase::Failed
    }

    /// Whether another change explains why AWS refused one: it is in progress, or was made since `before` was seen.
    pub fn is_contended(&self, before: &Self) -> bool {
        self.is_busy()
            || self.status != before.status
            || self.license_type != before.license_type
            || self.modified != before.modified
    }

    /// Whether AWS accepts no change, now or later: creation failed, or the workspace is being deleted.
    pub fn is_unusable(&self) -> bool {
        Phase::of(&self.status) == Phase::Unusable
    }
}

/// What a status means to someone who waits for the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Ready,
    Busy,
    Failed,
    Unusable,
}

impl Phase {
    /// A status that AWS adds later is a failure if its name says so, otherwise a change in progress:
    /// then a wait goes on until its own time limit.
    fn of(status: &WorkspaceStatus) -> Self {
        use WorkspaceStatus::*;
        match status {
            Active | Degraded => Self::Ready,
            Deleting | Failed | CreationFailed | DeletionFailed => Self::Unusable,
            other if other.as_str().ends_with("_FAILED") => Self::Failed,
            _ => Self::Busy,
        }
    }
}

impl Amazon {
    /// [DescribeWorkspace](https://docs.aws.amazon.com/grafana/latest/APIReference/API_DescribeWorkspace.html):
    /// the workspace with this id. [`ErrorKind::NotFound`](super::ErrorKind::NotFound) if there is
    /// none in the region.
    pub async fn describe_workspace(
        &self,
        region: Option<&Region>,
        id: &str,
    ) -> Result<Workspace, Error> {
        let call = self.call(DESCRIBE, region).await?;
        let request = call.client.describe_workspace().workspace_id(id);
        workspace(&call, id, send!(call, Repeat::Always, request)?.workspace)
    }

    /// [ListWorkspaces](https://docs.aws.amazon.com/grafana/latest/APIReference/API_ListWorkspaces.html),
    /// every page: all workspaces of the account in the region, without their tokens.
    pub async fn list_workspaces(
        &self,
        region: Option<&Region>,
    ) -> Result<Vec<WorkspaceSummary>, Error> {
        let call = self.call("ListWorkspaces", region).await?;
        let call = &call;
        let page = |token| async move {
            let request = call.client.list_workspaces().max_results(PAGE);
            let request = request.set_next_token(token);
            let page = send!(call, Repeat::Always, request)?;
            Ok((page.workspaces.into_iter().map(without_token).collect(), page.next_token))
        };
        call.all_pages(page).await
    }

    /// [AssociateLicense](https://docs.aws.amazon.com/grafana/latest/APIReference/API_AssociateLicense.html):
    /// AWS accepts to put a license of `license_type` (`ENTERPRISE`) on the workspace, which then
    /// is `UPGRADING`. An account not yet linked with Grafana Labs in the region needs
    /// `grafana_token`: see [`Error::asks_for_grafana_token`].
    ///
    /// Not repeated when AWS throttles it or may have accepted it: then the error says
    /// [`CarriedOut::Maybe`](crate::http::CarriedOut::Maybe), and the workspace's description shows whether
    /// AWS has.
    pub async fn associate_license(
        &self,
        region: Option<&Region>,
        workspace_id: &str,
        license_type: &str,
        grafana_token: Option<&SecretString>,
    ) -> Result<Workspace, Error> {
        let call = self.call("AssociateLicense", region).await?;
        // The SDK's error quotes a token that no header can hold.
        grafana_token.into_iter().for_each(|token| call.redactor.add(token));
        let request = call
            .client
            .associate_license()
            .workspace_id(workspace_id)
            .license_type(license_type.into())
            .set_grafana_token(grafana_token.map(|token| token.expose_secret().to_owned()));
        let answer = send!(call, Repeat::RefusedUnlessThrottled, request)?;
        workspace(&call, workspace_id, answer.workspace)
    }

    /// [DisassociateLicense](https://docs.aws.amazon.com/grafana/latest/APIReference/API_DisassociateLicense.html):
    /// AWS accepts to remove the license of `license_type`; the workspace then is `UPDATING`.
    /// Not repeated, as [`associate_license`](Self::associate_license) is not.
    pub async fn disassociate_license(
        &self,
        region: Option<&Region>,
        workspace_id: &str,
        license_type: &str,
    ) -> Result<Workspace, Error> {
        let call = self.call("DisassociateLicense", region).await?;
        let request = call
            .client
            .disassociate_license()
            .workspace_id(workspace_id)
            .license_type(license_type.into());
        let answer = send!(call, Repeat::RefusedUnlessThrottled, request)?;
        workspace(&call, workspace_id, answer.workspace)
    }
}

fn without_token(mut workspace: WorkspaceSummary) -> WorkspaceSummary {
    workspace.grafana_token = None;
    workspace
}

/// The workspace in an answer, which must be the one with that id. The SDK puts an empty one where there
/// is none.
fn workspace(
    call: &Call,
    id: &str,
    answer: Option<WorkspaceDescription>,
) -> Result<Workspace, Error> {
    match answer {
        Some(mut details) if details.id == id => {
            let grafana_token = details.grafana_token.take().map(SecretString::from);
            grafana_token.iter().for_each(|token| call.redactor.add(token));
            // What messages show of a workspace.
            if !WorkspaceStatus::values().contains(&details.status.as_str()) {
                details.status = (&*call.quote(details.status.as_str())).into();
            }
            let reason = details.degraded_workspace_reason.take();
            details.degraded_workspace_reason = reason.map(|text| call.quote(&text).to_string());
            Ok(Workspace { details, grafana_token })
        }
        _ => Err(call.incomplete("workspace of that id")),
    }
}

/// The same time to the millisecond, as AWS tells it: it comes as a floating-point number, whose further digits are its
/// inaccuracy. Years beyond jiff's range, which no workspace has, become the nearest one in it.
pub fn timestamp(time: &DateTime) -> Timestamp {
    let nanosecond = i32::try_from(time.subsec_nanos()).unwrap_or_default();
    let exact = Timestamp::new(time.secs(), nanosecond);
    exact.and_then(|exact| exact.round(Unit::Millisecond)).unwrap_or(match time.secs() {
        ..0 => Timestamp::MIN,
        0.. => Timestamp::MAX,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_status_has_its_meaning() {
        for status in WorkspaceStatus::values() {
            let expected = match *status {
                "ACTIVE" | "DEGRADED" => Phase::Ready,
                "CREATING" | "UPDATING" | "UPGRADING" | "VERSION_UPDATING" => Phase::Busy,
                "DELETING" | "FAILED" | "CREATION_FAILED" | "DELETION_FAILED" => Phase::Unusable,
                "UPDATE_FAILED" | "UPGRADE_FAILED" | "LICENSE_REMOVAL_FAILED" => Phase::Failed,
                "VERSION_UPDATE_FAILED" => Phase::Failed,
                new => panic!("the SDK has a new status: {new}"),
            };
            assert_eq!(Phase::of(&(*status).into()), expected, "{status}");
        }
    }

    #[test]
    fn a_new_status_neither_ends_a_wait_nor_counts_as_ready() {
        assert_eq!(Phase::of(&"RESTORING".into()), Phase::Busy);
        assert_eq!(Phase::of(&"RESTORE_FAILED".into()), Phase::Failed);
    }

    #[test]
    fn times_keep_their_milliseconds_and_nothing_below() {
        let time = DateTime::from_secs_f64(1_600_000_000.25);
        assert_eq!(timestamp(&time).to_string(), "2020-09-13T12:26:40.25Z");
        let inexact = DateTime::from_secs_f64(1_795_748_674.177);
        assert_eq!(timestamp(&inexact).to_string(), "2026-11-27T03:04:34.177Z");
        let before = DateTime::from_secs_f64(-0.5);
        assert_eq!(timestamp(&before).to_string(), "1969-12-31T23:59:59.5Z");
        assert_eq!(timestamp(&DateTime::from_secs(i64::MAX)), Timestamp::MAX);
        assert_eq!(timestamp(&DateTime::from_secs(i64::MIN)), Timestamp::MIN);
    }
}
