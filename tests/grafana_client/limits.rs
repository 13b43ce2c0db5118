//! What ends requests and waits early, and what is awaited all the same.

use std::sync::Arc;
use std::time::Duration;

use terraform_provider_grafana::grafana::{Client, ErrorKind, GivenUp, Limits, Role};
use terraform_provider_grafana::http::CarriedOut;
use tokio::sync::{Barrier, Notify};
use tokio::time::Instant;

use crate::server::{Reply, Server};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(3600);

fn created() -> Reply {
    Reply::Json(200, serde_json::json!({"id": 1, "name": "a", "key": "glsa_1"}))
}

/// Notifies of each request, and answers once the barrier lets it.
async fn held(asked: Arc<Notify>, barrier: Arc<Barrier>) -> Server {
    Server::start(move |_, _| {
        asked.notify_one();
        Reply::Together(barrier.clone(), Box::new(created()))
    })
    .await
}

fn within(server: &Server, limits: &Limits) -> Client {
    let client = server.client_with(|made| {
        made.retry_wait = LONG;
        made.request_timeout = LONG;
    });
    client.within(limits.clone())
}

#[tokio::test]
async fn a_stop_ends_a_read_at_once() {
    let asked = Arc::new(Notify::new());
    let server = held(asked.clone(), Arc::new(Barrier::new(2))).await;
    let limits = Limits::default();
    let keys = within(&server, &limits).api_keys();
    let stop = async {
        asked.notified().await;
        limits.stop.cancel();
    };
    let (read, ()) = tokio::join!(keys.list(true), stop);
    assert_eq!(*read.unwrap_err().kind(), ErrorKind::Stopped);
}

#[tokio::test]
async fn what_may_be_carried_out_is_awaited_through_a_stop() {
    let (asked, barrier) = (Arc::new(Notify::new()), Arc::new(Barrier::new(2)));
    let server = held(asked.clone(), barrier.clone()).await;
    let limits = Limits::default();
    let keys = within(&server, &limits).api_keys();
    let stop = async {
        asked.notified().await;
        limits.stop.cancel();
        barrier.wait().await;
    };
    let (made, _) = tokio::join!(keys.create("a", Role::Viewer, None), stop);
    assert_eq!(made.unwrap().id, 1);
    let next = keys.create("b", Role::Viewer, None).await.unwrap_err();
    assert_eq!((next.kind(), server.count()), (&ErrorKind::Stopped, 1), "nothing new is begun");
    assert_eq!(next.carried_out(), CarriedOut::No);
}

#[tokio::test]
async fn a_stop_ends_the_wait_before_a_retry_and_tells_what_may_be_done() {
    let asked = Arc::new(Notify::new());
    let notify = asked.clone();
    let server = Server::start(move |_, _| {
        notify.notify_one();
        Reply::Dropped
    })
    .await;
    let limits = Limits::default();
    let keys = within(&server, &limits).api_keys();
    let stop = async {
        asked.notified().await;
        limits.stop.cancel();
    };
    let (deleted, ()) = tokio::join!(keys.delete(1), stop);
    let error = deleted.unwrap_err();
    assert_eq!((error.kind(), error.carried_out()), (&ErrorKind::Stopped, CarriedOut::Maybe));
}

#[tokio::test]
async fn a_deadline_ends_a_read() {
    let server = held(Arc::default(), Arc::new(Barrier::new(2))).await;
    let deadline = Some(Instant::now() + Duration::from_millis(50));
    let keys = within(&server, &Limits { deadline, ..Limits::default() }).api_keys();
    assert_eq!(*keys.list(true).await.unwrap_err().kind(), ErrorKind::OutOfTime);
}

#[tokio::test]
async fn a_retry_after_beyond_the_deadline_ends_at_once_and_says_so() {
    let server = Server::start(|_, _| Reply::Headed(429, "retry-after", "60".to_owned())).await;
    let deadline = Some(Instant::now() + Duration::from_secs(30));
    let keys = within(&server, &Limits { deadline, ..Limits::default() }).api_keys();
    let error = keys.list(true).await.unwrap_err();
    assert_eq!((error.kind(), server.count()), (&ErrorKind::TooManyRequests, 1));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    let Some(GivenUp::TooLittleTime { left }) = error.given_up() else { panic!("{error:?}") };
    assert!(*left <= Duration::from_secs(30));
}

#[tokio::test]
async fn those_who_wait_for_the_first_sign_in_end_too() {
    let asked = Arc::new(Notify::new());
    let server = held(asked.clone(), Arc::new(Barrier::new(2))).await;
    let (first, second) = (Limits::default(), Limits::default());
    let client = within(&server, &first);
    let (one, other) = (client.api_keys(), client.within(second.clone()).api_keys());
    let stop = async {
        asked.notified().await;
        second.stop.cancel();
        first.stop.cancel();
    };
    let (one, other, ()) = tokio::join!(one.list(true), other.list(true), stop);
    assert_eq!(*one.unwrap_err().kind(), ErrorKind::Stopped);
    assert_eq!(*other.unwrap_err().kind(), ErrorKind::Stopped);
    assert_eq!(server.count(), 1);
}
