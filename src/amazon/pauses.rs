//! How long to wait between two looks at a workspace.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

const SHORTEST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(10);

/// A quarter of a second at first, then longer, ten seconds at most.
#[derive(Debug)]
pub struct Pauses(ExponentialBackoff);

impl Default for Pauses {
    fn default() -> Self {
        let pauses = ExponentialBuilder::new()
            .with_min_delay(SHORTEST)
            .with_factor(1.7)
            .with_max_delay(LONGEST)
            .without_max_times();
        Pauses(pauses.build())
    }
}

impl Pauses {
    /// The next pause.
    pub fn next_pause(&mut self) -> Duration {
        self.0.next().unwrap_or(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_grow_to_ten_seconds() {
        let mut pauses = Pauses::default();
        assert_eq!(pauses.next_pause(), SHORTEST);
        assert!(pauses.next_pause() > SHORTEST);
        assert_eq!((0..20).map(|_| pauses.next_pause()).last(), Some(LONGEST));
    }
}
