//! Servers that repeat whatever they are sent: nothing secret of it is shown.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::SecretString;
use serde_json::{Value, json};
use terraform_provider_grafana::grafana::{
    Auth, Client, Error, Probe, Role, ServiceAccountChanges,
};

use crate::logs::Log;
use crate::server::{Received, Reply, Server};

const PASSWORD: &str = "pass\tw\u{f6}rd \"<&>/+=%41";
const SHORT: &str = "pw";
const TOKEN: &str = "glsa_0123456789abcdefABCDEF_01234567";
const HEADER: &str = "team-secret/42+x";
const LICENSE: &str = "eyJhbGciOiJFUzUxMiJ9.eyJsaWQiOiI0NzExIn0.c2lnbmF0dXJl\n";
const KEY: &str = "eyJrIjoiYWJjZGVmIiwibiI6ImEiLCJpZCI6MX0=";

/// Everything of a request, in several spellings.
fn echoed(received: &Received) -> String {
    let headers: Vec<_> = received
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    let all =
        format!("{} {} {} {}", received.method, received.path, headers.join(" "), received.body);
    let credentials = received.header("authorization").and_then(|it| it.strip_prefix("Basic "));
    let credentials = credentials.and_then(|it| STANDARD.decode(it).ok()).unwrap_or_default();
    let credentials = String::from_utf8_lossy(&credentials).into_owned();
    let parts = [
        all.clone(),
        credentials.clone(),
        format!("http://{credentials}@host/"),
        json!(credentials).to_string(),
        url::form_urlencoded::byte_serialize(credentials.as_bytes()).collect(),
        STANDARD.encode(&credentials),
        URL_SAFE_NO_PAD.encode(&all),
        credentials.split_whitespace().collect::<Vec<_>>().join(" "),
    ];
    // Each part by itself, so that none is cut off before it is seen.
    let at = received.path.len() + received.body.len();
    parts[at % parts.len()].clone()
}

fn fields(text: &str) -> Value {
    json!({
        "message": text, "messageId": text, "title": text, "error": text, "traceID": text,
        "fieldNames": [text], "classification": text,
    })
}

/// Answers of every kind, one after the other.
fn reply(received: &Received, before: usize) -> Reply {
    const STATUSES: [u16; 11] = [400, 401, 403, 404, 409, 410, 412, 418, 422, 500, 503];
    let text = echoed(received);
    let status = STATUSES[before % STATUSES.len()];
    let header = || text.chars().filter(char::is_ascii_graphic).collect::<String>();
    match before / STATUSES.len() % 6 {
        0 => Reply::Json(status, fields(&text)),
        1 => Reply::Json(status, json!([fields(&text), fields(&text)])),
        2 => Reply::Text(status, "text/html", format!("<title>{text}</title>{text}")),
        3 => Reply::Headed(302, "location", format!("https://host/{}", header())),
        4 => Reply::Headed(302, "location", header()),
        _ => Reply::Json(status, fields(&format!("need more. Permissions needed: {text}"))),
    }
}

async fn every_operation(client: &Client) -> Vec<Error> {
    let (keys, accounts) = (client.api_keys(), client.service_accounts());
    let mut errors = Vec::new();
    let mut note = |outcome: Option<Error>| errors.extend(outcome);
    note(client.instance().await.err());
    note(client.health().await.err());
    note(client.own_organization().await.err());
    note(keys.list(true).await.err());
    note(keys.create("a", Role::Viewer, None).await.err());
    note(keys.delete(1).await.err());
    note(accounts.search("").await.err());
    note(accounts.create("a", Role::Viewer).await.err());
    note(accounts.get(1).await.err());
    note(accounts.update(1, &ServiceAccountChanges::default()).await.err());
    note(accounts.delete(1).await.err());
    note(accounts.tokens(1).await.err());
    note(accounts.create_token(1, "a", None).await.err());
    note(accounts.delete_token(1, 1).await.err());
    if let Probe::Unproven(error) = keys.probe(&SecretString::from(KEY)).await {
        note(Some(error));
    }
    if let Ok(licensing) = client.licensing() {
        note(licensing.check().await.err());
        note(licensing.claims().await.err());
        note(licensing.install(&LICENSE.into()).await.err());
        note(licensing.renew().await.err());
        note(licensing.remove("https://host/").await.err());
        note(licensing.refresh_stats().await.err());
    }
    errors
}

#[tokio::test]
async fn no_error_and_no_log_line_repeats_a_secret() {
    let log = Log::default();
    let _capturing = log.capture();
    let mut shown = String::new();
    for auth in [format!("admin:{PASSWORD}"), format!("admin:{SHORT}"), TOKEN.to_owned()] {
        for skipped in (0..60).step_by(7) {
            let server =
                Server::start(move |received, before| reply(received, before + skipped)).await;
            let client = server.client_with(|made| {
                made.auth = Auth::parse(&auth.as_str().into()).unwrap();
                made.http_headers = BTreeMap::from([("X-Scope".to_owned(), HEADER.into())]);
                made.retries = 0;
            });
            for error in every_operation(&client).await {
                shown.push_str(&format!("{error}\n{error:?}\n"));
            }
        }
    }
    assert!(shown.contains("[redacted]"), "{shown}");
    shown.push_str(&log.text());
    let basic = |secret: &str| STANDARD.encode(format!("admin:{secret}"));
    let secrets = [
        PASSWORD.to_owned(),
        PASSWORD.replace('\t', " "),
        "w\u{f6}rd".to_owned(),
        "w%C3%B6rd".to_owned(),
        format!("admin:{SHORT}"),
        basic(PASSWORD)[8..24].to_owned(),
        basic(SHORT),
        TOKEN.to_owned(),
        TOKEN[5..20].to_owned(),
        STANDARD.encode(TOKEN)[4..24].to_owned(),
        HEADER.to_owned(),
        LICENSE.trim().to_owned(),
        "eyJsaWQiOiI0NzExIn0".to_owned(),
        KEY.to_owned(),
        KEY[..20].to_owned(),
    ];
    for secret in secrets {
        let at = shown.find(&secret);
        let around = at.map(|at| {
            let from = shown.floor_char_boundary(at.saturating_sub(200));
            &shown[from..shown.ceil_char_boundary(at + 200)]
        });
        assert_eq!(around, None, "{secret}");
    }
}
