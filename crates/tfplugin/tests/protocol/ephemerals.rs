//! Ephemeral resources: opened, renewed, closed, and never left open.

use serde_json::json;
use tfplugin::proto::tfplugin6::*;
use tfplugin::testing::{Client, State};

use crate::provider::{client, client_and_events, summaries};

async fn open(client: &Client, name: &str) -> Vec<u8> {
    let (value, private, said) = client.open("test_loan", json!({ "name": name })).await;
    assert_eq!(said, []);
    assert_eq!(value["ticket"], format!("ticket of {name}"));
    private
}

#[tokio::test]
async fn it_is_opened_renewed_and_closed_once() {
    let (client, events) = client_and_events().await;
    let private = open(&client, "a").await;
    let (renewed, said) = client.renew("test_loan", private.clone()).await;
    assert_eq!(said, []);
    assert_ne!(renewed, private);
    assert_eq!(client.close("test_loan", renewed).await, []);
    client.shut_down().await;
    let expected = ["open a", "renew a", "closing a", r#"close a in """#, r#"release """#];
    assert_eq!(events.all()[1..], expected);
}

#[tokio::test]
async fn when_to_renew_is_told() {
    let client = client().await;
    let request = open_ephemeral_resource::Request {
        type_name: "test_loan".to_owned(),
        config: Some(DynamicValue { json: br#"{"name":"a"}"#.to_vec(), msgpack: Vec::new() }),
        ..Default::default()
    };
    let answer = client.rpcs().open_ephemeral_resource(request).await.unwrap().into_inner();
    assert_eq!(answer.renew_at, Some(prost_types::Timestamp::default()));
}

#[tokio::test]
async fn a_failure_leaves_nothing_open() {
    let (client, events) = client_and_events().await;
    let (value, _, said) = client.open("test_loan", json!({ "name": "fail" })).await;
    assert!(value.is_null());
    assert_eq!(summaries(&said), ["Nothing to lend"]);
    client.shut_down().await;
    assert!(!events.all().iter().any(|event| event.starts_with("close")));
}

#[tokio::test]
async fn what_is_left_open_is_closed_with_its_own_configuration() {
    let (client, events) = client_and_events().await;
    open(&client, "a").await;
    assert_eq!(client.configure(json!({ "label": "later" })).await, []);
    open(&client, "b").await;
    client.shut_down().await;
    assert!(events.has(r#"close a in """#) && events.has(r#"close b in "later""#));
}

#[tokio::test]
async fn clean_up_works_after_a_stop() {
    let (client, events) = client_and_events().await;
    let private = open(&client, "a").await;
    open(&client, "b").await;
    client.stop().await;
    assert_eq!(client.close("test_loan", private).await, []);
    assert!(events.has(r#"close a in """#));
    drop(client);
    events.wait_for(r#"close b in """#).await;
}

#[tokio::test]
async fn one_that_cannot_be_closed_keeps_no_other_from_it() {
    let (client, events) = client_and_events().await;
    let (_, _, said) = client.open("test_loan", json!({ "name": "panic close" })).await;
    assert_eq!(said, []);
    open(&client, "b").await;
    assert_eq!(client.configure(json!({ "label": "panics" })).await, []);
    client.shut_down().await;
    assert!(events.has(r#"close b in """#) && events.has(r#"release """#));
}

#[tokio::test]
async fn its_configuration_is_validated() {
    let client = client().await;
    let said = client.validate_ephemeral("test_loan", json!({ "name": "forbidden" })).await;
    assert_eq!(summaries(&said), ["Forbidden name"]);
    assert_eq!(client.validate_ephemeral("test_loan", json!({ "name": "a" })).await, []);
}

#[tokio::test(start_paused = true)]
async fn one_that_hangs_is_given_up_in_the_end() {
    let (client, events) = client_and_events().await;
    open(&client, "hang").await;
    open(&client, "b").await;
    client.shut_down().await;
    assert!(events.has(r#"close b in """#) && events.has(r#"release """#));
}

#[tokio::test(start_paused = true)]
async fn an_operation_without_end_keeps_nothing_from_being_closed() {
    let (client, events) = client_and_events().await;
    open(&client, "a").await;
    let config = json!({ "name": "n", "mode": "stubborn" });
    let planned = client.plan("test_thing", &State::none(), config).await;
    let shutting_down = async {
        events.wait_for("stubborn").await;
        client.shut_down().await;
    };
    tokio::select! {
        state = client.apply(&planned) => panic!("{state:?}"),
        () = shutting_down => {}
    }
    assert!(events.has(r#"close a in """#) && events.has(r#"release """#));
}
