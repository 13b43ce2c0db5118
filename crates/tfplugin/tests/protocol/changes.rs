//! Create, read, update and delete, as far as they succeed, and timeouts.

use serde_json::{Value as Json, json};
use tfplugin::testing::State;

use crate::provider::{client, client_and_events, summaries, with};

#[tokio::test]
async fn a_thing_lives_and_dies() {
    let (client, events) = client_and_events().await;
    let state = client.plan_and_apply("test_thing", &State::none(), json!({ "name": "n" })).await;
    assert_eq!(state.value["made_by"], "");
    let state = client.read("test_thing", &state).await;
    let state = client.plan_and_apply("test_thing", &state, json!({ "name": "m" })).await;
    assert_eq!(state.value["name"], "m");
    let state = client.plan_and_apply("test_thing", &state, Json::Null).await;
    assert!(state.value.is_null() && state.private.is_empty() && state.identity.is_null());
    assert!(events.has("delete m"));
}

#[tokio::test]
async fn what_is_gone_is_no_failure() {
    let client = client().await;
    let config = json!({ "name": "n", "mode": "gone" });
    let state = client.plan_and_apply("test_thing", &State::none(), config).await;
    let state = client.read("test_thing", &state).await;
    assert!(state.value.is_null() && state.identity.is_null());
    assert_eq!(state.diagnostics, []);
}

#[tokio::test]
async fn time_limits_come_from_the_block_or_the_default() {
    let client = client().await;
    let config = json!({ "text": "t", "bell": [] });
    let limit = async |timeouts: Json| {
        let config = with(&config, json!({ "timeouts": timeouts }));
        let state = client.plan_and_apply("test_everything", &State::none(), config).await;
        assert_eq!(state.diagnostics, []);
        String::from_utf8(state.private).unwrap()
    };
    assert_eq!(limit(Json::Null).await, r#"{"limit":300}"#);
    assert_eq!(limit(json!({ "delete": "1s" })).await, r#"{"limit":300}"#);
    assert_eq!(limit(json!({ "create": "1h30m" })).await, r#"{"limit":5400}"#);
}

#[tokio::test]
async fn time_runs_out_with_the_state_that_was_reached() {
    let client = client().await;
    let config =
        |mode: &str| json!({ "name": "n", "mode": mode, "timeouts": { "create": "10ms" } });
    let state = client.plan_and_apply("test_thing", &State::none(), config("slow")).await;
    assert_eq!(summaries(&state.diagnostics), ["Time ran out"]);
    assert!(state.diagnostics[0].detail.contains("10ms"));
    assert_eq!(state.value["name"], "n");
    assert_eq!(state.value["timeouts"]["create"], "10ms");

    let accepted = config("slow but accepted");
    let state = client.plan_and_apply("test_thing", &State::none(), accepted).await;
    assert_eq!(summaries(&state.diagnostics), ["Not finished"]);
    assert_eq!(state.diagnostics[0].severity, 2);
    assert_eq!(state.private, br#"{"count":1}"#);
}

#[tokio::test]
async fn a_limit_that_is_none_loses_nothing() {
    let client = client().await;
    let state = client.plan_and_apply("test_thing", &State::none(), json!({ "name": "n" })).await;
    // As another version of the provider may have stored it.
    let stored = with(&state.value, json!({ "timeouts": { "read": "soon", "create": null } }));
    let state = State { value: stored, ..state };
    let read = client.read("test_thing", &state).await;
    assert_eq!(summaries(&read.diagnostics), ["Invalid timeout"]);
    assert_eq!((read.value, read.private), (state.value, state.private));
}

#[tokio::test]
async fn a_stop_ends_waits_and_keeps_what_was_reached() {
    let (client, events) = client_and_events().await;
    let config = json!({ "name": "n", "mode": "slow" });
    let planned = client.plan("test_thing", &State::none(), config).await;
    let stopping = async {
        events.wait_for("waiting n").await;
        client.stop().await;
    };
    let (state, ()) = tokio::join!(client.apply(&planned), stopping);
    assert_eq!(summaries(&state.diagnostics), ["Stopped"]);
    assert_eq!(state.value["name"], "n");
    // Deleting needs no waiting, and works.
    let state = State { value: with(&state.value, json!({ "mode": null })), ..state };
    let gone = client.plan_and_apply("test_thing", &state, Json::Null).await;
    assert!(gone.value.is_null(), "{:?}", gone.diagnostics);
}
