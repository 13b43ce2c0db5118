//! What an operation ends with: a result with warnings, or errors with what was reached.

use crate::diagnostic::{Diagnostic, IntoDiagnostic};
use crate::diagnostics;

/// How an operation ends. `?` turns the error of any client that has words for people
/// ([`IntoDiagnostic`]) into a [`Failure`] that reached nothing.
///
/// ```
/// use tfplugin::{Diagnostic, Done, Failure, Outcome};
///
/// fn create(name: &str) -> Outcome<String> {
///     match name {
///         "" => Err(Diagnostic::error("No name", "Expected a name."))?,
///         "half" => {
///             // It is there, so its state must be kept, but something went wrong.
///             let error = Diagnostic::error("Not tagged", "The machine is there, but has no tags.");
///             Err(Failure::after(name.to_owned(), error))
///         }
///         "old" => {
///             let warning = Diagnostic::warning("Old", "There are newer ones.");
///             Ok(Done::new(name.to_owned()).warn(warning))
///         }
///         _ => Ok(name.to_owned().into()),
///     }
/// }
///
/// assert_eq!(create("new").unwrap().value, "new");
/// assert_eq!(create("old").unwrap().warnings[0].summary, "Old");
/// assert_eq!(create("half").unwrap_err().reached.as_deref(), Some("half"));
/// assert_eq!(create("").unwrap_err().reached, None);
/// ```
pub type Outcome<T> = Result<Done<T>, Failure<T>>;

/// An operation that succeeded, perhaps with something to say.
///
/// ```
/// use tfplugin::{Diagnostic, Done};
///
/// let quiet = Done::new(7);
/// assert!(quiet.warnings.is_empty());
/// let told = quiet.warn(Diagnostic::warning("It is slow", "It needs some more minutes.")).map(|value| value + 1);
/// assert_eq!((told.value, told.warnings.len()), (8, 1));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done<T> {
    /// The result.
    pub value: T,
    /// What somebody should know.
    pub warnings: Vec<Diagnostic>,
}

/// An operation that failed, perhaps half-way.
///
/// ```
/// use tfplugin::{Diagnostic, Failure, Outcome};
///
/// // `?` makes one of any error that has words for people: nothing was reached.
/// fn create() -> Outcome<u32> {
///     Err(Diagnostic::error("No room", "Expected at most 10 machines."))?
/// }
/// assert_eq!(create().unwrap_err().reached, None);
/// // The machine is there, but not as it should be: it is kept, and replaced by the next apply.
/// let half = Failure::after(7, Diagnostic::error("It does not start", "See its log."));
/// assert_eq!((half.reached, half.diagnostics.len()), (Some(7), 1));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure<T> {
    /// The state that was reached before the failure. After a create it marks the resource as tainted.
    pub reached: Option<T>,
    /// At least one error.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Done<T> {
    /// A result without warnings.
    pub fn new(value: T) -> Self {
        Done { value, warnings: Vec::new() }
    }

    /// The same with a warning more. What the remote side has accepted but not finished is saved with
    /// one: an error would taint a new resource, and the next apply would destroy what is just being
    /// made. The next refresh completes the state.
    #[must_use]
    pub fn warn(mut self, warning: Diagnostic) -> Self {
        self.warnings.push(warning);
        self
    }

    /// The same with more warnings.
    #[must_use]
    pub fn warn_all(mut self, warnings: impl IntoIterator<Item = Diagnostic>) -> Self {
        self.warnings.extend(warnings);
        self
    }

    /// The same warnings with another result.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Done<U> {
        Done { value: change(self.value), warnings: self.warnings }
    }
}

impl<T> From<T> for Done<T> {
    fn from(value: T) -> Self {
        Done::new(value)
    }
}

impl<T> Failure<T> {
    /// A failure that left `reached` behind.
    pub fn after(reached: T, error: impl IntoDiagnostic) -> Self {
        Failure { reached: Some(reached), diagnostics: vec![error.into_diagnostic()] }
    }

    /// A failure with several errors.
    pub fn all(diagnostics: Vec<Diagnostic>) -> Self {
        Failure { reached: None, diagnostics }
    }

    /// The same with one diagnostic more.
    #[must_use]
    pub fn and(mut self, diagnostic: Diagnostic) -> Self {
        self.diagnostics.push(diagnostic);
        self
    }

    /// The same failure, with what was reached changed by `change`.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Failure<U> {
        Failure { reached: self.reached.map(change), diagnostics: self.diagnostics }
    }
}

impl<T, E: IntoDiagnostic> From<E> for Failure<T> {
    fn from(error: E) -> Self {
        Failure { reached: None, diagnostics: vec![error.into_diagnostic()] }
    }
}

/// A result and what there is to say, whichever way it ended.
pub(crate) fn split<T>(outcome: Outcome<T>) -> (Option<T>, Vec<Diagnostic>) {
    match outcome {
        Ok(done) => (Some(done.value), done.warnings),
        Err(Failure { reached, mut diagnostics }) => {
            if !diagnostics.iter().any(Diagnostic::is_error) {
                diagnostics.push(diagnostics::failed_silently());
            }
            (reached, diagnostics)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails() -> Outcome<u8> {
        Err(Diagnostic::error("no", "never"))?
    }

    #[test]
    fn question_mark_makes_a_failure() {
        let failure = fails().unwrap_err();
        assert_eq!(failure.reached, None);
        assert_eq!(failure.diagnostics[0].summary, "no");
    }

    #[test]
    fn a_failure_has_an_error() {
        let (_, diagnostics) = split::<()>(Err(Failure::all(Vec::new())));
        assert!(diagnostics[0].is_error());
        assert_eq!(split::<()>(Err(Diagnostic::error("no", "never").into())).1.len(), 1);
    }

    #[test]
    fn a_warning_keeps_the_state() {
        let (state, diagnostics) =
            split(Ok(Done::new(7).warn(Diagnostic::warning("slow", "wait"))));
        assert_eq!(state, Some(7));
        assert!(!diagnostics[0].is_error());
    }
}
