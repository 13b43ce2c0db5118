//! What ends a request early.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::error::ErrorKind;

/// What ends the waits of a client early, and its requests that make no difference: a request that
/// may be carried out is always awaited, which takes `request_timeout` at most. By default nothing.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// Ends them when it is cancelled.
    pub stop: CancellationToken,
    /// Ends them at that time.
    pub deadline: Option<Instant>,
}

/// The limits of a client for one operation, whose views share the one clean-up after it.
#[derive(Debug, Clone, Default)]
pub(super) struct Bounds {
    limits: Limits,
    /// How long after the end of the operation this view goes on.
    cleanup: Option<Duration>,
    /// When the end was noticed.
    ended: Arc<OnceLock<Instant>>,
}

impl Bounds {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// The same, for what has to be looked at or undone: it goes on for as long after the operation.
    pub(super) fn for_cleanup(&self, lasts: Duration) -> Self {
        Self { cleanup: Some(lasts), ..self.clone() }
    }

    /// Waits for `work`, unless it ends early.
    pub(super) async fn wait<T>(&self, work: impl Future<Output = T>) -> Result<T, ErrorKind> {
        tokio::select! {
            biased;
            kind = self.end() => Err(kind),
            done = work => Ok(done),
        }
    }

    /// The same for work that ends with the operation by itself, but may be waiting for that of another one.
    pub(super) async fn wait_for_others<T>(
        &self,
        work: impl Future<Output = T>,
    ) -> Result<T, ErrorKind> {
        tokio::select! {
            biased;
            done = work => Ok(done),
            kind = self.end() => Err(kind),
        }
    }

    async fn end(&self) -> ErrorKind {
        let time_is_up = async {
            match self.limits.deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        let kind = tokio::select! {
            biased;
            () = self.limits.stop.cancelled() => ErrorKind::Stopped,
            () = time_is_up => ErrorKind::OutOfTime,
        };
        if let Some(lasts) = self.cleanup {
            tokio::time::sleep_until(self.ended_at() + lasts).await;
        }
        kind
    }

    fn ended_at(&self) -> Instant {
        *self.ended.get_or_init(Instant::now)
    }

    /// Whether the operation has ended, and this is the clean-up after it.
    pub(super) fn is_after_end(&self) -> bool {
        let is_up = |deadline| deadline <= Instant::now();
        self.cleanup.is_some()
            && (self.limits.stop.is_cancelled() || self.limits.deadline.is_some_and(is_up))
    }

    /// How much time is left; `None` if there is no end.
    pub(super) fn time_left(&self) -> Option<Duration> {
        let lasts = self.cleanup.unwrap_or_default();
        let end = match self.is_after_end() {
            true => Some(self.ended_at() + lasts),
            false => self.limits.deadline.map(|deadline| deadline + lasts),
        };
        end.map(|end| end.saturating_duration_since(Instant::now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LASTS: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn all_that_is_cleaned_up_ends_together() {
        let limits = Limits::default();
        let bounds = Bounds::new(limits.clone());
        let cleanup = || bounds.for_cleanup(LASTS);
        let begun = cleanup();
        tokio::time::advance(LASTS * 3).await;
        assert_eq!((begun.time_left(), begun.is_after_end()), (None, false), "nothing has ended");
        limits.stop.cancel();
        assert_eq!(bounds.wait(std::future::pending::<()>()).await, Err(ErrorKind::Stopped));
        let ended = Instant::now();
        assert_eq!(cleanup().wait(async { 1 }).await, Ok(1));
        for one in [begun, cleanup(), cleanup()] {
            assert_eq!(one.wait(std::future::pending::<()>()).await, Err(ErrorKind::Stopped));
            assert!(ended.elapsed() < LASTS + Duration::from_secs(1));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_cleaned_up_goes_on_after_the_time_of_the_operation() {
        let deadline = Some(Instant::now() + LASTS);
        let bounds = Bounds::new(Limits { deadline, ..Limits::default() });
        tokio::time::advance(LASTS * 2).await;
        assert_eq!(bounds.time_left(), Some(Duration::ZERO));
        assert_eq!(bounds.for_cleanup(LASTS).time_left(), Some(LASTS));
    }
}
