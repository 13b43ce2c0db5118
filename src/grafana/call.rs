//! What was asked of Grafana, for messages.

use std::fmt;

use reqwest::Method;

/// Method and path of a request. The query is left out: it may hold names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// `GET`, `POST`, …
    pub method: Method,
    /// Path with the instance's sub-path, `/grafana/api/auth/keys`.
    pub path: String,
    /// Root URL of the instance, as configured.
    pub url: String,
    /// The organization asked for, if one was.
    pub org: Option<i64>,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

#[cfg(test)]
impl Call {
    /// For tests.
    pub(super) fn example() -> Self {
        let (path, url) = ("/api/x".to_owned(), "http://host/".to_owned());
        Call { method: Method::GET, path, url, org: None }
    }
}
