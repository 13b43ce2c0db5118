//! States that come from elsewhere: former versions, other providers, imports.

use serde_json::{Value as Json, json};
use tfplugin::MoveSource;
use tfplugin::proto::tfplugin6::*;
use tfplugin::testing::{Client, State};

use crate::provider::{client, summaries};

#[tokio::test]
async fn a_state_of_the_present_form_is_read_as_it_is() {
    let client = client().await;
    let stored = json!({ "name": "n", "made_by": "x", "gone": [1], "timeouts": { "create": "5m", "old": "1s" } });
    let state = client.upgrade("test_thing", 3, &stored).await;
    assert_eq!(state.diagnostics, []);
    assert_eq!(state.value["name"], "n");
    assert_eq!(state.value["timeouts"], json!({ "create": "5m", "read": null }));
    // A block that was not there is empty, not null.
    let state = client.upgrade("test_everything", 2, &json!({ "text": "t" })).await;
    assert_eq!(state.value["bell"], json!([]));
}

#[tokio::test]
async fn a_state_of_any_former_form_goes_through_each_step_to_the_present_and_keeps_the_rest() {
    let client = client().await;
    for (version, name) in [(0, "label"), (1, "title"), (2, "name")] {
        let stored =
            json!({ name: "n", "place": "HERE", "made_by": "x", "timeouts": { "create": "5m" } });
        let state = client.upgrade("test_thing", version, &stored).await;
        assert_eq!(summaries(&state.diagnostics), ["Small letters"]);
        let thing = |name: &str| state.value[name].clone();
        assert_eq!((thing("name"), thing("place")), (json!("n"), json!("here")), "{version}");
        assert_eq!(
            (thing("made_by"), &state.value["timeouts"]["create"]),
            (json!("x"), &json!("5m"))
        );
    }
    let state = client.upgrade("test_thing", 0, &json!({})).await;
    assert_eq!(summaries(&state.diagnostics), ["Broken"]);
    assert!(state.value.is_null());
}

#[tokio::test]
async fn an_identity_of_a_former_form_is_upgraded_and_a_newer_one_refused() {
    let client = client().await;
    let upgrade = async |version: i64, identity: Json| {
        let type_name = "test_thing".to_owned();
        let raw_identity = raw(&identity);
        let request = upgrade_resource_identity::Request { type_name, version, raw_identity };
        client.rpcs().upgrade_resource_identity(request).await.unwrap().into_inner()
    };
    let former = upgrade(0, json!({ "title": "n", "label": "l" })).await;
    let present = upgrade(1, json!({ "name": "n", "label": "l" })).await;
    assert!(former.diagnostics.is_empty() && former.upgraded_identity.is_some());
    assert_eq!(former.upgraded_identity, present.upgraded_identity);
    let newer = upgrade(2, json!({ "name": "n" })).await;
    assert_eq!(summaries(&newer.diagnostics), ["State of a newer provider"]);
}

#[tokio::test]
async fn a_newer_state_is_refused() {
    let client = client().await;
    let state = client.upgrade("test_thing", 4, &json!({ "name": "n" })).await;
    assert_eq!(summaries(&state.diagnostics), ["State of a newer provider"]);
    assert!(
        state.diagnostics[0]
            .detail
            .contains("schema version is 4, and this provider reads versions up to 3")
    );
}

#[tokio::test]
async fn an_unreadable_state_is_told_without_quoting_it() {
    let client = client().await;
    let state = client.upgrade("test_thing", 3, &json!({ "name": ["s3cret"] })).await;
    assert!(state.diagnostics[0].detail.contains("a string expected at name"));
    assert!(!format!("{:?}", state.diagnostics).contains("s3cret"));
    let raw_state = Some(RawState { flatmap: b"\x0a\x02id".to_vec(), json: vec![] });
    let type_name = "test_thing".to_owned();
    let request = upgrade_resource_state::Request { type_name, version: 3, raw_state };
    let answer = client.rpcs().upgrade_resource_state(request).await.unwrap().into_inner();
    assert!(answer.diagnostics[0].detail.contains("Terraform 0.11"));
}

#[tokio::test]
async fn an_import_by_id_or_identity_is_completed_by_a_read() {
    let client = client().await;
    for state in [
        client.import("test_thing", "n").await,
        client.import_identity("test_thing", &json!({ "name": "n" })).await,
    ] {
        assert_eq!(state.diagnostics, []);
        assert_eq!(state.identity["name"], "n");
        assert_eq!(state.private, br#"{"imported":true}"#);
        assert!(state.value["made_by"].is_null());
        let read = client.read("test_thing", &state).await;
        assert_eq!(read.value["made_by"], "");
    }
}

#[tokio::test]
async fn an_import_by_an_identity_without_what_it_requires_names_what_is_missing() {
    let client = client().await;
    for identity in [json!({ "name": null }), json!({ "name": null, "label": "l" })] {
        let state = client.import_identity("test_thing", &identity).await;
        assert_eq!(state.diagnostics[0].summary, "Invalid name");
        assert_eq!(state.diagnostics[0].detail, "Expected a value, but got null.");
        assert!(state.value.is_null());
    }
}

fn source(type_name: &str, state: Json) -> MoveSource {
    MoveSource {
        provider_address: "registry.opentofu.org/example/other".to_owned(),
        type_name: type_name.to_owned(),
        schema_version: 1,
        state,
    }
}

#[tokio::test]
async fn a_move_takes_over_what_is_known_and_needs_no_configuration() {
    let client = Client::start(crate::provider::Everything::default()).await;
    let from = source("other_thing", json!({ "title": "n", "timeouts": { "create": "5m" } }));
    let state = client.move_state("test_thing", &from).await;
    assert_eq!(state.diagnostics, []);
    assert_eq!((&state.value["name"], &state.identity["name"]), (&json!("n"), &json!("n")));
    assert_eq!(state.value["timeouts"]["create"], "5m");
    let state = client.move_state("test_thing", &source("other_else", json!({}))).await;
    assert_eq!(summaries(&state.diagnostics), ["Unsupported move"]);
    assert!(state.diagnostics[0].detail.contains("other_else"));
}

#[tokio::test]
async fn a_bare_name_is_that_of_the_provider_as_some_opentofu_sends_it() {
    let client = client().await;
    let mut from = source("other_thing", json!({ "title": "n" }));
    from.provider_address = "other".to_owned();
    assert_eq!(client.move_state("test_thing", &from).await.value["name"], "n");
    from.provider_address = "another".to_owned();
    let refused = client.move_state("test_thing", &from).await;
    assert_eq!(summaries(&refused.diagnostics), ["Unsupported move"]);
    assert!(refused.diagnostics[0].detail.contains("other_thing of example/other"));
}

fn raw(json: &Json) -> Option<RawState> {
    Some(RawState { json: json.to_string().into_bytes(), ..Default::default() })
}

/// A state of the same type, from another address of the provider.
fn same(state: &Json) -> move_resource_state::Request {
    move_resource_state::Request {
        source_provider_address: "mirror.example.com/fork/test".to_owned(),
        source_type_name: "test_thing".to_owned(),
        source_schema_version: 3,
        source_state: raw(state),
        target_type_name: "test_thing".to_owned(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_state_of_the_same_type_moves_as_an_upgrade_with_all_that_goes_with_it() {
    let client = client().await;
    let present = json!({ "name": "n", "of_a_fork": 1, "timeouts": { "create": "5m" } });
    for address in ["registry.opentofu.org/example/test", "test", "mirror.example.com/fork/test"] {
        let source_provider_address = address.to_owned();
        let request = move_resource_state::Request { source_provider_address, ..same(&present) };
        let request = move_resource_state::Request {
            source_private: br#"{"imported":true,"of_a_fork":1}"#.to_vec(),
            source_identity: raw(&json!({ "name": "n" })),
            ..request
        };
        let moved = client.rpcs().move_resource_state(request).await.unwrap().into_inner();
        assert_eq!(moved.diagnostics, [], "{address}");
        assert_eq!(moved.target_private, br#"{"imported":true}"#);
        assert!(moved.target_identity.is_some());
    }
    let from = MoveSource { schema_version: 3, ..source("test_thing", present) };
    let state = client.move_state("test_thing", &from).await;
    assert_eq!((&state.value["name"], &state.identity["name"]), (&json!("n"), &json!("n")));
    let former = source("test_thing", json!({ "title": "n" }));
    assert_eq!(client.move_state("test_thing", &former).await.value["name"], "n", "upgraded");
}

#[tokio::test]
async fn a_state_of_the_same_type_that_does_not_fit_is_refused() {
    let client = client().await;
    for (request, summary) in [
        (
            move_resource_state::Request {
                source_schema_version: 4,
                ..same(&json!({ "name": "n" }))
            },
            "State of a newer provider",
        ),
        (same(&json!({ "label": "n" })), "Unsupported move"),
        (same(&json!({ "name": ["n"] })), "Unreadable value"),
        (move_resource_state::Request { source_schema_version: 0, ..same(&json!({})) }, "Broken"),
        (
            move_resource_state::Request { source_state: None, ..same(&Json::Null) },
            "Unreadable value",
        ),
    ] {
        let moved = client.rpcs().move_resource_state(request).await.unwrap().into_inner();
        assert_eq!(summaries(&moved.diagnostics), [summary]);
        assert!(moved.target_state.is_none() || moved.target_private.is_empty());
    }
}

#[tokio::test]
async fn an_identity_is_read_again() {
    let client = client().await;
    let upgrade = async |type_name: &str, identity: Json| {
        let type_name = type_name.to_owned();
        let raw_identity = raw(&identity);
        let request = upgrade_resource_identity::Request { type_name, version: 1, raw_identity };
        client.rpcs().upgrade_resource_identity(request).await.unwrap().into_inner()
    };
    let answer = upgrade("test_thing", json!({ "name": "n" })).await;
    assert!(answer.diagnostics.is_empty() && answer.upgraded_identity.is_some());
    let answer = upgrade("test_thing", json!({ "name": {} })).await;
    assert_eq!(summaries(&answer.diagnostics), ["Unreadable value"]);
    let answer = upgrade("test_everything", json!({})).await;
    assert_eq!(summaries(&answer.diagnostics), ["Resource without an identity"]);
}

#[tokio::test]
async fn a_generated_configuration_has_what_a_user_would_write() {
    let client = client().await;
    let config = json!({
        "text": "t", "secret": "four", "flag": true, "kind": "hard", "old": "o",
        "bell": [{ "tone": "c" }], "many": [{ "name": "m" }],
    });
    let state = client.plan_and_apply("test_everything", &State::none(), config).await;
    assert_eq!(state.diagnostics, []);
    let generated = client.generate_config("test_everything", &state).await;
    assert_eq!(generated["text"], "t");
    assert_eq!(generated["kind"], "hard");
    assert_eq!(generated["bell"], json!([{ "tone": "c", "volume": null, "weight": null }]));
    assert_eq!(generated["many"][0]["name"], "m");
    for name in ["id", "seen", "secret", "flag", "old", "timeouts"] {
        assert!(generated[name].is_null(), "{name}");
    }
    assert_eq!(client.validate("test_everything", generated.clone()).await, []);
}

#[tokio::test]
async fn a_read_that_finds_nothing_new_gives_back_the_very_bytes() {
    let client = client().await;
    let config = json!({ "text": "t", "bell": [] });
    let state = client.plan_and_apply("test_everything", &State::none(), config).await;
    // Another encoding than the provider's own, of state and private state alike.
    let json = serde_json::to_vec_pretty(&state.value).unwrap();
    let request = read_resource::Request {
        type_name: "test_everything".to_owned(),
        current_state: Some(DynamicValue { msgpack: Vec::new(), json }),
        private: br#"{ "limit": 300, "of_a_newer_version": [] }"#.to_vec(),
        ..Default::default()
    };
    let answer = client.rpcs().read_resource(request.clone()).await.unwrap().into_inner();
    assert_eq!(answer.diagnostics, []);
    assert_eq!(answer.new_state, request.current_state);
    assert_eq!(answer.private, request.private);
}
