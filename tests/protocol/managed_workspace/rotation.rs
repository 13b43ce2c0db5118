//! Long runs: the token is replaced before it expires. Time is the test's own.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use simulator::amazon::{Failure, Operation};
use simulator::faults::Fault;
use tfplugin::testing::Client;

use super::{ACCOUNT, Stage, configured, create, until};
use crate::managed_workspace_license::texts;

/// As old as a token gets before it is replaced.
const RENEWAL: Duration = Duration::from_secs(600);

/// Older than a token that may still be used.
const END: Duration = Duration::from_secs(841);

/// Longer than AWS is left alone after a failure.
const PAUSE: Duration = Duration::from_secs(31);

/// Puts the clock of the provider and of Grafana ahead.
async fn pass(stage: &Stage, time: Duration) {
    stage.grafana.advance(time);
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// A run whose requests may take longer than the test makes of time.
async fn patient(stage: &Stage) -> Client {
    let mut config = stage.config(json!({}));
    config["request_timeout"] = "24h".into();
    configured(config).await
}

/// Sends requests that nobody has sent before: makes a key of a name of its own.
async fn ask(client: &Client) -> Vec<String> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = format!("asked-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    texts(&create(client, &name).await.diagnostics)
}

/// The same, which must go well.
async fn asked(client: &Client) {
    assert_eq!(ask(client).await, [""; 0]);
}

fn made(stage: &Stage) -> usize {
    stage.count(Operation::CreateWorkspaceServiceAccountToken)
}

#[tokio::test]
async fn a_long_run_renews_its_token_once_for_all_and_removes_the_old_one() {
    let stage = Stage::new("10.4");
    let client = patient(&stage).await;
    asked(&client).await;
    let first = stage.ours();
    pass(&stage, RENEWAL / 2).await;
    asked(&client).await;
    assert_eq!(stage.ours()[0].name, first[0].name, "it is young enough");

    pass(&stage, RENEWAL / 2).await;
    let names: Vec<_> = (0..10).map(|number| format!("key-{number}")).collect();
    let states = join_all(names.iter().map(|name| create(&client, name))).await;
    assert!(states.iter().all(|state| state.diagnostics.is_empty()), "{states:?}");
    assert_eq!(made(&stage), 2);
    until(|| stage.ours().len() == 1).await;
    assert_ne!(stage.ours()[0].name, first[0].name);

    for _ in 0..3 {
        pass(&stage, RENEWAL).await;
        asked(&client).await;
    }
    assert_eq!(made(&stage), 5);
    client.shut_down().await;
    assert_eq!(stage.ours(), []);
}

#[tokio::test]
async fn a_request_under_way_keeps_its_token() {
    let stage = Stage::new("10.4");
    let client = patient(&stage).await;
    asked(&client).await;
    let first = stage.ours()[0].name.clone();
    let before = stage.grafana.journal().count("POST", "/**");
    stage.grafana.faults().push(Fault::on("POST", "/**").hang());
    let renewed = async {
        until(|| stage.grafana.journal().count("POST", "/**") == before + 1).await;
        pass(&stage, RENEWAL).await;
        asked(&client).await;
        asked(&client).await;
        assert!(stage.ours().iter().any(|token| token.name == first), "it is in use");
        assert_eq!(stage.ours().len(), 2);
        stage.grafana.faults().release();
    };
    let (state, ()) = tokio::join!(create(&client, "slow"), renewed);
    assert_eq!(state.diagnostics, []);
    asked(&client).await;
    until(|| stage.ours().len() == 1).await;
    assert_ne!(stage.ours()[0].name, first);
}

#[tokio::test]
async fn an_api_key_is_renewed_alike() {
    let stage = Stage::new("8.4");
    let client = patient(&stage).await;
    asked(&client).await;
    let first = stage.ours()[0].name.clone();
    pass(&stage, RENEWAL).await;
    asked(&client).await;
    asked(&client).await;
    until(|| stage.ours().len() == 1).await;
    assert_ne!(stage.ours()[0].name, first);
    client.shut_down().await;
    assert_eq!(stage.ours(), []);
}

#[tokio::test]
async fn a_failure_to_renew_counts_only_when_the_token_ends() {
    let stage = Stage::new("10.4");
    let client = patient(&stage).await;
    asked(&client).await;
    let throttled = || Failure::throttling().retry_after(3600);
    stage.amazon.fail_next(Operation::DescribeWorkspace, throttled());
    pass(&stage, RENEWAL).await;
    asked(&client).await;
    asked(&client).await;
    assert_eq!(stage.count(Operation::DescribeWorkspace), 2, "AWS is left alone for a while");

    stage.amazon.fail_next(Operation::DescribeWorkspace, throttled());
    pass(&stage, END - RENEWAL).await;
    let said = ask(&client).await;
    assert!(said[0].contains("throttles"), "{said:?}");
    assert_eq!(ask(&client).await, said);
    assert_eq!(stage.count(Operation::DescribeWorkspace), 3);

    pass(&stage, PAUSE).await;
    asked(&client).await;
    client.shut_down().await;
    assert_eq!(stage.ours(), []);
}

#[tokio::test]
async fn a_refused_token_is_sent_once_and_its_successor_is_another_sign_in() {
    let stage = Stage::new("10.4");
    let client = patient(&stage).await;
    asked(&client).await;
    let accounts = stage.grafana.service_accounts(1).into_iter();
    let account = accounts.filter(|it| it.name == ACCOUNT).map(|it| it.id).next().expect("one");
    stage.grafana.delete_token(1, account, stage.ours()[0].id).expect("is there");
    for _ in 0..3 {
        let said = ask(&client).await;
        assert!(said[0].contains("401"), "{said:?}");
    }
    let refused = |entry: &simulator::journal::Entry| entry.status() == Some(401);
    let sent = stage.grafana.journal().entries().iter().filter(|entry| refused(entry)).count();
    assert_eq!(sent, 1);
    pass(&stage, RENEWAL).await;
    asked(&client).await;
}
