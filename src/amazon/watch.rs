//! Looking at a workspace again and again.

use std::ops::ControlFlow;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use super::{Amazon, Error, Region, Workspace};

const SHORTEST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(10);

/// How long to wait between two looks at a workspace: a quarter of a second at first, then longer, ten
/// seconds at most.
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

impl Amazon {
    /// Looks at the workspace with that id until `decide` has an answer, with a pause between two looks: at
    /// least as long as AWS asks for, if it does.
    pub async fn watch_workspace<T>(
        &self,
        region: Option<&Region>,
        id: &str,
        mut decide: impl FnMut(Result<Workspace, Error>) -> ControlFlow<T>,
    ) -> T {
        let mut pauses = Pauses::default();
        loop {
            let seen = self.describe_workspace(region, id).await;
            let asked = seen.as_ref().err().and_then(Error::retry_after).unwrap_or_default();
            seen.as_ref().err().into_iter().for_each(|error| self.note_error(error));
            if let ControlFlow::Break(decision) = decide(seen) {
                return decision;
            }
            tokio::time::sleep(pauses.next_pause().max(asked)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_ten_seconds() {
        let mut pauses = Pauses::default();
        assert_eq!(pauses.next_pause(), SHORTEST);
        assert!(pauses.next_pause() > SHORTEST);
        assert_eq!((0..20).map(|_| pauses.next_pause()).last(), Some(LONGEST));
    }
}
