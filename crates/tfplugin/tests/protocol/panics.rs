//! A panic in any call is a diagnostic, and the server lives on.

use serde_json::{Value as Json, json};
use tfplugin::MoveSource;
use tfplugin::proto::tfplugin6::Diagnostic;
use tfplugin::testing::{Client, State};

use crate::provider::client;

fn told(said: &[Diagnostic], rpc: &str, type_name: &str) {
    let expected = format!("{rpc} of {type_name} panicked");
    assert_eq!(said.len(), 1, "{rpc}");
    assert_eq!(said[0].summary, "The provider has a bug");
    assert!(said[0].detail.starts_with(&expected), "{}", said[0].detail);
    // The panic's own words may hold a secret.
    assert!(!said[0].detail.contains("breaks it"), "{}", said[0].detail);
}

async fn thing(client: &Client, mode: &str) -> State {
    let config = json!({ "name": "n", "mode": mode });
    client.plan_and_apply("test_thing", &State::none(), config).await
}

#[tokio::test]
async fn of_a_resource() {
    let client = client().await;
    let config = json!({ "name": "n", "mode": "panic validate" });
    told(&client.validate("test_thing", config).await, "ValidateResourceConfig", "test_thing");
    told(&thing(&client, "panic plan").await.diagnostics, "PlanResourceChange", "test_thing");
    let created = thing(&client, "panic create").await;
    told(&created.diagnostics, "ApplyResourceChange", "test_thing");
    assert!(created.value.is_null());

    let before = thing(&client, "panic read").await;
    let after = client.read("test_thing", &before).await;
    told(&after.diagnostics, "ReadResource", "test_thing");
    assert_eq!(
        (after.value, after.private, after.identity),
        (before.value, before.private, before.identity)
    );

    let before = thing(&client, "panic delete").await;
    let after = client.plan_and_apply("test_thing", &before, Json::Null).await;
    told(&after.diagnostics, "ApplyResourceChange", "test_thing");
    assert_eq!(after.value, before.value);

    let imported = client.import("test_thing", "panic").await;
    told(&imported.diagnostics, "ImportResourceState", "test_thing");
    let stored = json!({ "title": "panic upgrade" });
    let upgraded = client.upgrade("test_thing", 1, &stored).await;
    told(&upgraded.diagnostics, "UpgradeResourceState", "test_thing");
    let source = MoveSource {
        provider_address: "registry.terraform.io/example/other".to_owned(),
        type_name: "other_panic".to_owned(),
        schema_version: 0,
        state: json!({}),
    };
    let moved = client.move_state("test_thing", &source).await;
    told(&moved.diagnostics, "MoveResourceState", "test_thing");
    assert_eq!(thing(&client, "calm").await.diagnostics, []);
}

#[tokio::test]
async fn of_everything_else() {
    let client = client().await;
    let name = |name: &str| json!({ "name": name });
    let said = client.validate_data("test_fact", name("panic validate")).await;
    told(&said, "ValidateDataResourceConfig", "test_fact");
    let (_, said) = client.read_data("test_fact", name("panic")).await;
    told(&said, "ReadDataSource", "test_fact");
    let said = client.validate_ephemeral("test_loan", name("panic validate")).await;
    told(&said, "ValidateEphemeralResourceConfig", "test_loan");
    let (_, _, said) = client.open("test_loan", name("panic open")).await;
    told(&said, "OpenEphemeralResource", "test_loan");
    let (_, private, _) = client.open("test_loan", name("panic renew")).await;
    let (_, said) = client.renew("test_loan", private).await;
    told(&said, "RenewEphemeralResource", "test_loan");
    let (_, private, _) = client.open("test_loan", name("panic close")).await;
    told(&client.close("test_loan", private).await, "CloseEphemeralResource", "test_loan");
    let said = client.validate_list("test_thing", name("panic validate")).await;
    told(&said, "ValidateListResourceConfig", "test_thing");
    let (_, said) = client.list("test_thing", name("panic"), false, 0).await;
    told(&said, "ListResource", "test_thing");
    let said = client.validate_action("test_ring", name("panic validate")).await;
    told(&said, "ValidateActionConfig", "test_ring");
    told(&client.plan_action("test_ring", name("panic plan")).await, "PlanAction", "test_ring");
    let (progress, said) = client.invoke("test_ring", name("panic")).await;
    assert_eq!(progress.len(), 1);
    told(&said, "InvokeAction", "test_ring");
    let arguments = [json!("panic"), json!(1), json!("a")];
    let error = client.call("join_texts", &arguments).await.unwrap_err();
    assert!(error.text.contains("CallFunction of join_texts panicked"), "{}", error.text);
    let said = client.configure(json!({ "broken": true })).await;
    assert!(said[0].detail.starts_with("ConfigureProvider panicked"), "{}", said[0].detail);
    assert_eq!(client.configure(json!({})).await, []);
}
