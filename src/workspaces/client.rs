//! One workspace at AWS: looking at it, and waiting for it.

use std::ops::ControlFlow::{Break, Continue};
use std::time::Duration;

use tfplugin::{Interrupted, Limits};

use crate::amazon::{Amazon, Error, ErrorKind, Pauses, Region, Workspace};

/// How long an answer is awaited after the user or the clock has ended the operation: AWS may have
/// carried out what was sent.
const LAST_ANSWER: Duration = Duration::from_secs(5);

/// One workspace, reached within the time that an operation has.
pub(crate) struct WorkspaceClient<'a> {
    pub(super) amazon: Amazon,
    pub(crate) region: Region,
    pub(crate) id: String,
    pub(super) limits: &'a Limits,
}

/// Why the license of a workspace was not changed, or why a wait for the change ended.
#[derive(Debug)]
pub(crate) enum AssociationError {
    /// AWS refused it, or could not be asked.
    Aws(Error),
    /// The user or the clock ended it.
    Interrupted(Interrupted),
    /// The same, while the workspace was busy with another change.
    Busy(Box<Workspace>, Interrupted),
    /// The same, while AWS did not say how the workspace is.
    Failing(Error, Interrupted),
    /// The workspace is in a status in which AWS changes nothing.
    Unchangeable(Box<Workspace>),
}

/// How a wait for a change that AWS has accepted ended.
pub(super) enum WaitOutcome {
    /// The workspace is as wanted.
    Reached(Workspace),
    /// The workspace has a status that says that the change failed.
    Failed(Workspace),
    /// The change is under way, as far as is known.
    Unfinished { last: Workspace, error: AssociationError },
}

impl AssociationError {
    /// Whether AWS has no such workspace.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, AssociationError::Aws(error) if error.is_not_found())
    }

    /// Why a wait for a workspace ended, where the last look at it failed with that error, if it did, and which was
    /// last seen busy, if it was seen.
    fn interrupted(
        failing: Option<Error>,
        busy: Option<Workspace>,
        interrupted: Interrupted,
    ) -> Self {
        match (failing, busy) {
            (Some(error), _) => AssociationError::Failing(error, interrupted),
            (None, Some(workspace)) => AssociationError::Busy(workspace.into(), interrupted),
            (None, None) => AssociationError::Interrupted(interrupted),
        }
    }
}

impl From<Error> for AssociationError {
    fn from(error: Error) -> Self {
        AssociationError::Aws(error)
    }
}

impl From<Interrupted> for AssociationError {
    fn from(interrupted: Interrupted) -> Self {
        AssociationError::Interrupted(interrupted)
    }
}

impl WorkspaceClient<'_> {
    /// The workspace as AWS describes it now.
    pub(crate) async fn describe(&self) -> Result<Result<Workspace, Error>, Interrupted> {
        self.limits.wait(self.ask()).await
    }

    /// The workspace, once nothing else is under way in it.
    pub(super) async fn settled(&self) -> Result<Workspace, AssociationError> {
        let (mut busy, mut failing) = (None::<Workspace>, None);
        let settled =
            self.amazon.watch_workspace(Some(&self.region), &self.id, |seen| match seen {
                Ok(workspace) if workspace.is_busy() => {
                    let status = workspace.status.as_str();
                    tracing::info!(status, "waiting for the workspace to settle");
                    (busy, failing) = (Some(workspace), None);
                    Continue(())
                }
                Ok(workspace) if workspace.is_unusable() => {
                    Break(Err(AssociationError::Unchangeable(workspace.into())))
                }
                Err(error) if self.has_time_for(&error) => {
                    failing = Some(error);
                    Continue(())
                }
                seen => Break(seen.map_err(AssociationError::from)),
            });
        let settled = self.limits.wait(settled).await;
        settled.unwrap_or_else(|ended| Err(AssociationError::interrupted(failing, busy, ended)))
    }

    /// Waits until the workspace is as wanted, or has a status that says that it will not be.
    pub(super) async fn wait_until(
        &self,
        mut last: Workspace,
        mut is_wanted: impl FnMut(&Workspace) -> bool,
    ) -> WaitOutcome {
        let mut failing = None;
        let waiting =
            self.amazon.watch_workspace(Some(&self.region), &self.id, |seen| match seen {
                Ok(now) if is_wanted(&now) => Break(Ok(WaitOutcome::Reached(now))),
                Ok(now) if now.has_failed() || now.is_unusable() => {
                    Break(Ok(WaitOutcome::Failed(now)))
                }
                Ok(now) => {
                    tracing::info!(status = now.status.as_str(), "AWS is changing the license");
                    (last, failing) = (now, None);
                    Continue(())
                }
                Err(error) if is_transient(&error) => {
                    tracing::warn!(%error, "the workspace cannot be described at present");
                    failing = Some(error);
                    Continue(())
                }
                Err(error) => Break(Err(error.into())),
            });
        // What AWS has just accepted may not show at once.
        let waiting = async {
            tokio::time::sleep(Pauses::default().next_pause()).await;
            waiting.await
        };
        let waited = self.limits.wait(waiting).await;
        let reached =
            waited.unwrap_or_else(|ended| Err(AssociationError::interrupted(failing, None, ended)));
        reached.unwrap_or_else(|error| WaitOutcome::Unfinished { last, error })
    }

    /// The workspace after a pause.
    pub(super) async fn describe_again(
        &self,
        pauses: &mut Pauses,
    ) -> Result<Workspace, AssociationError> {
        self.limits.sleep(pauses.next_pause()).await?;
        Ok(self.describe().await??)
    }

    /// Makes a call that changes something. When the user or the clock ends the operation, an
    /// answer that is under way is awaited for a little longer.
    pub(super) async fn change<T>(
        &self,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<Result<T, Error>, Interrupted> {
        let mut call = std::pin::pin!(call);
        match self.limits.wait(&mut call).await {
            Ok(answer) => Ok(answer),
            Err(interrupted) => {
                tokio::time::timeout(LAST_ANSWER, call).await.map_err(|_| interrupted)
            }
        }
    }

    /// The workspace as it is although the operation has ended; `None` if AWS does not answer soon.
    pub(super) async fn describe_at_the_end(&self) -> Option<Workspace> {
        tokio::time::timeout(LAST_ANSWER, self.ask()).await.ok()?.ok()
    }

    /// Pauses before a call is made again that AWS has refused because it throttles, or because
    /// another change came in between, which is under way or has left what is wanted. Any other error is handed back.
    pub(super) async fn pause_if_busy(
        &self,
        error: Error,
        pauses: &mut Pauses,
        is_wanted: impl Fn(&Workspace) -> bool,
    ) -> Result<(), AssociationError> {
        let is_contended = matches!(error.kind(), ErrorKind::Conflict | ErrorKind::Validation);
        if is_contended && !error.asks_for_grafana_token() {
            return match self.describe_again(pauses).await {
                Ok(now) if now.is_busy() || is_wanted(&now) => Ok(()),
                _ => Err(error.into()),
            };
        }
        if !self.has_time_for(&error) {
            return Err(error.into());
        }
        let wait = error.retry_after().unwrap_or_default().max(pauses.next_pause());
        Ok(self.limits.sleep(wait).await?)
    }

    /// Whether AWS throttles, and the operation has the time that it asks for.
    fn has_time_for(&self, error: &Error) -> bool {
        *error.kind() == ErrorKind::Throttled
            && error.retry_after().unwrap_or_default() < self.limits.time_left()
    }

    async fn ask(&self) -> Result<Workspace, Error> {
        self.amazon.describe_workspace(Some(&self.region), &self.id).await
    }
}

/// Whether asking again may succeed.
fn is_transient(error: &Error) -> bool {
    use ErrorKind::*;
    matches!(error.kind(), Throttled | Internal | Connection | NoAnswer | UnexpectedAnswer)
}
