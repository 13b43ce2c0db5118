//! What a provider tells the people who run Terraform.

use std::error::Error;
use std::fmt;

use crate::path::AttributePath;
use crate::proto::tfplugin6 as wire;

/// How grave a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The operation failed.
    Error,
    /// The operation went on; somebody should decide something.
    Warning,
}

/// One error or warning, as Terraform shows it.
///
/// ```
/// use tfplugin::{Diagnostic, Severity, path};
///
/// let error = Diagnostic::error("No such region", "Expected one of the regions of the account, but got \"moon\".")
///     .at(path!(machine.region));
/// assert!(error.is_error() && error.severity == Severity::Error);
/// assert_eq!(error.path.to_string(), "machine.region");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How grave it is.
    pub severity: Severity,
    /// One line.
    pub summary: String,
    /// What was expected, what came, and what to do next.
    pub detail: String,
    /// The attribute it is about; empty for the whole resource.
    pub path: AttributePath,
}

impl Diagnostic {
    /// An error.
    #[cfg_attr(feature = "testing", track_caller)]
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Error, summary.into(), detail.into())
    }

    /// A warning.
    #[cfg_attr(feature = "testing", track_caller)]
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Warning, summary.into(), detail.into())
    }

    #[cfg_attr(feature = "testing", track_caller)]
    fn new(severity: Severity, summary: String, detail: String) -> Self {
        #[cfg(feature = "testing")]
        crate::testing::diagnostics::note_place(std::panic::Location::caller());
        let path = AttributePath::default();
        Diagnostic { severity, summary, detail, path }
    }

    /// The same, pointing at an attribute.
    #[must_use]
    pub fn at(mut self, path: AttributePath) -> Self {
        self.path = path;
        self
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    pub(crate) fn to_wire(&self) -> wire::Diagnostic {
        let severity = match self.severity {
            Severity::Error => wire::diagnostic::Severity::Error,
            Severity::Warning => wire::diagnostic::Severity::Warning,
        };
        wire::Diagnostic {
            severity: severity.into(),
            summary: self.summary.clone(),
            detail: self.detail.clone(),
            attribute: (!self.path.steps().is_empty()).then(|| self.path.to_wire()),
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.summary, self.detail)
    }
}

impl Error for Diagnostic {}

/// Lets an error of a client become a [`Diagnostic`] by `?` and [`At::at`].
///
/// ```
/// use tfplugin::{At, Diagnostic, Done, IntoDiagnostic, Outcome, path};
///
/// /// What the client of a service says.
/// enum Error {
///     NoSuchMachine(String),
/// }
///
/// /// In words for people, once for all resources.
/// impl IntoDiagnostic for Error {
///     fn into_diagnostic(self) -> Diagnostic {
///         match self {
///             Error::NoSuchMachine(name) => {
///                 Diagnostic::error("No such machine", format!("There is no machine {name:?} in the account."))
///             }
///         }
///     }
/// }
///
/// fn find(name: &str) -> Result<u32, Error> {
///     Err(Error::NoSuchMachine(name.to_owned()))
/// }
///
/// fn operation() -> Outcome<u32> {
///     Ok(Done::new(find("web").at(path!(machine))?))
/// }
///
/// let failure = operation().unwrap_err();
/// assert_eq!(failure.diagnostics[0].summary, "No such machine");
/// assert_eq!(failure.diagnostics[0].path, path!(machine));
/// ```
pub trait IntoDiagnostic {
    /// The error in words for people.
    fn into_diagnostic(self) -> Diagnostic;
}

impl IntoDiagnostic for Diagnostic {
    fn into_diagnostic(self) -> Diagnostic {
        self
    }
}

/// Points the error of a result at an attribute: `client.create(…).await.at(path!(name))?`.
pub trait At<T> {
    /// The result, with its error turned into a diagnostic at `path`.
    fn at(self, path: AttributePath) -> Result<T, Diagnostic>;
}

impl<T, E: IntoDiagnostic> At<T> for Result<T, E> {
    fn at(self, path: AttributePath) -> Result<T, Diagnostic> {
        self.map_err(|error| error.into_diagnostic().at(path))
    }
}
