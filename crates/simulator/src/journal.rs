//! What a simulated service was asked, in order of arrival, without any secret.

use std::{
    fmt,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use globset::GlobBuilder;
use http::{HeaderMap, Method, request::Parts};
use jiff::Timestamp;

/// Headers that carry a secret: their value is left out of the journal.
const SECRET_HEADERS: [&str; 9] = [
    "authorization",
    "cookie",
    "grafana-token",
    "proxy-authorization",
    "set-cookie",
    "x-amz-security-token",
    "x-amz-sso_bearer_token",
    "x-api-key",
    "x-aws-ec2-metadata-token",
];

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// No answer yet.
    Pending,
    /// Answered with this status.
    Answered(u16),
    /// The connection was reset before the request was carried out.
    ResetBefore,
    /// The request was carried out, then the connection was reset and nobody saw the answer.
    ResetAfter,
    /// The client went away before there was an answer.
    Abandoned,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Counts from 1 in order of arrival; goes on counting after [`Journal::clear`].
    pub id: u64,
    /// The connection it came on; connections count from 1.
    pub connection: u64,
    /// When it arrived.
    pub time: Timestamp,
    /// `GET`, `POST`, …
    pub method: String,
    /// The path as sent, still percent-encoded, without the sub-path the service is served from.
    pub path: String,
    /// The query as sent, without `?`; empty if there is none.
    pub query: String,
    /// Who signed in, in clear words: `anonymous`, `basic admin`, `token ci`. Never the secret.
    pub who: String,
    /// Header names in lower case and their values, in the order sent. Secrets are replaced by `(left out)`.
    pub headers: Vec<(String, String)>,
    /// How it ended.
    pub outcome: Outcome,
}

impl Entry {
    /// The status answered; `None` if there is none (yet).
    pub fn status(&self) -> Option<u16> {
        match self.outcome {
            Outcome::Answered(status) => Some(status),
            _ => None,
        }
    }

    /// The first value of a header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// `X-Grafana-Org-Id` as sent.
    pub fn org(&self) -> Option<&str> {
        self.header("x-grafana-org-id")
    }

    /// Whether method and path match; patterns as in [`Journal::count`].
    pub fn is(&self, method: &str, path_pattern: &str) -> bool {
        Pattern::new(method, path_pattern).matches(&self.method, &self.path)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.id, self.method, self.path)?;
        if !self.query.is_empty() {
            write!(f, "?{}", self.query)?;
        }
        write!(f, " by {} on {}: {:?}", self.who, self.connection, self.outcome)
    }
}

/// A method and a path with wildcards.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    method: String,
    path: globset::GlobMatcher,
}

impl Pattern {
    /// # Panics
    /// If `path` is no valid pattern: a mistake of the test's author.
    pub(crate) fn new(method: &str, path: &str) -> Self {
        let glob = GlobBuilder::new(path).literal_separator(true).build();
        let path = glob.unwrap_or_else(|error| panic!("{error}")).compile_matcher();
        Self { method: method.to_owned(), path }
    }

    pub(crate) fn matches(&self, method: &str, path: &str) -> bool {
        (self.method == "*" || self.method == method) && self.path.is_match(path)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path.glob())
    }
}

#[derive(Default)]
struct Pages {
    last_id: u64,
    entries: Vec<Entry>,
}

#[derive(Default)]
struct Shared {
    pages: Mutex<Pages>,
    changed: Condvar,
}

/// The requests a simulated service got. Clones are cheap and show the same journal.
#[derive(Clone, Default)]
pub struct Journal {
    shared: Arc<Shared>,
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries()).finish()
    }
}

impl Journal {
    /// All requests since the start or the last [`clear`](Self::clear), in order of arrival.
    pub fn entries(&self) -> Vec<Entry> {
        self.pages().entries.clone()
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.pages().entries.clear();
    }

    /// How many requests match. `*` as method is any; in the path `*` is any text within a segment, `**` any
    /// number of segments: `/api/auth/keys/*`, `/api/**`.
    pub fn count(&self, method: &str, path_pattern: &str) -> usize {
        self.matching(method, path_pattern).len()
    }

    /// The requests that match; patterns as in [`count`](Self::count).
    pub fn matching(&self, method: &str, path_pattern: &str) -> Vec<Entry> {
        let pattern = Pattern::new(method, path_pattern);
        let mut entries = self.entries();
        entries.retain(|entry| pattern.matches(&entry.method, &entry.path));
        entries
    }

    /// Blocks the calling thread until `predicate` holds for the entries; `false` if it does not within `timeout`.
    pub fn wait_for(&self, predicate: impl Fn(&[Entry]) -> bool, timeout: Duration) -> bool {
        let end = Instant::now() + timeout;
        let mut pages = self.pages();
        while !predicate(&pages.entries) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.shared.changed.wait_timeout(pages, left);
            pages = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    pub(crate) fn arrive(&self, connection: u64, parts: &Parts, who: String) -> Note {
        let mut pages = self.pages();
        pages.last_id += 1;
        let id = pages.last_id;
        pages.entries.push(Entry {
            id,
            connection,
            time: Timestamp::now(),
            method: method_name(&parts.method),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            who,
            headers: without_secrets(&parts.headers),
            outcome: Outcome::Pending,
        });
        self.shared.changed.notify_all();
        Note { journal: self.clone(), id, ended: false }
    }

    fn end(&self, id: u64, outcome: Outcome) {
        let mut pages = self.pages();
        if let Some(entry) = pages.entries.iter_mut().find(|entry| entry.id == id) {
            entry.outcome = outcome;
        }
        self.shared.changed.notify_all();
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.shared.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An entry whose outcome is not known yet; dropped without one, the client has gone.
pub(crate) struct Note {
    journal: Journal,
    id: u64,
    ended: bool,
}

impl Note {
    pub(crate) fn end(mut self, outcome: Outcome) {
        self.ended = true;
        self.journal.end(self.id, outcome);
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        if !self.ended {
            self.journal.end(self.id, Outcome::Abandoned);
        }
    }
}

fn method_name(method: &Method) -> String {
    method.as_str().to_owned()
}

fn without_secrets(headers: &HeaderMap) -> Vec<(String, String)> {
    let clean = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let value = if SECRET_HEADERS.contains(&name.as_str()) {
            "(left out)".to_owned()
        } else {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        (name.as_str().to_owned(), value)
    };
    headers.iter().map(clean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_star_stays_in_its_segment_and_two_do_not() {
        let matches = |pattern: &str, path: &str| Pattern::new("*", pattern).matches("GET", path);
        assert!(matches("/api/auth/keys/*", "/api/auth/keys/7"));
        assert!(!matches("/api/auth/keys/*", "/api/auth/keys"));
        assert!(!matches("/api/*", "/api/auth/keys"));
        assert!(matches("/api/**", "/api/auth/keys/7"));
        assert!(!Pattern::new("POST", "/**").matches("GET", "/x"));
    }

    #[test]
    fn waiting_ends_when_the_condition_holds() {
        let journal = Journal::default();
        let (parts, ()) = http::Request::get("/api/org?a=b").body(()).unwrap().into_parts();
        let other = journal.clone();
        let arrival = std::thread::spawn(move || {
            other.arrive(1, &parts, "anonymous".to_owned()).end(Outcome::Answered(200))
        });
        let answered = |entries: &[Entry]| entries.iter().any(|entry| entry.status() == Some(200));
        assert!(journal.wait_for(answered, Duration::from_secs(30)));
        arrival.join().unwrap();
        assert_eq!(journal.count("GET", "/api/org"), 1);
        journal.clear();
        assert!(!journal.wait_for(answered, Duration::ZERO));
    }
}
