//! The clients' errors as diagnostics.

use tfplugin::{AttributePath, Diagnostic, IntoDiagnostic, path};

use crate::{amazon, grafana};

impl IntoDiagnostic for grafana::Error {
    fn into_diagnostic(self) -> Diagnostic {
        match self {
            grafana::Error::NoSignIn { summary, detail } => Diagnostic::error(summary, detail),
            error => Diagnostic::error(grafana_summary(&error), sentence(&error.to_string())),
        }
    }
}

/// The text with a full stop, unless it ends in a mark of its own.
fn sentence(text: &str) -> String {
    if text.ends_with(['.', '?', '!']) { text.to_owned() } else { format!("{text}.") }
}

fn grafana_summary(error: &grafana::Error) -> &'static str {
    use grafana::Error::*;
    match error {
        Refused { .. } | SignInNeeded { .. } => "Grafana refused the sign-in",
        Forbidden { .. } => "Permission denied by Grafana",
        Connect { .. } | Timeout { .. } | Lost { .. } => "Grafana cannot be reached",
        NotGrafana { .. }
        | NotJson { .. }
        | Redirected { .. }
        | Truncated { .. }
        | TooLarge { .. } => "This does not answer as Grafana does",
        BasicAuthNeeded => "The licensing API needs user:password",
        NotEnterprise { .. } => "This Grafana is not Grafana Enterprise",
        TooManyRequests { .. } => "Grafana asks for fewer requests",
        LifeLimited { .. } => "This Grafana limits the life of keys",
        _ => "Grafana answered with an error",
    }
}

impl IntoDiagnostic for amazon::Error {
    fn into_diagnostic(self) -> Diagnostic {
        let diagnostic = Diagnostic::error(amazon_summary(self.kind()), self.to_string());
        match amazon_attribute(self.kind()) {
            Some(path) => diagnostic.at(path),
            None => diagnostic,
        }
    }
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
        Throttled => "AWS asks for fewer requests",
        QuotaExceeded => "An AWS quota is exceeded",
        Connection | NoAnswer => "AWS cannot be reached",
        _ => "Amazon Managed Grafana answered with an error",
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
