//! Waits that the user or the clock ended, in words that say what they were for.

use std::fmt;

use tfplugin::{Diagnostic, Interrupted, IntoDiagnostic, Limits};

use crate::amazon::Amazon;

/// The user or the clock ended an operation, which something had kept waiting.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    interrupted: Interrupted,
    /// In a sentence; `None` if nothing is known.
    held_up: Option<String>,
}

impl Ended {
    pub(crate) fn new(interrupted: Interrupted, held_up: Option<String>) -> Self {
        Ended { interrupted, held_up }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.interrupted {
            Interrupted::Stopped => f.write_str("Terraform was asked to stop.")?,
            Interrupted::TimedOut(limit) => write!(
                f,
                "The operation did not end within {limit:?}; a longer time can be set in the `timeouts` block, where there is one."
            )?,
        }
        self.held_up.iter().try_for_each(|why| write!(f, " It was waiting: {why}"))
    }
}

impl IntoDiagnostic for Ended {
    fn into_diagnostic(self) -> Diagnostic {
        let summary = match self.interrupted {
            Interrupted::Stopped => "Stopped",
            Interrupted::TimedOut(_) => "Time ran out",
        };
        Diagnostic::error(summary, self.to_string())
    }
}

/// Waits for something that is named in a sentence.
pub(crate) async fn wait_for<T>(
    limits: &Limits,
    what: &str,
    work: impl Future<Output = T>,
) -> Result<T, Ended> {
    let waited = limits.wait(work).await;
    waited.map_err(|interrupted| Ended::new(interrupted, Some(what.to_owned())))
}

/// Waits for calls to AWS.
pub(crate) async fn wait_for_aws<T>(
    limits: &Limits,
    amazon: &Amazon,
    calls: impl Future<Output = T>,
) -> Result<T, Ended> {
    let waited = limits.wait(calls).await;
    waited.map_err(|interrupted| Ended::new(interrupted, amazon.held_up()))
}

/// Every diagnostic of a wait that ended.
#[cfg(test)]
pub(crate) fn samples() -> Vec<(&'static str, Diagnostic)> {
    let after = Interrupted::TimedOut(std::time::Duration::from_secs(600));
    let throttled = "DescribeWorkspace: AWS throttled the account (status 429).";
    let ended = [
        Ended::new(after, Some(throttled.to_owned())),
        Ended::new(after, None),
        Ended::new(Interrupted::Stopped, Some(throttled.to_owned())),
    ];
    ended.map(|ended| ("ended", ended.into_diagnostic())).into()
}
