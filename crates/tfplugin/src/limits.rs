//! What ends an operation early: the user's stop, and its time limit.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::diagnostic::{Diagnostic, IntoDiagnostic};
use crate::diagnostics;
use crate::outcome::Outcome;

/// What a time limit beyond the clock's range comes to.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// What ends an operation early: its time limit, and the user who stops Terraform.
///
/// ```
/// use std::time::Duration;
/// use tfplugin::{Interrupted, Limits};
///
/// /// Waits until something is ready; `false` if that takes longer than the operation may.
/// async fn is_ready(cx: &Limits, ready: impl Fn() -> bool) -> Result<bool, Interrupted> {
///     while !ready() {
///         match cx.sleep(Duration::from_millis(1)).await {
///             Err(Interrupted::TimedOut(_)) => return Ok(false),
///             interrupted => interrupted?,
///         }
///     }
///     Ok(true)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let cx = Limits::new(tfplugin::CancellationToken::new(), Duration::from_millis(20));
/// assert_eq!(is_ready(&cx, || true).await, Ok(true));
/// assert_eq!(is_ready(&cx, || false).await, Ok(false));
/// assert_eq!(cx.time_left(), Duration::ZERO);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Limits {
    stop: CancellationToken,
    timeout: Duration,
    deadline: Instant,
}

/// Why a wait ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupted {
    /// The user stopped Terraform (Ctrl-C).
    Stopped,
    /// The operation did not end within this time.
    TimedOut(Duration),
}

impl Limits {
    /// Limits that begin now: `stop` when it is cancelled, and `timeout` from now on.
    pub fn new(stop: CancellationToken, timeout: Duration) -> Self {
        let now = Instant::now();
        let deadline = now.checked_add(timeout).unwrap_or(now + FOREVER);
        Limits { stop, timeout, deadline }
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
    /// As [`Limits::wait`].
    pub async fn sleep(&self, time: Duration) -> Result<(), Interrupted> {
        self.wait(tokio::time::sleep(time)).await
    }

    /// How long the operation may take, from the `timeouts` block or its default.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// What is cancelled when the user stops Terraform. Cancelling it stops nothing else.
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.child_token()
    }

    /// When the operation's time runs out.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// How much of that time is left; zero when it has run out.
    pub fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

impl IntoDiagnostic for Interrupted {
    fn into_diagnostic(self) -> Diagnostic {
        diagnostics::interrupted(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(timeout: Duration) -> (Limits, CancellationToken) {
        let stop = CancellationToken::new();
        (Limits::new(stop.clone(), timeout), stop)
    }

    #[tokio::test]
    async fn a_stop_ends_the_wait() {
        let (limits, stop) = limits(Duration::from_secs(600));
        stop.cancel();
        assert_eq!(limits.wait(std::future::pending::<()>()).await, Err(Interrupted::Stopped));
    }

    #[tokio::test(start_paused = true)]
    async fn time_ends_the_wait() {
        let limit = Duration::from_secs(60);
        let (limits, _stop) = limits(limit);
        assert_eq!(limits.time_left(), limit);
        assert_eq!(limits.sleep(limit * 2).await, Err(Interrupted::TimedOut(limit)));
        assert_eq!(limits.time_left(), Duration::ZERO);
    }

    #[tokio::test]
    async fn a_limit_beyond_the_clock_is_no_limit() {
        let (limits, _stop) = limits(Duration::MAX);
        assert_eq!(limits.wait(async { 7 }).await, Ok(7));
    }
}
