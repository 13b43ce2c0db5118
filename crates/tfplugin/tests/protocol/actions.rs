//! Actions.

use serde_json::{Value as Json, json};
use tfplugin::testing::unknown;

use crate::provider::{client, summaries};

#[tokio::test]
async fn it_is_validated_and_planned() {
    let client = client().await;
    let said = client.validate_action("test_ring", json!({ "times": 4 })).await;
    assert_eq!(summaries(&said), ["Invalid times"]);
    let said = client.validate_action("test_ring", json!({ "name": "forbidden" })).await;
    assert_eq!(summaries(&said), ["Forbidden name"]);
    // No `config` block at all.
    assert_eq!(client.validate_action("test_ring", Json::Null).await, []);
    let said = client.plan_action("test_ring", Json::Null).await;
    assert_eq!(summaries(&said), ["It will be loud"]);
}

#[tokio::test]
async fn it_tells_how_it_gets_on() {
    let client = client().await;
    let (told, said) = client.invoke("test_ring", json!({ "times": 2 })).await;
    assert_eq!(told, ["ring 0 within 120s", "ring 1 within 120s"]);
    assert_eq!(said, []);
    assert_eq!(client.invoke("test_ring", Json::Null).await.0.len(), 1);
}

#[tokio::test]
async fn what_it_told_before_it_failed_is_told() {
    let (told, said) = client().await.invoke("test_ring", json!({ "name": "fail" })).await;
    assert_eq!(told.len(), 1);
    assert_eq!(summaries(&said), ["No bell"]);
}

#[tokio::test]
async fn a_value_that_is_not_known_is_told_at_its_attribute() {
    let (told, said) = client().await.invoke("test_ring", json!({ "name": unknown() })).await;
    assert!(told.is_empty() && said[0].attribute.is_some());
    assert_eq!(said.len(), 1, "{said:?}");
}
