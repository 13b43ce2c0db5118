//! Creates and updates whose answer nobody can receive.

use serde_json::json;
use tfplugin::testing::{Client, State};

use crate::provider::{Events, client_and_events, with};

/// Begins to apply a configuration, and goes away, with the connection or without, once `event` has happened.
async fn abandon(
    client: Client,
    events: &Events,
    state: &State,
    mode: &str,
    event: &str,
) -> Client {
    let config = json!({ "name": "n", "mode": mode });
    let planned = client.plan("test_thing", state, config).await;
    tokio::select! {
        _ = client.apply(&planned) => panic!("it has ended"),
        () = events.wait_for(event) => {}
    }
    client
}

/// Lets a create end whose call has been cancelled: what is asked later is answered later.
async fn made_after_the_cancellation(client: &Client, events: &Events) {
    client.validate("test_thing", json!({ "name": "n" })).await;
    events.add("made");
}

#[tokio::test]
async fn what_a_create_has_made_is_given_back_when_its_call_is_cancelled() {
    let (client, events) = client_and_events().await;
    let client = abandon(client, &events, &State::none(), "request", "making n").await;
    made_after_the_cancellation(&client, &events).await;
    events.wait_for("giving back n for nothing").await;
    drop(client);
}

#[tokio::test]
async fn what_a_create_has_made_is_given_back_when_the_connection_ends() {
    let (client, events) = client_and_events().await;
    drop(abandon(client, &events, &State::none(), "slow", "waiting n").await);
    events.wait_for("giving back n for nothing").await;
}

#[tokio::test]
async fn an_update_is_told_what_it_began_with() {
    let (client, events) = client_and_events().await;
    let state = client.plan_and_apply("test_thing", &State::none(), json!({ "name": "m" })).await;
    drop(abandon(client, &events, &state, "slow", "waiting n").await);
    events.wait_for("giving back n for m").await;
}

#[tokio::test]
async fn shutting_down_waits_until_it_is_given_back() {
    let (client, events) = client_and_events().await;
    let client = abandon(client, &events, &State::none(), "request", "making n").await;
    made_after_the_cancellation(&client, &events).await;
    client.shut_down().await;
    assert!(events.has("giving back n for nothing"));
}

#[tokio::test]
async fn what_is_received_is_kept() {
    let (client, events) = client_and_events().await;
    events.add("made");
    let config = json!({ "name": "n", "mode": "request" });
    let state = client.plan_and_apply("test_thing", &State::none(), config.clone()).await;
    let renamed = with(&config, json!({ "name": "m" }));
    client.plan_and_apply("test_thing", &state, renamed).await;
    client.shut_down().await;
    assert!(!events.all().iter().any(|event| event.starts_with("giving back")));
}
