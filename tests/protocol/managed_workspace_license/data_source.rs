//! The data source `managed_workspace`.

use serde_json::json;

use super::{Stage, add, attribute, error};

const DATA: &str = "managed_workspace";

#[tokio::test]
async fn a_workspace_is_found_by_id_and_by_name() {
    let stage = Stage::linked().await;
    let id = add(&stage.amazon, "metrics", true);
    let (by_id, said) = stage.client.read_data(DATA, json!({ "workspace_id": id })).await;
    assert_eq!(said, []);
    assert_eq!(by_id["name"], "metrics");
    assert_eq!(by_id["region"], "us-east-1");
    assert_eq!(by_id["workspace"]["license_type"], "ENTERPRISE");
    let (by_name, said) = stage.client.read_data(DATA, json!({ "name": "metrics" })).await;
    assert_eq!((by_name, said), (by_id, vec![]));
}

#[tokio::test]
async fn a_name_has_to_be_there_and_unique() {
    let stage = Stage::linked().await;
    let (_, said) = stage.client.read_data(DATA, json!({ "name": "metrics" })).await;
    let missing = error(&said, &["\"metrics\"", "Workspaces in us-east-1: simulator."]);
    assert_eq!(attribute(&missing), "name");
    let ids = [add(&stage.amazon, "metrics", true), add(&stage.amazon, "metrics", false)];
    let (_, said) = stage.client.read_data(DATA, json!({ "name": "metrics" })).await;
    error(&said, &[&ids[0], &ids[1], "`workspace_id`"]);
}

#[tokio::test]
async fn a_missing_id_is_told_at_its_attribute() {
    let stage = Stage::linked().await;
    let (_, said) = stage.client.read_data(DATA, json!({ "workspace_id": "g-0000000000" })).await;
    assert_eq!(attribute(&error(&said, &["g-0000000000", "does not exist"])), "workspace_id");
    let said = stage.client.validate_data(DATA, json!({})).await;
    error(&said, &["Set one of workspace_id, name."]);
    let said = stage.client.validate_data(DATA, json!({ "workspace_id": "metrics" })).await;
    error(&said, &["g-0123456789"]);
}
