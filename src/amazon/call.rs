//! One call: what it is, and what its answer or the lack of one means.

use std::error::Error as StdError;

use aws_sdk_grafana::Client;
use aws_sdk_grafana::error::SdkError;

use super::error::{Error, ErrorKind, Validation};
use super::refusal::{self, Answer};
use super::region::Region;
use super::{credentials, retry};

/// What is called, where, and with what.
pub(super) struct Call {
    pub(super) operation: &'static str,
    pub(super) region: Region,
    pub(super) endpoint: Option<String>,
    pub(super) client: Client,
}

impl Call {
    /// For an answer without what it is due to hold.
    pub(super) fn incomplete(&self, what: &str) -> Error {
        let message = format!("The answer holds no {what}. {}", self.check_endpoint());
        self.error(ErrorKind::UnexpectedAnswer, message).maybe_carried_out()
    }

    /// What the SDK's error means.
    pub(super) fn failed<E>(&self, error: SdkError<E>) -> Error
    where
        E: StdError + Into<aws_sdk_grafana::Error> + Send + Sync + 'static,
    {
        if let Some(error) = credentials::find(&error) {
            return error.clone().during(self.operation);
        }
        match error {
            SdkError::ServiceError(context) => {
                let answer = Answer::of(context.raw());
                refusal::error(self, &context.into_err().into(), &answer)
            }
            SdkError::ResponseError(context) => {
                self.unexpected(&Answer::of(context.raw())).maybe_carried_out()
            }
            SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
                Some(error) if error.is_timeout() && !retry::is_never_sent(error) => {
                    self.unanswered("No answer came in time")
                }
                Some(error) => self.not_connected(error),
                None => self.unanswered("The connection failed"),
            },
            SdkError::TimeoutError(_) => self.unanswered("No answer came in time"),
            error => {
                let message = format!("The request could not be made: {}.", reasons(&error));
                self.error(ErrorKind::Validation(Validation::default()), message)
            }
        }
    }

    /// For an answer that is none of Amazon Managed Grafana's.
    pub(super) fn unexpected(&self, answer: &Answer) -> Error {
        let what = match answer.is_html {
            true => "an HTML page",
            false => "something else",
        };
        let message = format!(
            "Instead of an answer of Amazon Managed Grafana came {what} (status {}). {}",
            answer.status,
            self.check_endpoint()
        );
        self.error(ErrorKind::UnexpectedAnswer, message)
            .with_request_id(answer.request_id.as_deref())
    }

    /// An error of this call.
    pub(super) fn error(&self, kind: ErrorKind, message: String) -> Error {
        Error::new(kind, message).during(self.operation)
    }

    fn not_connected(&self, error: &(dyn StdError + 'static)) -> Error {
        let reasons = reasons(error);
        if retry::is_unknown_host(error) {
            self.unknown_host()
        } else if retry::is_never_sent(error) {
            let message = format!(
                "No connection to Amazon Managed Grafana in `{}` could be made: {reasons}.",
                self.region
            );
            self.error(ErrorKind::Connection, message)
        } else if reasons.contains("endpoint") {
            let message = format!("The endpoint cannot be used: {reasons}.");
            self.error(ErrorKind::Endpoint, message)
        } else {
            self.unanswered(&format!("The connection broke before an answer came ({reasons})"))
        }
    }

    fn unanswered(&self, what: &str) -> Error {
        let message = format!("{what}, so it is not known whether the request was carried out.");
        self.error(ErrorKind::NoAnswer, message).maybe_carried_out()
    }

    fn unknown_host(&self) -> Error {
        match &self.endpoint {
            Some(endpoint) => {
                let message = format!("The host of `{endpoint}` is not known: check `endpoint`.");
                self.error(ErrorKind::Endpoint, message)
            }
            None => {
                let message = format!(
                    "There is no host for Amazon Managed Grafana in `{}`. Check that the region \
                     is right and has Amazon Managed Grafana, that AWS_ENDPOINT_URL_GRAFANA is right if \
                     it is set, and that names can be resolved here.",
                    self.region
                );
                self.error(ErrorKind::Region, message)
            }
        }
    }

    fn check_endpoint(&self) -> String {
        match &self.endpoint {
            Some(endpoint) => format!("Check `endpoint` (`{endpoint}`)."),
            None => "Check AWS_ENDPOINT_URL_GRAFANA, AWS_ENDPOINT_URL and any proxy.".to_owned(),
        }
    }
}

fn reasons(error: &(dyn StdError + 'static)) -> String {
    let mut reasons: Vec<String> = retry::causes(error).map(ToString::to_string).collect();
    reasons.dedup();
    reasons.join(": ")
}
