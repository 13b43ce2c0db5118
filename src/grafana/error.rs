//! What can go wrong with a request.

#[cfg(test)]
pub(crate) mod samples;

use std::fmt;
use std::time::Duration;

use super::about::Edition;
use super::call::Call;
use crate::http::{CarriedOut, Quoted};

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

/// Why a request was not sent again, though another attempt might have helped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenUp {
    /// `retries` are used up.
    Retries {
        /// How often it was sent.
        attempts: u32,
        /// How long that took.
        over: Duration,
    },
    /// The server has failed or asks for fewer requests, with a status that is not in
    /// `retry_status_codes`.
    Unlisted,
    /// The operation has less time than the wait takes.
    TooLittleTime {
        /// How much it has left.
        left: Duration,
    },
    /// [`Error::retry_after`] is longer than is waited for.
    TooLongAWait,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// 401: user, password or token are wrong, or the user is locked. Nothing more is sent with
    /// this sign-in.
    #[error("authentication failed")]
    Refused,
    /// 401 for a request without any sign-in.
    #[error("authentication required")]
    SignInNeeded,
    /// 403: a permission is missing, or the organization does not exist.
    #[error("permission denied")]
    Forbidden {
        /// The permission that is missing (`apikeys:read`), if it is known.
        permission: Option<Quoted>,
    },
    /// 404 for a thing that is not there.
    #[error("not found")]
    NotFound {
        /// Whether it is the answer for a path Grafana does not know, rather than one about a
        /// missing thing.
        unknown_path: bool,
    },
    /// 404 or 410 for a path that this version of Grafana does not have, not yet or not any more.
    #[error("not available in this version of Grafana")]
    NotOffered,
    /// 404, and nothing at this URL answers as Grafana does.
    #[error("not found, and `/api/health` is not Grafana's either")]
    NotGrafana,
    /// 409, or what Grafana answers in its place: the name is taken.
    #[error("already exists")]
    Conflict,
    /// 400, 415 or 422: Grafana does not accept the values sent.
    #[error("rejected as invalid")]
    Invalid,
    /// The server limits how long keys and tokens live (`api_key_max_seconds_to_live`).
    #[error("lifetime not allowed")]
    LifeLimited(LifeLimit),
    /// 422: the license to remove is for another root URL.
    #[error("the license is not for the instance {instance:?}")]
    WrongInstance {
        /// The root URL that was sent.
        instance: String,
    },
    /// 429, still after all retries.
    #[error("too many requests")]
    TooManyRequests,
    /// 5xx, still after all retries that were allowed.
    #[error("server error")]
    Server,
    /// Any other status.
    #[error("unexpected status")]
    Rejected,
    /// Not JSON, where Grafana answers JSON.
    #[error("expected JSON but got {}", NotJsonIs(.content_type, .title))]
    NotJson {
        /// `Content-Type`; absent if the answer had none, or was empty.
        content_type: Option<Quoted>,
        /// Title of the page, if it is HTML.
        title: Option<Quoted>,
    },
    /// JSON that ends too early.
    #[error("the JSON of the response is incomplete")]
    Truncated,
    /// An answer larger than any that Grafana gives.
    #[error("the response is larger than {limit} bytes")]
    TooLarge {
        /// How much is read, in bytes.
        limit: usize,
    },
    /// A success that says something else than the API does here.
    #[error("unexpected response{}", Reason(.reason))]
    Unexpected {
        /// What is wrong with it, if that can be said without showing values.
        reason: Option<String>,
    },
    /// More than any instance has.
    #[error("more than {limit} {what}")]
    TooMany {
        /// What there is so much of.
        what: &'static str,
        /// How many are read.
        limit: usize,
    },
    /// A redirect; none is followed.
    #[error("redirect{}", RedirectTo(.location))]
    Redirected {
        /// Where to, without query.
        location: Option<Quoted>,
    },
    /// No complete answer within `request_timeout`.
    #[error("no response within {after:?}")]
    Timeout {
        /// `request_timeout`.
        after: Duration,
    },
    /// No connection, so nothing was sent.
    #[error("cannot connect: {reason}")]
    Connect {
        /// The cause.
        reason: Quoted,
        /// Whether TLS failed, not the network.
        tls: bool,
    },
    /// The connection broke before the whole answer came.
    #[error("the connection was lost before the response arrived: {reason}")]
    Lost {
        /// The cause.
        reason: Quoted,
    },
    /// The caller's limits stopped it. Nothing more was sent.
    #[error("stopped")]
    Stopped,
    /// The caller's limits gave it no more time. Nothing more was sent.
    #[error("the operation timed out")]
    OutOfTime,
    /// The licensing API with another sign-in than `user:password`. Nothing was sent.
    #[error("the licensing API needs `user:password`")]
    BasicAuthNeeded,
    /// The licensing API of an instance that has none.
    #[error("this instance runs Grafana {edition} {version}")]
    NotEnterprise {
        /// What the instance calls itself, `Open Source`.
        edition: Edition,
        /// Its version.
        version: Quoted,
    },
}

/// How a server limits the life of keys and tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifeLimit {
    /// A life has to be given.
    Required,
    /// The given life is longer than the server allows.
    TooLong,
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

struct Reason<'a>(&'a Option<String>);
struct RedirectTo<'a>(&'a Option<Quoted>);
struct NotJsonIs<'a>(&'a Option<Quoted>, &'a Option<Quoted>);

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|reason| write!(f, ": {reason}"))
    }
}

impl fmt::Display for RedirectTo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|to| write!(f, " to {to}"))
    }
}

impl fmt::Display for NotJsonIs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0, self.1) {
            (_, Some(title)) => write!(f, "an HTML page titled “{title}”"),
            (Some(kind), None) => write!(f, "{kind}"),
            (None, None) => f.write_str("an empty response"),
        }
    }
}
