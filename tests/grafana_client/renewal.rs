//! Another sign-in at the same instance.

use std::sync::Arc;

use futures::future::join_all;
use serde_json::json;
use terraform_provider_grafana::grafana::{Auth, ErrorKind};
use tokio::sync::Barrier;

use crate::server::{Reply, Server};

fn empty_list() -> Reply {
    Reply::Json(200, json!([]))
}

fn token(text: &str) -> Auth {
    Auth::Token(text.into())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_sign_in_is_unproven_and_the_old_one_stays_proven() {
    let together = Arc::new(Barrier::new(5));
    let server = Server::start(move |request, before| match before {
        0 => empty_list(),
        1..=5 => Reply::Together(Arc::clone(&together), Box::new(empty_list())),
        _ if request.header("authorization") == Some("Bearer glsa_2") => {
            Reply::Json(401, json!({ "message": "Invalid API key" }))
        }
        _ => empty_list(),
    })
    .await;
    let first = server.client_with(|made| made.auth = token("glsa_1"));
    let keys = first.api_keys();
    keys.list(true).await.unwrap();
    let proven = join_all((0..5).map(|_| keys.list(true))).await;
    assert!(proven.iter().all(Result::is_ok), "they go together: {proven:?}");

    let second = first.signed_in_as(token("glsa_2")).unwrap().api_keys();
    let refused = join_all((0..5).map(|_| second.list(true))).await;
    let is_refused = |error: &_| *error == ErrorKind::Refused;
    assert!(refused.iter().all(|it| it.as_ref().is_err_and(|e| is_refused(e.kind()))));
    assert_eq!(server.count(), 7, "a refused token is sent once");

    assert!(keys.list(true).await.is_ok(), "a request under way keeps its own");
    let third = first.signed_in_as(token("glsa_3")).unwrap();
    assert!(third.api_keys().list(true).await.is_ok());
}

#[tokio::test]
async fn it_is_told_whether_a_sign_in_is_in_use() {
    let server = Server::start(|_, _| empty_list()).await;
    let first = server.client();
    let use_of_first = first.downgrade();
    let second = first.signed_in_as(token("glsa_2")).unwrap();
    let keys = first.api_keys();
    drop(first);
    assert!(use_of_first.is_in_use());
    drop(keys);
    assert!(!use_of_first.is_in_use() && second.downgrade().is_in_use());
    assert!(second.signed_in_as(token("glsa_\u{7f}")).is_err());
}
