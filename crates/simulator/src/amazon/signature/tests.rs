//! The worked example of the AWS documentation, and what can be wrong with a signature.

use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::*;

const KEY: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";

fn example() -> Request {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("host", "iam.amazonaws.com"),
        ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
        ("x-amz-date", "20150830T123600Z"),
        ("authorization", AUTHORIZATION),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    Request {
        method: Method::GET,
        path: "/".into(),
        query: "Action=ListUsers&Version=2010-05-08".into(),
        headers,
        body: Default::default(),
    }
}

fn known() -> Credentials {
    let credentials = Credentials::default();
    credentials.add(Credential::new(KEY, SECRET));
    credentials
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn check(request: &Request) -> Result<Caller, Refusal> {
    verify(request, "iam", &known(), at("2015-08-30T12:36:00Z"))
}

fn with_authorization(change: impl Fn(&str) -> String) -> Result<Caller, Refusal> {
    let mut request = example();
    let changed = change(AUTHORIZATION).parse().expect("a header");
    request.headers.insert("authorization", changed);
    check(&request)
}

fn text_of(result: Result<Caller, Refusal>) -> String {
    let refusal = result.expect_err("a refusal");
    format!("{}: {}", refusal.json_type(), refusal.message())
}

#[test]
fn the_documented_example_is_accepted() {
    let caller = check(&example()).expect("a good signature");
    assert_eq!(caller.region, "us-east-1");
    assert_eq!(caller.credential.access_key, KEY);
}

#[test]
fn a_changed_request_does_not_match() {
    let mut changed = example();
    changed.query = "Action=ListGroups&Version=2010-05-08".into();
    let text = text_of(check(&changed));
    assert!(
        text.starts_with(
            "InvalidSignatureException: The request signature we calculated does not match"
        ),
        "{text}"
    );
    assert!(text.contains("Action=ListGroups"), "{text}");
    let mut changed = example();
    changed.body = "x".into();
    assert!(matches!(check(&changed), Err(Refusal::Mismatch { .. })));
    let mut changed = example();
    changed.method = Method::POST;
    assert!(matches!(check(&changed), Err(Refusal::Mismatch { .. })));
}

#[test]
fn a_wrong_secret_does_not_match() {
    let credentials = Credentials::default();
    credentials.add(Credential::new(KEY, "another"));
    let result = verify(&example(), "iam", &credentials, at("2015-08-30T12:36:00Z"));
    assert!(matches!(result, Err(Refusal::Mismatch { .. })));
}

#[test]
fn five_minutes_off_is_fresh_and_more_is_not() {
    let verify_at = |time| verify(&example(), "iam", &known(), at(time));
    assert!(verify_at("2015-08-30T12:41:00Z").is_ok());
    assert!(verify_at("2015-08-30T12:31:00Z").is_ok());
    assert_eq!(
        text_of(verify_at("2015-08-30T12:41:01Z")),
        "InvalidSignatureException: Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T124101Z - 5 min.)"
    );
    assert_eq!(
        text_of(verify_at("2015-08-30T12:30:59Z")),
        "InvalidSignatureException: Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T123059Z + 5 min.)"
    );
}

#[test]
fn an_incomplete_header_says_what_is_missing() {
    let mut unsigned = example();
    unsigned.headers.remove("authorization");
    assert_eq!(check(&unsigned).err(), Some(Refusal::MissingToken));

    let text = text_of(with_authorization(|header| header.replace("Signature=", "Other=")));
    assert!(
        text.starts_with(
            "IncompleteSignatureException: Authorization header requires 'Signature' parameter."
        ),
        "{text}"
    );
    assert!(!text.contains(KEY), "{text}");
    let text = text_of(with_authorization(|_| "Bearer secret".into()));
    assert_eq!(text, "IncompleteSignatureException: Unsupported AWS 'algorithm': 'Bearer'.");
    let text = text_of(with_authorization(|header| header.replace("/iam/aws4_request", "")));
    assert!(text.contains("exactly 5 slash-delimited elements"), "{text}");

    let mut undated = example();
    undated.headers.remove("x-amz-date");
    assert!(text_of(check(&undated)).contains("'X-Amz-Date'"));
    undated.headers.insert("x-amz-date", HeaderValue::from_static("yesterday"));
    assert!(text_of(check(&undated)).contains("Got 'yesterday'"));
}

#[test]
fn the_scope_has_to_fit() {
    let text = text_of(with_authorization(|header| header.replace("/iam/", "/s3/")));
    assert!(text.contains("scoped to correct service: 'iam'"), "{text}");
    let text = text_of(with_authorization(|header| header.replace("aws4_request", "aws5")));
    assert!(text.contains("valid terminator: 'aws4_request', not 'aws5'"), "{text}");
    let text = text_of(with_authorization(|header| header.replace("20150830/", "20150829/")));
    assert!(text.contains("'20150829' != '20150830'"), "{text}");
    let text = text_of(with_authorization(|header| header.replace("us-east-1", "")));
    assert!(text.contains("valid region"), "{text}");
    // Another region is another signing key.
    let other_region = with_authorization(|header| header.replace("us-east-1", "eu-central-1"));
    assert!(matches!(other_region, Err(Refusal::Mismatch { .. })));
}

#[test]
fn host_and_amazon_headers_have_to_be_signed() {
    let text = text_of(with_authorization(|header| header.replace("host;", "")));
    assert!(text.contains("'Host' or ':authority' must be a 'SignedHeader'"), "{text}");
    let mut request = example();
    request.headers.insert("x-amz-target", HeaderValue::from_static("x"));
    assert!(text_of(check(&request)).contains("'x-amz-target' must be a 'SignedHeader'"));
}

#[test]
fn unknown_keys_and_wrong_session_tokens_are_the_same_to_aws() {
    let text = text_of(with_authorization(|header| header.replace(KEY, "AKIDOTHER")));
    assert_eq!(
        text,
        "UnrecognizedClientException: The security token included in the request is invalid."
    );
    let temporary = Credentials::default();
    temporary.add(Credential::new(KEY, SECRET).session_token("token"));
    let result = verify(&example(), "iam", &temporary, at("2015-08-30T12:36:00Z"));
    assert_eq!(result.err(), Some(Refusal::UnknownKey));
}

#[test]
fn credentials_end() {
    let credentials = known();
    credentials.expire(KEY);
    let result = verify(&example(), "iam", &credentials, at("2015-08-30T12:36:00Z"));
    assert_eq!(result.err(), Some(Refusal::Expired));
}

#[test]
fn a_mismatch_does_not_tell_tokens() {
    let canonical = "GET\n/\n\nx-amz-security-token:secret\ngrafana-token:other\nhost:h";
    assert_eq!(
        refusal::without_secrets(canonical),
        "GET\n/\n\nx-amz-security-token:…\ngrafana-token:…\nhost:h"
    );
}
