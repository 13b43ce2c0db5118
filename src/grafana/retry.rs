//! When a request is sent again, and after which wait.

use std::fmt;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::time::Instant;

use super::error::{Error, ErrorKind, GivenUp};
use super::limits::Bounds;
use super::settings::Settings;
use super::status_codes::StatusPattern;
use crate::http::CarriedOut;

const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How long a server is waited for altogether that asks for it (`Retry-After`), at most.
const LONGEST_ASKED_FOR: Duration = Duration::from_secs(120);

/// The settings about retries.
#[derive(Clone)]
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

    /// How often a refusal (401) may be answered by another try; `None` if it may not.
    pub(super) fn tries_after_refusal(&self) -> Option<u32> {
        self.lists(401).then_some(self.retries)
    }

    fn lists(&self, status: u16) -> bool {
        self.codes.iter().any(|code| code.matches(status))
    }

    /// The waits between attempts, one for each retry.
    fn waits(&self) -> ExponentialBackoff {
        let builder = ExponentialBuilder::default().with_max_times(self.retries as usize);
        if self.wait.is_zero() {
            builder.with_min_delay(FIRST_WAIT).with_max_delay(LONGEST_WAIT).with_jitter().build()
        } else {
            builder.with_factor(1.0).with_min_delay(self.wait).with_max_delay(self.wait).build()
        }
    }

    /// Whether another attempt may bring another answer.
    fn may_help(&self, error: &Error) -> bool {
        match error.kind() {
            _ if error.is_settled() => false,
            ErrorKind::Connect { tls, .. } => !tls,
            ErrorKind::Timeout { .. } | ErrorKind::Lost { .. } => true,
            ErrorKind::Truncated if error.status().is_some_and(|status| status < 300) => true,
            _ => error.status().is_some_and(|status| self.lists(status)),
        }
    }
}

/// The attempts at one request, counted and spaced by the settings about retries. What creates or
/// removes something is sent again by the caller, who looks first what the failed attempt has done.
pub struct Attempts {
    policy: RetryPolicy,
    bounds: Bounds,
    waits: ExponentialBackoff,
    began: Instant,
    made: u32,
    may_be_done: bool,
    left: Duration,
    /// What the last attempt that was not interrupted came to.
    last: Option<String>,
}

impl Attempts {
    pub(super) fn new(policy: &RetryPolicy, bounds: &Bounds) -> Self {
        Self {
            policy: policy.clone(),
            bounds: bounds.clone(),
            waits: policy.waits(),
            began: Instant::now(),
            made: 0,
            may_be_done: false,
            left: LONGEST_ASKED_FOR.max(policy.wait.saturating_mul(policy.retries)),
            last: None,
        }
    }

    /// Waits until a request that has failed may be sent again, and tells whether it may. If not, the
    /// error says why, where another attempt might have helped; or it is [`ErrorKind::Stopped`] or
    /// [`ErrorKind::OutOfTime`] if the wait was ended.
    pub async fn wait_after(&mut self, error: &mut Error) -> bool {
        self.made += 1;
        self.may_be_done |= error.carried_out() != CarriedOut::No;
        if error.is_interrupted() {
            error.came_after(self.last.take());
        } else {
            self.last = Some(error.to_string());
        }
        if !self.policy.may_help(error) {
            let is_unlisted = matches!(error.status(), Some(429 | 500..)) && !error.is_settled();
            error.give_up(is_unlisted.then_some(GivenUp::Unlisted), self.may_be_done);
            return false;
        }
        let wait = match self.next_wait(error.retry_after()) {
            Ok(wait) => wait,
            Err(why) => {
                error.give_up(Some(why), self.may_be_done);
                return false;
            }
        };
        tracing::debug!(attempt = self.made, ?wait, %error, "request will be sent again");
        match self.bounds.wait(tokio::time::sleep(wait)).await {
            Ok(()) => true,
            Err(kind) => {
                error.stop(kind, self.may_be_done);
                error.came_after(self.last.take());
                false
            }
        }
    }

    /// What the server asks for, else the planned wait.
    fn next_wait(&mut self, asked_for: Option<Duration>) -> Result<Duration, GivenUp> {
        let used_up = GivenUp::Retries { attempts: self.made, over: self.began.elapsed() };
        let planned = self.waits.next().ok_or(used_up)?;
        // Nobody waits for a server that is busy when the user has stopped the run.
        let asked_for = asked_for.filter(|_| !self.bounds.is_after_end());
        let wait = asked_for.unwrap_or(planned);
        if let Some(left) = self.bounds.time_left().filter(|left| *left < wait) {
            return Err(GivenUp::TooLittleTime { left });
        }
        if let Some(asked_for) = asked_for {
            self.left = self.left.checked_sub(asked_for).ok_or(GivenUp::TooLongAWait)?;
        }
        Ok(wait)
    }
}

impl fmt::Debug for Attempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempts").field("made", &self.made).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grafana::Limits;
    use crate::grafana::call::Call;
    use crate::http::Quoted;

    fn policy(change: impl FnOnce(&mut Settings)) -> RetryPolicy {
        let mut settings = Settings::default();
        change(&mut settings);
        RetryPolicy::new(&settings)
    }

    fn error(kind: ErrorKind) -> Error {
        Error::of(&Call::example(), kind)
    }

    fn server(status: u16) -> Error {
        error(ErrorKind::Server).with_status(status)
    }

    fn busy(seconds: u64) -> Error {
        let asked_for = Some(Duration::from_secs(seconds));
        error(ErrorKind::TooManyRequests).with_status(429).with_retry_after(asked_for)
    }

    fn lost() -> Error {
        error(ErrorKind::Lost { reason: Quoted::constant("") })
    }

    fn connect(tls: bool) -> Error {
        error(ErrorKind::Connect { reason: Quoted::constant(""), tls })
    }

    #[test]
    fn what_may_pass_is_sent_again() {
        let policy = policy(|_| {});
        let may = |error: Error| policy.may_help(&error);
        assert!(may(busy(1)) && may(connect(false)) && may(server(503)) && may(lost()));
        assert!(!may(connect(true)), "a certificate does not change");
        assert!(!may(server(500).settled()));
        let page = ErrorKind::NotJson { content_type: None, title: None };
        assert!(may(error(page).with_status(502)));
    }

    #[test]
    fn listed_codes_decide() {
        let policy = policy(|settings| {
            settings.retry_status_codes = vec!["4xx".parse().unwrap()];
        });
        let conflict = error(ErrorKind::Conflict).with_status(409);
        assert!(policy.may_help(&conflict) && !policy.may_help(&server(500)));
        assert_eq!(policy.tries_after_refusal(), Some(3));
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

    #[tokio::test(start_paused = true)]
    async fn every_retry_that_is_set_is_made_and_told() {
        let policy = policy(|settings| settings.retries = 100);
        let mut attempts = Attempts::new(&policy, &Bounds::default());
        let mut error = server(503);
        for _ in 0..100 {
            assert!(attempts.wait_after(&mut error).await);
        }
        assert!(!attempts.wait_after(&mut error).await);
        let Some(GivenUp::Retries { attempts: 101, over }) = error.given_up() else {
            panic!("{error:?}")
        };
        assert!(*over > LONGEST_ASKED_FOR, "{over:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_server_asks_for_counts_within_bounds() {
        let mut attempts = Attempts::new(&policy(|_| {}), &Bounds::default());
        let began = Instant::now();
        let mut error = busy(100);
        assert!(attempts.wait_after(&mut error).await);
        assert!(began.elapsed() >= Duration::from_secs(100));
        assert!(!attempts.wait_after(&mut error).await);
        assert_eq!(error.given_up(), Some(&GivenUp::TooLongAWait));
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_longer_than_the_operation_is_not_begun() {
        let left = Duration::from_secs(3);
        let limits = Limits { deadline: Some(Instant::now() + left), ..Limits::default() };
        let mut attempts = Attempts::new(&policy(|_| {}), &Bounds::new(limits));
        let mut error = busy(60);
        assert!(!attempts.wait_after(&mut error).await);
        assert_eq!(error.given_up(), Some(&GivenUp::TooLittleTime { left }));
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_that_is_interrupted_says_what_the_one_before_came_to() {
        let limits = Limits::default();
        let mut attempts = Attempts::new(&policy(|_| {}), &Bounds::new(limits.clone()));
        assert!(attempts.wait_after(&mut server(503)).await);
        let mut hanging = error(ErrorKind::OutOfTime);
        assert!(!attempts.wait_after(&mut hanging).await);
        assert!(hanging.before().is_some_and(|before| before.contains("503")), "{hanging:?}");
        let mut attempts = Attempts::new(&policy(|_| {}), &Bounds::new(limits.clone()));
        limits.stop.cancel();
        let mut stopped = server(502);
        assert!(!attempts.wait_after(&mut stopped).await);
        assert_eq!(*stopped.kind(), ErrorKind::Stopped);
        assert!(stopped.before().is_some_and(|before| before.contains("502")), "{stopped:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn after_the_end_no_server_is_waited_for_that_asks_for_it() {
        let limits = Limits::default();
        let bounds = Bounds::new(limits.clone()).for_cleanup(Duration::from_secs(10));
        limits.stop.cancel();
        let mut attempts = Attempts::new(&policy(|_| {}), &bounds);
        let began = Instant::now();
        while attempts.wait_after(&mut busy(8)).await {}
        assert!(attempts.made == 4 && began.elapsed() < Duration::from_secs(5));
    }

    #[tokio::test(start_paused = true)]
    async fn a_status_that_is_not_listed_is_told() {
        let policy = policy(|settings| settings.retry_status_codes.clear());
        let mut attempts = Attempts::new(&policy, &Bounds::default());
        let mut error = server(503);
        assert!(!attempts.wait_after(&mut error).await);
        assert_eq!(error.given_up(), Some(&GivenUp::Unlisted));
    }
}
