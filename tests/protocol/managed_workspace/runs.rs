//! Runs, one after another and at once.

use futures::future::join_all;
use serde_json::json;
use simulator::amazon::{Failure, NewWorkspace, Operation};
use simulator::faults::Fault;
use simulator::grafana::{Key, Role};

use super::{ACCOUNT, KEY, Stage, TOKENS, ask, asked, create, created, until};
use tfplugin::testing::State;

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
    for (role, grafana_role) in [("VIEWER", Role::Viewer), ("EDITOR", Role::Editor)] {
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
async fn requests_at_once_share_one_token() {
    let stage = Stage::new("10.4");
    let client = stage.run().await;
    let names: Vec<_> = (0..10).map(|number| format!("key-{number}")).collect();
    let states = join_all(names.iter().map(|name| create(&client, name))).await;
    assert!(states.iter().all(|state| state.diagnostics.is_empty()), "{states:?}");
    assert_eq!(stage.count(Operation::DescribeWorkspace), 1);
    assert_eq!(stage.count(Operation::CreateWorkspaceServiceAccountToken), 1);
}

#[tokio::test]
async fn runs_at_once_share_the_account_and_not_the_token() {
    let stage = Stage::new("10.4");
    let (one, other) = (stage.run().await, stage.run().await);
    tokio::join!(created(&one, "one"), created(&other, "other"));
    assert_eq!(stage.ours().len(), 2);
    let accounts = stage.grafana.service_accounts(1).into_iter();
    assert_eq!(accounts.filter(|account| account.name == ACCOUNT).count(), 1);
    one.shut_down().await;
    assert_eq!(stage.ours().len(), 1);
    created(&other, "more").await;
    other.shut_down().await;
    assert_eq!(stage.ours(), []);
}

#[tokio::test]
async fn an_account_that_another_run_makes_meanwhile_is_found() {
    let stage = Stage::new("10.4");
    let accounts = "/workspaces/*/serviceaccounts";
    // The first list comes too early, and says so before the other run's account is there.
    let empty = format!("{{\"serviceAccounts\":[],\"workspaceId\":\"{}\"}}", stage.id());
    stage.amazon.faults().push(Fault::on("GET", accounts).body("application/json", empty));
    stage.account();
    let client = stage.run().await;
    asked(&client).await;
    assert_eq!(stage.amazon.journal().count("POST", accounts), 1);
    assert_eq!(stage.amazon.journal().count("GET", accounts), 2);
    assert_eq!(stage.grafana.service_accounts(1).len(), 1);
}

#[tokio::test]
async fn what_is_lost_on_the_way_is_made_again_and_nothing_stays() {
    for path in ["/workspaces/*/serviceaccounts", TOKENS] {
        for fault in [
            Fault::on("POST", path).reset_after(),
            Fault::on("POST", path).status(502).carried_out(),
            Fault::on("POST", path).status(503),
        ] {
            let stage = Stage::new("10.4");
            let said = fault.to_string();
            stage.amazon.faults().push(fault);
            let client = stage.run().await;
            assert_eq!(ask(&client).await, [""; 0], "{said}");
            client.shut_down().await;
            assert_eq!(stage.ours(), [], "{said}");
            assert_eq!(stage.grafana.service_accounts(1).len(), 1, "{said}");
        }
    }
    let stage = Stage::new("8.4");
    stage.amazon.faults().push(Fault::on("POST", "/workspaces/*/apikeys").reset_after());
    let client = stage.run().await;
    asked(&client).await;
    client.shut_down().await;
    assert_eq!(stage.grafana.api_keys(1), []);
}

#[tokio::test]
async fn the_end_of_a_connection_removes_the_token_too() {
    let stage = Stage::new("10.4");
    let one = stage.run().await;
    let other = one.connect_again().await;
    assert_eq!(other.configure(stage.config(json!({}))).await, []);
    asked(&one).await;
    asked(&other).await;
    assert_eq!(stage.ours().len(), 2);
    drop(one);
    until(|| stage.ours().len() == 1).await;
    asked(&other).await;
    drop(other);
    until(|| stage.ours().is_empty()).await;
}

#[tokio::test]
async fn a_stop_while_the_token_is_made_leaves_none() {
    let stage = Stage::new("10.4");
    stage.amazon.faults().push(Fault::on("POST", TOKENS).hang());
    let client = stage.run().await;
    let stopping = async {
        until(|| stage.amazon.journal().count("POST", TOKENS) == 1).await;
        client.stop().await;
    };
    let (said, ()) = tokio::join!(ask(&client), stopping);
    assert!(said[0].starts_with("Stopped"), "{said:?}");
    stage.amazon.faults().release();
    client.shut_down().await;
    assert_eq!(stage.count(Operation::CreateWorkspaceServiceAccountToken), 1);
    assert_eq!(stage.ours(), []);
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
