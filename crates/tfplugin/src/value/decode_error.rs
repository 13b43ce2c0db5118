//! What does not fit the type of its attribute.

use super::AnyValue;
use crate::path::{AttributePath, Step};

/// A value that does not fit the Rust type of its attribute.
///
/// ```
/// use tfplugin::{AnyValue, DecodeError};
///
/// let error = DecodeError::shape("a string", &AnyValue::Bool(true));
/// assert_eq!(error.to_string(), "expected a string, but got a bool");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct DecodeError {
    /// The attribute or element that does not fit.
    pub path: AttributePath,
    reason: Reason,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Reason {
    #[error("expected {expected}, but got {found}")]
    Shape { expected: &'static str, found: &'static str, is_unknown: bool },
    #[error("{0}")]
    Text(String),
}

impl DecodeError {
    /// A value of another shape than `expected`, such as "a string" or "an RFC 3339 time". Of what was
    /// found it holds the shape only.
    pub fn shape(expected: &'static str, found: &AnyValue) -> Self {
        let (found, is_unknown) = (found.shape(), found.is_unknown());
        let reason = Reason::Shape { expected, found, is_unknown };
        DecodeError { path: AttributePath::default(), reason }
    }

    /// A text that cannot be read, with what is wrong with it and what is expected: users see it at the
    /// attribute, unless that is sensitive.
    pub fn text(reason: impl Into<String>) -> Self {
        DecodeError { path: AttributePath::default(), reason: Reason::Text(reason.into()) }
    }

    pub(super) fn number(expected: &'static str) -> Self {
        let reason = Reason::Shape { expected, found: "another number", is_unknown: false };
        DecodeError { path: AttributePath::default(), reason }
    }

    pub(super) fn is_of_unknown(&self) -> bool {
        matches!(self.reason, Reason::Shape { is_unknown: true, .. })
    }

    /// Whether its text may quote the value.
    pub(crate) fn may_quote(&self) -> bool {
        matches!(self.reason, Reason::Text(_))
    }

    /// The same error, seen from one step further out.
    #[must_use]
    pub fn within(mut self, step: Step) -> Self {
        let outer = match step {
            Step::Attribute(name) => AttributePath::of(name),
            Step::Key(key) => AttributePath::default().key(key),
            Step::Index(index) => AttributePath::default().index(index),
        };
        self.path = self.path.within(&outer);
        self
    }
}
