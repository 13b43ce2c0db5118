//! Errors of the client of Amazon Managed Grafana in words for users.

use tfplugin::{AttributePath, Diagnostic, IntoDiagnostic, path};

use crate::amazon;

impl IntoDiagnostic for amazon::Error {
    fn into_diagnostic(self) -> Diagnostic {
        let diagnostic = Diagnostic::error(amazon_summary(self.kind()), self.to_string());
        match amazon_attribute(self.kind()) {
            Some(path) => diagnostic.at(path),
            None => diagnostic,
        }
    }
}

/// An error of every kind, as users read it.
#[cfg(test)]
pub(crate) fn samples() -> Vec<(&'static str, Diagnostic)> {
    let samples = amazon::error_samples().into_iter();
    samples.map(|(name, error)| (name, error.into_diagnostic())).collect()
}

fn amazon_summary(kind: &amazon::ErrorKind) -> &'static str {
    use amazon::ErrorKind::*;
    match kind {
        Region => "No usable AWS region",
        Profile => "The AWS profile cannot be used",
        Credentials => "No usable AWS credentials",
        AssumeRole => "The AWS role cannot be assumed",
        Endpoint => "The AWS endpoint cannot be used",
        NotFound => "Not found in Amazon Managed Grafana",
        AccessDenied => "Access denied by AWS",
        Throttled => "AWS rate limit exceeded",
        QuotaExceeded => "An AWS quota is exceeded",
        Connection | NoAnswer => "AWS cannot be reached",
        Validation => "AWS did not accept the request",
        Conflict => "Conflict in Amazon Managed Grafana",
        Internal => "Amazon Managed Grafana failed",
        UnexpectedAnswer => "Unexpected response in place of Amazon Managed Grafana",
    }
}

/// The resource's own attribute that an error is about. The provider's `aws` cannot be pointed at
/// from a resource's operation, so the text names it.
fn amazon_attribute(kind: &amazon::ErrorKind) -> Option<AttributePath> {
    match kind {
        amazon::ErrorKind::Region => Some(path!(region)),
        _ => None,
    }
}
