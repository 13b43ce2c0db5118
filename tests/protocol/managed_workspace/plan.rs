//! What waits until it is needed.

use serde_json::json;
use tfplugin::testing::{State, unknown};

use super::{KEY, Stage, ask, configured, created, key};
use crate::managed_workspace_license::error;

#[tokio::test]
async fn nothing_is_asked_before_a_request_needs_it() {
    let stage = Stage::new("10.4");
    let client = stage.run().await;
    for more in [json!({}), json!({ "role": "None" }), json!({ "org_id": "1" })] {
        let mut config = key("k");
        config.as_object_mut().expect("an object").extend(more.as_object().expect("one").clone());
        let planned = client.plan(KEY, &State::none(), config).await;
        assert_eq!(planned.diagnostics, []);
    }
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
        assert!(said[0].contains(name) && said[0].contains("created at apply"), "{said:?}");
    }
    assert!(stage.amazon.journal().entries().is_empty());
}

#[tokio::test]
async fn a_lifetime_that_aws_does_not_allow_fails_the_plan_and_costs_no_key() {
    let stage = Stage::new("10.4");
    let client = stage.run().await;
    let state = created(&client, "k").await;
    stage.grafana.journal().clear();
    for lifetime in [json!(null), json!(0), json!(2_592_001)] {
        let config = json!({ "name": "k", "role": "Viewer", "seconds_to_live": lifetime });
        for prior in [&State::none(), &state] {
            let planned = client.plan(KEY, prior, config.clone()).await;
            error(&planned.diagnostics, &["`seconds_to_live`", "2592000"]);
        }
    }
    for allowed in [json!(2_592_000), unknown()] {
        let config = json!({ "name": "k", "role": "Viewer", "seconds_to_live": allowed });
        let planned = client.plan(KEY, &state, config).await;
        assert_eq!(planned.diagnostics, [], "{allowed}");
    }
    assert!(stage.grafana.journal().entries().is_empty());
}

#[tokio::test]
async fn its_license_is_another_resource() {
    let stage = Stage::new("10.4");
    let client = stage.run().await;
    let (_, said) = client.read_data("grafana_enterprise_license", json!({})).await;
    error(&said, &["`managed_workspace_license`"]);
    assert!(stage.amazon.journal().entries().is_empty());
}
