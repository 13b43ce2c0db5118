//! Answers that never come, or say nothing: what AWS has begun is in the state all the same.

use std::time::Duration;

use serde_json::{Value as Json, json};
use simulator::amazon::{Failure, Operation, Polls};
use simulator::faults::Fault;
use tfplugin::testing::State;

use super::{Stage, TYPE, accepted, error, licensed, texts, warning};

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

/// What AWS has begun is kept in the state, though the answer is lost and there is no more time.
#[tokio::test]
async fn a_lost_answer_at_the_very_end_keeps_the_license() {
    let stage = Stage::linked().await;
    stage.amazon.set_polls(Polls::UntilReleased);
    let lost = Fault::on("POST", "/workspaces/*/licenses/*").html(504).carried_out();
    stage.amazon.faults().push(lost.delay(Duration::from_secs(7)));
    let state = stage.create(json!({ "timeouts": { "create": "5s" } })).await;
    warning(&state.diagnostics, &["not installed yet", "UPGRADING"]);
    assert_eq!(state.value["license_type"], "ENTERPRISE");
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

#[tokio::test]
async fn a_lost_answer_to_a_removal_is_looked_after() {
    let (stage, state) = licensed().await;
    stage.amazon.faults().push(Fault::on("DELETE", "/workspaces/*/licenses/*").reset_after());
    let gone = stage.destroy(&state).await;
    assert_eq!((texts(&gone.diagnostics), gone.value), (vec![], Json::Null));
    assert_eq!(stage.license(), None);
}
