//! What plans say.

use serde_json::json;
use tfplugin::testing::{State, unknown};

use super::{Stage, TYPE, texts, warning};

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
async fn a_workspace_that_is_not_known_yet_can_be_planned() {
    let stage = Stage::linked().await;
    let config = json!({ "workspace_id": unknown(), "region": unknown() });
    let plan = stage.client.plan(TYPE, &State::none(), config).await;
    warning(&plan.diagnostics, &["costs extra"]);
    assert_eq!(plan.value["license_type"], "ENTERPRISE");
    assert_eq!(stage.amazon.calls(), []);
}
