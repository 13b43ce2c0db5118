//! What a refusal by AWS means, and what to do about it.

use std::time::Duration;

use aws_sdk_grafana::Error as Refusal;
use aws_sdk_grafana::config::http::HttpResponse;
use aws_sdk_grafana::error::ProvideErrorMetadata;
use aws_sdk_grafana::operation::RequestId;

use super::call::Call;
use super::error::{Error, ErrorKind, Validation, ValidationField};
use super::retry;

const CONFLICT: &str =
    "This conflicts with what is there: the name is taken, or a change is under way.";

const REFUSED: &str = "AWS did not accept the request.";

/// What an answer's head tells.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) request_id: Option<String>,
    pub(super) retry_after: Option<Duration>,
    pub(super) is_html: bool,
}

impl Answer {
    pub(super) fn of(raw: &HttpResponse) -> Self {
        let content_type = raw.headers().get("content-type").unwrap_or_default();
        let body = raw.body().bytes().unwrap_or_default().trim_ascii_start();
        Self {
            status: raw.status().as_u16(),
            request_id: raw.request_id().map(str::to_owned),
            retry_after: retry::retry_after(raw),
            is_html: content_type.starts_with("text/html") || body.starts_with(b"<"),
        }
    }
}

/// The refusal as our error. Goes by its code, not by its type: the type of an operation's errors
/// knows only those of its page.
pub(super) fn error(call: &Call, refusal: &Refusal, answer: &Answer) -> Error {
    let words = refusal.message().unwrap_or_default();
    let code = refusal.code().unwrap_or_default();
    let (kind, message) = match (code, answer.status) {
        _ if words.contains("scoped to a valid region") => (ErrorKind::Region, region(call)),
        ("ResourceNotFoundException", _) => (ErrorKind::NotFound, missing(call, refusal)),
        ("ValidationException", _) => {
            (ErrorKind::Validation(validation(refusal)), REFUSED.to_owned())
        }
        ("ConflictException", _) => (ErrorKind::Conflict, CONFLICT.to_owned()),
        ("ServiceQuotaExceededException", _) => (ErrorKind::QuotaExceeded, quota(refusal)),
        ("AccessDeniedException" | "AccessDenied", _) => {
            (ErrorKind::AccessDenied, missing_permission(call))
        }
        ("ThrottlingException" | "TooManyRequestsException", _) | (_, 429) => {
            (ErrorKind::Throttled, throttled(answer.retry_after))
        }
        (_, status @ 500..) => {
            let message = format!("Amazon Managed Grafana failed (status {status}).");
            (ErrorKind::Internal, message)
        }
        // Carried out, and then told in a way that cannot be read.
        ("", 200..300) => return call.unexpected(answer).maybe_carried_out(),
        ("", _) => return call.unexpected(answer),
        (code, status) => match keys_refused(code) {
            Some(message) => (ErrorKind::Credentials, message.to_owned()),
            None => {
                let message = format!("AWS refused with `{code}` (status {status}).");
                (ErrorKind::UnexpectedAnswer, message)
            }
        },
    };
    let is_uncertain = kind == ErrorKind::Internal;
    let error = call
        .error(kind, message)
        .says(refusal.message())
        .with_request_id(answer.request_id.as_deref())
        .with_retry_after(answer.retry_after);
    match is_uncertain {
        true => error.maybe_carried_out(),
        false => error,
    }
}

fn region(call: &Call) -> String {
    format!("AWS does not accept `{}` as the region of this endpoint.", call.region)
}

fn missing(call: &Call, refusal: &Refusal) -> String {
    let what = match refusal {
        Refusal::ResourceNotFoundException(missing) if !missing.resource_id().is_empty() => {
            format!("The {} `{}`", missing.resource_type(), missing.resource_id())
        }
        _ => "What this is about".to_owned(),
    };
    format!("{what} does not exist in `{}`.", call.region)
}

fn missing_permission(call: &Call) -> String {
    let also = match call.operation {
        "AssociateLicense" => " and `aws-marketplace:ViewSubscriptions`",
        _ => "",
    };
    format!(
        "The AWS identity lacks a permission: an IAM policy has to allow `grafana:{}`{also}.",
        call.operation
    )
}

fn quota(refusal: &Refusal) -> String {
    match refusal {
        Refusal::ServiceQuotaExceededException(quota) => {
            format!("The service quota `{}` is used up.", quota.quota_code())
        }
        _ => "A service quota is used up.".to_owned(),
    }
}

fn throttled(retry_after: Option<Duration>) -> String {
    match retry_after {
        Some(wait) if wait > retry::LONGEST_WAIT => format!(
            "AWS throttles this account and asks to wait {} seconds, which is too long here.",
            wait.as_secs()
        ),
        _ => "AWS throttles this account, still after several attempts. Try again later, or with \
              a lower `-parallelism`."
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
             missing.",
        ),
        "InvalidSignatureException" | "SignatureDoesNotMatch" => Some(
            "AWS does not accept the signature: the secret key does not belong to the access key, \
             or this machine's clock is wrong.",
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

fn validation(refusal: &Refusal) -> Validation {
    let Refusal::ValidationException(invalid) = refusal else {
        return Validation::default();
    };
    let is_given = |reason: &&str| *reason != "no value was set";
    let field = |field: &aws_sdk_grafana::types::ValidationExceptionField| ValidationField {
        name: field.name().to_owned(),
        message: field.message().to_owned(),
    };
    Validation {
        reason: Some(invalid.reason().as_str()).filter(is_given).map(str::to_owned),
        fields: invalid.field_list().iter().map(field).collect(),
    }
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
        let text = throttled(Some(Duration::from_secs(3600)));
        assert!(text.contains("wait 3600 seconds"), "{text}");
        assert!(throttled(Some(retry::LONGEST_WAIT)).contains("-parallelism"));
    }
}
