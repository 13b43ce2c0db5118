//! States of `aws_grafana_license_association`.

use serde_json::json;
use tfplugin::MoveSource;

use super::{Stage, TYPE, error, texts};

fn source(stage: &Stage, address: &str, type_name: &str) -> MoveSource {
    let state = json!({
        "id": stage.id(), "workspace_id": stage.id(), "license_type": "ENTERPRISE",
        "grafana_token": null, "free_trial_expiration": "", "license_expiration": "",
        "region": "us-east-1", "timeouts": { "create": "20m", "delete": null },
    });
    MoveSource {
        provider_address: address.into(),
        type_name: type_name.into(),
        schema_version: 0,
        state,
    }
}

#[tokio::test]
async fn the_state_of_the_aws_provider_moves_here_without_a_change() {
    let stage = Stage::linked().await;
    stage.amazon.change_workspace(stage.id(), |w| w.license_type = Some("ENTERPRISE".into()));
    let address = "registry.terraform.io/hashicorp/aws";
    let former = source(&stage, address, "aws_grafana_license_association");
    let moved = stage.client.move_state(TYPE, &former).await;
    assert_eq!(texts(&moved.diagnostics), [""; 0]);
    let read = stage.read(&moved).await;
    assert_eq!(read.value["workspace"]["status"], "ACTIVE");
    let same = json!({ "timeouts": { "create": "20m" } });
    let plan = stage.client.plan(TYPE, &read, stage.config(same)).await;
    assert_eq!((plan.value, plan.requires_replace), (read.value, vec![]));
}

#[tokio::test]
async fn other_sources_are_refused() {
    let stage = Stage::linked().await;
    for (address, type_name) in [
        ("registry.terraform.io/hashicorp/aws", "aws_grafana_workspace"),
        ("registry.terraform.io/somebody/aws", "aws_grafana_license_association"),
    ] {
        let moved = stage.client.move_state(TYPE, &source(&stage, address, type_name)).await;
        error(&moved.diagnostics, &[type_name]);
    }
}
