//! A request before it is sent.

use reqwest::Method;
use secrecy::SecretString;
use serde_json::Value;

use super::error::{Error, ErrorKind};

/// Longest answer about one thing, in bytes.
const SMALL: usize = 64 * 1024;

/// Longest list: a thousand service accounts take half a megabyte.
const LIST: usize = 4 * 1024 * 1024;

/// Whose sign-in a request carries.
#[derive(Debug, Clone)]
pub(super) enum SignedBy {
    /// The client's own.
    Client,
    /// Another key, which may well be refused.
    Key(SecretString),
    /// Nobody.
    Nobody,
}

/// A request of the API, below the instance's root URL.
pub(super) struct Request {
    pub(super) method: Method,
    /// `/api/…`; numbers only in its variable parts, so nothing needs escaping.
    pub(super) path: String,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
    /// Whether it is sent again by itself: it does the same thing however often it is carried out. Else
    /// the caller decides, see [`Attempts`](super::Attempts).
    pub(super) repeats: bool,
    pub(super) signed_by: SignedBy,
    /// A secret in the body, to keep it out of messages.
    pub(super) secret: Option<SecretString>,
    /// Messages of a 5xx that will not change by asking again.
    pub(super) settled: &'static [&'static str],
    /// How much of the answer is read, in bytes.
    pub(super) limit: usize,
}

impl Request {
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path, true)
    }

    pub(super) fn post(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::POST, path, false).body(body)
    }

    pub(super) fn patch(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::PATCH, path, true).body(body)
    }

    pub(super) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path, true)
    }

    fn new(method: Method, path: impl Into<String>, repeats: bool) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            body: None,
            repeats,
            signed_by: SignedBy::Client,
            secret: None,
            settled: &[],
            limit: SMALL,
        }
    }

    /// Whether it is sent again by itself.
    pub(super) fn repeats(self, repeats: bool) -> Self {
        Self { repeats, ..self }
    }

    /// The answer is a list.
    pub(super) fn list(path: impl Into<String>) -> Self {
        Self { limit: LIST, ..Self::get(path) }
    }

    pub(super) fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// Whether it makes a difference that it was carried out.
    pub(super) fn may_change_something(&self) -> bool {
        self.method != Method::GET
    }

    pub(super) fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    pub(super) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub(super) fn signed_by(mut self, signed_by: SignedBy) -> Self {
        self.signed_by = signed_by;
        self
    }

    pub(super) fn settled(mut self, messages: &'static [&'static str]) -> Self {
        self.settled = messages;
        self
    }

    pub(super) fn secret(mut self, secret: &SecretString) -> Self {
        self.secret = Some(secret.clone());
        self
    }

    /// Whether an error says something that will not change by asking again.
    pub(super) fn is_settled_by(&self, error: &Error) -> bool {
        *error.kind() == ErrorKind::Server
            && error.message().is_some_and(|message| self.settled.contains(&message))
    }
}
