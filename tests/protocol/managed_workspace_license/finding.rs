//! The data source `managed_workspace` and the list of licenses.

use serde_json::{Value as Json, json};
use simulator::amazon::{Amazon, Endpoint, NewWorkspace};

use super::{Stage, TYPE, attribute, error};

const DATA: &str = "managed_workspace";

fn add(amazon: &Amazon, name: &str, licensed: bool) -> String {
    let new = NewWorkspace::named(name).endpoint(Endpoint::Nowhere);
    let license_type = licensed.then(|| "ENTERPRISE".to_owned());
    amazon.create_workspace(new.with(|workspace| workspace.license_type = license_type)).unwrap()
}

#[tokio::test]
async fn a_workspace_is_found_by_id_and_by_name() {
    let stage = Stage::linked().await;
    let id = add(&stage.amazon, "metrics", true);
    let (by_id, said) = stage.client.read_data(DATA, json!({ "id": id })).await;
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
    let missing = error(&said, &["\"metrics\"", "there are simulator", "us-east-1"]);
    assert_eq!(attribute(&missing), "name");
    let ids = [add(&stage.amazon, "metrics", true), add(&stage.amazon, "metrics", false)];
    let (_, said) = stage.client.read_data(DATA, json!({ "name": "metrics" })).await;
    error(&said, &[&ids[0], &ids[1], "`id`"]);
}

#[tokio::test]
async fn a_missing_id_is_told_at_its_attribute() {
    let stage = Stage::linked().await;
    let (_, said) = stage.client.read_data(DATA, json!({ "id": "g-0000000000" })).await;
    assert_eq!(attribute(&error(&said, &["g-0000000000", "does not exist"])), "id");
    let said = stage.client.validate_data(DATA, json!({})).await;
    error(&said, &["`id` or `name`"]);
    let said = stage.client.validate_data(DATA, json!({ "id": "metrics" })).await;
    error(&said, &["g-0123456789"]);
}

#[tokio::test]
async fn the_token_is_not_read() {
    let stage = Stage::unlinked().await;
    stage.created(json!({ "grafana_token": "labs-token-1" })).await;
    let (read, _) = stage.client.read_data(DATA, json!({ "id": stage.id() })).await;
    assert!(!read.to_string().contains("labs-token-1"));
}

#[tokio::test]
async fn every_license_is_listed() {
    let stage = Stage::linked().await;
    let mut ids: Vec<String> =
        (0..12).map(|number| add(&stage.amazon, &format!("w-{number}"), true)).collect();
    add(&stage.amazon, "without", false);
    let (listed, said) = stage.client.list(TYPE, json!({}), true, 100).await;
    assert_eq!(said, []);
    let mut found: Vec<&str> =
        listed.iter().map(|license| license.identity["workspace_id"].as_str().unwrap()).collect();
    found.sort_unstable();
    ids.sort_unstable();
    assert_eq!(found, ids);
    for license in &listed {
        assert_eq!(license.identity["region"], "us-east-1");
        assert!(license.display_name.starts_with("w-"));
        let resource = license.resource.clone();
        assert_eq!(resource["workspace_id"], license.identity["workspace_id"]);
        assert_eq!(resource["workspace"]["status"], "ACTIVE");
        assert_ne!(resource["license_type"], Json::Null);
    }
    let (some, _) = stage.client.list(TYPE, json!({ "region": "us-east-1" }), false, 3).await;
    assert_eq!(some.len(), 3);
}
