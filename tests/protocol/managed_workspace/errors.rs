//! Why a sign-in fails, and that AWS is asked once and not for each resource.

use futures::future::join_all;
use serde_json::json;
use simulator::amazon::{Endpoint, Failure, NewWorkspace, Operation};

use super::{ACCOUNT, Stage, ask};

/// Asks ten times at once, and expects one and the same error, with these parts, of one attempt.
async fn assert_refused(stage: &Stage, workspace: serde_json::Value, parts: &[&str]) {
    let client = stage.run_with(workspace).await;
    let said = join_all((0..10).map(|_| ask(&client))).await;
    for part in
        [&["Sign-in to the managed workspace failed", "`managed_workspace`"], parts].concat()
    {
        assert!(said[0][0].contains(part), "{part:?} in {:?}", said[0]);
    }
    assert!(said.iter().all(|it| *it == said[0]), "{said:?}");
    client.shut_down().await;
    assert_eq!(stage.count(Operation::DescribeWorkspace), 1);
    assert_eq!(stage.ours(), []);
    assert!(stage.grafana.journal().entries().is_empty(), "Grafana is not asked");
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    use Operation::*;
    for operation in [
        DescribeWorkspace,
        ListWorkspaceServiceAccounts,
        CreateWorkspaceServiceAccount,
        CreateWorkspaceServiceAccountToken,
    ] {
        let stage = Stage::new("10.4");
        stage.amazon.fail_next(operation, Failure::access_denied("User is not authorized"));
        let action = format!("must allow `grafana:{operation}`");
        let all = "grafana:DeleteWorkspaceServiceAccountToken";
        assert_refused(&stage, json!({}), &[&action, all]).await;
    }
    let stage = Stage::new("8.4");
    stage.amazon.fail_next(CreateWorkspaceApiKey, Failure::access_denied("not you"));
    assert_refused(&stage, json!({}), &["must allow `grafana:CreateWorkspaceApiKey`"]).await;
}

#[tokio::test]
async fn a_workspace_that_is_not_there_is_told() {
    let stage = Stage::new("10.4");
    let parts = ["g-ffffffffff", "does not exist in `us-east-1`", "`region`"];
    assert_refused(&stage, json!({ "workspace_id": "g-ffffffffff" }), &parts).await;
}

#[tokio::test]
async fn a_workspace_that_is_out_of_service_is_told_with_its_status() {
    for status in ["FAILED", "CREATION_FAILED", "DELETION_FAILED", "DELETING"] {
        let stage = Stage::new("10.4");
        stage.amazon.change_workspace(stage.id(), |w| w.status = status.to_owned());
        assert_refused(&stage, json!({}), &[status, "console"]).await;
    }
}

#[tokio::test]
async fn a_quota_of_accounts_is_told() {
    let stage = Stage::new("10.4");
    let full = Failure::quota("workspace", stage.id(), "L-1");
    stage.amazon.fail_next(Operation::CreateWorkspaceServiceAccount, full);
    assert_refused(&stage, json!({}), &["quota `L-1`", "expired ones count"]).await;
}

#[tokio::test]
async fn an_account_that_somebody_has_changed_is_told() {
    let stage = Stage::new("10.4");
    let account = stage.account();
    stage.grafana.change_service_account(1, account, None, Some(true)).expect("is there");
    assert_refused(&stage, json!({}), &[ACCOUNT, "is disabled"]).await;

    let stage = Stage::new("10.4");
    let account = stage.account();
    let viewer = Some(simulator::grafana::Role::Viewer);
    stage.grafana.change_service_account(1, account, viewer, None).expect("is there");
    assert_refused(&stage, json!({}), &[ACCOUNT, "has the role Viewer, not Admin"]).await;
}

#[tokio::test]
async fn a_failure_on_aws_side_is_told_as_one() {
    let stage = Stage::new("10.4");
    let nowhere = NewWorkspace::named("nowhere").endpoint(Endpoint::Nowhere);
    let id = stage.amazon.create_workspace(nowhere).expect("is made");
    assert_refused(&stage, json!({ "workspace_id": id }), &["failed (status 500)"]).await;
}

#[tokio::test]
async fn an_endpoint_that_is_none_is_told_before_a_token_is_made() {
    let stage = Stage::new("10.4");
    stage.amazon.change_workspace(stage.id(), |w| w.endpoint = String::new());
    assert_refused(&stage, json!({}), &["returned `` as its endpoint"]).await;
    assert_eq!(stage.count(Operation::CreateWorkspaceServiceAccountToken), 0);
}

#[tokio::test]
async fn wrong_aws_keys_are_told() {
    let stage = Stage::new("10.4");
    let mut config = stage.config(json!({}));
    config["aws"]["secret_key"] = "wrong-wrong-wrong".into();
    let said = ask(&super::configured(config).await).await;
    assert!(said[0].contains("does not belong to the access key"), "{said:?}");
    assert!(!said[0].contains("wrong-wrong"), "{said:?}");
}
