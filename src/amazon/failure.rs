//! What it means that a call failed, and what to do about it.

#[cfg(test)]
pub(crate) mod samples;

use std::error::Error as StdError;
use std::time::Duration;

use aws_sdk_grafana::error::{ProvideErrorMetadata, SdkError};
use http_body_util::LengthLimitError;
use tokio::time::Instant;

use super::call::{AnswerHead, Call};
use super::connections::ANSWER_LIMIT;
use super::credentials;
use super::error::{Error, ErrorKind};
use super::retry;
use crate::http::{Quoted, causes};

const CONFLICT: &str = "The name is taken, or another change of the workspace is in progress: retry when it is ACTIVE.";

impl Call {
    /// What the SDK's error means.
    pub(super) fn failed<E>(&self, error: SdkError<E>) -> Error
    where
        E: StdError + Into<aws_sdk_grafana::Error> + Send + Sync + 'static,
    {
        if let Some(error) = credentials::find(&error) {
            return error.clone().during(self.operation);
        }
        if causes(&error).any(|cause| cause.is::<LengthLimitError>()) {
            return self.too_large(ANSWER_LIMIT);
        }
        match error {
            SdkError::ServiceError(context) => {
                let answer = AnswerHead::of(context.raw());
                refused(self, &context.into_err().into(), &answer)
            }
            SdkError::ResponseError(context) => {
                self.unexpected(&AnswerHead::of(context.raw())).maybe_carried_out()
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
                let message = format!("The request could not be made: {}.", self.reasons(&error));
                self.error(ErrorKind::Validation, message)
            }
        }
    }

    fn not_connected(&self, error: &(dyn StdError + 'static)) -> Error {
        let reasons = self.reasons(error);
        if retry::is_unknown_host(error) {
            self.unknown_host()
        } else if retry::is_never_sent(error) {
            let message = format!(
                "No connection to Amazon Managed Grafana in `{}` could be made: {}. {}{}",
                self.region,
                self.reason(error),
                self.check_endpoint(),
                credentials::untrusted(error)
            );
            self.error(ErrorKind::Connection, message)
        } else if reasons.contains("endpoint") {
            // The SDK's text is the whole request, and the endpoint, which may hold a password.
            let message = format!(
                "The endpoint is not a URL with `https://` or `http://` and a host. {}",
                self.check_endpoint()
            );
            self.error(ErrorKind::Endpoint, message)
        } else {
            self.unanswered(&format!("The connection broke before an answer came ({reasons})"))
        }
    }

    fn reasons(&self, error: &(dyn StdError + 'static)) -> Quoted {
        let mut reasons: Vec<String> = causes(error).map(ToString::to_string).collect();
        reasons.dedup();
        self.quote(&reasons.join(": "))
    }

    /// What is behind it all, such as a refused connection.
    fn reason(&self, error: &(dyn StdError + 'static)) -> Quoted {
        self.quote(&causes(error).last().map(ToString::to_string).unwrap_or_default())
    }

    fn unanswered(&self, what: &str) -> Error {
        let message = format!(
            "{what}, so it is not known whether the request was carried out. Try again; if it recurs, check the \
             network and any proxy."
        );
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
}

/// The refusal as our error. Goes by its code, not by its type: the type of an operation's errors
/// knows only those of its page.
fn refused(call: &Call, refusal: &aws_sdk_grafana::Error, answer: &AnswerHead) -> Error {
    let words = refusal.message().unwrap_or_default();
    let code = refusal.code().unwrap_or_default();
    let (kind, message) = match (code, answer.status) {
        _ if words.contains("scoped to a valid region") => (ErrorKind::Region, region(call)),
        ("ResourceNotFoundException", _) => (ErrorKind::NotFound, missing(call, refusal)),
        ("ValidationException", _) => (ErrorKind::Validation, invalid(call, refusal)),
        ("ConflictException", _) => (ErrorKind::Conflict, CONFLICT.to_owned()),
        ("ServiceQuotaExceededException", _) => (ErrorKind::QuotaExceeded, quota(call, refusal)),
        ("AccessDeniedException" | "AccessDenied", _) => {
            (ErrorKind::AccessDenied, missing_permission(call))
        }
        ("ThrottlingException" | "TooManyRequestsException", _) | (_, 429) => {
            (ErrorKind::Throttled, throttled(answer.retry_after, call.deadline))
        }
        (_, status @ 500..) => {
            let message =
                format!("Amazon Managed Grafana failed (status {status}). Try again later.");
            (ErrorKind::Internal, message)
        }
        // AWS gives every refusal a code. Without one the answer is another's, such as a proxy's, and AWS may have
        // carried out the request.
        ("", _) => return call.unexpected(answer).maybe_carried_out(),
        (code, status) => match keys_refused(code) {
            Some(message) => (ErrorKind::Credentials, message.to_owned()),
            None => {
                let message = format!("AWS refused with `{}` (status {status}).", call.quote(code));
                (ErrorKind::UnexpectedAnswer, message)
            }
        },
    };
    let is_uncertain = kind == ErrorKind::Internal;
    let error = call
        .error(kind, message)
        .says(refusal.message().map(|text| call.quote(text)))
        .with_request_id(call.request_id(answer))
        .with_retry_after(answer.retry_after);
    match is_uncertain {
        true => error.maybe_carried_out(),
        false => error,
    }
}

fn region(call: &Call) -> String {
    format!("AWS does not accept `{}` as the region of this endpoint.", call.region)
}

fn missing(call: &Call, refusal: &aws_sdk_grafana::Error) -> String {
    let what = match refusal {
        aws_sdk_grafana::Error::ResourceNotFoundException(missing)
            if !missing.resource_id().is_empty() =>
        {
            let what = call.quote(missing.resource_type());
            format!("The {what} `{}`", call.quote(missing.resource_id()))
        }
        _ => "What was asked for".to_owned(),
    };
    format!("{what} does not exist in `{}`.", call.region)
}

fn missing_permission(call: &Call) -> String {
    let also = match call.operation {
        "AssociateLicense" => " and `aws-marketplace:ViewSubscriptions`",
        _ => "",
    };
    format!(
        "The AWS identity lacks a permission: an IAM policy must allow `grafana:{}`{also}.",
        call.operation
    )
}

fn quota(call: &Call, refusal: &aws_sdk_grafana::Error) -> String {
    match refusal {
        aws_sdk_grafana::Error::ServiceQuotaExceededException(quota) => {
            format!("The service quota `{}` is used up.", call.quote(quota.quota_code()))
        }
        _ => "A service quota is used up.".to_owned(),
    }
}

fn throttled(retry_after: Option<Duration>, deadline: Option<Instant>) -> String {
    match retry_after {
        Some(wait) if wait > retry::LONGEST_WAIT => format!(
            "AWS throttles the account and asks to wait {} seconds, which is longer than is waited for here. \
             Try again later.",
            wait.as_secs()
        ),
        Some(wait) if retry::is_too_long(wait, deadline) => format!(
            "AWS throttles the account and asks to wait {} seconds, which is longer than this operation may \
             take: see `timeouts`.",
            wait.as_secs()
        ),
        _ => "AWS was still throttling the account after several attempts. Try again later, or with a lower \
              `-parallelism`."
            .to_owned(),
    }
}

/// What to do about keys that AWS does not accept, by its error code.
fn keys_refused(code: &str) -> Option<&'static str> {
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
            Some("The AWS credentials have expired: sign in to AWS again.")
        }
        "UnrecognizedClientException" | "InvalidClientTokenId" | "InvalidAccessKeyId" => Some(
            "AWS does not know this access key, or the `token` that belongs to it is wrong or \
             missing. Check them.",
        ),
        "InvalidSignatureException" | "SignatureDoesNotMatch" => Some(
            "AWS does not accept the signature: the secret key does not belong to the access key, \
             or this machine's clock is wrong. Check both.",
        ),
        "OptInRequired" | "AuthFailure" => {
            Some("AWS does not accept this account here: the region may have to be enabled first.")
        }
        "IncompleteSignature"
        | "IncompleteSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException" => {
            Some("AWS found no signature that it understands: check the endpoint and any proxy.")
        }
        _ => None,
    }
}

fn invalid(call: &Call, refusal: &aws_sdk_grafana::Error) -> String {
    let mut message = "AWS did not accept the request.".to_owned();
    if let aws_sdk_grafana::Error::ValidationException(invalid) = refusal {
        for field in invalid.field_list() {
            let why = call.quote(field.message().trim_end_matches('.'));
            message += &format!(" {}: {why}.", call.quote(field.name()));
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_refuse_keys_has_advice() {
        for (code, advice) in [
            ("ExpiredTokenException", "sign in to AWS again"),
            ("UnrecognizedClientException", "does not know this access key"),
            ("InvalidSignatureException", "clock"),
            ("OptInRequired", "enabled first"),
            ("MissingAuthenticationTokenException", "proxy"),
        ] {
            assert!(keys_refused(code).is_some_and(|text| text.contains(advice)), "{code}");
        }
        assert_eq!(keys_refused("AccessDeniedException"), None);
    }

    #[test]
    fn a_wait_that_is_too_long_is_named() {
        let text = throttled(Some(Duration::from_secs(3600)), None);
        assert!(text.contains("wait 3600 seconds"), "{text}");
        assert!(throttled(Some(retry::LONGEST_WAIT), None).contains("-parallelism"));
        let soon = Some(Instant::now() + Duration::from_secs(10));
        let text = throttled(Some(Duration::from_secs(60)), soon);
        assert!(text.contains("wait 60 seconds, which is longer than"), "{text}");
    }
}
