//! A request with its body read, as the signature and the operations look at it.

use axum::body::{Body, Bytes, to_bytes};
use http::{HeaderMap, Method, header};
use percent_encoding::percent_decode_str;

/// The longest body that is read, in bytes. AWS refuses more, and no operation here needs it.
const LONGEST_BODY: usize = 1 << 20;

/// An HTTP request, whole.
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path as sent, still encoded.
    pub path: String,
    /// The query as sent, still encoded, without the question mark.
    pub query: String,
    /// The headers, `host` included whatever the HTTP version.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Request {
    /// Reads `request` to its end.
    ///
    /// # Errors
    /// The connection broke off, or the body is too long.
    pub async fn read(request: http::Request<Body>) -> Result<Self, axum::Error> {
        let (mut parts, body) = request.into_parts();
        if !parts.headers.contains_key(header::HOST)
            && let Some(Ok(host)) = parts.uri.authority().map(|host| host.as_str().parse())
        {
            parts.headers.insert(header::HOST, host);
        }
        Ok(Self {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            body: to_bytes(body, LONGEST_BODY).await?,
        })
    }

    /// The first value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The decoded segments of the path.
    pub fn segments(&self) -> Vec<String> {
        let path = self.path.trim_start_matches('/');
        path.split('/')
            .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect()
    }

    /// The decoded value of a query parameter.
    pub fn parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .find_map(|(key, value)| (key == name).then(|| value.into_owned()))
    }
}
