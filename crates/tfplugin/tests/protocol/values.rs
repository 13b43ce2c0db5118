//! Every type there and back.

use serde_json::json;
use tfplugin::testing::{State, unknown};

use crate::provider::{client, with};

fn all() -> serde_json::Value {
    json!({
        "text": "t", "whole": 3, "flag": false, "kind": "hard",
        "huge": serde_json::from_str::<serde_json::Value>("123456789012345678901234567890.125").unwrap(),
        "list": ["b", "a"], "set": ["b", "a"], "map": { "k": "v" },
        "anything": { "type": ["tuple", ["bool", "number"]], "value": [true, 1.5] },
        "time": "2026-11-22T12:00:00Z",
        "single": { "name": "s", "level": "high" },
        "many": [{ "name": "m" }, { "name": "n", "place": "here" }],
        "unique": [{ "name": "u" }, { "name": "v", "level": "high" }],
        "by_key": { "k": { "name": "b" } },
        "bell": [{ "tone": "c" }, { "tone": "g", "volume": 7 }],
    })
}

#[tokio::test]
async fn every_type_survives() {
    let client = client().await;
    let state = client.plan_and_apply("test_everything", &State::none(), all()).await;
    assert_eq!(state.diagnostics, []);
    let (value, given) = (&state.value, all());
    for name in ["text", "whole", "huge", "list", "map", "anything", "time"] {
        assert_eq!(value[name], given[name], "{name}");
    }
    assert_eq!(value["set"], json!(["a", "b"]));
    let rule = |name, level| json!({ "name": name, "level": level, "number": "1", "made": "made", "place": null });
    assert_eq!(value["single"], rule("s", "high"));
    assert_eq!(
        value["many"],
        json!([rule("m", "mild"), with(&rule("n", "mild"), json!({ "place": "here" }))])
    );
    assert_eq!(value["by_key"]["k"], rule("b", "mild"));
    assert_eq!(value["unique"].as_array().unwrap().len(), 2);
    assert_eq!(value["bell"][1], json!({ "tone": "g", "volume": 7, "weight": 100 }));
    assert_eq!(client.read("test_everything", &state).await.value, state.value);

    let again = client.plan("test_everything", &state, all()).await;
    assert_eq!(again.value, state.value);
}

#[tokio::test]
async fn what_is_left_out_is_null_or_its_default() {
    let client = client().await;
    let config = json!({ "text": "t", "bell": [] });
    let state = client.plan_and_apply("test_everything", &State::none(), config).await;
    for name in ["whole", "huge", "list", "set", "map", "anything", "single", "many", "timeouts"] {
        assert!(state.value[name].is_null(), "{name}");
    }
    assert_eq!(state.value["flag"], true);
    assert_eq!(state.value["kind"], "soft");
    assert_eq!(state.value["bell"], json!([]));
}

#[tokio::test]
async fn unknown_values_stay_unknown_until_apply() {
    let client = client().await;
    let mut config = all();
    for name in
        ["whole", "huge", "flag", "kind", "list", "set", "map", "anything", "time", "single"]
    {
        config[name] = unknown();
    }
    config["many"][0]["name"] = unknown();
    config["bell"][0]["volume"] = unknown();
    assert_eq!(client.validate("test_everything", config.clone()).await, []);
    let planned = client.plan("test_everything", &State::none(), config.clone()).await;
    assert_eq!(planned.diagnostics, []);
    for name in ["whole", "flag", "kind", "list", "set", "map", "anything", "time", "single"] {
        assert_eq!(planned.value[name], unknown(), "{name}");
    }
    assert_eq!(planned.value["many"][0]["name"], unknown());
    let state = client.apply_with(&planned, all()).await;
    assert_eq!(state.diagnostics, []);
    assert_eq!(state.value["list"], json!(["b", "a"]));
    assert_eq!(state.value["bell"][0]["volume"], 5);
}

#[tokio::test]
async fn a_typed_null_of_a_dynamic_attribute_is_null() {
    let client = client().await;
    let typed_null = json!({ "type": "string", "value": null });
    let config = json!({ "text": "t", "bell": [], "anything": typed_null });
    let state = client.plan_and_apply("test_everything", &State::none(), config.clone()).await;
    assert_eq!(state.diagnostics, []);
    assert_eq!(state.value["anything"], typed_null);
    let planned = client.plan("test_everything", &state, config).await;
    assert_eq!(planned.value, state.value);
}
