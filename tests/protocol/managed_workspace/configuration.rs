//! What is told early, and what waits until it is needed.

use serde_json::json;
use terraform_provider_grafana::provider::Grafana;
use tfplugin::testing::{Client, State, unknown};

use super::{KEY, Stage, ask, configured, key};
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
    for (name, value) in [("workspace_id", "my-workspace"), ("role", "Admin")] {
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

#[tokio::test]
async fn nothing_is_asked_before_a_request_needs_it() {
    let stage = Stage::new("10.4");
    let client = stage.run().await;
    let planned = client.plan(KEY, &State::none(), key("k")).await;
    assert_eq!(planned.diagnostics, []);
    client.shut_down().await;
    assert!(stage.amazon.journal().entries().is_empty());
    assert!(stage.grafana.journal().entries().is_empty());
}

#[tokio::test]
async fn a_workspace_that_is_made_at_apply_is_accepted_and_only_what_needs_it_complains() {
    let stage = Stage::new("10.4");
    let mut all = stage.config(json!({}));
    all["managed_workspace"] = unknown();
    let id = stage.config(json!({ "workspace_id": unknown() }));
    let role = stage.config(json!({ "role": unknown() }));
    let mut aws = stage.config(json!({}));
    aws["aws"] = unknown();
    for (config, name) in [
        (all, "`managed_workspace`"),
        (id, "`managed_workspace.workspace_id`"),
        (role, "`managed_workspace.role`"),
        (aws, "`aws`"),
    ] {
        let client = configured(config).await;
        let planned = client.plan(KEY, &State::none(), key("k")).await;
        assert_eq!(planned.diagnostics, [], "{name}");
        let said = ask(&client).await;
        assert!(said[0].contains(name) && said[0].contains("only at apply"), "{said:?}");
    }
    assert!(stage.amazon.journal().entries().is_empty());
}

#[tokio::test]
async fn its_license_is_another_resource() {
    let stage = Stage::new("10.4");
    let client = stage.run().await;
    let (_, said) = client.read_data("grafana_enterprise_license", json!({})).await;
    error(&said, &["`managed_workspace_license`"]);
    assert!(stage.amazon.journal().entries().is_empty());
}
