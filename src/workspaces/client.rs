//! One workspace at AWS: looking at it, and waiting for it.

use std::ops::ControlFlow::{Break, Continue};
use std::time::Duration;

use tfplugin::Limits;

use crate::amazon::{Amazon, Error, ErrorKind, Pauses, Region, Workspace, WorkspaceStatus};
use crate::diagnostics::ended::{Ended, wait_for_aws};

/// How long an answer is awaited after the user or the clock has ended the operation: AWS may have
/// carried out what was sent.
const LAST_ANSWER: Duration = Duration::from_secs(5);

/// At which look, after AWS has accepted a change, the status of one that failed before counts for it too: that status
/// may be seen four times until then, and this look comes after about 2.9 seconds.
const STALE_LOOKS: u32 = 5;

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
    Ended(Ended),
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
}

impl From<Error> for AssociationError {
    fn from(error: Error) -> Self {
        AssociationError::Aws(error)
    }
}

impl From<Ended> for AssociationError {
    fn from(ended: Ended) -> Self {
        AssociationError::Ended(ended)
    }
}

impl WorkspaceClient<'_> {
    /// The workspace as AWS describes it now.
    pub(crate) async fn describe(&self) -> Result<Result<Workspace, Error>, Ended> {
        wait_for_aws(self.limits, &self.amazon, self.ask()).await
    }

    /// The workspace, once nothing else is under way in it.
    pub(super) async fn settled(&self) -> Result<Workspace, AssociationError> {
        let settled =
            self.amazon.watch_workspace(Some(&self.region), &self.id, |seen| match seen {
                Ok(workspace) if workspace.is_busy() => {
                    self.amazon.note_busy(&workspace);
                    Continue(())
                }
                Ok(workspace) if workspace.is_unusable() => {
                    Break(Err(AssociationError::Unchangeable(workspace.into())))
                }
                Err(error) if self.has_time_for(&error) => Continue(()),
                seen => Break(seen.map_err(AssociationError::from)),
            });
        wait_for_aws(self.limits, &self.amazon, settled).await?
    }

    /// Waits until the workspace is as wanted, or has a status that says that it will not be. `before` is the status
    /// that it had when the change was asked for, which may be shown for a while.
    pub(super) async fn wait_until(
        &self,
        before: &WorkspaceStatus,
        mut last: Workspace,
        mut is_wanted: impl FnMut(&Workspace) -> bool,
    ) -> WaitOutcome {
        let mut looks_before = STALE_LOOKS;
        let mut has_failed = move |now: &Workspace| {
            looks_before = if now.status == *before { looks_before.saturating_sub(1) } else { 0 };
            now.is_unusable() || now.has_failed() && looks_before == 0
        };
        let waiting =
            self.amazon.watch_workspace(Some(&self.region), &self.id, |seen| match seen {
                Ok(now) if is_wanted(&now) => Break(Ok(WaitOutcome::Reached(now))),
                Ok(now) if has_failed(&now) => Break(Ok(WaitOutcome::Failed(now))),
                Ok(now) => {
                    tracing::info!(status = now.status.as_str(), "AWS is changing the license");
                    last = now;
                    Continue(())
                }
                Err(error) if is_transient(&error) => {
                    tracing::warn!(%error, "the workspace cannot be described at present");
                    Continue(())
                }
                Err(error) => Break(Err(error.into())),
            });
        // What AWS has just accepted may not show at once.
        let waiting = async {
            tokio::time::sleep(Pauses::default().next_pause()).await;
            waiting.await
        };
        let waited = wait_for_aws(self.limits, &self.amazon, waiting).await;
        let reached = waited.unwrap_or_else(|ended| Err(ended.into()));
        reached.unwrap_or_else(|error| WaitOutcome::Unfinished { last, error })
    }

    /// The workspace after a pause.
    pub(super) async fn describe_again(
        &self,
        pauses: &mut Pauses,
    ) -> Result<Workspace, AssociationError> {
        self.pause(pauses.next_pause()).await?;
        Ok(self.describe().await??)
    }

    /// Makes a call that changes something. When the user or the clock ends the operation, an
    /// answer that is under way is awaited for a little longer.
    pub(super) async fn change<T>(
        &self,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<Result<T, Error>, Ended> {
        let mut call = std::pin::pin!(call);
        match wait_for_aws(self.limits, &self.amazon, &mut call).await {
            Ok(answer) => Ok(answer),
            Err(ended) => tokio::time::timeout(LAST_ANSWER, call).await.map_err(|_| ended),
        }
    }

    /// The workspace as it is although the operation has ended; `None` if AWS does not answer soon.
    pub(super) async fn describe_at_the_end(&self) -> Option<Workspace> {
        tokio::time::timeout(LAST_ANSWER, self.ask()).await.ok()?.ok()
    }

    /// Pauses before a call is made again that AWS has refused because it throttles, or because of
    /// another change, which is under way or was made since `before` was seen. Any other error is handed back.
    pub(super) async fn pause_before_retry(
        &self,
        error: Error,
        before: &Workspace,
        pauses: &mut Pauses,
    ) -> Result<(), AssociationError> {
        use ErrorKind::{Conflict, NotFound, Validation};
        let may_be_contended = matches!(error.kind(), Conflict | NotFound | Validation);
        if may_be_contended && !error.asks_for_grafana_token() {
            return match self.describe_again(pauses).await {
                Ok(now) if now.is_contended(before) => {
                    self.amazon.note_error(&error);
                    Ok(())
                }
                Err(gone) if gone.is_not_found() => Err(gone),
                _ => Err(error.into()),
            };
        }
        if !self.has_time_for(&error) {
            return Err(error.into());
        }
        let wait = error.retry_after().unwrap_or_default().max(pauses.next_pause());
        self.amazon.note_error(&error);
        Ok(self.pause(wait).await?)
    }

    async fn pause(&self, time: Duration) -> Result<(), Ended> {
        wait_for_aws(self.limits, &self.amazon, tokio::time::sleep(time)).await
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
