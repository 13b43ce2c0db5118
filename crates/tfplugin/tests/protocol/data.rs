//! Data sources.

use serde_json::json;

use crate::provider::{client, summaries};

#[tokio::test]
async fn it_is_validated_and_read() {
    let client = client().await;
    let said = client.validate_data("test_fact", json!({ "name": "forbidden" })).await;
    assert_eq!(summaries(&said), ["Forbidden name"]);
    assert_eq!(client.validate_data("test_fact", json!({ "name": "f" })).await, []);
    let config = json!({ "name": "f", "timeouts": { "read": "7s" } });
    let (fact, said) = client.read_data("test_fact", config).await;
    assert_eq!(said, []);
    assert_eq!(fact, json!({ "name": "f", "known_by": " in 7s", "timeouts": { "read": "7s" } }));
}

#[tokio::test]
async fn a_failure_points_at_the_attribute() {
    let (fact, said) = client().await.read_data("test_fact", json!({ "name": "fail" })).await;
    assert!(fact.is_null());
    assert_eq!(summaries(&said), ["Unknown fact"]);
    assert!(said[0].attribute.is_some());
}
