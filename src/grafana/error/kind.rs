//! What can go wrong, and why it was not tried again.

use std::fmt;
use std::time::Duration;

use crate::grafana::about::Edition;
use crate::http::Quoted;

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
    /// [`retry_after`](super::Error::retry_after) is longer than is waited for.
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
