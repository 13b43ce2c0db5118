//! Putting the license on a workspace.

use serde_json::{Value as Json, json};
use simulator::amazon::{
    AbsentLicense, Endpoint, Failure, NewWorkspace, Operation, Options, Polls,
};
use simulator::faults::Fault;
use tfplugin::testing::State;

use super::{Stage, TYPE, attribute, error, texts, warning};

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
async fn a_free_trial_becomes_a_license_in_place() {
    let stage = Stage::linked().await;
    stage.amazon.change_workspace(stage.id(), |w| {
        w.license_type = Some("ENTERPRISE_FREE_TRIAL".into());
        w.free_trial_expiration = Some("2026-12-24T00:00:00Z".parse().unwrap());
    });
    let imported = stage.client.import(TYPE, stage.id()).await;
    let state = stage.read(&imported).await;
    assert_eq!(state.value["free_trial_expiration"], "2026-12-24T00:00:00Z");
    let plan = stage.client.plan(TYPE, &state, stage.config(json!({}))).await;
    assert_eq!(plan.requires_replace, [""; 0]);
    let state = stage.client.apply(&plan).await;
    assert_eq!(state.value["workspace"]["license_type"], "ENTERPRISE");
    assert_eq!(stage.count(Operation::DisassociateLicense), 0);
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

    let elsewhere = json!({ "workspace_id": far, "region": "us-east-1" });
    let plan = stage.client.plan(TYPE, &state, elsewhere).await;
    assert_eq!(plan.requires_replace, ["region"]);
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
async fn a_lost_answer_is_looked_after() {
    let stage = Stage::linked().await;
    stage.amazon.faults().push(Fault::on("POST", "/workspaces/*/licenses/*").reset_after());
    stage.created(json!({})).await;
    assert_eq!(stage.count(Operation::AssociateLicense), 1);
    assert_eq!(stage.license().as_deref(), Some("ENTERPRISE"));
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_looked_after() {
    let stage = Stage::linked().await;
    let unreadable = Fault::on("POST", "/workspaces/*/licenses/*").status(202).carried_out();
    let unreadable = unreadable.body("application/json", r#"{"workspace":{"created":"x"}}"#);
    stage.amazon.faults().push(unreadable);
    let state = stage.created(json!({})).await;
    assert_eq!(state.value["license_type"], "ENTERPRISE");
    assert_eq!(stage.count(Operation::AssociateLicense), 1);
}

#[tokio::test]
async fn a_request_that_was_lost_on_its_way_is_an_error() {
    let stage = Stage::linked().await;
    stage.amazon.faults().push(Fault::on("POST", "/workspaces/*/licenses/*").reset_before());
    let state = stage.create(json!({})).await;
    error(&state.diagnostics, &["AssociateLicense", "not known whether"]);
    assert_eq!(state.value, Json::Null);
}

#[tokio::test]
async fn a_license_that_vanished_is_gone() {
    let stage = Stage::linked().await;
    let state = stage.created(json!({})).await;
    stage.amazon.drop_license(stage.id());
    assert_eq!(stage.read(&state).await.value, Json::Null);
    stage.amazon.delete_workspace(stage.id());
    assert_eq!(stage.read(&state).await.value, Json::Null);
}

#[tokio::test]
async fn not_being_able_to_look_is_no_absence() {
    let stage = Stage::linked().await;
    let state = stage.created(json!({})).await;
    let denied = Failure::access_denied("User is not authorized");
    stage.amazon.fail_next(Operation::DescribeWorkspace, denied);
    let read = stage.read(&state).await;
    error(&read.diagnostics, &["grafana:DescribeWorkspace"]);
    assert_eq!(read.value, state.value);
}

#[tokio::test]
async fn an_import_by_identity_is_followed_by_an_empty_plan() {
    let stage = Stage::linked().await;
    stage.amazon.change_workspace(stage.id(), |w| w.license_type = Some("ENTERPRISE".into()));
    let by_id = stage.client.import(TYPE, stage.id()).await;
    let identity = json!({ "workspace_id": stage.id() });
    let by_identity = stage.client.import_identity(TYPE, &identity).await;
    for imported in [by_id, by_identity] {
        let state = stage.read(&imported).await;
        assert_eq!(texts(&state.diagnostics), [""; 0]);
        let plan = stage.client.plan(TYPE, &state, stage.config(json!({}))).await;
        assert_eq!(plan.value, state.value);
    }
}

#[tokio::test]
async fn a_workspace_without_license_cannot_be_imported() {
    let stage = Stage::linked().await;
    let imported = stage.client.import(TYPE, stage.id()).await;
    assert_eq!(stage.read(&imported).await.value, Json::Null);
    let wrong = stage.client.import(TYPE, "metrics").await;
    error(&wrong.diagnostics, &["g-0123456789@eu-central-1"]);
}

#[tokio::test]
async fn any_answer_to_an_absent_license_will_do() {
    for absent_license in [AbsentLicense::Invalid, AbsentLicense::NotFound, AbsentLicense::Accepted]
    {
        let options = Options { absent_license, endpoint: Endpoint::Nowhere, ..Options::default() };
        let stage = Stage::with(options).await;
        stage.amazon.change_workspace(stage.id(), |w| w.license_type = Some("ENTERPRISE".into()));
        let imported = stage.client.import(TYPE, stage.id()).await;
        let state = stage.read(&imported).await;
        stage.amazon.drop_license(stage.id());
        let gone = stage.destroy(&state).await;
        assert_eq!((texts(&gone.diagnostics), gone.value), (vec![], Json::Null));
    }
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
