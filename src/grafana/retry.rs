//! When a request is sent again, and after which wait.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use super::error::{Error, ErrorKind};
use super::limits::Limits;
use super::request::Repeat;
use super::settings::Settings;
use super::status_codes::StatusPattern;
use crate::http::CarriedOut;

const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How long a request waits altogether, at most; a server that wants to be left alone for longer is
/// not asked again.
const LONGEST_ALTOGETHER: Duration = Duration::from_secs(120);

/// A failed attempt.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    /// Status, if there was an answer.
    pub(super) status: Option<u16>,
    pub(super) retry_after: Option<Duration>,
    /// Asking again would bring the same answer.
    pub(super) settled: bool,
}

impl Failure {
    /// Nothing was sent.
    pub(super) fn unsent(error: Error) -> Self {
        Self { error, status: None, retry_after: None, settled: true }
    }
}

/// The settings about retries.
pub(super) struct RetryPolicy {
    retries: u32,
    codes: Vec<StatusPattern>,
    wait: Duration,
}

impl RetryPolicy {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            retries: settings.retries,
            codes: settings.retry_status_codes.clone(),
            wait: settings.retry_wait,
        }
    }

    /// The waits between attempts, one for each retry.
    pub(super) fn waits(&self) -> impl Iterator<Item = Duration> + Send + Sync + Unpin + use<> {
        let builder = ExponentialBuilder::default().with_max_times(self.retries as usize);
        if self.wait.is_zero() {
            builder.with_min_delay(FIRST_WAIT).with_max_delay(LONGEST_WAIT).with_jitter().build()
        } else {
            builder.with_factor(1.0).with_min_delay(self.wait).with_max_delay(self.wait).build()
        }
    }

    /// Whether a failed request may be sent again.
    pub(super) fn may_repeat(&self, repeat: Repeat, failure: &Failure) -> bool {
        let worth_it = match (failure.error.kind(), failure.status) {
            (ErrorKind::Refused | ErrorKind::SignInNeeded, _) => false,
            (ErrorKind::Connect { tls, .. }, _) => !tls,
            (ErrorKind::Timeout { .. } | ErrorKind::Lost { .. }, _) => true,
            (ErrorKind::Truncated, Some(..300)) => true,
            (_, Some(status)) => {
                !failure.settled && self.codes.iter().any(|code| code.matches(status))
            }
            (_, None) => false,
        };
        worth_it && (repeat == Repeat::Always || is_not_carried_out(&failure.error))
    }
}

/// Only what the server or the network says plainly counts here; a status that a user has listed
/// does not.
fn is_not_carried_out(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::TooManyRequests | ErrorKind::Connect { .. })
        && error.carried_out() == CarriedOut::No
}

/// Adds up the waits of one request.
pub(super) struct Waiting<'a> {
    left: Duration,
    limits: &'a Limits,
    too_little_time: Option<Duration>,
}

impl<'a> Waiting<'a> {
    pub(super) fn new(policy: &RetryPolicy, limits: &'a Limits) -> Self {
        let left = LONGEST_ALTOGETHER.max(policy.wait.saturating_mul(policy.retries));
        Self { left, limits, too_little_time: None }
    }

    /// The wait before the next attempt: what the server asks for, else the planned one. `None` if
    /// retries or time are used up.
    pub(super) fn next(
        &mut self,
        failure: &Failure,
        planned: Option<Duration>,
    ) -> Option<Duration> {
        let planned = planned?;
        let wait = failure.retry_after.unwrap_or(planned);
        if let Some(left) = self.limits.time_left().filter(|left| *left < wait) {
            self.too_little_time = Some(left);
            return None;
        }
        self.left = self.left.checked_sub(wait)?;
        Some(wait)
    }

    /// How much time the operation had left, if that was too little for the last wait.
    pub(super) fn too_little_time(&self) -> Option<Duration> {
        self.too_little_time
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grafana::call::Call;
    use crate::http::Quoted;

    fn policy(change: impl FnOnce(&mut Settings)) -> RetryPolicy {
        let mut settings = Settings::default();
        change(&mut settings);
        RetryPolicy::new(&settings)
    }

    fn failure(kind: ErrorKind, status: Option<u16>) -> Failure {
        let error = Error::of(&Call::example(), kind);
        Failure { error, status, retry_after: None, settled: false }
    }

    fn server(status: u16) -> Failure {
        failure(ErrorKind::Server, Some(status))
    }

    fn busy() -> Failure {
        failure(ErrorKind::TooManyRequests, Some(429))
    }

    fn lost() -> Failure {
        failure(ErrorKind::Lost { reason: Quoted::constant("") }, None)
    }

    fn connect(tls: bool) -> Failure {
        failure(ErrorKind::Connect { reason: Quoted::constant(""), tls }, None)
    }

    #[test]
    fn what_makes_something_is_repeated_only_if_it_was_not_carried_out() {
        let policy = policy(|_| {});
        let may = |failure: &Failure| policy.may_repeat(Repeat::IfNotCarriedOut, failure);
        assert!(may(&busy()) && may(&connect(false)));
        assert!(!may(&server(503)) && !may(&lost()));
    }

    #[test]
    fn what_can_be_repeated_is_repeated_after_failures() {
        let policy = policy(|_| {});
        let may = |failure: &Failure| policy.may_repeat(Repeat::Always, failure);
        assert!(may(&busy()) && may(&connect(false)) && may(&server(503)) && may(&lost()));
        assert!(!may(&connect(true)), "a certificate does not change");
        let mut settled = server(500);
        settled.settled = true;
        assert!(!may(&settled));
        let page = ErrorKind::NotJson { content_type: None, title: None };
        assert!(may(&failure(page, Some(502))));
    }

    #[test]
    fn listed_codes_decide_and_401_never_does() {
        let policy = policy(|settings| {
            settings.retry_status_codes = vec!["4xx".parse().unwrap()];
        });
        let refused = || failure(ErrorKind::Refused, Some(401));
        let conflict = || failure(ErrorKind::Conflict, Some(409));
        assert!(!policy.may_repeat(Repeat::Always, &refused()));
        assert!(!policy.may_repeat(Repeat::Always, &server(500)));
        assert!(policy.may_repeat(Repeat::Always, &conflict()));
        assert!(!policy.may_repeat(Repeat::IfNotCarriedOut, &conflict()));
    }

    #[test]
    fn waits_grow_or_are_as_set() {
        let own: Vec<_> = policy(|_| {}).waits().collect();
        assert_eq!(own.len(), 3);
        assert!(own.iter().all(|wait| (FIRST_WAIT..=2 * LONGEST_WAIT).contains(wait)), "{own:?}");
        let set: Vec<_> = policy(|settings| {
            settings.retries = 2;
            settings.retry_wait = Duration::from_secs(60);
        })
        .waits()
        .collect();
        assert_eq!(set, [Duration::from_secs(60); 2]);
        assert_eq!(policy(|settings| settings.retries = 0).waits().count(), 0);
    }

    #[test]
    fn what_the_server_asks_for_counts_within_bounds() {
        let limits = Limits::default();
        let mut waiting = Waiting::new(&policy(|_| {}), &limits);
        let planned = Some(Duration::from_secs(1));
        let mut busy = busy();
        assert_eq!(waiting.next(&busy, planned), planned);
        busy.retry_after = Some(Duration::from_secs(100));
        assert_eq!(waiting.next(&busy, planned), busy.retry_after);
        assert_eq!(waiting.next(&busy, planned), None, "longer than is waited for");
        assert_eq!(waiting.next(&server(500), None), None, "retries are used up");
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_longer_than_the_operation_is_not_begun() {
        let left = Duration::from_secs(3);
        let deadline = Some(tokio::time::Instant::now() + left);
        let limits = Limits { deadline, ..Limits::default() };
        let mut waiting = Waiting::new(&policy(|_| {}), &limits);
        let mut busy = busy();
        busy.retry_after = Some(Duration::from_secs(60));
        assert_eq!(waiting.next(&busy, Some(Duration::from_secs(1))), None);
        assert_eq!(waiting.too_little_time(), Some(left));
    }
}
