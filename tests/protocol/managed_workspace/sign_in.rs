//! Runs that sign in with a token of their own.

use serde_json::json;
use simulator::amazon::{Failure, NewWorkspace, Operation, Polls};
use simulator::faults::Fault;
use simulator::grafana::{Key, Role};
use tfplugin::testing::State;

use super::{ACCOUNT, KEY, Stage, TOKENS, ask, asked, create, created, until};

fn assert_lives_15_minutes(token: &Key) {
    let life = token.expires.expect("ends").duration_since(token.created).as_secs_f64();
    assert!((899.0..=900.0).contains(&life), "{life}");
}

#[tokio::test]
async fn a_key_lives_and_dies_and_the_run_leaves_no_token() {
    for version in ["9.4", "10.4", "12.4"] {
        let stage = Stage::new(version);
        let first = stage.run().await;
        let state = created(&first, "ci").await;
        let own = stage.ours();
        assert_eq!(own.len(), 1, "{version}: {own:?}");
        assert_lives_15_minutes(&own[0]);
        first.shut_down().await;
        assert_eq!(stage.ours(), []);

        let second = stage.run().await;
        let read = second.read(KEY, &state).await;
        assert_eq!((read.diagnostics, &read.value["name"]), (vec![], &json!("ci")), "{version}");
        let gone = second.plan_and_apply(KEY, &state, json!(null)).await;
        assert_eq!(gone.diagnostics, []);
        second.shut_down().await;
        let accounts = stage.grafana.service_accounts(1);
        assert_eq!(accounts.len(), 1, "{accounts:?}");
        assert_eq!((accounts[0].name.as_str(), accounts[0].role), (ACCOUNT, Role::Admin));
        assert_eq!(stage.ours(), []);
        assert_eq!(stage.count(Operation::CreateWorkspaceServiceAccount), 1);
        assert_eq!(stage.count(Operation::CreateWorkspaceServiceAccountToken), 2);
    }
}

#[tokio::test]
async fn a_workspace_without_service_accounts_gets_an_api_key() {
    let stage = Stage::new("8.4");
    let client = stage.run().await;
    let state = created(&client, "ci").await;
    let own = stage.ours();
    assert_eq!(own.len(), 1, "{own:?}");
    assert_eq!(own[0].role, Role::Admin);
    assert_lives_15_minutes(&own[0]);
    let gone = client.plan_and_apply(KEY, &state, json!(null)).await;
    assert_eq!(gone.diagnostics, []);
    client.shut_down().await;
    assert_eq!(stage.grafana.api_keys(1), []);
    assert_eq!(stage.count(Operation::CreateWorkspaceApiKey), 1);
}

#[tokio::test]
async fn each_role_has_an_account_of_its_own() {
    let stage = Stage::new("10.4");
    for (role, grafana_role) in [("Viewer", Role::Viewer), ("Editor", Role::Editor)] {
        let client = stage.run_with(json!({ "role": role })).await;
        assert!(create(&client, "ci").await.value.is_null());
        client.shut_down().await;
        let name = format!("terraform-provider-grafana-{}", role.to_lowercase());
        let accounts = stage.grafana.service_accounts(1);
        let account = accounts.iter().find(|account| account.name == name).expect("is there");
        assert_eq!(account.role, grafana_role);
    }
    assert_eq!(stage.ours(), []);
}

#[tokio::test]
async fn a_region_of_its_own_wins() {
    let stage = Stage::new("10.4");
    let new = NewWorkspace::named("elsewhere").region("eu-central-1");
    let id = stage.amazon.create_workspace(new).expect("starts");
    asked(&stage.run_with(json!({ "workspace_id": id, "region": "eu-central-1" })).await).await;
    let said = ask(&stage.run_with(json!({ "workspace_id": id })).await).await;
    assert!(said[0].contains("does not exist in `us-east-1`"), "{said:?}");
}

#[tokio::test]
async fn a_token_that_cannot_be_removed_does_not_fail_the_run() {
    let stage = Stage::new("10.4");
    let denied = Failure::access_denied("not you");
    stage.amazon.fail_next(Operation::DeleteWorkspaceServiceAccountToken, denied);
    let client = stage.run().await;
    asked(&client).await;
    client.shut_down().await;
    let left = stage.ours();
    assert_eq!(left.len(), 1);
    assert!(left[0].expires.is_some());
}

#[tokio::test]
async fn a_refresh_of_a_key_that_is_gone_says_so() {
    let stage = Stage::new("10.4");
    let client = stage.run().await;
    let state = created(&client, "ci").await;
    let account = stage.grafana.service_accounts(1).into_iter().find(|it| it.name == "ci");
    match account {
        Some(account) => stage.grafana.delete_service_account(1, account.id).expect("is there"),
        None => {
            let id = stage.grafana.api_keys(1)[0].id;
            stage.grafana.delete_api_key(1, id).expect("is there");
        }
    }
    let again = stage.run().await;
    let read = again.read(KEY, &State { diagnostics: vec![], ..state }).await;
    assert_eq!(read.diagnostics, []);
    assert!(read.value.is_null());
}

/// They are others in every run, and nobody's to import.
#[tokio::test]
async fn the_tokens_of_runs_are_not_listed_as_keys() {
    for version in ["8.4", "10.4", "12.4"] {
        let stage = Stage::new(version);
        let client = stage.run().await;
        created(&client, "ci").await;
        assert_eq!(stage.ours().len(), 1, "{version}");
        let (listed, said) = client.read_data("grafana_api_keys", json!({})).await;
        assert_eq!(said.len(), 0, "{said:?}");
        let names: Vec<_> =
            listed["keys"].as_array().expect("a list").iter().map(|key| &key["name"]).collect();
        assert_eq!(names, ["ci"], "{version}");
        client.shut_down().await;
    }
}

#[tokio::test]
async fn a_change_that_failed_or_a_degraded_workspace_keeps_nobody_out() {
    for status in ["UPDATE_FAILED", "UPGRADE_FAILED", "LICENSE_REMOVAL_FAILED"] {
        let stage = Stage::new("10.4");
        stage.amazon.change_workspace(stage.id(), |w| w.status = status.to_owned());
        asked(&stage.run().await).await;
    }
    let stage = Stage::new("10.4");
    stage.amazon.degrade(stage.id(), "a data source is slow");
    asked(&stage.run().await).await;
}

#[tokio::test]
async fn a_busy_workspace_is_waited_for() {
    for (status, version) in [("UPGRADING", "10.4"), ("CREATING", "12.4"), ("UPDATING", "8.4")] {
        let stage = Stage::new(version);
        stage.amazon.make_busy(stage.id(), status, Polls::Count(2));
        asked(&stage.run().await).await;
        assert_eq!(stage.count(Operation::DescribeWorkspace), 3, "{status}");
    }
}

#[tokio::test]
async fn a_workspace_that_becomes_busy_meanwhile_is_waited_for() {
    signs_in_after(|stage| {
        stage.amazon.make_busy(stage.id(), "UPGRADING", Polls::Count(2));
    })
    .await;
}

#[tokio::test]
async fn a_change_that_is_over_when_its_conflict_arrives_is_no_failure() {
    signs_in_after(|stage| {
        stage.amazon.make_busy(stage.id(), "UPDATING", Polls::Count(0));
    })
    .await;
}

/// A `change` that somebody else makes while the token is created makes AWS refuse it.
async fn signs_in_after(change: impl FnOnce(&Stage)) {
    let stage = Stage::new("10.4");
    let conflict = Failure::conflict("workspace", stage.id(), "Workspace is being updated");
    stage.amazon.fail_next(Operation::CreateWorkspaceServiceAccountToken, conflict);
    stage.amazon.faults().push(Fault::on("POST", TOKENS).hang());
    let client = stage.run().await;
    let meanwhile = async {
        until(|| stage.amazon.journal().count("POST", TOKENS) == 1).await;
        change(&stage);
        stage.amazon.faults().release();
    };
    let (said, ()) = tokio::join!(ask(&client), meanwhile);
    assert_eq!(said, [""; 0]);
    assert_eq!(stage.count(Operation::CreateWorkspaceServiceAccountToken), 2);
}
