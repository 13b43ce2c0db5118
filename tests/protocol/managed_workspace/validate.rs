//! What is wrong in the configuration is reported at its attribute.

use serde_json::json;
use terraform_provider_grafana::provider::Grafana;
use tfplugin::testing::Client;

use super::Stage;
use crate::managed_workspace_license::{attribute, error};

#[tokio::test]
async fn it_stands_in_place_of_url_and_auth() {
    let stage = Stage::new("10.4");
    let client = Client::start(Grafana).await;
    for (name, value) in [("url", "https://grafana.example.com/"), ("auth", "admin:admin")] {
        let mut config = stage.config(json!({}));
        config[name] = value.into();
        let conflict = error(&client.configure(config).await, &["managed_workspace", name]);
        assert_eq!(attribute(&conflict), "managed_workspace");
    }
}

#[tokio::test]
async fn wrong_values_are_told_at_their_attribute() {
    let client = Client::start(Grafana).await;
    for (name, value) in [("workspace_id", "my-workspace"), ("role", "ADMIN")] {
        let mut workspace = json!({ "workspace_id": "g-0123456789" });
        workspace[name] = value.into();
        let said = client.configure(json!({ "managed_workspace": workspace })).await;
        assert_eq!(attribute(&error(&said, &[value])), format!("managed_workspace.{name}"));
    }
}

#[tokio::test]
async fn a_workspace_without_an_id_is_told_at_the_attribute() {
    let client = Client::start(Grafana).await;
    let said = client.configure(json!({ "managed_workspace": { "workspace_id": null } })).await;
    assert_eq!(attribute(&error(&said, &["required"])), "managed_workspace.workspace_id");
}
