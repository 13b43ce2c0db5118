//! A stop and the end of a connection leave no token.

use std::time::Duration;

use serde_json::json;
use simulator::amazon::{Failure, Operation, Polls};
use simulator::faults::Fault;
use tfplugin::testing::State;

use super::{Stage, TOKENS, ask, asked, create, texts, until};

/// A hang, and nothing else, is longer.
const LONG: Duration = Duration::from_secs(30);

/// Stops a run that makes a key once this operation was called, and expects a soon end without a token.
async fn assert_stop_ends(stage: &Stage, operation: Operation) {
    let client = stage.run().await;
    let stopping = async {
        until(|| stage.count(operation) >= 1).await;
        client.stop().await;
    };
    let (made, ()) = tokio::join!(create(&client, "ci"), stopping);
    assert!(texts(&made.diagnostics)[0].starts_with("Stopped"), "{:?}", made.diagnostics);
    tokio::time::timeout(LONG, client.shut_down()).await.expect("ends");
    assert_eq!(stage.ours(), []);
}

#[tokio::test]
async fn a_stop_ends_the_wait_for_a_busy_workspace() {
    let stage = Stage::new("10.4");
    stage.amazon.make_busy(stage.id(), "UPGRADING", Polls::UntilReleased);
    assert_stop_ends(&stage, Operation::DescribeWorkspace).await;
}

#[tokio::test]
async fn a_stop_ends_the_wait_for_aws_to_take_calls_again() {
    for operation in [Operation::DescribeWorkspace, Operation::CreateWorkspaceServiceAccountToken] {
        let stage = Stage::new("10.4");
        stage.amazon.fail_next(operation, Failure::throttling().retry_after(100));
        assert_stop_ends(&stage, operation).await;
        assert_eq!(stage.count(operation), 1);
    }
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
async fn a_pause_that_is_too_long_ends_the_operation_at_once() {
    let stage = Stage::new("10.4");
    let throttling = Failure::throttling().retry_after(3600);
    stage.amazon.fail_next(Operation::DescribeWorkspace, throttling);
    let client = stage.run().await;
    let config = super::key("ci");
    let none = State::none();
    let creation = client.plan_and_apply(super::KEY, &none, config);
    let made = tokio::time::timeout(LONG, creation).await.expect("ends at once");
    let said = texts(&made.diagnostics);
    assert!(said[0].contains("wait 3600 seconds, which is longer than is waited for"), "{said:?}");
}
