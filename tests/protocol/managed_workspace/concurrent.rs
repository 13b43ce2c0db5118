//! Requests and runs at the same time.

use futures::future::join_all;
use simulator::amazon::Operation;
use simulator::faults::Fault;

use super::{ACCOUNT, Stage, asked, create, created};

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
