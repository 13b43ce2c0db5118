//! What can go wrong with a request.

use std::fmt;
use std::time::Duration;

use super::call::Call;

/// Whether Grafana may have done what a failed request asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarriedOut {
    /// Certainly not.
    No,
    /// It cannot be told: look before asking again.
    Maybe,
    /// Yes, but its answer could not be used.
    Yes,
}

/// How a server limits the life of keys and tokens (`api_key_max_seconds_to_live`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifeLimit {
    /// A life has to be given.
    Required,
    /// The given life is longer than the server allows.
    TooLong,
}

/// A failed request. The text says what was asked, what came back and what to do; it holds no
/// secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// 401: user, password or token are wrong, or the user is locked. Nothing more is sent with
    /// this sign-in.
    #[error(
        "{call}: Grafana refused the sign-in (401{}). Check `auth`; a token may have expired or been removed. It is not sent again, because five wrong passwords \
         lock a user for five minutes, during which the right one is refused too",
        Quoted(.message)
    )]
    Refused {
        /// The first request that was refused.
        call: Call,
        /// Grafana's words.
        message: Option<String>,
        /// `messageId` (`api-key.expired`), which newer Grafana adds where it knows the reason.
        id: Option<String>,
    },
    /// 401 for a request without any sign-in.
    #[error("{call}: Grafana asks for a sign-in (401{}). Set `auth` to a token or `user:password`", Quoted(.message))]
    SignInNeeded {
        /// The request.
        call: Call,
        /// Grafana's words.
        message: Option<String>,
    },
    /// 403: a permission is missing, or the organization does not exist.
    #[error("{call}: permission denied (403{}). {}", Quoted(.message), MissingPermission(.permission))]
    Forbidden {
        /// The request.
        call: Call,
        /// Grafana's words.
        message: Option<String>,
        /// The permission it names (`apikeys:read`), if it names one.
        permission: Option<String>,
    },
    /// 404 for a thing that is not there.
    #[error("{call}: not found (404{})", Quoted(.message))]
    NotFound {
        /// The request.
        call: Call,
        /// Grafana's words.
        message: Option<String>,
        /// Whether it is the answer for a path Grafana does not know, rather than one about a
        /// missing thing.
        unknown_path: bool,
    },
    /// 404 for a path that this instance, which is a Grafana, does not have.
    #[error("{call}: this Grafana does not offer it (404)")]
    NotOffered {
        /// The request.
        call: Call,
    },
    /// 404, and nothing at this URL answers as Grafana does.
    #[error(
        "{call}: not found (404), and {url}api/health does not answer as Grafana does. Is `url` right, with its sub-path if there is one?"
    )]
    NotGrafana {
        /// The request.
        call: Call,
        /// The configured root URL.
        url: String,
    },
    /// 410: removed from this version of Grafana.
    #[error("{call}: removed from this version of Grafana (410{})", Quoted(.message))]
    Gone {
        /// The request.
        call: Call,
        /// Grafana's words.
        message: Option<String>,
    },
    /// 409, or what Grafana answers in its place: the name is taken.
    #[error("{call}: it exists already{}", Words(.message))]
    Conflict {
        /// The request.
        call: Call,
        /// Grafana's words.
        message: Option<String>,
    },
    /// 400, 415 or 422: Grafana does not accept the values sent.
    #[error("{call}: Grafana does not accept this request ({status}): {}", .messages.join("; "))]
    Invalid {
        /// The request.
        call: Call,
        /// The status.
        status: u16,
        /// Grafana's words, one for each mistake.
        messages: Vec<String>,
    },
    /// The server limits how long keys and tokens live.
    #[error("{call}: this Grafana limits how long keys and tokens may live: “{message}”. {}", .limit.advice())]
    LifeLimited {
        /// The request.
        call: Call,
        /// Which way.
        limit: LifeLimit,
        /// Grafana's words.
        message: String,
    },
    /// 422: the license to remove is for another root URL.
    #[error("{call}: Grafana's license is not for the instance {instance:?} (422{})", Quoted(.message))]
    WrongInstance {
        /// The request.
        call: Call,
        /// The root URL that was sent.
        instance: String,
        /// Grafana's words.
        message: Option<String>,
    },
    /// 429, still after all retries.
    #[error("{call}: too many requests (429){}", RetryAfter(.retry_after))]
    TooManyRequests {
        /// The request.
        call: Call,
        /// When the server wants to be asked again, if it says so.
        retry_after: Option<Duration>,
    },
    /// 5xx, still after all retries that were allowed.
    #[error("{call}: Grafana failed ({status}{}). Its log says more", Quoted(.message))]
    Server {
        /// The request.
        call: Call,
        /// The status.
        status: u16,
        /// Grafana's words.
        message: Option<String>,
    },
    /// Any other status.
    #[error("{call}: unexpected answer ({status}{})", Quoted(.message))]
    Rejected {
        /// The request.
        call: Call,
        /// The status.
        status: u16,
        /// Grafana's words.
        message: Option<String>,
    },
    /// Not JSON, where Grafana answers JSON.
    #[error("{call}: expected JSON, but {url} answered {status} with {}. Is `url` right, with its sub-path if there is one, or does a proxy answer in Grafana's place?", NotJsonIs(.content_type, .title))]
    NotJson {
        /// The request.
        call: Call,
        /// The configured root URL.
        url: String,
        /// The status.
        status: u16,
        /// `Content-Type`; absent if the answer had none, or was empty.
        content_type: Option<String>,
        /// Title of the page, if it is HTML.
        title: Option<String>,
    },
    /// JSON that ends too early.
    #[error(
        "{call}: the answer ({status}) is cut off: its JSON has no end. Does a proxy cut long answers?"
    )]
    Truncated {
        /// The request.
        call: Call,
        /// The status.
        status: u16,
    },
    /// An answer larger than any that Grafana gives.
    #[error("{call}: the answer is larger than {limit} bytes. Is `url` right?")]
    TooLarge {
        /// The request.
        call: Call,
        /// How much is read, in bytes.
        limit: usize,
    },
    /// JSON of another shape than the API has.
    #[error("{call}: the answer is JSON but not what Grafana answers here{}. Is `url` right, and is this version of Grafana supported?", Words(.reason))]
    Unexpected {
        /// The request, which succeeded.
        call: Call,
        /// What is missing, if that can be said without showing values.
        reason: Option<String>,
    },
    /// A redirect; none is followed.
    #[error("{call}: {url} redirects ({status}){}. Set `url` to the final address of the instance; a redirect to a login page means that a proxy wants a sign-in of its own (see `http_headers`)", RedirectTo(.location))]
    Redirected {
        /// The request.
        call: Call,
        /// The configured root URL.
        url: String,
        /// The status.
        status: u16,
        /// Where to, without query.
        location: Option<String>,
    },
    /// No complete answer in time.
    #[error(
        "{call}: no answer within {after:?}. Raise `request_timeout` if the instance is that slow"
    )]
    Timeout {
        /// The request.
        call: Call,
        /// `request_timeout`.
        after: Duration,
    },
    /// No connection, so nothing was sent.
    #[error("{call}: cannot connect to {url}: {reason}{}", tls_advice(*.tls))]
    Connect {
        /// The request.
        call: Call,
        /// The configured root URL.
        url: String,
        /// The cause.
        reason: String,
        /// Whether TLS failed, not the network.
        tls: bool,
    },
    /// The connection broke before the whole answer came.
    #[error("{call}: the connection broke before the answer came: {reason}")]
    Lost {
        /// The request.
        call: Call,
        /// The cause.
        reason: String,
    },
    /// There is no sign-in for the request: its source gave none. Nothing was sent.
    #[error("{summary}: {detail}")]
    NoSignIn {
        /// What went wrong, in a few words.
        summary: String,
        /// Why, and what to do; whole sentences.
        detail: String,
    },
    /// The licensing API with another sign-in than `user:password`. Nothing was sent.
    #[error(
        "Grafana's licensing API accepts only basic sign-in: `auth` has to be `user:password` of a user with server administrator permission, not a token or an API key. Amazon Managed Grafana has no such API: a workspace's license is a `managed_workspace_license`"
    )]
    BasicAuthNeeded,
    /// The licensing API of an instance that has none.
    #[error(
        "this Grafana is {edition:?} ({version}): only Grafana Enterprise has a license. Run the grafana-enterprise build, which is free to use without a license"
    )]
    NotEnterprise {
        /// What the instance calls itself, `Open Source`.
        edition: String,
        /// Its version.
        version: String,
    },
}

impl Error {
    /// Whether Grafana may have done what was asked.
    #[must_use]
    pub fn carried_out(&self) -> CarriedOut {
        match self {
            Self::Server { .. } | Self::Timeout { .. } | Self::Lost { .. } => CarriedOut::Maybe,
            Self::NotJson { status: 200..=299 | 500.., .. } => CarriedOut::Maybe,
            Self::TooLarge { .. } => CarriedOut::Maybe,
            Self::Unexpected { .. } => CarriedOut::Yes,
            Self::Truncated { status, .. } => match status {
                200..=299 => CarriedOut::Yes,
                500.. => CarriedOut::Maybe,
                _ => CarriedOut::No,
            },
            _ => CarriedOut::No,
        }
    }

    /// Whether this Grafana lacks what was asked for, as a whole: removed in its version, or not
    /// there yet.
    #[must_use]
    pub fn is_not_offered(&self) -> bool {
        matches!(self, Self::NotOffered { .. } | Self::Gone { .. })
    }

    /// Whether the request never reached an instance of Grafana that could answer it: no
    /// connection, no answer in time, not Grafana.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Self::Connect { .. }
                | Self::Timeout { .. }
                | Self::Lost { .. }
                | Self::NotJson { .. }
                | Self::Redirected { .. }
                | Self::NotGrafana { .. }
        )
    }
}

impl LifeLimit {
    fn advice(self) -> &'static str {
        match self {
            Self::Required => "Give a life in seconds",
            Self::TooLong => "Give a shorter life",
        }
    }
}

fn tls_advice(tls: bool) -> &'static str {
    if tls {
        ". Is the server's certificate issued by a known authority (else set `ca_cert`) for this host name, and does the server want a client certificate (`tls_cert`, `tls_key`)?"
    } else {
        ". Is `url` right and the instance running?"
    }
}

struct Quoted<'a>(&'a Option<String>);
struct Words<'a>(&'a Option<String>);
struct MissingPermission<'a>(&'a Option<String>);
struct RetryAfter<'a>(&'a Option<Duration>);
struct RedirectTo<'a>(&'a Option<String>);
struct NotJsonIs<'a>(&'a Option<String>, &'a Option<String>);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|text| write!(f, " “{text}”"))
    }
}

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|text| write!(f, ": “{text}”"))
    }
}

impl fmt::Display for MissingPermission<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(name) => write!(f, "Give the user or service account the permission {name}"),
            None => f.write_str("Does the user or service account have the role for it, and does the organization exist?"),
        }
    }
}

impl fmt::Display for RetryAfter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(wait) => {
                write!(f, "; the server wants to be asked again in {} seconds", wait.as_secs())
            }
            None => f.write_str("; try again later or with less parallelism"),
        }
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
            (None, None) => f.write_str("an empty answer"),
        }
    }
}
