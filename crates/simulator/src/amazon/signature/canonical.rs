//! The canonical request of Signature Version 4.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::{Refusal, hex};
use crate::amazon::request::Request;

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The six parts of the canonical request, joined by newlines.
pub fn request(request: &Request, signed_headers: &[String]) -> Result<String, Refusal> {
    let mut names: Vec<&str> = signed_headers.iter().map(String::as_str).collect();
    names.sort_unstable();
    let headers: String =
        names.iter().map(|name| format!("{name}:{}\n", header_values(request, name))).collect();
    Ok(format!(
        "{}\n{}\n{}\n{headers}\n{}\n{}",
        request.method,
        path(&request.path),
        query(&request.query),
        names.join(";"),
        payload_hash(request)?,
    ))
}

/// The path as sent, without empty and dot segments, each segment encoded once more.
fn path(sent: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in sent.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    let mut canonical = String::new();
    for segment in &kept {
        canonical.push('/');
        canonical.extend(utf8_percent_encode(segment, RESERVED));
    }
    if kept.is_empty() || sent.ends_with('/') {
        canonical.push('/');
    }
    canonical
}

fn query(sent: &str) -> String {
    let encode = |part: &str| {
        let decoded: Vec<u8> = percent_decode_str(part).collect();
        percent_encoding::percent_encode(&decoded, RESERVED).to_string()
    };
    let mut pairs: Vec<(String, String)> = sent
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (encode(name), encode(value))
        })
        .collect();
    pairs.sort();
    let pairs: Vec<String> =
        pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

fn header_values(request: &Request, name: &str) -> String {
    let values: Vec<String> = request
        .headers
        .get_all(name)
        .iter()
        .map(|value| {
            let value = String::from_utf8_lossy(value.as_bytes());
            value.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect();
    values.join(",")
}

/// The body's SHA-256; where the client sends one too, the two must be the same.
fn payload_hash(request: &Request) -> Result<String, Refusal> {
    let hash = hex(&Sha256::digest(&request.body));
    match request.header("x-amz-content-sha256") {
        Some(sent) if sent != hash => Err(Refusal::Invalid(
            "The value passed in the x-amz-content-sha256 header does not match the SHA-256 of the body."
                .into(),
        )),
        _ => Ok(hash),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_encoded_twice_and_loses_empty_segments() {
        assert_eq!(path("/"), "/");
        assert_eq!(path(""), "/");
        assert_eq!(path("/workspaces//g-0123456789/"), "/workspaces/g-0123456789/");
        assert_eq!(path("/apikeys/my%20key"), "/apikeys/my%2520key");
        assert_eq!(path("/a/../b/./c"), "/b/c");
    }

    #[test]
    fn a_query_is_sorted_by_encoded_name_and_value() {
        assert_eq!(query("nextToken=a%2Fb&maxResults=2"), "maxResults=2&nextToken=a%2Fb");
        assert_eq!(query("b&a=2&a=1&c=x+y"), "a=1&a=2&b=&c=x%2By");
        assert_eq!(query(""), "");
    }
}
