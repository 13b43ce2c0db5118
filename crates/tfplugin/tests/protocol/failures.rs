//! Operations that fail, and what is left of the state.

use serde_json::{Value as Json, json};
use tfplugin::testing::{Client, State};

use crate::provider::{client, summaries};

async fn thing(client: &Client, mode: &str) -> State {
    let config = json!({ "name": "n", "mode": mode });
    client.plan_and_apply("test_thing", &State::none(), config).await
}

#[tokio::test]
async fn a_failed_create_leaves_nothing_or_what_it_reached() {
    let client = client().await;
    let state = thing(&client, "fail").await;
    assert_eq!(summaries(&state.diagnostics), ["Broken"]);
    assert!(state.value.is_null() && state.identity.is_null());
    let state = thing(&client, "half").await;
    assert_eq!(summaries(&state.diagnostics), ["Broken"]);
    assert_eq!(state.value["made_by"], "");
    assert_eq!(state.identity["name"], "n");
    assert_eq!(state.private, br#"{"count":1}"#);
}

#[tokio::test]
async fn a_failed_update_keeps_the_prior_state_or_what_it_reached() {
    let client = client().await;
    let before = thing(&client, "calm").await;
    let failing = json!({ "name": "m", "mode": "fail" });
    let after = client.plan_and_apply("test_thing", &before, failing).await;
    assert_eq!(summaries(&after.diagnostics), ["Broken"]);
    assert_eq!((&after.value, &after.private), (&before.value, &before.private));
    let half = json!({ "name": "m", "mode": "half" });
    let after = client.plan_and_apply("test_thing", &before, half).await;
    assert_eq!((&after.value["name"], &after.value["mode"]), (&json!("m"), &json!("calm")));
}

#[tokio::test]
async fn a_failed_read_or_delete_keeps_the_state() {
    let client = client().await;
    let before = thing(&client, "fail read").await;
    let after = client.read("test_thing", &before).await;
    assert_eq!(summaries(&after.diagnostics), ["Broken"]);
    assert_eq!((&after.value, &after.identity), (&before.value, &before.identity));
    let before = thing(&client, "fail delete").await;
    let after = client.plan_and_apply("test_thing", &before, Json::Null).await;
    assert_eq!(summaries(&after.diagnostics), ["Broken"]);
    assert_eq!((&after.value, &after.identity), (&before.value, &before.identity));
    assert_eq!(after.private, br#"{"count":1,"reviewed":true}"#);
}

#[tokio::test]
async fn a_failed_plan_says_why() {
    let client = client().await;
    let config = json!({ "name": "n", "mode": "fail plan" });
    let planned = client.plan("test_thing", &State::none(), config).await;
    assert_eq!(summaries(&planned.diagnostics), ["Broken"]);
    assert_eq!(planned.diagnostics[0].attribute.as_ref().unwrap().steps.len(), 1);
}

#[tokio::test]
async fn what_is_not_offered_is_said() {
    let client = client().await;
    let said = client.import("test_everything", "x").await.diagnostics;
    assert_eq!(summaries(&said), ["Import not supported"]);
    let said = client.import("test_thing", "nowhere").await;
    assert_eq!(summaries(&said.diagnostics), ["Broken"]);
    assert!(said.value.is_null());
}
