//! Putting the license on a workspace, or taking over the one that is there.

use serde_json::{Value as Json, json};
use simulator::amazon::{Endpoint, Failure, NewWorkspace, Operation, Polls};
use tfplugin::testing::State;

use super::{OTHER, Stage, TOKEN, TYPE, attribute, error, refused_after, texts, warning};

#[tokio::test]
async fn a_license_is_installed_and_then_nothing_changes() {
    let stage = Stage::linked().await;
    stage.amazon.set_polls(Polls::Count(2));
    let state = stage.created(json!({})).await;

    assert_eq!(state.value["id"], stage.id());
    assert_eq!(state.value["license_type"], "ENTERPRISE");
    assert_eq!(state.value["region"], "us-east-1");
    assert_eq!(state.value["workspace"]["status"], "ACTIVE");
    assert_eq!(state.value["license_expiration"], Json::Null);
    assert_eq!(state.identity, json!({ "workspace_id": stage.id(), "region": "us-east-1" }));
    assert_eq!(stage.license().as_deref(), Some("ENTERPRISE"));

    let read = stage.read(&state).await;
    assert_eq!(texts(&read.diagnostics), [""; 0]);
    let plan = stage.client.plan(TYPE, &read, stage.config(json!({}))).await;
    assert_eq!((plan.value, texts(&plan.diagnostics)), (read.value, vec![]));
}

#[tokio::test]
async fn a_license_that_is_there_is_taken_over() {
    let stage = Stage::unlinked().await;
    stage.amazon.change_workspace(stage.id(), |w| w.license_type = Some("ENTERPRISE".into()));
    let state = stage.created(json!({})).await;
    assert_eq!(state.value["workspace"]["license_type"], "ENTERPRISE");
    assert_eq!(stage.count(Operation::AssociateLicense), 0);
}

#[tokio::test]
async fn a_license_in_another_region_is_found_there() {
    let stage = Stage::linked().await;
    stage.amazon.link_account("eu-central-1");
    let new = NewWorkspace::named("far").endpoint(Endpoint::Nowhere).region("eu-central-1");
    let far = stage.amazon.create_workspace(new).unwrap();
    let config = json!({ "workspace_id": far, "region": "eu-central-1" });
    let state = stage.client.plan_and_apply(TYPE, &State::none(), config.clone()).await;
    assert_eq!(state.value["region"], "eu-central-1");
    assert!(stage.amazon.calls().iter().all(|call| call.region == "eu-central-1"));

    let imported = stage.client.import(TYPE, &format!("{far}@eu-central-1")).await;
    let read = stage.read(&imported).await;
    assert_eq!(read.value["workspace"]["id"], far);
    let plan = stage.client.plan(TYPE, &read, config).await;
    assert_eq!(plan.value, read.value);
}

#[tokio::test]
async fn a_workspace_that_is_not_there_is_told() {
    let stage = Stage::linked().await;
    stage.amazon.delete_workspace(stage.id());
    let state = stage.create(json!({})).await;
    let said = error(&state.diagnostics, &["does not exist in `us-east-1`"]);
    assert_eq!(attribute(&said), "workspace_id");
    assert_eq!(state.value, Json::Null);
}

#[tokio::test]
async fn a_wrong_region_is_told_at_the_attribute() {
    let stage = Stage::linked().await;
    let state = stage.create(json!({ "region": "Frankfurt" })).await;
    let said = error(&state.diagnostics, &["`Frankfurt` is not an AWS region"]);
    assert_eq!(attribute(&said), "region");
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let stage = Stage::linked().await;
    let denied = Failure::access_denied("User is not authorized");
    stage.amazon.fail_next(Operation::AssociateLicense, denied);
    let state = stage.create(json!({})).await;
    error(&state.diagnostics, &["grafana:AssociateLicense", "aws-marketplace:ViewSubscriptions"]);
    assert_eq!(state.value, Json::Null);
}

#[tokio::test]
async fn throttling_is_waited_out() {
    let stage = Stage::linked().await;
    let throttled = Failure::throttling().retry_after(1);
    stage.amazon.fail_next(Operation::AssociateLicense, throttled.clone());
    stage.amazon.fail_next(Operation::DescribeWorkspace, throttled);
    stage.created(json!({})).await;
    assert_eq!(stage.count(Operation::AssociateLicense), 2);
}

#[tokio::test]
async fn a_degraded_workspace_is_no_failure() {
    let stage = Stage::linked().await;
    stage.amazon.degrade(stage.id(), "The KMS key is disabled");
    let state = stage.create(json!({})).await;
    let parts = ["DEGRADED", "The KMS key is disabled"];
    warning(&state.diagnostics, &parts);
    assert_eq!(state.value["workspace"]["status"], "DEGRADED");
    let read = stage.read(&state).await;
    warning(&read.diagnostics, &parts);
    assert_eq!(read.value, state.value);
}

#[tokio::test]
async fn a_failed_upgrade_ends_at_once_with_its_status() {
    let stage = Stage::linked().await;
    stage.amazon.fail_next_upgrade("UPGRADE_FAILED");
    let state = stage.create(json!({})).await;
    error(&state.diagnostics, &["not installed", "UPGRADE_FAILED", "apply again"]);
    assert_eq!(state.value, Json::Null, "nothing is tainted");
    // And what is said there helps.
    stage.created(json!({})).await;
}

#[tokio::test]
async fn a_busy_workspace_is_waited_for_first() {
    for status in ["UPDATING", "VERSION_UPDATING", "CREATING", "UPGRADING"] {
        let stage = Stage::linked().await;
        stage.amazon.make_busy(stage.id(), status, Polls::Count(1));
        stage.created(json!({})).await;
        assert_eq!(stage.count(Operation::AssociateLicense), 1, "{status}");
    }
}

#[tokio::test]
async fn a_change_that_is_over_when_its_refusal_arrives_is_no_failure() {
    let stage = Stage::linked().await;
    let update = || stage.amazon.make_busy(stage.id(), "UPDATING", Polls::Count(0));
    tokio::join!(stage.created(json!({})), refused_after(&stage, "POST", update));
    assert_eq!(stage.count(Operation::AssociateLicense), 2);
}

/// Nothing explains the refusal but what is asked for.
#[tokio::test]
async fn a_refusal_of_a_workspace_as_it_was_is_told() {
    let stage = Stage::linked().await;
    let (state, ()) = tokio::join!(stage.create(json!({})), refused_after(&stage, "POST", || {}));
    error(&state.diagnostics, &["AssociateLicense", "The workspace is being updated"]);
    assert_eq!(stage.count(Operation::AssociateLicense), 1);
}

#[tokio::test]
async fn a_workspace_that_takes_no_change_is_told() {
    for status in ["DELETING", "FAILED", "CREATION_FAILED", "DELETION_FAILED"] {
        let stage = Stage::linked().await;
        stage.amazon.change_workspace(stage.id(), |w| w.status = status.into());
        let state = stage.create(json!({})).await;
        error(&state.diagnostics, &["cannot be installed", status]);
        assert_eq!(stage.count(Operation::AssociateLicense), 0);
    }
}

#[tokio::test]
async fn an_unlinked_account_is_told_to_get_a_token() {
    let stage = Stage::unlinked().await;
    let state = stage.create(json!({})).await;
    let parts = ["Grafana Labs token is needed", "AMG-workspace-register-enterprise.html"];
    let said = error(&state.diagnostics, &parts);
    assert_eq!(attribute(&said), "grafana_token");
    assert!(said.detail.contains("`grafana_token_wo`"), "{said:?}");
}

#[tokio::test]
async fn a_token_that_is_refused_is_told_at_its_attribute() {
    let stage = Stage::unlinked().await;
    stage.amazon.accept_only_grafana_tokens([OTHER]);
    for (name, config) in [
        ("grafana_token", json!({ "grafana_token": TOKEN })),
        ("grafana_token_wo", json!({ "grafana_token_wo": TOKEN, "grafana_token_wo_version": 1 })),
    ] {
        let state = stage.create(config).await;
        let said = error(&state.diagnostics, &["does not accept the Grafana Labs token"]);
        assert_eq!(attribute(&said), name);
        assert!(!said.detail.contains(TOKEN), "{said:?}");
    }
}

#[tokio::test]
async fn the_token_links_the_account() {
    let stage = Stage::unlinked().await;
    let state = stage.created(json!({ "grafana_token": TOKEN })).await;
    assert_eq!(state.value["grafana_token"], TOKEN);
    assert_eq!(state.value["workspace"]["grafana_token"], TOKEN);
}

#[tokio::test]
async fn a_license_on_a_workspace_whose_other_change_failed_is_taken_over() {
    for status in ["UPDATE_FAILED", "VERSION_UPDATE_FAILED", "LICENSE_REMOVAL_FAILED"] {
        let stage = Stage::linked().await;
        stage.amazon.change_workspace(stage.id(), |w| {
            w.license_type = Some("ENTERPRISE".into());
            w.status = status.to_owned();
        });
        let state = stage.create(json!({})).await;
        warning(&state.diagnostics, &[status]);
        assert_eq!(state.value["license_type"], "ENTERPRISE");
        assert_eq!(stage.count(Operation::AssociateLicense), 0, "{status}");
    }
}

#[tokio::test]
async fn a_workspace_that_goes_while_it_is_waited_for_is_an_error() {
    let stage = Stage::linked().await;
    stage.amazon.set_polls(Polls::UntilReleased);
    let creating = stage.create(json!({}));
    let deleting = async {
        super::accepted(&stage).await;
        stage.amazon.delete_workspace(stage.id());
    };
    let (state, ()) = tokio::join!(creating, deleting);
    error(&state.diagnostics, &["Not found", stage.id()]);
    assert_eq!(state.value, Json::Null);
}
