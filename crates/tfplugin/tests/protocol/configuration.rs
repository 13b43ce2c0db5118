//! The provider's own configuration, and what it is not needed for.

use serde_json::json;
use tfplugin::proto::tfplugin6::*;
use tfplugin::testing::{Client, State, unknown};

use crate::provider::{Everything, summaries};

async fn unconfigured() -> Client {
    Client::start(Everything::default()).await
}

#[tokio::test]
async fn it_is_validated_before_it_is_used() {
    let client = unconfigured().await;
    let said = client.configure(json!({ "label": "much too long" })).await;
    assert_eq!(summaries(&said), ["Invalid label"]);
    let said = client.configure(json!({ "label": "no" })).await;
    assert_eq!(summaries(&said), ["Not this label"]);
    let said = client.configure(json!({ "label": "refused" })).await;
    assert_eq!(summaries(&said), ["Refused"]);
    assert!(said[0].attribute.is_some());
}

#[tokio::test]
async fn unknown_values_are_accepted() {
    assert_eq!(unconfigured().await.configure(json!({ "label": unknown() })).await, []);
}

#[tokio::test]
async fn the_newest_configuration_counts_and_all_are_released() {
    let provider = Everything::default();
    let events = provider.events.clone();
    let client = Client::start(provider).await;
    for label in ["one", "two"] {
        assert_eq!(client.configure(json!({ "label": label })).await, []);
    }
    let (fact, _) = client.read_data("test_fact", json!({ "name": "f" })).await;
    assert_eq!(fact["known_by"], "two in 60s");
    assert!(events.has(r#"configure "one" for 1.11.4"#));
    client.shut_down().await;
    assert!(events.has(r#"release "one""#) && events.has(r#"release "two""#));
}

#[tokio::test]
async fn what_needs_it_says_that_it_is_missing() {
    let client = unconfigured().await;
    let missing = "Provider not configured";
    let planned = client.plan("test_thing", &State::none(), json!({ "name": "n" })).await;
    assert_eq!(summaries(&planned.diagnostics), [missing]);
    let state = State { value: json!({ "name": "n" }), ..State::none() };
    let read = client.read("test_thing", &state).await;
    assert_eq!(summaries(&read.diagnostics), [missing]);
    assert_eq!(read.value["name"], "n");
    assert_eq!(summaries(&client.import("test_thing", "n").await.diagnostics), [missing]);
    let (_, said) = client.read_data("test_fact", json!({ "name": "n" })).await;
    assert_eq!(summaries(&said), [missing]);
    let (_, _, said) = client.open("test_loan", json!({ "name": "n" })).await;
    assert_eq!(summaries(&said), [missing]);
    let (_, said) = client.list("test_thing", json!({}), false, 0).await;
    assert_eq!(summaries(&said), [missing]);
    let (_, said) = client.invoke("test_ring", json!({})).await;
    assert_eq!(summaries(&said), [missing]);
    assert_eq!(summaries(&client.plan_action("test_ring", json!({})).await), [missing]);
}

#[tokio::test]
async fn what_does_not_need_it_answers() {
    let client = unconfigured().await;
    assert_eq!(client.validate("test_thing", json!({ "name": "n" })).await, []);
    assert_eq!(client.upgrade("test_thing", 3, &json!({ "name": "n" })).await.diagnostics, []);
    assert_eq!(client.call("length_of", &[json!([1, 2])]).await, Ok(json!(2)));
    let stopped = client.rpcs().stop_provider(stop_provider::Request {}).await.unwrap();
    assert_eq!(stopped.into_inner().error, "");
}

#[tokio::test]
async fn there_are_no_state_stores() {
    let client = unconfigured().await;
    let mut rpcs = client.rpcs();
    let status = rpcs.get_states(get_states::Request::default()).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::Unimplemented);
    let status = rpcs.lock_state(lock_state::Request::default()).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::Unimplemented);
}
