//! One request over the wire and back.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Response, Url};

use super::answer::Answer;
use super::call::Call;
use super::error::{Error, ErrorKind};
use crate::http::{causes, retry_after};

/// More than any answer: a thousand service accounts take half a megabyte.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// What messages about the transport need to name.
pub(super) struct Place<'a> {
    pub(super) root: &'a Url,
    pub(super) timeout: Duration,
}

impl Place<'_> {
    /// Sends a request once and reads the whole answer, within bounds.
    pub(super) async fn exchange(
        &self,
        call: &Call,
        request: reqwest::RequestBuilder,
    ) -> Result<Answer, Error> {
        let response = request.send().await.map_err(|error| self.failed(call, &error))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = self.read(call, response).await?;
        Ok(Answer {
            status,
            content_type: text_of(&headers, CONTENT_TYPE),
            location: text_of(&headers, LOCATION).and_then(|to| self.without_query(&to)),
            retry_after: text_of(&headers, RETRY_AFTER)
                .and_then(|text| retry_after(&text, Timestamp::now())),
            body,
        })
    }

    async fn read(&self, call: &Call, mut response: Response) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(call, &error))? {
            if body.len() + chunk.len() > BODY_LIMIT {
                return Err(Error::of(call, ErrorKind::TooLarge { limit: BODY_LIMIT }));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn failed(&self, call: &Call, error: &reqwest::Error) -> Error {
        let tls = tls_failure(error);
        let refused_by_tls = matches!(tls, Some(rustls::Error::AlertReceived(_)));
        let reason = root_cause(error);
        Error::of(
            call,
            if error.is_connect() || refused_by_tls {
                ErrorKind::Connect { reason, tls: tls.is_some() }
            } else if error.is_timeout() {
                ErrorKind::Timeout { after: self.timeout }
            } else {
                ErrorKind::Lost { reason }
            },
        )
    }

    /// The target of a redirect without query and fragment, which may hold what a login page wants
    /// to keep.
    fn without_query(&self, location: &str) -> Option<String> {
        let mut target = self.root.join(location).ok()?;
        target.set_query(None);
        target.set_fragment(None);
        let _ = target.set_username("");
        let _ = target.set_password(None);
        Some(target.into())
    }
}

fn text_of(headers: &HeaderMap, name: reqwest::header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn tls_failure(error: &reqwest::Error) -> Option<&rustls::Error> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// The innermost cause. The outer ones quote the URL.
fn root_cause(error: &reqwest::Error) -> String {
    causes(error)
        .last()
        .filter(|cause| !cause.is::<reqwest::Error>())
        .map_or_else(|| "unknown cause".to_owned(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_targets_lose_their_query() {
        let root = Url::parse("https://host/grafana/").unwrap();
        let place = Place { root: &root, timeout: Duration::ZERO };
        let shown = |to| place.without_query(to).unwrap();
        assert_eq!(shown("/login?state=hunter2#x"), "https://host/login");
        assert_eq!(shown("https://a:hunter2@sso/in?x=1"), "https://sso/in");
    }
}
