//! What an operation answers beside what was planned.

use serde_json::{Value as Json, json};
use tfplugin::testing::{Client, State};

use crate::provider::{client, summaries, with};

async fn lenient() -> Client {
    let mut client = client().await;
    client.is_strict = false;
    client
}

#[tokio::test]
async fn what_is_still_unknown_is_an_error_that_names_it_and_the_state_is_kept() {
    let config = json!({ "name": "n", "mode": "unknown result" });
    let state = lenient().await.plan_and_apply("test_thing", &State::none(), config).await;
    assert_eq!(summaries(&state.diagnostics), ["Provider returned an inconsistent result"]);
    assert!(state.diagnostics[0].detail.starts_with("made_by is still unknown after apply."));
    assert_eq!((&state.value["name"], &state.value["made_by"]), (&json!("n"), &Json::Null));
}

#[tokio::test]
async fn what_differs_from_a_known_plan_is_an_error_that_names_it_and_the_state_is_kept() {
    let config = json!({ "name": "n", "mode": "another result" });
    let state = lenient().await.plan_and_apply("test_thing", &State::none(), config).await;
    assert_eq!(summaries(&state.diagnostics), ["Provider returned an inconsistent result"]);
    assert!(state.diagnostics[0].detail.starts_with("name came out other than planned."));
    assert_eq!(state.value["name"], "other");
}

#[tokio::test]
#[should_panic(expected = "core: name came out other than planned")]
async fn it_fails_a_test_unless_the_test_is_about_it() {
    let config = json!({ "name": "n", "mode": "another result" });
    client().await.plan_and_apply("test_thing", &State::none(), config).await;
}

#[tokio::test]
async fn what_is_only_written_in_another_way_is_as_planned() {
    let client = client().await;
    // As no float has it, and in another time zone than the model writes.
    let config = json!({ "text": "t", "half": 0.1, "time": "2026-01-01T01:00:00+01:00" });
    let state = client.plan_and_apply("test_everything", &State::none(), config.clone()).await;
    assert_eq!(state.diagnostics, []);
    assert_eq!((&state.value["half"], &state.value["time"]), (&config["half"], &config["time"]));
}

#[tokio::test]
async fn a_change_of_time_limits_alone_is_no_change_of_the_object() {
    let client = client().await;
    let config = json!({ "text": "t" });
    let limits = |create: &str| with(&config, json!({ "timeouts": { "create": create } }));
    for type_name in ["test_stamp", "test_everything"] {
        let state = client.plan_and_apply(type_name, &State::none(), config.clone()).await;
        let planned = client.plan(type_name, &state, limits("5m")).await;
        assert_eq!(planned.value["timeouts"]["create"], "5m");
        let changed = client.apply(&planned).await;
        assert_eq!(changed.diagnostics, []);
        assert_eq!(with(&changed.value, json!({ "timeouts": null })), state.value, "{type_name}");
        assert_eq!(changed.private, state.private);
    }
}
