//! The rules of planning, through the protocol.

use serde_json::{Value as Json, json};
use tfplugin::testing::{Client, Planned, State, unknown};

use crate::provider::{client, summaries, with};

const TYPE: &str = "test_everything";

fn config() -> Json {
    json!({
        "text": "t", "bell": [{ "tone": "c" }],
        "many": [{ "name": "m" }],
        "unique": [{ "name": "u" }, { "name": "a", "level": "x" }],
    })
}

async fn created() -> (Client, State) {
    let client = client().await;
    let state = client.plan_and_apply(TYPE, &State::none(), config()).await;
    assert_eq!(state.diagnostics, []);
    (client, state)
}

async fn replan(client: &Client, state: &State, change: Json) -> Planned {
    client.plan(TYPE, state, with(&config(), change)).await
}

#[tokio::test]
async fn what_the_provider_computes_is_unknown_in_a_create() {
    let planned = client().await.plan(TYPE, &State::none(), config()).await;
    for name in ["id", "seen", "chosen"] {
        assert_eq!(planned.value[name], unknown(), "{name}");
    }
    assert_eq!(planned.value["bell"][0], json!({ "tone": "c", "volume": 5, "weight": unknown() }));
    assert_eq!(planned.value["many"][0]["made"], unknown());
    let levels: Vec<_> =
        planned.value["unique"].as_array().unwrap().iter().map(|it| &it["level"]).collect();
    assert_eq!(levels, ["mild", "x"]);
    assert!(planned.requires_replace.is_empty());
}

#[tokio::test]
async fn a_second_plan_is_empty() {
    let (client, state) = created().await;
    assert_eq!(replan(&client, &state, json!({})).await.value, state.value);
}

#[tokio::test]
async fn a_change_keeps_what_is_kept() {
    let (client, state) = created().await;
    let planned = replan(&client, &state, json!({ "whole": 4 })).await;
    assert_eq!(planned.value["id"], "1");
    assert_eq!(planned.value["chosen"], "by the provider");
    assert_eq!(planned.value["seen"], unknown());
    assert_eq!(planned.value["many"][0]["number"], "1");
    assert_eq!(planned.value["many"][0]["made"], unknown());
    for rule in planned.value["unique"].as_array().unwrap() {
        assert_eq!((&rule["number"], &rule["made"]), (&json!("1"), &unknown()));
    }
    assert!(planned.requires_replace.is_empty());
    let state = client.apply(&planned).await;
    assert_eq!(state.diagnostics, []);
    assert_eq!(state.value["whole"], 4);
}

#[tokio::test]
async fn a_value_taken_out_goes_back_to_its_default() {
    let (client, state) = created().await;
    let set = json!({ "flag": false, "chosen": "mine", "bell": [{ "tone": "c", "volume": 9 }] });
    let state = client.apply(&replan(&client, &state, set).await).await;
    assert_eq!(state.value["chosen"], "mine");
    let planned = replan(&client, &state, json!({})).await;
    assert_eq!(planned.value["flag"], true);
    assert_eq!(planned.value["bell"][0]["volume"], 5);
    assert_eq!(planned.value["chosen"], "mine");
}

#[tokio::test]
async fn replacement_is_planned_as_a_create() {
    let (client, state) = created().await;
    let planned = replan(&client, &state, json!({ "text": "other" })).await;
    assert_eq!(planned.requires_replace, ["text"]);
    assert_eq!(planned.value["id"], unknown());
    let state = client.apply(&planned).await;
    assert_eq!(state.diagnostics, []);
    assert_eq!(state.value["text"], "other");

    let planned = replan(&client, &state, json!({ "text": unknown() })).await;
    assert_eq!(planned.requires_replace, ["text"]);
    let moved = json!({ "text": "other", "many": [{ "name": "m", "place": "there" }] });
    let planned = replan(&client, &state, moved).await;
    assert_eq!(planned.requires_replace, ["many[0].place"]);
}

#[tokio::test]
async fn a_resource_has_the_last_word_on_replacement() {
    let client = client().await;
    let thing = |mode: &str, place: &str| json!({ "name": "n", "mode": mode, "place": place });
    let state = client.plan_and_apply("test_thing", &State::none(), thing("stay", "a")).await;
    let planned = client.plan("test_thing", &state, thing("stay", "b")).await;
    assert!(planned.requires_replace.is_empty());
    let planned = client.plan("test_thing", &state, thing("calm", "b")).await;
    assert_eq!(planned.requires_replace, ["place"]);
    let renamed = json!({ "name": "m", "mode": "replace", "place": "a" });
    let planned = client.plan("test_thing", &state, renamed).await;
    assert_eq!(planned.requires_replace, ["name"]);
}

#[tokio::test]
async fn a_resource_can_force_a_change_and_foresee_its_result() {
    let client = client().await;
    let thing = |mode: &str| json!({ "name": "n", "mode": mode });
    let state = client.plan_and_apply("test_thing", &State::none(), thing("always")).await;
    let planned = client.plan("test_thing", &state, thing("always")).await;
    assert_eq!(planned.value["made_by"], unknown());
    let planned = client.plan("test_thing", &State::none(), thing("foreseen")).await;
    assert_eq!(planned.value["made_by"], "");
    let state = client.apply(&planned).await;
    assert_eq!(state.diagnostics, []);
}

#[tokio::test]
async fn a_warning_is_told_once_where_terraform_lets_it() {
    let mut client = client().await;
    let warned = json!({ "name": "n", "mode": "warn" });
    let planned = client.plan("test_thing", &State::none(), warned.clone()).await;
    assert_eq!(summaries(&planned.diagnostics), ["Beware"]);
    client.stores_planned_private = true;
    let planned = client.plan("test_thing", &State::none(), warned).await;
    let state = client.apply(&planned).await;
    // Nothing of the mark is stored.
    assert_eq!(state.private, br#"{"count":1}"#);
}

#[tokio::test]
async fn private_state_goes_from_plan_to_apply_to_read() {
    let client = client().await;
    let config = json!({ "name": "n", "mode": "remember" });
    let state = client.plan_and_apply("test_thing", &State::none(), config).await;
    assert_eq!(state.private, br#"{"count":1,"planned":"yes"}"#);
    let state = client.read("test_thing", &state).await;
    assert_eq!(state.private, br#"{"count":2,"planned":"yes"}"#);
}

#[tokio::test]
async fn write_only_values_reach_the_provider_and_nothing_else() {
    let client = client().await;
    let config = with(&config(), json!({ "secret_wo": "hush-hush" }));
    let planned = client.plan(TYPE, &State::none(), config.clone()).await;
    assert!(planned.value["secret_wo"].is_null());
    let state = client.apply(&planned).await;
    assert!(state.value["secret_wo"].is_null());
    assert_eq!(state.value["seen"], "write-only of 9");
    // Another value is no change: that is what a version attribute is for.
    let planned = client.plan(TYPE, &state, with(&config, json!({ "secret_wo": "another" }))).await;
    assert_eq!(planned.value, state.value);
}

#[tokio::test]
async fn a_destroy_can_be_warned_of_and_refused() {
    let client = client().await;
    for (mode, said) in [("dear", "Last of its kind"), ("fail plan_destroy", "Broken")] {
        let config = json!({ "name": "n", "mode": mode });
        let state = client.plan_and_apply("test_thing", &State::none(), config).await;
        let planned = client.plan("test_thing", &state, Json::Null).await;
        assert_eq!(summaries(&planned.diagnostics), [said]);
        assert!(planned.value.is_null());
    }
}

#[tokio::test]
async fn an_identity_is_planned_once_and_stays() {
    let client = client().await;
    let state = client.plan_and_apply("test_thing", &State::none(), json!({ "name": "n" })).await;
    assert_eq!(state.identity, json!({ "name": "n", "label": "" }));
    let state = client.plan_and_apply("test_thing", &state, json!({ "name": "m" })).await;
    assert_eq!(state.identity, json!({ "name": "n", "label": "" }));
    assert_eq!(client.read("test_thing", &state).await.identity, state.identity);
}

fn safe(mode: &str, place: &str) -> Json {
    json!({ "name": "n", "mode": mode, "place": place })
}

#[tokio::test]
async fn an_object_with_a_sensitive_part_is_planned_with_its_attributes() {
    let client = client().await;
    let new = json!({
        "worth": unknown(),
        "lock": { "code": unknown() },
        "label": unknown(),
    });
    for mode in ["", "unknown", "force"] {
        let planned = client.plan("test_safe", &State::none(), safe(mode, "a")).await;
        assert_eq!(planned.value["content"], new, "{mode}");
        assert_eq!(planned.value["label"], unknown(), "nothing in it is sensitive");
        let state = client.apply(&planned).await;
        assert_eq!(state.value["content"]["lock"]["code"], "1234");
        assert_eq!(state.value["content"]["label"]["text"], "safe");
    }
}

#[tokio::test]
async fn a_change_plans_such_an_object_with_what_is_kept_in_it() {
    let client = client().await;
    let state = client.plan_and_apply("test_safe", &State::none(), safe("", "a")).await;
    let changed = json!({
        "worth": 7,
        "lock": { "code": unknown() },
        "label": unknown(),
    });
    let planned = client.plan("test_safe", &state, safe("", "a")).await;
    assert_eq!(planned.value, state.value, "nothing changes");
    let renamed = with(&safe("", "a"), json!({ "name": "m" }));
    let planned = client.plan("test_safe", &state, renamed).await;
    assert_eq!(planned.value["content"], changed);
    let state = client.apply(&planned).await;
    let planned = client.plan("test_safe", &state, safe("force", "a")).await;
    assert_eq!(planned.value["content"], changed);
    let planned = client.plan("test_safe", &state, safe("", "b")).await;
    assert_eq!(planned.requires_replace, ["place"]);
    assert_eq!(planned.value["content"]["worth"], unknown());
    assert_eq!(planned.value["content"]["lock"], json!({ "code": unknown() }));
    assert_eq!(client.apply(&planned).await.value["content"]["worth"], 7);
}

#[tokio::test]
async fn such_an_object_that_turns_out_to_be_absent_has_no_attributes() {
    let client = client().await;
    let planned = client.plan("test_safe", &State::none(), safe("empty", "a")).await;
    let state = client.apply(&planned).await;
    assert_eq!(state.diagnostics, []);
    assert_eq!(
        state.value["content"],
        json!({ "worth": null, "lock": { "code": null }, "label": null })
    );
}
