//! When a request is sent again, on top of the SDK's own rules.

use std::error::Error as StdError;
use std::time::Duration;

use aws_sdk_grafana::config::http::HttpResponse;
use aws_sdk_grafana::config::interceptors::InterceptorContext;
use aws_sdk_grafana::config::retry::{ClassifyRetry, RetryAction, RetryConfig};
use aws_smithy_runtime_api::client::retries::classifiers::{RetryClassifierPriority, RetryReason};

/// The longest `Retry-After` that is waited for here; a longer one goes to the caller, who has a
/// time limit of its own.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(120);

const MAX_ATTEMPTS: u32 = 5;

/// Exponential backoff with jitter, eight seconds in all at most. The upper bound also caps
/// `Retry-After`, hence its size.
pub(super) fn config() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(MAX_ATTEMPTS)
        .with_initial_backoff(Duration::from_millis(500))
        .with_max_backoff(LONGEST_WAIT)
}

/// Waits as long as `Retry-After` says, which the SDK does not look at, and does not ask again
/// for a host that does not exist.
#[derive(Debug)]
pub(super) struct Patient;

impl ClassifyRetry for Patient {
    fn classify_retry(&self, _: &InterceptorContext) -> RetryAction {
        RetryAction::NoActionIndicated
    }

    fn classify_retry_v2(&self, ctx: &InterceptorContext, previous: &RetryAction) -> RetryAction {
        let RetryAction::RetryIndicated(RetryReason::RetryableError { kind, .. }) = previous else {
            return RetryAction::NoActionIndicated;
        };
        if failure(ctx).is_some_and(is_unknown_host) {
            return RetryAction::RetryForbidden;
        }
        match ctx.response().and_then(retry_after) {
            Some(wait) if wait > LONGEST_WAIT => RetryAction::RetryForbidden,
            Some(wait) => RetryAction::retryable_error_with_explicit_delay(*kind, wait),
            None => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "Retry-After"
    }

    fn priority(&self) -> RetryClassifierPriority {
        last()
    }
}

/// For requests that must not be carried out twice: repeats only what certainly was not, a request
/// that was refused or never sent.
#[derive(Debug)]
pub(super) struct Cautious;

impl ClassifyRetry for Cautious {
    fn classify_retry(&self, ctx: &InterceptorContext) -> RetryAction {
        let refused = ctx.response().is_some_and(|answer| answer.status().is_client_error());
        if refused || failure(ctx).is_some_and(is_never_sent) {
            RetryAction::NoActionIndicated
        } else {
            RetryAction::RetryForbidden
        }
    }

    fn name(&self) -> &'static str {
        "never twice"
    }

    fn priority(&self) -> RetryClassifierPriority {
        last()
    }
}

fn last() -> RetryClassifierPriority {
    RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
}

fn failure(ctx: &InterceptorContext) -> Option<&(dyn StdError + 'static)> {
    let error = ctx.output_or_error()?.err()?;
    Some(error.as_connector_error()? as _)
}

/// The `Retry-After` of an answer, in whole seconds as Amazon Managed Grafana gives it.
pub(super) fn retry_after(answer: &HttpResponse) -> Option<Duration> {
    let seconds = answer.headers().get("retry-after")?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Whether the request cannot have reached anybody: there was no connection.
pub(super) fn is_never_sent(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|cause| {
        cause
            .downcast_ref::<hyper_util::client::legacy::Error>()
            .is_some_and(hyper_util::client::legacy::Error::is_connect)
    })
}

/// Whether the host's name has no address. The resolver's error type is private to hyper-util, so
/// its text has to do.
pub(super) fn is_unknown_host(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|cause| cause.to_string().starts_with("dns error"))
}

/// The error and what caused it, outermost first.
pub(super) fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn answer(retry_after: Option<&str>) -> HttpResponse {
        let status = 429.try_into().expect("a status");
        let mut answer = HttpResponse::new(status, SdkBody::empty());
        if let Some(value) = retry_after {
            answer.headers_mut().insert("Retry-After", value.to_owned());
        }
        answer
    }

    #[test]
    fn retry_after_is_read_in_seconds() {
        assert_eq!(retry_after(&answer(Some("7"))), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(&answer(Some(" 0 "))), Some(Duration::ZERO));
        assert_eq!(retry_after(&answer(None)), None);
        for nonsense in ["soon", "-1", "1.5", "", "Sun, 22 Nov 2026 10:00:00 GMT"] {
            assert_eq!(retry_after(&answer(Some(nonsense))), None, "{nonsense:?}");
        }
    }
}
