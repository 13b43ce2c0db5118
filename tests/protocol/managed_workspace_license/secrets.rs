//! Tokens that are written down nowhere.

use secrecy::ExposeSecret;
use serde_json::{Value as Json, json};
use simulator::amazon::Operation;

use super::{OTHER, Stage, TOKEN, TYPE};

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
async fn the_token_is_not_read() {
    let stage = Stage::unlinked().await;
    stage.created(json!({ "grafana_token": "labs-token-1" })).await;
    let (read, _) =
        stage.client.read_data("managed_workspace", json!({ "workspace_id": stage.id() })).await;
    assert!(!read.to_string().contains("labs-token-1"));
}

/// `file("token")` ends with the end of its line, which no header can hold.
#[tokio::test]
async fn a_token_of_a_file_is_sent_without_the_end_of_its_line() {
    for attribute in ["grafana_token", "grafana_token_wo"] {
        let stage = Stage::unlinked().await;
        let state = stage.created(json!({ attribute: format!("{TOKEN}\r\n") })).await;
        assert_eq!(stage.license().as_deref(), Some("ENTERPRISE"));
        let again = stage
            .client
            .plan(TYPE, &state, stage.config(json!({ attribute: format!("{TOKEN}\r\n") })))
            .await;
        assert_eq!(again.value, state.value);
    }
}
