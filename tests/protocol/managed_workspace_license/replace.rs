//! Replacements: another workspace gets the license.

use serde_json::{Value as Json, json};
use simulator::amazon::{Failure, Operation};
use tfplugin::testing::{State, unknown};

use super::{Stage, TYPE, add, attribute, error, texts, warnings};

const NOBODY: &str = "g-0000000000";

#[tokio::test]
async fn another_workspace_replaces_the_resource() {
    let stage = Stage::linked().await;
    let state = stage.created(json!({})).await;
    let next = add(&stage.amazon, "next", false);
    let plan = stage.client.plan(TYPE, &state, json!({ "workspace_id": next })).await;
    assert_eq!(plan.requires_replace, ["workspace_id"]);
    let former = format!("license of workspace {} (simulator) in us-east-1 is removed", stage.id());
    let costs = format!("license of workspace {next} (next) in us-east-1 per active user");
    warnings(&plan.diagnostics, [&former, &costs]);
    let state = stage.client.apply(&plan).await;
    assert_eq!(state.value["workspace"]["id"], next);
    assert_eq!(stage.license(), None);
}

#[tokio::test]
async fn a_replacement_whose_workspace_is_not_there_fails_at_plan() {
    let stage = Stage::linked().await;
    let state = stage.created(json!({})).await;
    let plan = stage.client.plan(TYPE, &state, json!({ "workspace_id": NOBODY })).await;
    let said = error(&plan.diagnostics, &[NOBODY, "does not exist in `us-east-1`"]);
    assert_eq!(attribute(&said), "workspace_id");

    let state = stage.read(&state).await;
    let elsewhere = stage.config(json!({ "region": "eu-central-1" }));
    let plan = stage.client.plan(TYPE, &state, elsewhere).await;
    let said = error(&plan.diagnostics, &[stage.id(), "does not exist in `eu-central-1`"]);
    assert_eq!(attribute(&said), "workspace_id");
    assert_eq!(stage.count(Operation::DisassociateLicense), 0);
}

/// A data source that waits for something else (`depends_on`) makes it unknown.
#[tokio::test]
async fn a_region_that_is_not_known_yet_does_not_replace_the_license() {
    let stage = Stage::linked().await;
    let state = stage.created(json!({})).await;
    let state = stage.read(&state).await;
    let later = stage.config(json!({ "region": unknown() }));
    let plan = stage.client.plan(TYPE, &state, later.clone()).await;
    assert_eq!(plan.value, state.value);
    assert_eq!(plan.requires_replace, [""; 0]);
    assert_eq!(texts(&plan.diagnostics), [""; 0]);

    // With a change of something else.
    let later = stage.config(json!({ "region": unknown(), "grafana_token": "labs-token-1" }));
    let plan = stage.client.plan(TYPE, &state, later).await;
    assert_eq!(plan.requires_replace, [""; 0]);
    assert_eq!(plan.value["region"], stage.amazon.region());
    // Another workspace may be anywhere.
    let elsewhere = json!({ "workspace_id": unknown(), "region": unknown() });
    let plan = stage.client.plan(TYPE, &state, elsewhere).await;
    assert_eq!(plan.requires_replace, ["workspace_id", "region"]);
    assert_eq!(stage.count(Operation::DisassociateLicense), 0);
}

#[tokio::test]
async fn another_region_that_cannot_be_asked_fails_at_plan() {
    let stage = Stage::linked().await;
    let state = stage.created(json!({})).await;
    let state = stage.read(&state).await;
    let denied = Failure::access_denied("an explicit deny in a service control policy");
    stage.amazon.fail_next(Operation::DescribeWorkspace, denied);
    let elsewhere = stage.config(json!({ "region": "eu-central-1" }));
    let plan = stage.client.plan(TYPE, &state, elsewhere).await;
    let said = error(&plan.diagnostics, &[stage.id(), stage.amazon.region(), "explicit deny"]);
    assert_eq!(attribute(&said), "region");
}

#[tokio::test]
async fn a_replacement_whose_workspace_takes_no_license_fails_at_plan() {
    for status in ["DELETING", "FAILED", "CREATION_FAILED", "DELETION_FAILED"] {
        let stage = Stage::linked().await;
        let state = stage.created(json!({})).await;
        let next = add(&stage.amazon, "next", false);
        stage.amazon.change_workspace(&next, |w| w.status = status.into());
        let plan = stage.client.plan(TYPE, &state, json!({ "workspace_id": next })).await;
        let said = error(&plan.diagnostics, &["cannot be installed", &next, status]);
        assert_eq!(attribute(&said), "workspace_id");
    }
}

#[tokio::test]
async fn a_workspace_that_cannot_be_looked_at_is_said_and_planned() {
    let stage = Stage::linked().await;
    let state = stage.created(json!({})).await;
    let next = add(&stage.amazon, "next", false);
    let denied = Failure::access_denied("User is not authorized");
    stage.amazon.fail_next(Operation::DescribeWorkspace, denied);
    let plan = stage.client.plan(TYPE, &state, json!({ "workspace_id": next })).await;
    let said = texts(&plan.diagnostics);
    let [removed, unchecked, costs] = said.as_slice() else { panic!("{said:?}") };
    assert!(removed.contains(stage.id()) && costs.contains("costs extra"), "{said:?}");
    for part in ["could not be checked", "grafana:DescribeWorkspace", &next, "removed first"] {
        assert!(unchecked.contains(part), "{part}: {unchecked}");
    }
    assert_eq!(plan.requires_replace, ["workspace_id"]);
    assert_eq!(stage.client.apply(&plan).await.value["workspace"]["id"], next);
}

#[tokio::test]
async fn the_second_half_of_a_replacement_says_nothing() {
    let stage = Stage::linked().await;
    let state = stage.created(json!({})).await;
    let stage = stage.next_run().await;
    stage.client.plan(TYPE, &state, stage.config(json!({}))).await;
    let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
    assert_eq!(texts(&plan.diagnostics), [""; 0]);
}

#[tokio::test]
async fn a_replacement_that_deletes_first_ends_with_the_license() {
    let (stage, former) = super::licensed().await;
    let gone = stage.destroy(&former).await;
    assert_eq!((stage.license(), gone.value), (None, Json::Null));
    stage.created(json!({})).await;
    assert_eq!(stage.license().as_deref(), Some("ENTERPRISE"));
}
