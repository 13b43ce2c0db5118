//! When a request is sent again, on top of the SDK's own rules.

use std::error::Error as StdError;
use std::time::Duration;

use aws_sdk_grafana::config::http::HttpResponse;
use aws_sdk_grafana::config::interceptors::InterceptorContext;
use aws_sdk_grafana::config::retry::{ClassifyRetry, RetryAction, RetryConfig};
use aws_smithy_runtime_api::client::retries::classifiers::{RetryClassifierPriority, RetryReason};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::http::{self, causes};

/// The longest `Retry-After` that is waited for here; a longer one is the caller's to decide on.
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

/// What may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Every request: it changes nothing, or the same whether carried out once or twice.
    Always,
    /// A request that must not be carried out twice: only after it was refused or never sent.
    Refused,
    /// The same, but not after throttling: the caller waits, and looks again before it repeats.
    RefusedUnlessThrottled,
}

/// Waits as long as `Retry-After` says, which the SDK does not look at, if that is before the deadline;
/// repeats what [`Repeat`] allows, and nothing for a host that does not exist.
#[derive(Debug)]
pub(super) struct Retries {
    pub(super) repeat: Repeat,
    pub(super) deadline: Option<Instant>,
}

impl ClassifyRetry for Retries {
    fn classify_retry(&self, _: &InterceptorContext) -> RetryAction {
        RetryAction::NoActionIndicated
    }

    fn classify_retry_v2(&self, ctx: &InterceptorContext, previous: &RetryAction) -> RetryAction {
        let RetryAction::RetryIndicated(RetryReason::RetryableError { kind, .. }) = previous else {
            return RetryAction::NoActionIndicated;
        };
        let is_refused = ctx.response().is_some_and(|answer| answer.status().is_client_error());
        let is_throttled = ctx.response().is_some_and(|answer| answer.status().as_u16() == 429);
        let is_allowed = match self.repeat {
            Repeat::Always => true,
            Repeat::Refused => is_refused || failure(ctx).is_some_and(is_never_sent),
            Repeat::RefusedUnlessThrottled => {
                is_refused && !is_throttled || failure(ctx).is_some_and(is_never_sent)
            }
        };
        if !is_allowed || failure(ctx).is_some_and(is_unknown_host) {
            return RetryAction::RetryForbidden;
        }
        match ctx.response().and_then(retry_after) {
            Some(wait) if is_too_long(wait, self.deadline) => RetryAction::RetryForbidden,
            Some(wait) => RetryAction::retryable_error_with_explicit_delay(*kind, wait),
            None => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "Retry-After"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// Whether a wait that AWS asks for is not waited for here.
pub(super) fn is_too_long(wait: Duration, deadline: Option<Instant>) -> bool {
    let is_late =
        deadline.is_some_and(|deadline| wait > deadline.saturating_duration_since(Instant::now()));
    wait > LONGEST_WAIT || is_late
}

fn failure(ctx: &InterceptorContext) -> Option<&(dyn StdError + 'static)> {
    let error = ctx.output_or_error()?.err()?;
    Some(error.as_connector_error()? as _)
}

/// The `Retry-After` of an answer.
pub(super) fn retry_after(answer: &HttpResponse) -> Option<Duration> {
    http::retry_after(answer.headers().get("retry-after")?, Timestamp::now())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_waited_for_beyond_the_deadline() {
        let second = Duration::from_secs(1);
        let deadline = Some(Instant::now() + 10 * second);
        assert!(!is_too_long(5 * second, deadline));
        assert!(is_too_long(11 * second, deadline));
        assert!(!is_too_long(LONGEST_WAIT, None));
        assert!(is_too_long(LONGEST_WAIT + second, None));
        assert!(is_too_long(Duration::from_secs(u64::MAX), deadline));
    }
}
