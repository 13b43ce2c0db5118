//! Changes of a license that is there.

use serde_json::{Value as Json, json};
use simulator::amazon::Operation;
use tfplugin::testing::unknown;

use super::{OTHER, Stage, TOKEN, TYPE, texts};

#[tokio::test]
async fn a_free_trial_becomes_a_license_in_place() {
    let stage = Stage::linked().await;
    stage.amazon.change_workspace(stage.id(), |w| {
        w.license_type = Some("ENTERPRISE_FREE_TRIAL".into());
        w.free_trial_expiration = Some("2026-12-24T00:00:00Z".parse().unwrap());
    });
    let imported = stage.client.import(TYPE, stage.id()).await;
    let state = stage.read(&imported).await;
    assert_eq!(state.value["free_trial_expiration"], "2026-12-24T00:00:00Z");
    let plan = stage.client.plan(TYPE, &state, stage.config(json!({}))).await;
    assert_eq!(plan.requires_replace, [""; 0]);
    let state = stage.client.apply(&plan).await;
    assert_eq!(state.value["workspace"]["license_type"], "ENTERPRISE");
    assert_eq!(stage.count(Operation::DisassociateLicense), 0);
}

#[tokio::test]
async fn another_token_is_handed_over_in_place() {
    let stage = Stage::unlinked().await;
    let state = stage.created(json!({ "grafana_token": TOKEN })).await;
    let plan =
        stage.client.plan(TYPE, &state, stage.config(json!({ "grafana_token": OTHER }))).await;
    assert_eq!(plan.requires_replace, [""; 0]);
    let state = stage.client.apply(&plan).await;
    assert_eq!(texts(&state.diagnostics), [""; 0]);
    assert_eq!(state.value["workspace"]["grafana_token"], OTHER);
    assert_eq!(stage.count(Operation::AssociateLicense), 2);
    assert_eq!(stage.count(Operation::DisassociateLicense), 0);
}

#[tokio::test]
async fn a_token_that_is_taken_out_changes_nothing_at_aws() {
    let stage = Stage::unlinked().await;
    let state = stage.created(json!({ "grafana_token": TOKEN })).await;
    let state = stage.apply(&state, json!({})).await;
    assert_eq!(texts(&state.diagnostics), [""; 0]);
    assert_eq!(state.value["grafana_token"], Json::Null);
    assert_eq!(stage.count(Operation::AssociateLicense), 1);
    assert_eq!(stage.license().as_deref(), Some("ENTERPRISE"));
}

#[tokio::test]
async fn what_no_token_changes_stays_known() {
    let stage = Stage::unlinked().await;
    stage.created(json!({ "grafana_token": TOKEN })).await;
    let imported = stage.client.import(TYPE, stage.id()).await;
    let state = stage.read(&imported).await;
    let config = stage.config(json!({ "grafana_token": OTHER }));
    let plan = stage.client.plan(TYPE, &state, config).await;
    for name in ["id", "endpoint", "created", "name", "grafana_version", "tags"] {
        assert_eq!(plan.value["workspace"][name], state.value["workspace"][name], "{name}");
    }
    for name in ["status", "modified", "grafana_token", "license_type"] {
        assert_eq!(plan.value["workspace"][name], unknown(), "{name}");
    }

    // Somebody else is quicker.
    stage.amazon.change_workspace(stage.id(), |w| w.name = Some("renamed".into()));
    let state = stage.client.apply(&plan).await;
    assert_eq!(texts(&state.diagnostics), [""; 0]);
    assert_eq!(state.value["workspace"]["grafana_token"], OTHER);
    assert_eq!(state.value["workspace"]["name"], "simulator", "as it was planned");
    assert_eq!(stage.read(&state).await.value["workspace"]["name"], "renamed");
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
