//! What ends a request early.

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

impl Limits {
    /// Waits for `work`, unless it ends early.
    pub(super) async fn wait<T>(&self, work: impl Future<Output = T>) -> Result<T, ErrorKind> {
        let time_is_up = async {
            match self.deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(ErrorKind::Stopped),
            () = time_is_up => Err(ErrorKind::OutOfTime),
            done = work => Ok(done),
        }
    }

    /// How much time is left; `None` if there is no end.
    pub(super) fn time_left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}
