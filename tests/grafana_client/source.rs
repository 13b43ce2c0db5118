//! A client whose address and sign-in are found for each request.

use std::sync::{Arc, Mutex};

use futures::future::{BoxFuture, FutureExt, join_all};
use serde_json::json;
use terraform_provider_grafana::grafana::{
    Auth, Client, Error, ErrorKind, Settings, SignInSource, SignedIn, StatusPattern,
};
use tokio::sync::Barrier;

use crate::server::{Received, Reply, Server};

/// Gives what the test has put there.
#[derive(Debug)]
struct Given(Mutex<Result<Arc<SignedIn>, Error>>);

impl Given {
    fn put(&self, signed_in: Result<Arc<SignedIn>, Error>) {
        *self.0.lock().unwrap() = signed_in;
    }
}

impl SignInSource for Given {
    fn sign_in(&self) -> BoxFuture<'_, Result<Arc<SignedIn>, Error>> {
        async { self.0.lock().unwrap().clone() }.boxed()
    }
}

fn at(server: &Server, token: &str) -> Arc<SignedIn> {
    Arc::new(SignedIn::new(&server.url, Auth::Token(token.into())).unwrap())
}

fn client(first: Result<Arc<SignedIn>, Error>) -> (Client, Arc<Given>) {
    let mut settings = Settings::for_source().unwrap();
    settings.retry_wait = std::time::Duration::from_millis(1);
    let source = Arc::new(Given(Mutex::new(first)));
    (Client::with_source(&settings, source.clone()).unwrap(), source)
}

fn empty_list() -> Reply {
    Reply::Json(200, json!([]))
}

fn tokens(server: &Server) -> Vec<String> {
    let of = |request: &Received| request.header("authorization").unwrap_or_default().to_owned();
    server.journal().iter().map(of).collect()
}

#[tokio::test]
async fn each_request_goes_where_the_source_says() {
    let one = Server::start(|_, _| empty_list()).await;
    let other = Server::start(|_, _| empty_list()).await;
    let (client, source) = client(Ok(at(&one, "glsa_1")));
    client.api_keys().list(true).await.unwrap();
    source.put(Ok(at(&one, "glsa_2")));
    client.api_keys().list(true).await.unwrap();
    source.put(Ok(at(&other, "glsa_3")));
    client.for_org(Some(2)).api_keys().list(true).await.unwrap();
    assert_eq!(tokens(&one), ["Bearer glsa_1", "Bearer glsa_2"]);
    assert_eq!(tokens(&other), ["Bearer glsa_3"]);
}

#[tokio::test]
async fn without_a_sign_in_nothing_is_sent() {
    let why = Error::new(ErrorKind::NoSignIn {
        summary: "None".to_owned(),
        detail: "No token.".to_owned(),
    });
    let (client, source) = client(Err(why.clone()));
    assert_eq!(client.api_keys().list(true).await.unwrap_err(), why);
    assert!(!client.can_license() && !client.signs_in_with_password());
    let server = Server::start(|_, _| empty_list()).await;
    source.put(Ok(at(&server, "glsa_1")));
    assert!(client.api_keys().list(true).await.is_ok(), "the next request asks again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_sign_in_is_unproven_and_the_same_one_stays_proven() {
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
    let (client, source) = client(Ok(at(&server, "glsa_1")));
    let keys = client.api_keys();
    keys.list(true).await.unwrap();
    let proven = join_all((0..5).map(|_| keys.list(true))).await;
    assert!(proven.iter().all(Result::is_ok), "they go together: {proven:?}");

    source.put(Ok(at(&server, "glsa_2")));
    let refused = join_all((0..5).map(|_| keys.list(true))).await;
    assert!(
        refused
            .iter()
            .all(|it| it.as_ref().is_err_and(|error| *error.kind() == ErrorKind::Refused)),
        "{refused:?}"
    );
    assert_eq!(server.count(), 7, "a refused token is sent once");

    source.put(Ok(at(&server, "glsa_3")));
    assert!(keys.list(true).await.is_ok(), "its successor is another sign-in");
}

#[tokio::test]
async fn a_request_that_is_sent_again_takes_the_newest_sign_in() {
    let source = Arc::new(Given(Mutex::new(Err(Error::new(ErrorKind::BasicAuthNeeded)))));
    let changing = Arc::clone(&source);
    let server = Server::start(move |request, before| {
        if before == 0 {
            let host = request.header("host").unwrap();
            let next = SignedIn::new(&format!("http://{host}/"), Auth::Token("glsa_2".into()));
            changing.put(Ok(Arc::new(next.unwrap())));
            return Reply::Json(503, json!({ "message": "busy" }));
        }
        empty_list()
    })
    .await;
    source.put(Ok(at(&server, "glsa_1")));
    let mut settings = Settings::for_source().unwrap();
    settings.retry_wait = std::time::Duration::from_millis(1);
    settings.retry_status_codes = StatusPattern::DEFAULT.to_vec();
    let client = Client::with_source(&settings, source).unwrap();
    client.api_keys().list(true).await.unwrap();
    assert_eq!(tokens(&server), ["Bearer glsa_1", "Bearer glsa_2"]);
}

#[tokio::test]
async fn wrong_settings_are_told_before_anything_is_found() {
    let mut settings = Settings::for_source().unwrap();
    settings.ca_cert = Some("/no/such/file.pem".to_owned());
    let source = Arc::new(Given(Mutex::new(Err(Error::new(ErrorKind::BasicAuthNeeded)))));
    let error = Client::with_source(&settings, source).unwrap_err();
    assert_eq!(error.setting, "ca_cert");
    assert!(SignedIn::new("no-url", Auth::Anonymous).is_err());
}
