//! What is sent again, and what never is.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use terraform_provider_grafana::grafana::{ErrorKind, GivenUp, LifeLimit, Role};
use terraform_provider_grafana::http::CarriedOut;

use crate::server::{Reply, Server};

fn created() -> Reply {
    Reply::Json(200, json!({"id": 1, "name": "a", "key": "eyJrIjoiYSJ9"}))
}

fn server_error() -> Reply {
    Reply::Json(500, json!({"message": "database is locked"}))
}

#[tokio::test]
async fn a_post_is_sent_once_whatever_the_failure() {
    for number in 0..4 {
        let server = Server::start(move |_, _| match number {
            0 => server_error(),
            1 => Reply::Dropped,
            2 => Reply::CutOff,
            _ => Reply::Text(502, "text/html", "<title>Bad Gateway</title>".to_owned()),
        })
        .await;
        let error = server.client().api_keys().create("a", Role::Viewer, None).await.unwrap_err();
        assert_eq!(error.carried_out(), CarriedOut::Maybe, "{error}");
        assert_eq!(server.count(), 1, "{error}");
    }
}

#[tokio::test]
async fn a_post_with_an_unusable_answer_was_carried_out() {
    for body in ["{\"id\": 1, \"na", "{\"id\": 1}"] {
        let server =
            Server::start(|_, _| Reply::Text(200, "application/json", body.to_owned())).await;
        let error = server.client().api_keys().create("a", Role::Viewer, None).await.unwrap_err();
        assert_eq!(error.carried_out(), CarriedOut::Maybe, "{error}");
        assert_eq!(server.count(), 1);
    }
}

#[tokio::test]
async fn refused_values_were_not_carried_out() {
    let message = "Number of seconds before expiration should be set";
    let server = Server::start(move |_, _| Reply::Json(400, json!({"message": message}))).await;
    let error = server.client().api_keys().create("a", Role::Viewer, None).await.unwrap_err();
    assert_eq!(error.carried_out(), CarriedOut::No);
    assert_eq!(*error.kind(), ErrorKind::LifeLimited(LifeLimit::Required));
}

#[tokio::test]
async fn reads_changes_and_deletions_are_sent_again() {
    let server = Server::start(|_, before| match before {
        3 => Reply::Json(200, json!([])),
        7 => Reply::Json(200, json!({"message": "API key deleted"})),
        _ if before % 4 == 0 => server_error(),
        _ if before % 4 == 1 => Reply::Dropped,
        _ => Reply::CutOff,
    })
    .await;
    let keys = server.client().api_keys();
    assert!(keys.list(true).await.unwrap().keys.is_empty());
    assert!(keys.delete(5).await.is_ok());
    assert_eq!(server.count(), 8);
}

#[tokio::test]
async fn retries_end() {
    let server = Server::start(|_, _| server_error()).await;
    let client = server.client_with(|settings| settings.retries = 2);
    let error = client.api_keys().list(true).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (&ErrorKind::Server, Some(500)));
    assert!(matches!(error.given_up(), Some(GivenUp::Retries { attempts: 3, .. })), "{error:?}");
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn only_listed_codes_are_sent_again() {
    let server = Server::start(|_, before| match before {
        0 => Reply::Json(404, json!({"message": "Failed to retrieve service account"})),
        _ => server_error(),
    })
    .await;
    let client = server.client_with(|settings| {
        settings.retry_status_codes = ["4x4", "503"].map(|code| code.parse().unwrap()).to_vec();
    });
    let error = client.service_accounts().get(1).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (&ErrorKind::Server, Some(500)));
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn a_busy_server_is_asked_again_as_it_wishes() {
    let now = Timestamp::now() - SignedDuration::from_secs(5);
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for wish in ["0".to_owned(), date] {
        let server = Server::start(move |_, before| match before {
            0 => Reply::Headed(429, "retry-after", wish.clone()),
            _ => created(),
        })
        .await;
        // Only the server's wish can end this in time.
        let client = server
            .client_with(|settings| settings.retry_wait = std::time::Duration::from_secs(3600));
        client.own_organization().await.unwrap();
        assert_eq!(server.count(), 2);
    }
}

#[tokio::test]
async fn a_server_that_wants_to_be_left_alone_is() {
    let server = Server::start(|_, _| Reply::Headed(429, "retry-after", "3600".to_owned())).await;
    let error = server.client().api_keys().list(true).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::TooManyRequests);
    assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(3600)));
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_slow_answer_is_given_up() {
    let never = std::sync::Arc::new(tokio::sync::Barrier::new(2));
    let server =
        Server::start(move |_, _| Reply::Together(never.clone(), Box::new(created()))).await;
    let client =
        server.client_with(|settings| settings.request_timeout = std::time::Duration::from_secs(2));
    let error = client.api_keys().create("a", Role::Viewer, None).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout { .. }), "{error}");
    assert_eq!((error.carried_out(), server.count()), (CarriedOut::Maybe, 1));
}
