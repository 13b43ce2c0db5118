//! The token from Grafana Labs.

use secrecy::ExposeSecret;
use serde_json::{Value as Json, json};
use simulator::amazon::Operation;

use super::{Stage, TYPE, attribute, error, texts};
use tfplugin::testing::unknown;

const TOKEN: &str = "labs-token-1";
const OTHER: &str = "labs-token-2";

#[tokio::test]
async fn an_unlinked_account_is_told_to_get_a_token() {
    let stage = Stage::unlinked().await;
    let state = stage.create(json!({})).await;
    let parts = ["Grafana Labs token is needed", "AMG-workspace-register-enterprise.html"];
    let said = error(&state.diagnostics, &parts);
    assert_eq!(attribute(&said), "grafana_token");
    assert!(said.detail.contains("`grafana_token_wo`"), "{said:?}");
}

#[tokio::test]
async fn a_token_that_is_refused_is_told_at_its_attribute() {
    let stage = Stage::unlinked().await;
    stage.amazon.accept_only_grafana_tokens([OTHER]);
    for (name, config) in [
        ("grafana_token", json!({ "grafana_token": TOKEN })),
        ("grafana_token_wo", json!({ "grafana_token_wo": TOKEN, "grafana_token_wo_version": 1 })),
    ] {
        let state = stage.create(config).await;
        let said = error(&state.diagnostics, &["does not accept the Grafana Labs token"]);
        assert_eq!(attribute(&said), name);
        assert!(!said.detail.contains(TOKEN), "{said:?}");
    }
}

#[tokio::test]
async fn the_token_links_the_account() {
    let stage = Stage::unlinked().await;
    let state = stage.created(json!({ "grafana_token": TOKEN })).await;
    assert_eq!(state.value["grafana_token"], TOKEN);
    assert_eq!(state.value["workspace"]["grafana_token"], TOKEN);
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
async fn a_write_only_token_is_nowhere_in_the_state() {
    let stage = Stage::unlinked().await;
    let config = json!({ "grafana_token_wo": TOKEN, "grafana_token_wo_version": 1 });
    let state = stage.created(config.clone()).await;
    let read = stage.read(&state).await;
    for state in [&state, &read] {
        assert!(!state.value.to_string().contains(TOKEN));
        assert!(!String::from_utf8_lossy(&state.private).contains(TOKEN));
        assert_eq!(state.value["workspace"]["grafana_token"], Json::Null);
    }
    let plan = stage.client.plan(TYPE, &read, stage.config(config)).await;
    assert_eq!(plan.value, read.value);

    let config = json!({ "grafana_token_wo": OTHER, "grafana_token_wo_version": 2 });
    let state = stage.apply(&read, config).await;
    assert!(!state.value.to_string().contains(OTHER));
    assert_eq!(stage.count(Operation::AssociateLicense), 2);
    let linked = stage.amazon.workspace(stage.id()).unwrap().grafana_token.unwrap();
    assert_eq!(linked.expose_secret(), OTHER);
}

#[tokio::test]
async fn a_write_only_token_without_version_is_nowhere_in_the_state() {
    let stage = Stage::unlinked().await;
    let state = stage.created(json!({ "grafana_token_wo": TOKEN })).await;
    let read = stage.read(&state).await;
    assert!(!state.value.to_string().contains(TOKEN));
    assert!(!read.value.to_string().contains(TOKEN));
}

#[tokio::test]
async fn a_token_in_the_configuration_of_an_import_only_updates_the_state() {
    let stage = Stage::unlinked().await;
    stage.created(json!({ "grafana_token": TOKEN })).await;
    let imported = stage.client.import(TYPE, stage.id()).await;
    let state = stage.read(&imported).await;
    assert!(!state.value.to_string().contains(TOKEN), "it may be meant to be write-only");
    let plan =
        stage.client.plan(TYPE, &state, stage.config(json!({ "grafana_token": TOKEN }))).await;
    assert_eq!(plan.requires_replace, [""; 0]);
    let state = stage.client.apply(&plan).await;
    assert_eq!(state.value["workspace"]["grafana_token"], TOKEN);
    assert_eq!(stage.count(Operation::AssociateLicense), 1);
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
async fn the_state_has_what_aws_tells_where_no_token_was_given() {
    let stage = Stage::unlinked().await;
    stage.created(json!({ "grafana_token": TOKEN })).await;
    let adopted = stage.created(json!({})).await;
    assert_eq!(adopted.value["workspace"]["grafana_token"], TOKEN);
}
