//! Taking a license that is in no state into one.

use serde_json::{Value as Json, json};
use simulator::amazon::Operation;

use super::{Stage, TOKEN, TYPE, error, texts};

#[tokio::test]
async fn an_import_by_identity_is_followed_by_an_empty_plan() {
    let stage = Stage::linked().await;
    stage.amazon.change_workspace(stage.id(), |w| w.license_type = Some("ENTERPRISE".into()));
    let by_id = stage.client.import(TYPE, stage.id()).await;
    let identity = json!({ "workspace_id": stage.id() });
    let by_identity = stage.client.import_identity(TYPE, &identity).await;
    for imported in [by_id, by_identity] {
        let state = stage.read(&imported).await;
        assert_eq!(texts(&state.diagnostics), [""; 0]);
        let plan = stage.client.plan(TYPE, &state, stage.config(json!({}))).await;
        assert_eq!(plan.value, state.value);
    }
}

#[tokio::test]
async fn a_workspace_without_license_cannot_be_imported() {
    let stage = Stage::linked().await;
    let imported = stage.client.import(TYPE, stage.id()).await;
    assert_eq!(stage.read(&imported).await.value, Json::Null);
    for id in [
        "",
        "metrics",
        "g-012345678",
        "g-01234567890",
        "G-0123456789",
        "g-012345678G",
        "g-0123456789 ",
        "@eu-west-1",
        "arn:aws:grafana:us-east-1:123456789012:/workspaces/g-0123456789",
    ] {
        let wrong = stage.client.import(TYPE, id).await;
        error(&wrong.diagnostics, &["g-0123456789@eu-central-1"]);
    }
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
