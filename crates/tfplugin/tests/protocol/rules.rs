//! Rules and plan modifiers of attributes.

use serde_json::{Value as Json, json};
use tfplugin::testing::{State, unknown};

use crate::provider::{client, with};

const TYPE: &str = "test_cabinet";

async fn told(change: Json) -> Vec<String> {
    let config = with(&json!({ "page": "https://a" }), change);
    let said = client().await.validate(TYPE, config).await;
    said.into_iter().map(|it| format!("{}: {}", it.summary, it.detail)).collect()
}

#[tokio::test]
async fn each_rule_says_what_it_expects_and_where() {
    let page = told(json!({ "page": "a" })).await;
    assert_eq!(page, [r#"Invalid page: Expected a web address, but got "a"."#]);
    let height = told(json!({ "height": 3 })).await;
    assert_eq!(height, ["Invalid height: Expected an even number, but got 3."]);
    let port = told(json!({ "port": 70000 })).await;
    assert_eq!(port, ["Invalid port: Expected a port, but got 70000."]);
    let drawing = told(json!({ "page": null, "drawing": "http://a" })).await;
    assert!(drawing[0].contains("begins with https://"), "{drawing:?}");
    assert!(
        told(json!({ "page": unknown(), "height": unknown(), "from": unknown() })).await.is_empty()
    );
}

#[tokio::test]
async fn elements_have_rules_of_their_own() {
    assert!(told(json!({ "from": ["::1", "10.0.0.0/8", unknown()] })).await.is_empty());
    let said = told(json!({ "from": ["::1", "x"] })).await;
    assert!(said[0].starts_with("Invalid from[1]: Expected a length of at least 2"), "{said:?}");
    assert!(said[1].starts_with("Invalid from[1]: Expected an IP address or a range"), "{said:?}");
    let twice = told(json!({ "from": ["::1", "::1"] })).await;
    assert!(twice[0].starts_with("Invalid from: Expected a list in which"), "{twice:?}");
}

#[tokio::test]
async fn a_rule_of_a_sensitive_attribute_does_not_show_the_value() {
    let said = told(json!({ "key": "hunter2" })).await;
    assert_eq!(said, ["Invalid key: Expected JSON."]);
}

#[tokio::test]
async fn a_plan_modifier_keeps_the_prior_value_or_replaces() {
    let client = client().await;
    let config = json!({ "page": "https://a", "name": "Ark", "height": 4 });
    let state = client.plan_and_apply(TYPE, &State::none(), config.clone()).await;
    let plan = async |change: Json| client.plan(TYPE, &state, with(&config, change)).await;
    let same = plan(json!({ "name": "ARK" })).await;
    assert_eq!(same.value, state.value, "no change at all");
    let grows = plan(json!({ "height": 6 })).await;
    assert_eq!((grows.value["height"].clone(), grows.requires_replace.len()), (json!(6), 0));
    assert_eq!(plan(json!({ "height": 2 })).await.requires_replace, ["height"]);
}

#[tokio::test]
async fn a_dynamic_attribute_takes_any_literal_and_gives_its_type() {
    let client = client().await;
    let content = json!({ "any": [1, "a", null, { "b": true }] });
    let config = json!({ "page": "https://a", "content": content });
    let state = client.plan_and_apply(TYPE, &State::none(), config).await;
    assert_eq!(state.diagnostics, []);
    assert_eq!(state.value["content"]["value"], content);
    let types = &state.value["content"]["type"][1]["any"];
    assert_eq!(
        types,
        &json!(["tuple", ["number", "string", "dynamic", ["object", { "b": "bool" }]]])
    );
    assert_eq!(state.value["label"], json!({ "type": "string", "value": "made" }));
    let typed = json!({ "type": ["list", "string"], "value": ["a"] });
    let config = json!({ "page": "https://a", "content": typed });
    let state = client.plan_and_apply(TYPE, &State::none(), config).await;
    assert_eq!(state.value["content"], typed);
}
