use serde_json::json;
use tfplugin::testing::State;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn at_most_one_token_and_one_to_create() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let both = json!({ "token": "a.b.c", "token_wo": "a.b.c" });
    assert!(!client.validate(TYPE, both).await.is_empty());
    let version = client.validate(TYPE, json!({ "token_wo_version": 1 })).await;
    assert!(points_at(&version[0], "token_wo_version"), "{version:?}");
    assert!(client.validate(TYPE, json!({})).await.is_empty(), "an import needs none");
    let none = client.plan(TYPE, &State::none(), json!({})).await;
    assert!(error(&none.diagnostics).contains("No license token"));
}
