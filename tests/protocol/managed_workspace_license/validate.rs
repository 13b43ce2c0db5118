//! What validation says.

use serde_json::json;
use terraform_provider_grafana::provider::Grafana;
use tfplugin::testing::Client;

use super::{Stage, TYPE, attribute, error};

#[tokio::test]
async fn what_cannot_be_is_refused_at_its_attribute() {
    let stage = Stage::linked().await;
    let long = "x".repeat(37);
    for (name, config, part) in [
        ("license_type", json!({ "license_type": "ENTERPRISE_FREE_TRIAL" }), "no longer offered"),
        ("license_type", json!({ "license_type": "PRO" }), "`ENTERPRISE`"),
        ("workspace_id", json!({ "workspace_id": "metrics" }), "g-0123456789"),
        ("grafana_token", json!({ "grafana_token": long }), "1 to 36 characters"),
        ("grafana_token_wo", json!({ "grafana_token_wo": "one\ntwo" }), "control character"),
        ("region", json!({ "region": "" }), "set it to null"),
        ("timeouts.create", json!({ "timeouts": { "create": "soon" } }), "10m"),
    ] {
        let said = stage.client.validate(TYPE, stage.config(config)).await;
        assert_eq!(attribute(&error(&said, &[part])), name);
    }
    let both = json!({ "grafana_token": "a", "grafana_token_wo": "b" });
    let said = stage.client.validate(TYPE, stage.config(both)).await;
    assert_eq!(attribute(&error(&said, &["cannot be set together"])), "grafana_token");
}

#[tokio::test]
async fn generated_configuration_is_valid() {
    let stage = Stage::linked().await;
    let generated = json!({
        "license_type": "ENTERPRISE", "grafana_token": null, "grafana_token_wo": null,
        "grafana_token_wo_version": null, "region": "us-east-1",
    });
    assert_eq!(stage.client.validate(TYPE, stage.config(generated)).await, []);
}

#[tokio::test]
async fn an_unknown_profile_is_told_when_the_provider_is_configured() {
    let client = Client::start(Grafana).await;
    let said = client.configure(json!({ "aws": { "profile": "no-such-profile" } })).await;
    let error = error(&said, &["`no-such-profile`", "shared config file"]);
    assert_eq!(attribute(&error), "aws.profile");
}
