//! Signatures, as far as the unit tests of the verifier do not go: over HTTP, by the official signer.

use http::HeaderValue;
use jiff::SignedDuration;
use serde_json::json;
use simulator::amazon::{Amazon, Credential, Options};

use crate::client::{Answer, Client, http};

fn start() -> (Amazon, Client) {
    let amazon = Amazon::start(Options::default()).expect("a start");
    let client = Client::new(&amazon);
    (amazon, client)
}

fn send(request: http::Request<String>) -> Answer {
    Answer::of(http().execute(request.try_into().expect("a request")).expect("an answer"))
}

fn refused(answer: &Answer, kind: &str) {
    assert_eq!((answer.status, answer.error()), (403, kind), "{}", answer.text);
}

#[test]
fn the_official_signer_is_understood() {
    let (amazon, client) = start();
    for path in [
        "/workspaces",
        "/workspaces?nextToken=YQ&maxResults=3",
        "/workspaces?maxResults=3&x=a%20b%2Fc",
    ] {
        assert_eq!(client.get(path).status, 200, "{path}");
    }
    // A name that has to be encoded in the path, and text beyond ASCII in a body.
    let keys = format!("/workspaces/{}/apikeys", amazon.workspace_id());
    let body = json!({ "keyName": "a b/ü", "keyRole": "ADMIN", "secondsToLive": 60 });
    assert_eq!(client.post(&keys, &body).status, 200);
    assert_eq!(client.delete(&format!("{keys}/a%20b%2F%C3%BC")).status, 200);
}

#[test]
fn a_wrong_secret_is_told_what_should_have_been_signed() {
    let (_amazon, client) = start();
    let liar = Client { secret: "wrong".into(), ..client.clone() };
    let answer = liar.get("/workspaces");
    refused(&answer, "InvalidSignatureException");
    assert!(answer.message().starts_with("The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method."));
    assert!(
        answer.message().contains(
            "The Canonical String for this request should have been\n'GET\n/workspaces\n"
        )
    );
    assert!(!answer.text.contains(&client.secret));
}

#[test]
fn a_request_changed_on_the_way_does_not_match() {
    let (amazon, client) = start();
    let path = format!("/workspaces/{}/apikeys", amazon.workspace_id());
    let mut request = client.signed("POST", &path, &[], r#"{"keyName":"a"}"#);
    *request.body_mut() = r#"{"keyName":"b"}"#.into();
    refused(&send(request), "InvalidSignatureException");

    let license = format!("/workspaces/{}/licenses/ENTERPRISE", amazon.workspace_id());
    let mut request = client.signed("POST", &license, &[("grafana-token", "mine")], "");
    request.headers_mut().insert("grafana-token", HeaderValue::from_static("yours"));
    let answer = send(request);
    refused(&answer, "InvalidSignatureException");
    assert!(!answer.text.contains("yours"));
}

#[test]
fn unsigned_requests_and_half_signatures_are_refused() {
    let (amazon, client) = start();
    let bare =
        Answer::of(http().get(format!("{}/workspaces", amazon.url())).send().expect("an answer"));
    refused(&bare, "MissingAuthenticationTokenException");
    assert_eq!(bare.message(), "Missing Authentication Token");

    let mut request = client.signed("GET", "/workspaces", &[], "");
    let half = HeaderValue::from_static(
        "AWS4-HMAC-SHA256 Credential=AKIA/20261122/us-east-1/grafana/aws4_request",
    );
    request.headers_mut().insert("authorization", half);
    let answer = send(request);
    refused(&answer, "IncompleteSignatureException");
    assert!(
        answer.message().contains("'Signature'") && answer.message().contains("'SignedHeaders'")
    );
}

#[test]
fn unknown_and_forgotten_keys_are_refused() {
    let (amazon, client) = start();
    let stranger = Client { access_key: "AKIASTRANGER".into(), ..client.clone() };
    refused(&stranger.get("/workspaces"), "UnrecognizedClientException");
    amazon.credentials().remove(&client.access_key);
    refused(&client.get("/workspaces"), "UnrecognizedClientException");
}

#[test]
fn the_scope_names_the_service() {
    let (_amazon, client) = start();
    let other = Client { service: "execute-api".into(), ..client };
    let answer = other.get("/workspaces");
    refused(&answer, "InvalidSignatureException");
    assert!(answer.message().contains("Credential should be scoped to correct service: 'grafana'"));
}

#[test]
fn clocks_may_differ_by_five_minutes() {
    let (amazon, client) = start();
    assert_eq!(client.minutes_late(4).get("/workspaces").status, 200);
    let late = client.minutes_late(6).get("/workspaces");
    refused(&late, "InvalidSignatureException");
    assert!(late.message().starts_with("Signature expired: "), "{}", late.text);

    amazon.clock().set_ahead(-360);
    let early = client.get("/workspaces");
    refused(&early, "InvalidSignatureException");
    assert!(early.message().starts_with("Signature not yet current: "), "{}", early.text);
    assert_eq!(client.minutes_late(6).get("/workspaces").status, 200);
}

#[test]
fn temporary_credentials_need_their_token_and_end() {
    let (amazon, client) = start();
    let end = amazon.clock().now() + SignedDuration::from_mins(1);
    let temporary =
        Credential::new("ASIATEMPORARY", "secret").session_token("the-token").expires(end);
    amazon.add_credentials(temporary.clone());
    let client = client.with(&temporary);
    assert_eq!(client.get("/workspaces").status, 200);
    for token in [None, Some("another".to_owned())] {
        let client = Client { session_token: token, ..client.clone() };
        refused(&client.get("/workspaces"), "UnrecognizedClientException");
    }
    amazon.clock().set_ahead(61);
    let answer = client.get("/workspaces");
    refused(&answer, "ExpiredTokenException");
    assert_eq!(answer.message(), "The security token included in the request is expired");
}

#[test]
fn a_long_term_key_takes_no_session_token() {
    let (_amazon, client) = start();
    let client = Client { session_token: Some("t".into()), ..client };
    refused(&client.get("/workspaces"), "UnrecognizedClientException");
}
