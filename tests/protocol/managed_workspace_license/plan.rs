//! What validation and plans say.

use serde_json::json;

use super::{Stage, TYPE, attribute, error, texts, warning};
use terraform_provider_grafana::provider::Grafana;
use tfplugin::testing::{Client, State, unknown};

#[tokio::test]
async fn what_cannot_be_is_refused_at_its_attribute() {
    let stage = Stage::linked().await;
    let long = "x".repeat(37);
    for (name, config, part) in [
        ("license_type", json!({ "license_type": "ENTERPRISE_FREE_TRIAL" }), "no longer offered"),
        ("license_type", json!({ "license_type": "PRO" }), "`ENTERPRISE`"),
        ("workspace_id", json!({ "workspace_id": "metrics" }), "g-0123456789"),
        ("grafana_token", json!({ "grafana_token": long }), "a length of 1 to 36"),
        ("timeouts.create", json!({ "timeouts": { "create": "soon" } }), "10m"),
    ] {
        let said = stage.client.validate(TYPE, stage.config(config)).await;
        assert_eq!(attribute(&error(&said, &[part])), name);
    }
    let both = json!({ "grafana_token": "a", "grafana_token_wo": "b" });
    let said = stage.client.validate(TYPE, stage.config(both)).await;
    assert_eq!(attribute(&error(&said, &["cannot be set together"])), "grafana_token");
}

#[tokio::test]
async fn generated_configuration_is_valid() {
    let stage = Stage::linked().await;
    let generated = json!({
        "license_type": "ENTERPRISE", "grafana_token": null, "grafana_token_wo": null,
        "grafana_token_wo_version": null, "region": "us-east-1",
    });
    assert_eq!(stage.client.validate(TYPE, stage.config(generated)).await, []);
}

#[tokio::test]
async fn a_create_says_once_what_it_costs() {
    let stage = Stage::linked().await;
    let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
    warning(&plan.diagnostics, &["costs extra", "aws.amazon.com/grafana/pricing"]);
    let state = stage.client.apply(&plan).await;
    assert_eq!(texts(&state.diagnostics), [""; 0], "not again at apply");
    let changed = stage.config(json!({ "grafana_token": "labs-token-1" }));
    let plan = stage.client.plan(TYPE, &state, changed).await;
    assert_eq!(texts(&plan.diagnostics), [""; 0], "not for a change");
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

#[tokio::test]
async fn a_workspace_that_is_not_known_yet_can_be_planned() {
    let stage = Stage::linked().await;
    let config = json!({ "workspace_id": unknown(), "region": unknown() });
    let plan = stage.client.plan(TYPE, &State::none(), config).await;
    warning(&plan.diagnostics, &["costs extra"]);
    assert_eq!(plan.value["license_type"], "ENTERPRISE");
    assert_eq!(stage.amazon.calls(), []);
}

#[tokio::test]
async fn another_workspace_replaces_the_resource() {
    let stage = Stage::linked().await;
    let state = stage.created(json!({})).await;
    let plan = stage.client.plan(TYPE, &state, json!({ "workspace_id": "g-0000000000" })).await;
    assert_eq!(plan.requires_replace, ["workspace_id"]);
}

#[tokio::test]
async fn other_timeouts_change_nothing_else() {
    let stage = Stage::linked().await;
    let state = stage.created(json!({})).await;
    let changed = stage.config(json!({ "timeouts": { "create": "20m" } }));
    let plan = stage.client.plan(TYPE, &state, changed).await;
    assert_eq!(plan.value["workspace"], state.value["workspace"]);
    let calls = stage.amazon.calls().len();
    let state = stage.client.apply(&plan).await;
    assert_eq!(state.value["timeouts"]["create"], "20m");
    assert_eq!(stage.amazon.calls().len(), calls);
}

#[tokio::test]
async fn an_unknown_profile_is_told_when_the_provider_is_configured() {
    let client = Client::start(Grafana).await;
    let said = client.configure(json!({ "aws": { "profile": "no-such-profile" } })).await;
    let error = error(&said, &["`no-such-profile`", "shared config file"]);
    assert_eq!(attribute(&error), "aws.profile");
}
