//! How much time has passed.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// Measures time by both clocks: the steady one stands still while the machine sleeps, and the other
/// can be set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopwatch {
    steady: Instant,
    wall: Timestamp,
}

impl Stopwatch {
    pub(super) fn start() -> Self {
        Stopwatch { steady: Instant::now(), wall: Timestamp::now() }
    }

    /// The time since the start. An expired token that is taken for a young one would be refused, so
    /// the clock that shows more counts.
    pub(super) fn elapsed(&self) -> Duration {
        longer(self.steady.elapsed(), Timestamp::now().duration_since(self.wall))
    }
}

fn longer(steady: Duration, wall: SignedDuration) -> Duration {
    steady.max(wall.try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_that_shows_more_counts() {
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        assert_eq!(longer(minutes(1), SignedDuration::from_mins(20)), minutes(20), "it slept");
        assert_eq!(longer(minutes(5), SignedDuration::from_mins(1)), minutes(5));
        assert_eq!(longer(minutes(5), SignedDuration::from_mins(-60)), minutes(5), "it was set");
    }

    #[tokio::test(start_paused = true)]
    async fn it_runs() {
        let stopwatch = Stopwatch::start();
        assert!(stopwatch.elapsed() < Duration::from_secs(60));
        tokio::time::advance(Duration::from_secs(600)).await;
        assert!(stopwatch.elapsed() >= Duration::from_secs(600));
    }
}
