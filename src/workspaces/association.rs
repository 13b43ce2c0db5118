//! Putting the Enterprise license on a workspace and taking it off.
//!
//! AWS accepts either and works on it afterwards. So both look at the workspace first, call, and
//! then wait until the workspace has settled.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tfplugin::{Diagnostic, Done, IntoDiagnostic};

use super::client::{AssociationError, WaitOutcome, WorkspaceClient};
use super::{LicenseRequest, OTHER_CHANGE, diagnostics};
use crate::amazon::{Error, Pauses, Workspace, WorkspaceStatus};
use crate::diagnostics::ended::wait_for;
use crate::http::CarriedOut;
use crate::slots::{Holding, Kept, Slot};

/// How long a create waits before it takes over a license that is there. Another configuration of
/// the provider is another process, and may be about to remove it: a rename from one alias to
/// another begins both at the same time.
const SECOND_LOOK_AFTER: Duration = Duration::from_secs(2);

/// When a license that is there already is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Adoption {
    /// When it is seen.
    AtOnce,
    /// When it is seen twice.
    AfterSecondLook,
}

impl WorkspaceClient<'_> {
    /// The workspace, if a license is on it or on its way there. A workspace that is not there has
    /// none. `days` before the license ends a warning says so.
    pub(crate) async fn find_license(
        &self,
        days: Option<i64>,
    ) -> Result<Done<Option<Workspace>>, Diagnostic> {
        match self.describe().await.map_err(IntoDiagnostic::into_diagnostic)? {
            Ok(workspace) => {
                let has_license = workspace.license_type.is_some()
                    || workspace.status == WorkspaceStatus::Upgrading;
                let warnings = [
                    diagnostics::of_status(&workspace, &self.amazon),
                    diagnostics::ends(&workspace, days, Timestamp::now()),
                ];
                let warnings = warnings.into_iter().flatten();
                Ok(Done::new(has_license.then_some(workspace)).warn_all(warnings))
            }
            Err(error) if error.is_not_found() => Ok(None.into()),
            Err(error) => Err(error.into_diagnostic()),
        }
    }

    /// Puts the license on the workspace, unless it is there with that token. What AWS has accepted
    /// and not finished when time runs out is a success with a warning.
    pub(crate) async fn associate(
        &self,
        license: &LicenseRequest,
        adoption: Adoption,
    ) -> Result<Done<Workspace>, Diagnostic> {
        match self.try_associate(license, adoption).await {
            Ok(WaitOutcome::Reached(workspace)) => {
                let warning = diagnostics::of_status(&workspace, &self.amazon);
                Ok(Done::new(workspace).warn_all(warning))
            }
            Ok(WaitOutcome::Unfinished { error, .. }) if error.is_not_found() => {
                Err(diagnostics::not_associated(error, license))
            }
            Ok(WaitOutcome::Unfinished { last, error }) => {
                let warning = diagnostics::not_yet_associated(&last, &error);
                Ok(Done::new(last).warn(warning))
            }
            // With a state the resource would be tainted, and a license that was there removed.
            Ok(WaitOutcome::Failed(workspace)) => Err(diagnostics::association_failed(&workspace)),
            Err(error) => Err(diagnostics::not_associated(error, license)),
        }
    }

    /// Takes the license off the workspace, if it is there and of that type, and nobody else in the slot
    /// has it. One that is left there comes with a warning.
    pub(crate) async fn disassociate(
        &self,
        expected: &str,
        slot: &Slot,
        holding: &Holding,
    ) -> Result<Done<()>, Diagnostic> {
        slot.announce_next(holding);
        let waiting = async {
            slot.wait_for_creation(&self.id, holding).await;
            slot.lock().await
        };
        let waited = wait_for(self.limits, OTHER_CHANGE, waiting).await;
        let _lock = waited.map_err(IntoDiagnostic::into_diagnostic)?;
        let settled = self.settled().await;
        match slot.begin_removal(&self.id, holding) {
            // The creation that was to take the license over has not begun, or follows anyway.
            Ok(()) | Err(Kept::CreationPlanned | Kept::Replaced) => {}
            Err(Kept::CreationFailed) => return Err(diagnostics::creation_failed(&self.id)),
            Err(reason) => return Ok(Done::new(()).warn(diagnostics::kept(&self.id, reason))),
        }
        match self.try_disassociate(settled, expected).await {
            Ok(WaitOutcome::Reached(now)) => Ok(match license_type(&now) {
                None if now.status != WorkspaceStatus::Upgrading => ().into(),
                Some(found) if found != expected => {
                    let found = self.amazon.quote(found);
                    Done::new(()).warn(diagnostics::other_type(&self.id, expected, &found))
                }
                _ => Done::new(()).warn(diagnostics::associated_again(&self.id)),
            }),
            Ok(WaitOutcome::Failed(workspace)) => {
                Err(diagnostics::disassociation_failed(&workspace))
            }
            Ok(WaitOutcome::Unfinished { error, .. }) if error.is_not_found() => Ok(().into()),
            Ok(WaitOutcome::Unfinished { last, error }) => {
                Err(diagnostics::not_yet_disassociated(&last, &error))
            }
            Err(AssociationError::Unchangeable(now)) if now.license_type.is_none() => Ok(().into()),
            Err(error) if error.is_not_found() => Ok(().into()),
            Err(error) => Err(diagnostics::not_disassociated(error)),
        }
    }

    async fn try_associate(
        &self,
        license: &LicenseRequest,
        mut adoption: Adoption,
    ) -> Result<WaitOutcome, AssociationError> {
        let mut pauses = Pauses::default();
        loop {
            let workspace = self.settled().await?;
            if is_there(&workspace, license) {
                let looks_again = adoption == Adoption::AfterSecondLook
                    && self.limits.sleep(SECOND_LOOK_AFTER).await.is_ok();
                if !looks_again {
                    return Ok(WaitOutcome::Reached(workspace));
                }
                adoption = Adoption::AtOnce;
                continue;
            }
            if let Some(accepted) = self.call_associate(license, &workspace, &mut pauses).await? {
                let wanted = Some(license.license_type());
                let has_license = |now: &Workspace| now.is_ready() && license_type(now) == wanted;
                return Ok(self.wait_until(&workspace.status, accepted, has_license).await);
            }
        }
    }

    /// The workspace, as it was when AWS accepted; `None` to try again.
    async fn call_associate(
        &self,
        license: &LicenseRequest,
        before: &Workspace,
        pauses: &mut Pauses,
    ) -> Result<Option<Workspace>, AssociationError> {
        let (license_type, token) = (license.license_type(), license.token());
        let token = token.as_ref().map(|(token, _)| token);
        let call = self.amazon.associate_license(Some(&self.region), &self.id, license_type, token);
        let error: AssociationError = match self.change(call).await {
            Ok(Ok(accepted)) => return Ok(Some(accepted)),
            Ok(Err(error)) if error.carried_out() == CarriedOut::Maybe => {
                match self.describe_again(pauses).await {
                    Ok(now) if has_begun_on(&now, license) => return Ok(Some(now)),
                    Err(AssociationError::Ended(_)) => error.into(),
                    _ => return Err(error.into()),
                }
            }
            Ok(Err(error)) => {
                return self.pause_before_retry(error, before, pauses).await.map(|()| None);
            }
            Err(ended) => ended.into(),
        };
        // There is no more time, but what AWS has begun must not be forgotten.
        let last = self.describe_at_the_end().await.filter(|now| has_begun_on(now, license));
        last.map(Some).ok_or(error)
    }

    async fn try_disassociate(
        &self,
        mut settled: Result<Workspace, AssociationError>,
        expected: &str,
    ) -> Result<WaitOutcome, AssociationError> {
        let mut pauses = Pauses::default();
        loop {
            let workspace = settled?;
            if license_type(&workspace) != Some(expected) {
                return Ok(WaitOutcome::Reached(workspace));
            }
            let call = self.amazon.disassociate_license(Some(&self.region), &self.id, expected);
            let (accepted, has_begun) = match self.change(call).await? {
                Ok(accepted) => (Some(accepted), false),
                Err(error) => {
                    (self.after_refused_removal(error, &workspace, &mut pauses).await?, true)
                }
            };
            if let Some(accepted) = accepted {
                let waiting = self.wait_until_disassociated(&workspace, accepted, has_begun);
                return Ok(waiting.await);
            }
            settled = self.settled().await;
        }
    }

    /// Waits until the license is gone, or somebody has associated it again: before a description has shown that the
    /// removal has begun, a license is still the one to be removed.
    async fn wait_until_disassociated(
        &self,
        before: &Workspace,
        accepted: Workspace,
        mut has_begun: bool,
    ) -> WaitOutcome {
        let is_over = |now: &Workspace| {
            let is_gone = now.license_type.is_none();
            let over = (now.is_ready() && (is_gone || has_begun))
                || now.status == WorkspaceStatus::Upgrading;
            has_begun |= now.is_busy();
            over
        };
        self.wait_until(&before.status, accepted, is_over).await
    }

    /// The workspace, if the removal is under way although AWS did not say so; `None` to try again.
    async fn after_refused_removal(
        &self,
        error: Error,
        before: &Workspace,
        pauses: &mut Pauses,
    ) -> Result<Option<Workspace>, AssociationError> {
        if error.carried_out() == CarriedOut::No {
            return self.pause_before_retry(error, before, pauses).await.map(|()| None);
        }
        match self.describe_again(pauses).await {
            Ok(now) if now.is_busy() => Ok(Some(now)),
            Ok(now) if now.license_type.is_none() => Ok(None),
            Err(gone) if gone.is_not_found() => Err(gone),
            _ => Err(error.into()),
        }
    }
}

fn license_type(workspace: &Workspace) -> Option<&str> {
    workspace.license_type.as_ref().map(|license_type| license_type.as_str())
}

/// Whether the workspace has the license, with its token if one is given.
fn is_on(workspace: &Workspace, license: &LicenseRequest) -> bool {
    let reported = workspace.grafana_token.as_ref().map(ExposeSecret::expose_secret);
    let is_reported = |(token, _): (SecretString, _)| reported == Some(token.expose_secret());
    license_type(workspace) == Some(license.license_type())
        && license.token().is_none_or(is_reported)
}

/// Whether AWS has nothing to do. A change of another kind that failed has left the license as it was.
fn is_there(workspace: &Workspace, license: &LicenseRequest) -> bool {
    let has_failed = workspace.has_failed() && workspace.status != WorkspaceStatus::UpgradeFailed;
    (workspace.is_ready() || has_failed) && is_on(workspace, license)
}

/// Whether the license is on the workspace or on its way there. A workspace that was settled before a
/// call is upgrading only because of the call.
fn has_begun_on(workspace: &Workspace, license: &LicenseRequest) -> bool {
    workspace.status == WorkspaceStatus::Upgrading || is_on(workspace, license)
}
