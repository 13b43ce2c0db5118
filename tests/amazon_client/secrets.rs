//! Secrets: what a request sends or returns is in no log and in no error, whoever repeats it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use simulator::server::{Options, Server};
use terraform_provider_grafana::amazon::{Amazon, AssumeRole, Error, Settings};
use tracing_subscriber::EnvFilter;

use crate::child::{self, Child};
use crate::{settings, start};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    /// What this thread logs for the provider, at every level, while the guard lives.
    fn capture(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("terraform_provider_grafana=trace"))
            .with_ansi(false)
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Alone in a process: what other tests' threads do decides which events a subscriber of this
/// thread gets to see.
#[test]
fn a_request_is_logged_without_any_secret() {
    match child::is_here() {
        true => child::wait_for(logged()),
        false => {
            Child::new(Vec::new()).passes("secrets::a_request_is_logged_without_any_secret");
        }
    }
}

async fn logged() {
    let log = Log::default();
    let _capturing = log.capture();
    let (service, client) = start();
    let id = service.workspace_id();
    let token = SecretString::from("of-grafana-labs");
    client.associate_license(None, id, "ENTERPRISE", Some(&token)).await.unwrap();
    service.release(id);
    client.describe_workspace(None, id).await.unwrap();
    client.describe_workspace(None, "g-00000000ff").await.unwrap_err();

    let text = log.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    for part in [
        "operation=\"AssociateLicense\"",
        "region=\"us-east-1\"",
        "method=\"POST\"",
        &format!("path=\"/workspaces/{id}/licenses/ENTERPRISE\""),
        "status=202",
        "duration_ms=",
        "aws_request_id=",
    ] {
        assert!(lines[0].contains(part), "{part} in {}", lines[0]);
    }
    assert!(lines[2].contains("status=404"), "{}", lines[2]);
    let secret = service.credential().secret.expose_secret();
    assert!(!text.contains(secret) && !text.contains("of-grafana-labs"), "{text}");
}

/// One header or body in the spellings that servers and proxies use.
fn spellings(text: &str) -> String {
    let escaped: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let json = serde_json::to_string(text).unwrap();
    let twice = serde_json::to_string(&json).unwrap();
    let (base64, url) = (STANDARD.encode(text), URL_SAFE_NO_PAD.encode(text));
    format!("{text} {escaped} {json} {twice} {base64} {url}")
}

/// Answers with what it was sent in every field that an error of AWS has.
async fn echo(status: StatusCode, kind: &str, said: &str) -> impl IntoResponse + use<> {
    let one_line: String =
        said.chars().map(|c| if c.is_ascii_graphic() { c } else { ' ' }).collect();
    let mut headers = HeaderMap::new();
    headers.insert("x-amzn-requestid", one_line.parse().unwrap());
    headers.insert("x-amzn-errortype", kind.parse().unwrap());
    headers.insert("content-type", "application/json".parse().unwrap());
    let fields = [json!({ "name": said, "message": said })];
    let body = json!({
        "message": said, "resourceId": said, "resourceType": said, "reason": "OTHER",
        "fieldList": fields, "quotaCode": said, "serviceCode": said, "code": said,
    });
    let xml = said.replace('&', "&amp;").replace('<', "&lt;");
    let body = match kind {
        // As STS answers.
        "AccessDenied" => format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>\
             <Message>{xml}</Message></Error><RequestId>{xml}</RequestId></ErrorResponse>"
        ),
        _ => body.to_string(),
    };
    (status, headers, body)
}

/// Echoes one header or the body, whichever the path of the endpoint names, as an error of that kind.
fn echoing() -> Server {
    let router = Router::new().fallback(
        |uri: axum::http::Uri, headers: HeaderMap, body: Bytes| async move {
            let mut parts = uri.path().trim_start_matches('/').splitn(3, '/');
            let (kind, what) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let body = String::from_utf8_lossy(&body).into_owned();
            let said = match headers.get(what) {
                Some(header) => header.to_str().unwrap().to_owned(),
                None => body,
            };
            let status = match kind {
                "InternalServerException" => 500,
                "ThrottlingException" => 429,
                _ => 400,
            };
            echo(StatusCode::from_u16(status).unwrap(), kind, &spellings(&said)).await
        },
    );
    Server::start(router, Options::default()).unwrap()
}

const SESSION_TOKEN: &str = "session-token+with/signs==";

/// Every call there, with secrets in it.
async fn errors(client: &Amazon) -> Vec<Error> {
    let token = SecretString::from("of-grafana-labs-0123");
    let id = "g-0123456789";
    let describe = client.describe_workspace(None, id).await.map(drop);
    let list = client.list_workspaces(None).await.map(drop);
    let associate = client.associate_license(None, id, "ENTERPRISE", Some(&token)).await.map(drop);
    let account = client.create_service_account(None, id, "name", "Admin").await.map(drop);
    let made = client.create_service_account_token(None, id, "1", "name", 900).await.map(drop);
    let key = client.create_api_key(None, id, "name", "Admin", 900).await.map(drop);
    let all = [describe, list, associate, account, made, key];
    all.into_iter().map(Result::unwrap_err).collect()
}

#[tokio::test]
async fn what_a_server_repeats_is_not_shown() {
    let (service, _) = start();
    let server = echoing();
    let secret = service.credential().secret.expose_secret().to_owned();
    for kind in [
        "ValidationException",
        "ResourceNotFoundException",
        "ServiceQuotaExceededException",
        "AccessDeniedException",
        "ConflictException",
        "InvalidSignatureException",
        "SomethingNewException",
    ] {
        for what in ["authorization", "x-amz-security-token", "grafana-token", "body"] {
            let client = Amazon::new(Settings {
                endpoint: Some(format!("{}/{kind}/{what}", server.url())),
                token: Some(SESSION_TOKEN.into()),
                ..settings(&service)
            });
            let mut redacted = 0;
            for error in errors(&client).await {
                let text = format!("{error} {error:?}");
                redacted += text.matches("[redacted]").count();
                for hidden in [&secret, SESSION_TOKEN, "of-grafana-labs-0123"] {
                    assert!(!text.contains(hidden), "{hidden:?} in {text}");
                    let encoded = STANDARD.encode(hidden);
                    assert!(!text.contains(encoded.trim_end_matches('=')), "{hidden:?} in {text}");
                }
                let is_hex = |char: char| char.is_ascii_hexdigit();
                let runs = text.split(|char| !is_hex(char));
                assert!(runs.clone().all(|run| run.len() < 40), "a signature in {text}");
                assert!(text.len() < 8000, "{} characters", text.len());
            }
            assert!(redacted > 0 || what == "body", "nothing was repeated: {kind} {what}");
        }
    }
}

#[test]
fn what_a_service_for_credentials_repeats_is_not_shown() {
    if child::is_here() {
        let role = AssumeRole {
            role_arn: "arn:aws:iam::123456789012:role/r".into(),
            ..AssumeRole::default()
        };
        let with_role = std::env::var_os("WITH_ROLE").is_some().then_some(role);
        let settings = Settings { assume_role: with_role, ..Settings::default() };
        let text = format!("{0} {0:?}", child::describe(settings, None).unwrap_err());
        for hidden in ["hidden-web-identity", "hidden-session-token", "hidden-container-token"] {
            assert!(!text.contains(hidden), "{text}");
            assert!(!text.contains(STANDARD.encode(hidden).trim_end_matches('=')), "{text}");
        }
        // What a container answers is not quoted at all.
        let is_quoted = std::env::var_os("AWS_CONTAINER_AUTHORIZATION_TOKEN").is_none();
        assert_eq!(text.contains("[redacted]"), is_quoted, "{text}");
        return;
    }
    let name = "secrets::what_a_service_for_credentials_repeats_is_not_shown";
    let server = echoing();
    let child =
        || Child::new(Vec::new()).set("AWS_REGION", "us-east-1").set("GRAFANA_WORKSPACE_ID", "g-1");
    let at = |what: &str| format!("{}/AccessDenied/{what}", server.url());

    let identity = child().set("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/r");
    let identity = identity.file("token", "hidden-web-identity");
    let token = identity.home().join("token").display().to_string();
    let identity = identity.set("AWS_WEB_IDENTITY_TOKEN_FILE", token);
    identity.set("AWS_ENDPOINT_URL_STS", at("body")).passes(name);

    for what in ["authorization", "x-amz-security-token"] {
        child()
            .set("WITH_ROLE", "1")
            .set("AWS_ACCESS_KEY_ID", "AKID")
            .set("AWS_SECRET_ACCESS_KEY", "hidden-secret-key")
            .set("AWS_SESSION_TOKEN", "hidden-session-token")
            .set("AWS_ENDPOINT_URL_STS", at(what))
            .passes(name);
    }
    child()
        .set("AWS_CONTAINER_CREDENTIALS_FULL_URI", at("authorization"))
        .set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hidden-container-token")
        .passes(name);
}

#[tokio::test]
async fn a_description_that_repeats_the_token_where_messages_show_it_is_redacted() {
    let (service, client) = start();
    let id = service.workspace_id();
    service.change_workspace(id, |workspace| {
        workspace.grafana_token = Some("of-grafana-labs-0123".into());
        workspace.status = "of-grafana-labs-0123".into();
        workspace.degraded_workspace_reason = Some("wrong: of-grafana-labs-0123".into());
    });
    let workspace = client.describe_workspace(None, id).await.unwrap();
    assert_eq!(workspace.status.as_str(), "[redacted]");
    assert_eq!(workspace.degraded_workspace_reason.as_deref(), Some("wrong: [redacted]"));
    assert!(!format!("{workspace:?}").contains("of-grafana-labs"));
}

/// Such a request is never sent, and the SDK's error quotes the token.
#[tokio::test]
async fn a_token_that_no_header_can_hold_is_not_told() {
    let (simulated, client) = start();
    let token = SecretString::from("0f0f0f0f-0000-4000-8000\n0123456789ab");
    let id = simulated.workspace_id();
    let refused = client.associate_license(None, id, "ENTERPRISE", Some(&token)).await;
    let said = refused.unwrap_err().to_string();
    assert!(!said.contains("0f0f0f0f") && !said.contains("0123456789ab"), "{said}");
}
