//! Errors of the calls to Amazon Managed Grafana and of the sign-in before them.

use std::fmt;
use std::time::Duration;

use crate::http::{CarriedOut, Quoted};

/// A call that failed.
///
/// [`kind`](Error::kind) is for deciding, the `Display` text for people: it names the operation,
/// says what to do, and ends with AWS's message and request id when AWS answered. It holds no
/// secret.
#[derive(Clone, Debug)]
pub struct Error(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    kind: ErrorKind,
    message: String,
    operation: Option<&'static str>,
    aws_message: Option<Quoted>,
    request_id: Option<Quoted>,
    retry_after: Option<Duration>,
    carried_out: CarriedOut,
}

/// What went wrong. The first five name the setting to point at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No region, or one that cannot be: `region` of the resource or of the provider's `aws`.
    Region,
    /// A profile that does not exist, or config files that cannot be read: `profile`.
    Profile,
    /// No credentials, incomplete ones, or ones that AWS does not accept: `access_key`,
    /// `secret_key`, `token`, or the source that was used instead of them.
    Credentials,
    /// The role cannot be assumed: `assume_role`.
    AssumeRole,
    /// The endpoint cannot be used: `endpoint`.
    Endpoint,
    /// `ResourceNotFoundException`: no such workspace, key, account or token.
    NotFound,
    /// `AccessDeniedException`: the identity lacks the permission that the message names.
    AccessDenied,
    /// `ThrottlingException`, still after the retries; see [`Error::retry_after`].
    Throttled,
    /// `ValidationException`, or a request that could not be built.
    Validation,
    /// `ConflictException`: the name is taken, or the workspace is busy.
    Conflict,
    /// `ServiceQuotaExceededException`.
    QuotaExceeded,
    /// `InternalServerException` or another 5xx, still after the retries.
    Internal,
    /// No connection could be made.
    Connection,
    /// No answer within the time, or the connection broke before there was one.
    NoAnswer,
    /// An answer that is not one of Amazon Managed Grafana, such as an HTML page.
    UnexpectedAnswer,
}

impl Error {
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind,
            message: message.into(),
            operation: None,
            aws_message: None,
            request_id: None,
            retry_after: None,
            carried_out: CarriedOut::No,
        }))
    }

    pub(super) fn during(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }

    pub(super) fn says(mut self, aws_message: Option<Quoted>) -> Self {
        self.0.aws_message = aws_message;
        self
    }

    pub(super) fn with_request_id(mut self, request_id: Option<Quoted>) -> Self {
        self.0.request_id = request_id;
        self
    }

    pub(super) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    pub(super) fn maybe_carried_out(mut self) -> Self {
        self.0.carried_out = CarriedOut::Maybe;
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The call that failed, if it was one.
    pub(super) fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// What happened and what to do about it, without AWS's message.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// AWS's own message, if it answered with one.
    pub fn aws_message(&self) -> Option<&str> {
        self.0.aws_message.as_deref()
    }

    /// How long AWS asked to wait before the next attempt, if it did and the wait was not made here.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the call may have taken effect all the same.
    pub fn carried_out(&self) -> CarriedOut {
        self.0.carried_out
    }

    /// Whether what was asked for does not exist.
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::NotFound
    }

    /// Whether AWS refused `AssociateLicense` because the account is not linked with Grafana Labs
    /// in that region yet, so that a Grafana Labs token is needed.
    ///
    /// Such an account answers a call without a token with `ValidationException: Passed in token
    /// cannot be null or empty. Please register for support with GrafanaLabs …`.
    pub fn asks_for_grafana_token(&self) -> bool {
        let asks = |text: &str| {
            let text = text.to_ascii_lowercase();
            text.contains("token cannot be null or empty")
                || text.contains("register for support with grafanalabs")
        };
        self.0.operation == Some("AssociateLicense")
            && self.0.kind == ErrorKind::Validation
            && self.aws_message().is_some_and(asks)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.0;
        if let Some(operation) = parts.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&parts.message)?;
        if let Some(aws_message) = &parts.aws_message {
            write!(f, " AWS says: “{}”.", aws_message.trim_end_matches('.'))?;
        }
        if let Some(request_id) = &parts.request_id {
            write!(f, " Request ID: {request_id}.")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_everything_a_reader_needs() {
        let error = Error::new(ErrorKind::Validation, "AWS did not accept the request.")
            .during("AssociateLicense")
            .says(Some(Quoted::constant("1 validation error")))
            .with_request_id(Some(Quoted::constant("r-1")));
        assert_eq!(
            error.to_string(),
            "AssociateLicense: AWS did not accept the request. \
             AWS says: “1 validation error”. Request ID: r-1."
        );
    }

    #[test]
    fn only_an_unlinked_account_asks_for_the_token() {
        let refusal = |operation, words| {
            Error::new(ErrorKind::Validation, "refused")
                .during(operation)
                .says(Some(Quoted::constant(words)))
        };
        let words = "Passed in token cannot be null or empty. Please register for support";
        assert!(refusal("AssociateLicense", words).asks_for_grafana_token());
        assert!(!refusal("DescribeWorkspace", words).asks_for_grafana_token());
        assert!(!refusal("AssociateLicense", "deprecated").asks_for_grafana_token());
    }
}
