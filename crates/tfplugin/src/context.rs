//! What surrounds one operation: time, cancellation, private state.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::diagnostic::{Diagnostic, IntoDiagnostic};
use crate::outcome::Outcome;
use crate::private::Private;

/// What a time limit beyond the clock's range comes to.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// What surrounds one operation: how long it may take, whether the user has stopped it, and its private state.
#[derive(Debug)]
pub struct Context {
    stop: CancellationToken,
    timeout: Duration,
    deadline: Instant,
    private: Private,
}

/// Why a wait ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupted {
    /// The user stopped Terraform (Ctrl-C).
    Stopped,
    /// The operation's time ran out.
    TimedOut(Duration),
}

impl Context {
    /// A context of its own, for tests and for calls outside an operation.
    pub fn new(stop: CancellationToken, timeout: Duration, private: Private) -> Self {
        let now = Instant::now();
        let deadline = now.checked_add(timeout).unwrap_or(now + FOREVER);
        Context { stop, timeout, deadline, private }
    }

    /// Waits for `work` unless the user stops Terraform or the operation's time runs out.
    ///
    /// Use it for waits, never around a call that makes something: dropping such a call loses its
    /// answer. Clean-up is done without it.
    ///
    /// # Errors
    /// [`Interrupted`] says which of the two came first.
    pub async fn wait<T>(&self, work: impl Future<Output = T>) -> Result<T, Interrupted> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(Interrupted::Stopped),
            done = tokio::time::timeout_at(self.deadline, work) => {
                done.map_err(|_| Interrupted::TimedOut(self.timeout))
            }
        }
    }

    /// Runs a whole operation that makes nothing, and so may be left anywhere: a stop ends it at once.
    pub(crate) async fn unless_stopped<T>(
        &self,
        work: impl Future<Output = Outcome<T>>,
    ) -> Outcome<T> {
        self.wait(work).await.unwrap_or_else(|interrupted| Err(interrupted.into()))
    }

    /// Sleeps, unless interrupted.
    ///
    /// # Errors
    /// As [`Context::wait`].
    pub async fn sleep(&self, time: Duration) -> Result<(), Interrupted> {
        self.wait(tokio::time::sleep(time)).await
    }

    /// Whether the user has stopped Terraform.
    pub fn is_stopped(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// How long the operation may take, from the `timeouts` block or its default.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// What the resource remembers beside its state.
    pub fn private(&self) -> &Private {
        &self.private
    }
}

impl IntoDiagnostic for Interrupted {
    fn into_diagnostic(self) -> Diagnostic {
        match self {
            Interrupted::Stopped => Diagnostic::error("Stopped", "Terraform was asked to stop."),
            Interrupted::TimedOut(limit) => Diagnostic::error(
                "Time ran out",
                format!(
                    "The operation did not finish within {limit:?}; set a longer time in the `timeouts` block."
                ),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(timeout: Duration) -> (Context, CancellationToken) {
        let stop = CancellationToken::new();
        (Context::new(stop.clone(), timeout, Private::default()), stop)
    }

    #[tokio::test]
    async fn a_stop_ends_the_wait() {
        let (cx, stop) = context(Duration::from_secs(600));
        stop.cancel();
        assert_eq!(cx.wait(std::future::pending::<()>()).await, Err(Interrupted::Stopped));
    }

    #[tokio::test(start_paused = true)]
    async fn time_ends_the_wait() {
        let limit = Duration::from_secs(60);
        let (cx, _stop) = context(limit);
        assert_eq!(cx.sleep(limit * 2).await, Err(Interrupted::TimedOut(limit)));
    }

    #[tokio::test]
    async fn a_limit_beyond_the_clock_is_no_limit() {
        let (cx, _stop) = context(Duration::MAX);
        assert_eq!(cx.wait(async { 7 }).await, Ok(7));
    }
}
