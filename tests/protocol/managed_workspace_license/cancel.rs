//! Ctrl-C and `timeouts`.

use serde_json::{Value as Json, json};
use simulator::amazon::{Failure, Operation, Polls};
use simulator::faults::Fault;
use tfplugin::testing::State;

use super::{Stage, TYPE, error, stop_after, texts, warning};

#[tokio::test]
async fn time_that_runs_out_after_acceptance_keeps_the_license() {
    let stage = Stage::linked().await;
    stage.amazon.set_polls(Polls::UntilReleased);
    let state = stage.create(json!({ "timeouts": { "create": "5s" } })).await;
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
    let config = stage.config(json!({ "timeouts": { "create": "5s" } }));
    assert_eq!(stage.client.plan(TYPE, &done, config).await.value, done.value);
}

#[tokio::test]
async fn a_stop_after_acceptance_keeps_the_license() {
    let stage = Stage::linked().await;
    stage.amazon.set_polls(Polls::UntilReleased);
    let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
    let (state, ()) = tokio::join!(stage.client.apply(&plan), stop_after(&stage, "POST", 1));
    warning(&state.diagnostics, &["not installed yet", "UPGRADING", "asked to stop"]);
    assert_eq!(state.value["license_type"], "ENTERPRISE");
}

#[tokio::test]
async fn a_stop_before_acceptance_leaves_nothing() {
    let stage = Stage::linked().await;
    stage.amazon.make_busy(stage.id(), "UPDATING", Polls::UntilReleased);
    let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
    let (state, ()) = tokio::join!(stage.client.apply(&plan), stop_after(&stage, "GET", 3));
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
    let (state, ()) = tokio::join!(stage.client.apply(&plan), stop_after(&stage, "POST", 1));
    error(&state.diagnostics, &["asked to stop"]);
    assert_eq!(state.value, Json::Null);
    assert_eq!(stage.count(Operation::AssociateLicense), 1);
    assert_eq!(stage.amazon.workspace(stage.id()).unwrap().license_type, None);
}

#[tokio::test]
async fn a_removal_that_takes_too_long_keeps_the_state() {
    let stage = Stage::linked().await;
    let state = stage.created(json!({ "timeouts": { "delete": "6s" } })).await;
    let stage = stage.next_run().await;
    stage.amazon.set_polls(Polls::UntilReleased);
    let kept = stage.destroy(&state).await;
    error(&kept.diagnostics, &["not removed yet", "UPDATING", "`timeouts`"]);
    assert_eq!(kept.value, state.value);
    stage.amazon.release(stage.id());
    assert_eq!(stage.read(&kept).await.value, Json::Null);
}

/// AWS has accepted it, and from then on only fails.
#[tokio::test]
async fn a_wait_that_meets_only_failures_says_which() {
    let stage = Stage::linked().await;
    let state = stage.created(json!({ "timeouts": { "delete": "6s" } })).await;
    let stage = stage.next_run().await;
    let gone = "/workspaces/*/licenses/*";
    let faults = stage.amazon.faults().clone();
    stage.amazon.faults().push(Fault::on("DELETE", gone).meanwhile(move || {
        faults.push(Fault::on("GET", "/workspaces/*").status(500).always());
    }));
    let kept = stage.destroy(&state).await;
    error(&kept.diagnostics, &["not removed yet", "`timeouts`", "DescribeWorkspace", "500"]);
    assert_eq!(kept.value, state.value);
}

/// Whatever holds an operation up until its time runs out is named.
#[tokio::test]
async fn time_that_runs_out_names_what_held_the_operation_up() {
    let throttled = |stage: &Stage, operation| {
        (0..50).for_each(|_| stage.amazon.fail_next(operation, Failure::throttling()));
    };
    tokio::join!(
        assert_held_up(&["DescribeWorkspace", "throttl"], |stage| {
            throttled(stage, Operation::DescribeWorkspace);
        }),
        assert_held_up(&["AssociateLicense", "throttl"], |stage| {
            throttled(stage, Operation::AssociateLicense);
        }),
        assert_held_up(&["busy", "UPDATING"], |stage| {
            stage.amazon.make_busy(stage.id(), "UPDATING", Polls::UntilReleased);
        }),
        assert_held_up(&["DescribeWorkspace", "not answered"], |stage| {
            stage.amazon.faults().push(Fault::on("GET", "/workspaces/*").hang().always());
        }),
    );
}

/// Creates a license that is held up, and expects the parts in what is said.
async fn assert_held_up(parts: &[&str], hold_up: impl Fn(&Stage)) {
    let stage = Stage::linked().await;
    let config = stage.config(json!({ "timeouts": { "create": "10s" } }));
    let plan = stage.client.plan(TYPE, &State::none(), config).await;
    hold_up(&stage);
    let state = stage.client.apply_planned(&plan).await;
    error(&state.diagnostics, &[&["`timeouts`"], parts].concat());
    assert_eq!(state.value, Json::Null);
}
