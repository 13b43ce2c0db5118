//! What can go wrong with a request.

mod kind;
#[cfg(test)]
pub(crate) mod samples;

use std::fmt;
use std::time::Duration;

use super::call::Call;
use crate::http::{CarriedOut, Quoted};
pub use kind::{ErrorKind, GivenUp, LifeLimit};

/// A failed request. [`kind`](Error::kind) is for deciding; the `Display` text is one line for logs:
/// what was asked and what came back, without advice and without any secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Parts>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    kind: ErrorKind,
    call: Option<Call>,
    status: Option<u16>,
    message: Option<Quoted>,
    message_id: Option<Quoted>,
    retry_after: Option<Duration>,
    given_up: Option<GivenUp>,
    is_settled: bool,
    may_be_done: bool,
    before: Option<String>,
}

impl Error {
    /// An error without a request.
    #[must_use]
    pub fn new(kind: ErrorKind) -> Self {
        let parts = Parts {
            kind,
            call: None,
            status: None,
            message: None,
            message_id: None,
            retry_after: None,
            given_up: None,
            is_settled: false,
            may_be_done: false,
            before: None,
        };
        Self(Box::new(parts))
    }

    pub(super) fn of(call: &Call, kind: ErrorKind) -> Self {
        let mut error = Self::new(kind);
        error.0.call = Some(call.clone());
        error
    }

    pub(super) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(super) fn says(mut self, message: Option<Quoted>) -> Self {
        self.0.message = message;
        self
    }

    pub(super) fn with_message_id(mut self, id: Option<Quoted>) -> Self {
        self.0.message_id = id;
        self
    }

    pub(super) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    /// The request is not sent again. `may_be_done`: an earlier attempt may have been carried out.
    pub(super) fn give_up(&mut self, why: Option<GivenUp>, may_be_done: bool) {
        self.0.given_up = why;
        self.0.may_be_done = may_be_done;
    }

    /// Asking again would bring the same answer.
    pub(super) fn settled(mut self) -> Self {
        self.0.is_settled = true;
        self
    }

    pub(super) fn is_settled(&self) -> bool {
        self.0.is_settled
    }

    /// The wait for another attempt was ended.
    pub(super) fn stop(&mut self, kind: ErrorKind, may_be_done: bool) {
        let call = self.0.call.take();
        *self = Self::new(kind);
        (self.0.call, self.0.may_be_done) = (call, may_be_done);
    }

    /// What was interrupted was the next attempt after this one.
    pub(super) fn came_after(&mut self, before: Option<String>) {
        self.0.before = before;
    }

    /// The same answer, understood in another way.
    pub(super) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The request; `None` if there was none.
    #[must_use]
    pub fn call(&self) -> Option<&Call> {
        self.0.call.as_ref()
    }

    /// Status of the answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Grafana's own words, if it answered with any: one line without secrets.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// `messageId` of the answer (`api-key.expired`), which newer Grafana adds where it knows the
    /// reason.
    #[must_use]
    pub fn message_id(&self) -> Option<&str> {
        self.0.message_id.as_deref()
    }

    /// How long the server wants to be left alone, if it says so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Why it was not sent again, if another attempt might have helped.
    #[must_use]
    pub fn given_up(&self) -> Option<&GivenUp> {
        self.0.given_up.as_ref()
    }

    /// Of an interrupted request: what the attempt before it came to, if there was one.
    #[must_use]
    pub fn before(&self) -> Option<&str> {
        self.0.before.as_deref()
    }

    /// Whether Grafana may have done what was asked.
    #[must_use]
    pub fn carried_out(&self) -> CarriedOut {
        use ErrorKind::*;
        match &self.0.kind {
            Stopped | OutOfTime if self.0.may_be_done => CarriedOut::Maybe,
            Server | Timeout { .. } | Lost { .. } | TooLarge { .. } => CarriedOut::Maybe,
            // A proxy may have answered in place of Grafana, which may have done it all the same.
            NotJson { .. } | Redirected { .. } | Truncated | Unexpected { .. } => CarriedOut::Maybe,
            // The same holds of a refusal in JSON that lacks Grafana's `message`.
            Forbidden { .. } | NotFound { .. } | NotOffered | Conflict | Invalid | Rejected
                if self.0.message.is_none() =>
            {
                CarriedOut::Maybe
            }
            _ => CarriedOut::No,
        }
    }

    /// Whether this Grafana lacks what was asked for, as a whole: removed in its version, or not
    /// there yet.
    #[must_use]
    pub fn is_not_offered(&self) -> bool {
        self.0.kind == ErrorKind::NotOffered
    }

    /// Whether the name is taken.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.0.kind == ErrorKind::Conflict
    }

    /// Whether the sign-in is refused, or its permission: another attempt is, too.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        use ErrorKind::*;
        matches!(self.0.kind, Refused | SignInNeeded | Forbidden { .. })
    }

    /// Whether the caller's limits ended it.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Stopped | ErrorKind::OutOfTime)
    }

    /// Whether the caller's limits ended it, or left too little time for another attempt.
    #[must_use]
    pub fn is_of_limits(&self) -> bool {
        self.is_interrupted() || matches!(self.given_up(), Some(GivenUp::TooLittleTime { .. }))
    }

    /// Whether a thing is missing at a path that Grafana knows.
    pub fn is_missing(&self) -> bool {
        self.0.kind == ErrorKind::NotFound { unknown_path: false }
    }

    /// Whether the request never reached an instance of Grafana that could answer it: no
    /// connection, no answer in time, not Grafana.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        use ErrorKind::*;
        matches!(
            self.0.kind,
            Connect { .. }
                | Timeout { .. }
                | Lost { .. }
                | NotJson { .. }
                | Redirected { .. }
                | NotGrafana
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.0;
        if let Some(call) = &parts.call {
            write!(f, "{call}: ")?;
        }
        write!(f, "{}", parts.kind)?;
        if let Some(status) = parts.status {
            write!(f, " ({status})")?;
        }
        if let Some(message) = &parts.message {
            write!(f, ": “{message}”")?;
        }
        if let Some(wait) = parts.retry_after {
            write!(f, ", retry after {} s", wait.as_secs())?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
