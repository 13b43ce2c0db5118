//! Replacements.

use serde_json::json;
use tfplugin::testing::State;

use super::{Stage, TYPE, texts};

#[tokio::test]
async fn another_workspace_replaces_the_resource() {
    let stage = Stage::linked().await;
    let state = stage.created(json!({})).await;
    let plan = stage.client.plan(TYPE, &state, json!({ "workspace_id": "g-0000000000" })).await;
    assert_eq!(plan.requires_replace, ["workspace_id"]);
}

#[tokio::test]
async fn the_second_half_of_a_replacement_says_nothing() {
    let stage = Stage::linked().await;
    let state = stage.created(json!({})).await;
    let stage = stage.next_run().await;
    stage.client.plan(TYPE, &state, stage.config(json!({}))).await;
    let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
    assert_eq!(texts(&plan.diagnostics), [""; 0]);
}
