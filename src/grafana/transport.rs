//! One request over the wire and back.

use std::io;

use jiff::Timestamp;
use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, LOCATION, RETRY_AFTER};
use url::Url;

use super::answer::Answer;
use super::call::Call;
use super::error::{Error, ErrorKind};
use super::root_url::without_userinfo;
use super::session::Reached;
use crate::http::{Quoted, causes, retry_after};

/// How much is read of an answer that is no success, or not what it should be, in bytes.
const HEAD: usize = 64 * 1024;

/// Failures of a network that Rust names as people do.
const NAMED: [io::ErrorKind; 5] = [
    io::ErrorKind::ConnectionRefused,
    io::ErrorKind::ConnectionReset,
    io::ErrorKind::HostUnreachable,
    io::ErrorKind::NetworkUnreachable,
    io::ErrorKind::TimedOut,
];

/// Sends a request once and reads its answer, of a success `limit` bytes at most.
pub(super) async fn exchange(
    instance: &Reached,
    call: &Call,
    request: reqwest::RequestBuilder,
    limit: usize,
) -> Result<Answer, Error> {
    let failed = |error| failed(instance, call, &error);
    let response = request.send().await.map_err(failed)?;
    let status = response.status();
    let headers = response.headers().clone();
    let limit = if status.is_success() { limit.max(HEAD) } else { HEAD };
    let (body, is_cut) = read(response, limit).await.map_err(failed)?;
    Ok(Answer {
        status: status.as_u16(),
        content_type: text_of(&headers, CONTENT_TYPE).map(str::to_owned),
        location: text_of(&headers, LOCATION)
            .and_then(|to| without_query(instance.root.as_url(), to)),
        retry_after: text_of(&headers, RETRY_AFTER)
            .and_then(|text| retry_after(text, Timestamp::now())),
        body,
        is_cut,
    })
}

/// The body, and whether there is more than the limit.
async fn read(mut response: Response, limit: usize) -> reqwest::Result<(Vec<u8>, bool)> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = limit - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            return Ok((body, true));
        }
    }
    Ok((body, false))
}

fn failed(instance: &Reached, call: &Call, error: &reqwest::Error) -> Error {
    let tls = causes(error).find_map(|cause| cause.downcast_ref::<rustls::Error>());
    let refused_by_tls = matches!(tls, Some(rustls::Error::AlertReceived(_)));
    let reason = root_cause(instance, error);
    let kind = if error.is_connect() || refused_by_tls {
        ErrorKind::Connect { reason, tls: tls.is_some() }
    } else if error.is_timeout() {
        ErrorKind::Timeout { after: instance.timeout }
    } else {
        ErrorKind::Lost { reason }
    };
    Error::of(call, kind)
}

/// The innermost cause, of the system's own errors without their number. The outer ones quote the URL.
fn root_cause(instance: &Reached, error: &reqwest::Error) -> Quoted {
    let cause = causes(error).last().filter(|cause| !cause.is::<reqwest::Error>());
    let text = match (cause, cause.and_then(|cause| cause.downcast_ref::<io::Error>())) {
        (None, _) => return Quoted::constant("unknown cause"),
        (_, Some(system)) if NAMED.contains(&system.kind()) => system.kind().to_string(),
        (Some(cause), _) => cause.to_string(),
    };
    instance.redactor.quote(&text)
}

/// The target of a redirect without query and fragment, which may hold what a login page wants to
/// keep.
fn without_query(root: &Url, location: &str) -> Option<String> {
    let mut target = root.join(location).ok()?;
    target.set_query(None);
    target.set_fragment(None);
    Some(without_userinfo(target.as_str()))
}

fn text_of(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_targets_lose_their_query() {
        let root = Url::parse("https://host/grafana/").unwrap();
        let shown = |to| without_query(&root, to).unwrap();
        assert_eq!(shown("/login?state=hunter2#x"), "https://host/login");
        assert_eq!(shown("https://a:hunter2@sso/in?x=1"), "https://sso/in");
    }
}
