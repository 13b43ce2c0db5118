//! A refused sign-in is sent once; five wrong passwords would lock the user.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use terraform_provider_grafana::grafana::{Auth, Client, Error, ErrorKind, Probe};
use tokio::sync::Barrier;

use crate::server::{Received, Reply, Server};

fn refusal() -> Reply {
    Reply::Json(401, json!({"message": "invalid username or password"}))
}

fn empty_list() -> Reply {
    Reply::Json(200, json!([]))
}

async fn ten_lists(server: &Server) -> Vec<Result<(), Error>> {
    let client = server.client_with(|settings| settings.retries = 0);
    let tasks = (0..10).map(|org| {
        let keys = client.for_org(Some(org)).api_keys();
        tokio::spawn(async move { keys.list(true).await.map(drop) })
    });
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_parallel_wrong_passwords_send_one_request() {
    let server = Server::start(|_, _| refusal()).await;
    let results = ten_lists(&server).await;
    assert_eq!(server.count(), 1);
    let first = results[0].clone().unwrap_err();
    assert!(
        *first.kind() == ErrorKind::Refused
            && first.message() == Some("invalid username or password")
    );
    assert!(results.iter().all(|result| result.as_ref() == Err(&first)), "{results:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn after_a_failing_answer_the_next_request_proves_the_sign_in() {
    let server = Server::start(|_, before| match before {
        0 => Reply::Json(503, json!({"message": "starting"})),
        1 => Reply::Dropped,
        2 => Reply::Text(200, "text/html", "<title>Log in</title>".to_owned()),
        _ => refusal(),
    })
    .await;
    let results = ten_lists(&server).await;
    assert_eq!(server.count(), 4);
    let refused = results
        .iter()
        .filter(|result| result.as_ref().is_err_and(|error| *error.kind() == ErrorKind::Refused));
    assert_eq!(refused.count(), 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_proven_sign_in_lets_requests_go_together() {
    let barrier = Arc::new(Barrier::new(5));
    let server = Server::start(move |_, before| match before {
        0 => Reply::Json(403, json!({"message": "Permission denied"})),
        _ => Reply::Together(Arc::clone(&barrier), Box::new(empty_list())),
    })
    .await;
    let keys = server.client().api_keys();
    assert!(matches!(keys.list(true).await.unwrap_err().kind(), ErrorKind::Forbidden { .. }));
    let together = join_all((0..5).map(|_| keys.list(true))).await;
    assert!(together.iter().all(Result::is_ok), "{together:?}");
}

/// A client of a server, for which 401 is listed, with this many retries.
fn patient(server: &Server, auth: &str, retries: u32) -> Client {
    server.client_with(|settings| {
        settings.auth = Auth::parse(&auth.into()).unwrap();
        settings.retry_status_codes = vec!["401".parse().unwrap()];
        settings.retry_wait = Duration::from_millis(1);
        settings.retries = retries;
    })
}

#[tokio::test]
async fn a_401_is_sent_again_if_it_is_listed_and_the_sign_in_was_good() {
    for auth in ["admin:admin", "glsa_1"] {
        let server =
            Server::start(|_, before| if before % 3 == 1 { refusal() } else { empty_list() }).await;
        let keys = patient(&server, auth, 3).api_keys();
        for _ in 0..4 {
            assert!(keys.list(true).await.is_ok());
        }
        assert_eq!(server.count(), 6);
    }
}

#[tokio::test]
async fn a_password_that_stays_refused_cannot_lock_the_user() {
    for (auth, refusals) in [("admin:admin", 3), ("glsa_1", 12)] {
        let server =
            Server::start(|_, before| if before == 0 { empty_list() } else { refusal() }).await;
        let keys = patient(&server, auth, 10).api_keys();
        assert!(keys.list(true).await.is_ok());
        for _ in 0..3 {
            assert_eq!(*keys.list(true).await.unwrap_err().kind(), ErrorKind::Refused);
        }
        assert_eq!(server.count(), 1 + refusals, "{auth}");
    }
}

#[tokio::test]
async fn a_401_to_the_first_request_is_never_sent_again() {
    let server = Server::start(|_, _| refusal()).await;
    let client = server.client_with(|settings| {
        settings.retry_status_codes = vec!["4xx".parse().unwrap()];
    });
    assert!(client.api_keys().list(false).await.is_err());
    assert!(client.instance().await.is_err());
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_sign_in_refused_later_is_given_up_too() {
    let server =
        Server::start(|_, before| if before == 1 { refusal() } else { empty_list() }).await;
    let keys = server.client().api_keys();
    assert!(keys.list(true).await.is_ok());
    assert!(keys.list(true).await.is_err());
    assert!(keys.list(true).await.is_err());
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn a_token_that_is_gone_is_refused_by_9_4_with_500() {
    let dead = |_: &Received, _: usize| {
        Reply::Json(500, json!({"message": "invalid API key", "traceID": ""}))
    };
    let server = Server::start(dead).await;
    let client = server.client_with(|settings| {
        settings.auth = Auth::parse(&"eyJrIjoiYSJ9".into()).unwrap();
    });
    assert_eq!(*client.api_keys().list(true).await.unwrap_err().kind(), ErrorKind::Refused);
    assert_eq!(*client.own_organization().await.unwrap_err().kind(), ErrorKind::Refused);
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn without_a_sign_in_a_401_says_what_to_set() {
    let server = Server::start(|_, _| Reply::Json(401, json!({"message": "Unauthorized"}))).await;
    let client = server.client_with(|settings| settings.auth = Auth::Anonymous);
    let error = client.instance().await.unwrap_err();
    assert!(*error.kind() == ErrorKind::SignInNeeded, "{error}");
    assert!(client.instance().await.is_err());
    assert_eq!(server.count(), 2, "nobody can be locked");
    assert_eq!(server.journal()[0].header("authorization"), None);
}

#[tokio::test]
async fn a_sign_in_among_the_headers_is_guarded_too() {
    let server = Server::start(|_, _| refusal()).await;
    let client = server.client_with(|settings| {
        settings.auth = Auth::Anonymous;
        settings.http_headers = [("Authorization".to_owned(), "Basic YTpi".into())].into();
    });
    let both = futures::join!(client.instance(), client.instance());
    assert!(both.0.is_err() && both.1.is_err());
    assert_eq!(server.count(), 1);
}

/// Knows one password and the keys by what they are called.
fn keys_by_name(received: &Received, _: usize) -> Reply {
    let answer = |status, message: &str| Reply::Json(status, json!({"message": message}));
    match received.header("authorization") {
        Some("Basic YWRtaW46Y29ycmVjdCBob3JzZQ==") => refusal(),
        Some("Bearer alive") => Reply::Json(200, json!({"id": 7, "name": "Main Org."})),
        Some("Bearer expired") => answer(401, "Expired API key"),
        Some("Bearer gone-8.4") => answer(401, "invalid API key"),
        Some("Bearer gone-9.4") => answer(500, "invalid API key"),
        Some("Bearer disabled") => answer(401, "Service account is disabled"),
        _ => Reply::Text(200, "text/html", String::new()),
    }
}

#[tokio::test]
async fn probes_tell_what_is_known_and_leave_the_sign_in_alone() {
    let server = Server::start(keys_by_name).await;
    let client = server.client_with(|settings| settings.org_id = Some(9));
    assert!(client.instance().await.is_err());
    let keys = client.api_keys();
    for (key, expected) in [
        ("alive", Probe::Alive { org_id: 7 }),
        ("expired", Probe::Expired),
        ("gone-8.4", Probe::Gone),
        ("gone-9.4", Probe::Gone),
        ("disabled", Probe::Disabled),
    ] {
        assert_eq!(keys.probe(&key.into()).await, expected, "{key}");
    }
    assert_eq!(server.count(), 6, "no probe is repeated");
    let none_of_grafana = keys.probe(&"html".into()).await;
    assert!(
        matches!(none_of_grafana, Probe::Unproven(error) if matches!(error.kind(), ErrorKind::NotJson { .. }))
    );
    let probes = &server.journal()[1..];
    assert!(probes.iter().all(|probe| probe.header("x-grafana-org-id").is_none()));
}

#[tokio::test]
async fn a_refused_probe_does_not_refuse_the_sign_in() {
    let server = Server::start(|received, _| match received.header("authorization") {
        Some("Bearer gone") => Reply::Json(401, json!({"message": "invalid API key"})),
        _ => empty_list(),
    })
    .await;
    let keys = server.client().api_keys();
    assert_eq!(keys.probe(&"gone".into()).await, Probe::Gone);
    assert!(keys.list(true).await.is_ok());
}

#[tokio::test]
async fn health_proves_nothing_about_the_sign_in() {
    let server = Server::start(|received, _| match received.path.as_str() {
        "/api/health" => {
            Reply::Json(200, json!({"database": "ok", "version": "9.2.0", "commit": "NA"}))
        }
        _ => refusal(),
    })
    .await;
    let client = server.client();
    assert_eq!(client.health().await.unwrap().database, "ok");
    let lists = join_all((0..5).map(|_| client.own_organization())).await;
    assert!(lists.iter().all(Result::is_err));
    assert_eq!(server.count(), 2);
    assert_eq!(server.journal()[0].header("authorization"), None);
}
