//! Waits, and how they end.

use std::time::Duration;

use serde_json::{Value as Json, json};
use simulator::amazon::{Failure, Operation, Polls};
use simulator::faults::Fault;

use super::{Stage, TYPE, error, texts, warning};
use tfplugin::testing::State;

const LONG: Duration = Duration::from_secs(60);

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
async fn time_that_runs_out_after_acceptance_keeps_the_license() {
    let stage = Stage::linked().await;
    stage.amazon.set_polls(Polls::UntilReleased);
    let state = stage.create(json!({ "timeouts": { "create": "1s" } })).await;
    let parts = ["not installed yet", "UPGRADING", "`timeouts`"];
    warning(&state.diagnostics, &parts);
    assert_eq!(state.value["workspace"]["status"], "UPGRADING");

    let under_way = stage.read(&state).await;
    warning(&under_way.diagnostics, &["UPGRADING"]);
    assert_eq!(under_way.value["license_type"], "ENTERPRISE");
    stage.amazon.release(stage.id());
    let done = stage.read(&under_way).await;
    assert_eq!(texts(&done.diagnostics), [""; 0]);
    assert_eq!(done.value["workspace"]["status"], "ACTIVE");
    let config = stage.config(json!({ "timeouts": { "create": "1s" } }));
    assert_eq!(stage.client.plan(TYPE, &done, config).await.value, done.value);
}

#[tokio::test]
async fn a_stop_after_acceptance_keeps_the_license() {
    let stage = Stage::linked().await;
    stage.amazon.set_polls(Polls::UntilReleased);
    let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
    let (state, ()) = tokio::join!(stage.client.apply(&plan), stop_once(&stage, "POST"));
    warning(&state.diagnostics, &["not installed yet", "UPGRADING", "stopped"]);
    assert_eq!(state.value["license_type"], "ENTERPRISE");
}

#[tokio::test]
async fn a_stop_before_acceptance_leaves_nothing() {
    let stage = Stage::linked().await;
    stage.amazon.make_busy(stage.id(), "UPDATING", Polls::UntilReleased);
    let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
    let (state, ()) = tokio::join!(stage.client.apply(&plan), stop_once(&stage, "GET"));
    error(&state.diagnostics, &["cannot be installed", "asked to stop"]);
    assert_eq!(state.value, Json::Null);
    assert_eq!(stage.count(Operation::AssociateLicense), 0);
}

/// Nothing that costs is begun after a stop, though AWS had only asked for a pause.
#[tokio::test]
async fn nothing_is_begun_after_a_stop_while_aws_throttles() {
    let stage = Stage::linked().await;
    let throttled = Failure::throttling().retry_after(20);
    stage.amazon.fail_next(Operation::AssociateLicense, throttled);
    let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
    let (state, ()) = tokio::join!(stage.client.apply(&plan), stop_once(&stage, "POST"));
    error(&state.diagnostics, &["asked to stop"]);
    assert_eq!(state.value, Json::Null);
    assert_eq!(stage.count(Operation::AssociateLicense), 1);
    assert_eq!(stage.amazon.workspace(stage.id()).unwrap().license_type, None);
}

/// What AWS has begun is kept in the state, though the answer is lost and there is no more time.
#[tokio::test]
async fn a_lost_answer_at_the_very_end_keeps_the_license() {
    let stage = Stage::linked().await;
    stage.amazon.set_polls(Polls::UntilReleased);
    let lost = Fault::on("POST", "/workspaces/*/licenses/*").html(504).carried_out();
    stage.amazon.faults().push(lost.delay(Duration::from_secs(2)));
    let state = stage.create(json!({ "timeouts": { "create": "1s" } })).await;
    warning(&state.diagnostics, &["not installed yet", "UPGRADING"]);
    assert_eq!(state.value["license_type"], "ENTERPRISE");
}

/// Stops the run once a request with this method has come.
async fn stop_once(stage: &Stage, method: &str) {
    let journal = stage.amazon.journal().clone();
    let method = method.to_owned();
    let came = tokio::task::spawn_blocking(move || {
        journal.wait_for(|entries| entries.iter().any(|e| e.method == method), LONG)
    });
    assert!(came.await.unwrap());
    stage.client.stop().await;
}

/// Waits until AWS has accepted the license.
async fn accepted(stage: &Stage) {
    let is_upgrading = || stage.amazon.workspace(stage.id()).unwrap().status == "UPGRADING";
    let looking = async {
        while !is_upgrading() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LONG, looking).await.expect("AWS never accepts");
}

#[tokio::test]
async fn passing_failures_do_not_end_a_wait() {
    let stage = Stage::linked().await;
    stage.amazon.set_polls(Polls::Count(1));
    let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
    let fail_later = async {
        accepted(&stage).await;
        for _ in 0..5 {
            stage.amazon.fail_next(Operation::DescribeWorkspace, Failure::internal());
        }
    };
    let (state, ()) = tokio::join!(stage.client.apply(&plan), fail_later);
    assert_eq!(texts(&state.diagnostics), [""; 0]);
    assert_eq!(state.value["workspace"]["status"], "ACTIVE");
}

#[tokio::test]
async fn an_error_after_acceptance_keeps_the_license() {
    let stage = Stage::linked().await;
    stage.amazon.set_polls(Polls::UntilReleased);
    let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
    let deny_later = async {
        accepted(&stage).await;
        stage.amazon.credentials().expire(&stage.amazon.credential().access_key);
    };
    let (state, ()) = tokio::join!(stage.client.apply(&plan), deny_later);
    warning(&state.diagnostics, &["not installed yet", "expired"]);
    assert_eq!(state.value["license_type"], "ENTERPRISE");
}
