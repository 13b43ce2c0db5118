//! What a provider tells the people who run Terraform.

use std::error::Error;
use std::fmt;

use crate::deferral::Deferral;
use crate::path::AttributePath;
use crate::proto::tfplugin6 as wire;
use crate::value::sentence;

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
    pub(crate) deferral: Option<Deferral>,
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
        Diagnostic { severity, summary, detail, path, deferral: None }
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

    /// As the protocol has it. Terraform shows the line of an attribute, and none inside of it: where the path goes
    /// further and the text does not say so, it is added.
    pub(crate) fn to_wire(&self) -> wire::Diagnostic {
        let path = self.path.to_string();
        let is_told = self.path.steps().len() < 2
            || self.summary.contains(&path)
            || self.detail.contains(&path);
        let detail = match (is_told, self.detail.as_str()) {
            (true, detail) => detail.to_owned(),
            (false, "") => format!("At {path}."),
            (false, detail) => format!("{detail}\n\nAt {path}."),
        };
        let severity = match self.severity {
            Severity::Error => wire::diagnostic::Severity::Error,
            Severity::Warning => wire::diagnostic::Severity::Warning,
        };
        wire::Diagnostic {
            severity: severity.into(),
            summary: self.summary.clone(),
            detail,
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

/// Gives any error words for people: `std::fs::read(&path).context("Cannot read the file")?`.
pub trait ErrorContext<T> {
    /// The result, with its error turned into a diagnostic: `summary` is what failed, in one line, and the
    /// error and what it comes from are the detail. The error's text is shown, so it must hold no secret.
    ///
    /// ```
    /// # use tfplugin::{Diagnostic, ErrorContext};
    /// fn read() -> Result<Vec<u8>, Diagnostic> {
    ///     std::fs::read("/nowhere").context("Cannot read the certificate")
    /// }
    /// let said = read().unwrap_err();
    /// assert_eq!(said.summary, "Cannot read the certificate");
    /// assert!(said.detail.starts_with("No such file or directory"), "{}", said.detail);
    /// ```
    ///
    /// # Errors
    /// That diagnostic.
    fn context(self, summary: impl Into<String>) -> Result<T, Diagnostic>;
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> ErrorContext<T> for Result<T, E> {
    fn context(self, summary: impl Into<String>) -> Result<T, Diagnostic> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(in_context(error.into(), summary.into())),
        }
    }
}

fn in_context(error: Box<dyn Error + Send + Sync>, summary: String) -> Diagnostic {
    match error.downcast::<Diagnostic>() {
        Ok(inner) => {
            let detail = format!("{}: {}", inner.summary, inner.detail);
            Diagnostic { summary, detail, ..*inner }
        }
        Err(error) => Diagnostic::error(summary, sentence(&with_sources(&*error))),
    }
}

/// An error, and what it comes from where its own text does not say so.
fn with_sources(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let said = error.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path;

    #[derive(Debug, thiserror::Error)]
    #[error("the service does not answer")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn an_error_is_told_with_what_it_comes_from() {
        let failed = || Err::<(), _>(Outer(std::io::Error::other("connection refused")));
        let said = failed().context("Cannot reach the service").unwrap_err();
        assert_eq!(said.summary, "Cannot reach the service");
        assert_eq!(said.detail, "The service does not answer: connection refused.");
        let said = failed().context("Cannot reach the service").at(path!(url)).unwrap_err();
        assert_eq!(said.path, path!(url));
        let said = Err::<(), _>(said).context("No order").unwrap_err();
        assert_eq!((said.summary.as_str(), said.path), ("No order", path!(url)));
        let boxed: Result<(), Box<dyn Error + Send + Sync>> = Err("no".into());
        assert_eq!(boxed.context("It fails").unwrap_err().detail, "No.");
    }

    #[test]
    fn a_path_inside_an_attribute_is_in_the_text() {
        let at = path!(reviewers).key("jo").attribute("level");
        let said = Diagnostic::error("Invalid level", "Expected 1 to 9.").at(at.clone()).to_wire();
        assert_eq!(said.detail, "Expected 1 to 9.\n\nAt reviewers[\"jo\"].level.");
        let told = Diagnostic::error(format!("Invalid {at}"), "Expected 1 to 9.").at(at).to_wire();
        assert_eq!(told.detail, "Expected 1 to 9.");
        let top = Diagnostic::error("Invalid level", "Expected 1 to 9.").at(path!(level)).to_wire();
        assert_eq!(top.detail, "Expected 1 to 9.");
    }
}
