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
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
