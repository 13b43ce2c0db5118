//! Answers and lists without an end, and certificates.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::routing::get;
use serde_json::json;
use simulator::faults::Fault;
use simulator::server::{Flaw, Options, Server, Tls};
use terraform_provider_grafana::amazon::{Amazon, ErrorKind, Settings};

use crate::child::{self, Child, describe, fails};
use crate::{settings, start};

/// What a client may take from a server that never ends: the limit, and what is on the way.
const MOST_SENT: usize = 16 * 1024 * 1024;

/// Serves every request with `answer`, which gets its number; the address and how many bytes were sent.
fn serve(
    answer: impl Fn(usize, &mut TcpStream, &AtomicUsize) + Send + Sync + 'static,
) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let sent = Arc::<AtomicUsize>::default();
    let (count, answer, number) = (sent.clone(), Arc::new(answer), Arc::<AtomicUsize>::default());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let (count, answer, number) = (count.clone(), answer.clone(), number.clone());
            std::thread::spawn(move || {
                let mut connection = connection.unwrap();
                let mut request = [0; 8192];
                while connection.read(&mut request).is_ok_and(|read| read > 0) {
                    answer(number.fetch_add(1, Ordering::Relaxed), &mut connection, &count);
                }
            });
        }
    });
    (address, sent)
}

/// JSON without an end.
fn endless() -> (String, Arc<AtomicUsize>) {
    serve(|_, connection, sent| {
        let head =
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"workspace\":{\"name\":\"";
        let mut written = connection.write_all(head.as_bytes());
        let block = [b'x'; 64 * 1024];
        while written.is_ok() && sent.fetch_add(block.len(), Ordering::Relaxed) < 1 << 30 {
            written = connection.write_all(&block);
        }
    })
}

#[tokio::test]
async fn an_answer_without_an_end_is_given_up() {
    let (service, _) = start();
    let (endpoint, sent) = endless();
    let client = Amazon::new(Settings { endpoint: Some(endpoint), ..settings(&service) });
    let described = client.describe_workspace(None, "g-0123456789").await.map(drop);
    let listed = client.list_workspaces(None).await.map(drop);
    let changed =
        client.associate_license(None, "g-0123456789", "ENTERPRISE", None).await.map(drop);
    for error in [described.unwrap_err(), listed.unwrap_err(), changed.unwrap_err()] {
        assert_eq!(error.kind(), &ErrorKind::UnexpectedAnswer);
        assert!(error.message().contains("larger than"), "{error}");
    }
    // Reads are tried five times each.
    assert!(sent.load(Ordering::Relaxed) < 11 * MOST_SENT);
}

#[test]
fn credentials_without_an_end_are_given_up() {
    if child::is_here() {
        fails(Settings::default(), ErrorKind::Credentials, &["AWS credentials"]);
        return;
    }
    let (endpoint, sent) = endless();
    let child =
        || Child::new(Vec::new()).set("AWS_REGION", "us-east-1").set("GRAFANA_WORKSPACE_ID", "g-1");
    let name = "bounds::credentials_without_an_end_are_given_up";
    child().set("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{endpoint}/c")).passes(name);
    let metadata = child().set("AWS_EC2_METADATA_DISABLED", "false");
    metadata.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint.clone()).passes(name);
    let identity =
        child().set("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/r").file("token", "t");
    let token = identity.home().join("token").display().to_string();
    let identity = identity.set("AWS_WEB_IDENTITY_TOKEN_FILE", token);
    identity.set("AWS_ENDPOINT_URL_STS", endpoint).passes(name);
    assert!((1..10 * MOST_SENT).contains(&sent.load(Ordering::Relaxed)), "{sent:?}");
}

#[tokio::test]
async fn a_list_that_goes_round_ends() {
    let (service, client) = start();
    let workspaces = json!({ "workspaces": [], "nextToken": "again" }).to_string();
    service.faults().push(
        Fault::on("GET", "/workspaces").status(200).body("application/json", workspaces).always(),
    );
    let error = client.list_workspaces(None).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::UnexpectedAnswer);
    assert!(error.message().contains("names a page again"), "{error}");
    assert_eq!(service.journal().entries().len(), 2);
}

#[tokio::test]
async fn a_list_without_an_end_is_given_up() {
    let (service, _) = start();
    for (items, why) in [(0, "more than 1000 pages"), (20_000, "more than 10000 items")] {
        let (endpoint, _) = serve(move |number, connection, _| {
            let tokens: Vec<_> = (0..items).map(|_| json!({})).collect();
            let page = json!({ "serviceAccountTokens": tokens, "nextToken": number.to_string() });
            let page = page.to_string();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", page.len());
            let _ = connection.write_all((head + &page).as_bytes());
        });
        let client = Amazon::new(Settings { endpoint: Some(endpoint), ..settings(&service) });
        let listed = client.list_service_account_tokens(None, "g-0123456789", "1").await;
        let error = listed.unwrap_err();
        assert!(error.message().contains(why), "{error}");
    }
}

#[test]
fn the_authority_of_the_environment_or_the_profile_is_trusted() {
    if child::is_here() {
        let name = std::env::var("GRAFANA_WORKSPACE_ID").unwrap();
        match name.as_str() {
            "g-trusted" => assert_eq!(describe(Settings::default(), None).unwrap(), "g-trusted"),
            "g-untrusted" => {
                let parts = ["AWS_CA_BUNDLE", "`ca_bundle`"];
                fails(Settings::default(), ErrorKind::Connection, &parts);
            }
            // Trusted, but for a certificate that proves nothing.
            "g-flawed" => {
                fails(Settings::default(), ErrorKind::Connection, &["AWS_CA_BUNDLE"]);
            }
            wrong => {
                let parts = ["bundle.pem", "AWS_CA_BUNDLE", wrong.trim_start_matches("g-")];
                fails(Settings::default(), ErrorKind::Profile, &parts);
            }
        }
        return;
    }
    let workspace = json!({ "workspace": { "id": "g-trusted", "created": 0, "modified": 0 } });
    let router = Router::new().fallback(get(move || async move { workspace.to_string() }));
    let start = |tls: Tls| {
        let options = Options { tls: Some(tls), ..Options::default() };
        Server::start(router.clone(), options).unwrap()
    };
    let server = start(Tls::server_only());
    let child_of = |server: &Server, id: &str, bundle: &str| {
        Child::new(Vec::new())
            .set("AWS_REGION", "us-east-1")
            .set("AWS_ACCESS_KEY_ID", "AKID")
            .set("AWS_SECRET_ACCESS_KEY", "secret")
            .set("AWS_ENDPOINT_URL_GRAFANA", server.url())
            .set("GRAFANA_WORKSPACE_ID", id)
            .file("bundle.pem", bundle)
    };
    let child = |id: &str, bundle: &str| child_of(&server, id, bundle);
    let name = "bounds::the_authority_of_the_environment_or_the_profile_is_trusted";
    let path = |child: &Child| child.home().join("bundle.pem").display().to_string();
    let with_bundle = |child: Child| {
        let bundle = path(&child);
        child.set("AWS_CA_BUNDLE", bundle)
    };
    let authority = server.ca_pem().unwrap();
    let mut children = vec![child("g-untrusted", "")];
    children.extend(
        [
            ("g-trusted", authority),
            ("g-holds no certificate", ""),
            (
                "g-cannot be decoded",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            ),
        ]
        .map(|(id, bundle)| with_bundle(child(id, bundle))),
    );
    let flaws = [Flaw::Expired, Flaw::NotYetValid, Flaw::OtherName, Flaw::OtherPurpose];
    let flawed = flaws.map(|flaw| start(Tls::flawed(flaw)));
    children.extend(
        flawed
            .iter()
            .map(|server| with_bundle(child_of(server, "g-flawed", server.ca_pem().unwrap()))),
    );
    let of_profile = child("g-trusted", authority);
    let config = format!("[default]\nca_bundle = {}\n", path(&of_profile));
    children.push(of_profile.file(".aws/config", &config));
    // Each waits before it tries again.
    std::thread::scope(|scope| {
        for child in children {
            scope.spawn(|| child.passes(name));
        }
    });
}
