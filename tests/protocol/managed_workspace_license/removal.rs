//! Taking the license off a workspace.

use serde_json::{Value as Json, json};
use simulator::amazon::{Operation, Polls};
use simulator::faults::Fault;

use super::{Stage, TYPE, error, texts, warning};
use crate::managed_workspace::until;
use tfplugin::testing::State;

/// A workspace with the license in the state of a former run.
async fn licensed() -> (Stage, State) {
    let stage = Stage::linked().await;
    let state = stage.created(json!({ "timeouts": { "delete": "30s" } })).await;
    (stage.next_run().await, state)
}

#[tokio::test]
async fn a_license_is_removed() {
    let (stage, state) = licensed().await;
    stage.amazon.set_polls(Polls::Count(2));
    let gone = stage.destroy(&state).await;
    assert_eq!((texts(&gone.diagnostics), gone.value), (vec![], Json::Null));
    assert_eq!(stage.license(), None);
    assert_eq!(stage.amazon.workspace(stage.id()).unwrap().status, "ACTIVE");
}

#[tokio::test]
async fn what_is_gone_already_is_removed() {
    let (stage, state) = licensed().await;
    stage.amazon.drop_license(stage.id());
    let gone = stage.destroy(&state).await;
    assert_eq!((texts(&gone.diagnostics), gone.value), (vec![], Json::Null));
    assert_eq!(stage.count(Operation::DisassociateLicense), 0);
    stage.amazon.delete_workspace(stage.id());
    let gone = stage.destroy(&state).await;
    assert_eq!((texts(&gone.diagnostics), gone.value), (vec![], Json::Null));
}

#[tokio::test]
async fn a_failed_removal_keeps_the_state_and_tells_its_status() {
    let (stage, state) = licensed().await;
    stage.amazon.fail_next_removal("LICENSE_REMOVAL_FAILED");
    let kept = stage.destroy(&state).await;
    error(&kept.diagnostics, &["was not removed", "LICENSE_REMOVAL_FAILED", "still costs"]);
    assert_eq!(kept.value, state.value);
    let read = stage.read(&kept).await;
    warning(&read.diagnostics, &["LICENSE_REMOVAL_FAILED"]);
    let gone = stage.destroy(&State { diagnostics: vec![], ..read }).await;
    assert_eq!((texts(&gone.diagnostics), gone.value), (vec![], Json::Null));
}

#[tokio::test]
async fn a_removal_that_takes_too_long_keeps_the_state() {
    let stage = Stage::linked().await;
    let state = stage.created(json!({ "timeouts": { "delete": "1s" } })).await;
    let stage = stage.next_run().await;
    stage.amazon.set_polls(Polls::UntilReleased);
    let kept = stage.destroy(&state).await;
    error(&kept.diagnostics, &["not removed yet", "UPDATING", "`timeouts`"]);
    assert_eq!(kept.value, state.value);
    stage.amazon.release(stage.id());
    assert_eq!(stage.read(&kept).await.value, Json::Null);
}

#[tokio::test]
async fn a_busy_workspace_is_waited_for_first() {
    let (stage, state) = licensed().await;
    stage.amazon.make_busy(stage.id(), "VERSION_UPDATING", Polls::Count(1));
    let gone = stage.destroy(&state).await;
    assert_eq!((texts(&gone.diagnostics), gone.value), (vec![], Json::Null));
    assert_eq!(stage.count(Operation::DisassociateLicense), 1);
}

#[tokio::test]
async fn a_lost_answer_is_looked_after() {
    let (stage, state) = licensed().await;
    stage.amazon.faults().push(Fault::on("DELETE", "/workspaces/*/licenses/*").reset_after());
    let gone = stage.destroy(&state).await;
    assert_eq!((texts(&gone.diagnostics), gone.value), (vec![], Json::Null));
    assert_eq!(stage.license(), None);
}

/// As when another configuration of the provider associates it in the moment that it is gone.
#[tokio::test]
async fn a_license_that_is_put_there_anew_ends_the_wait() {
    let (stage, state) = licensed().await;
    stage.amazon.set_polls(Polls::UntilReleased);
    let meanwhile = async {
        until(|| stage.count(Operation::DisassociateLicense) == 1).await;
        stage.amazon.change_workspace(stage.id(), |w| {
            w.license_type = Some("ENTERPRISE".to_owned());
            w.status = "UPGRADING".to_owned();
        });
    };
    let (gone, ()) = tokio::join!(stage.destroy(&state), meanwhile);
    warning(&gone.diagnostics, &["stays", "anew"]);
    assert_eq!(gone.value, Json::Null);
}

#[tokio::test]
async fn another_license_is_left_alone() {
    let (stage, state) = licensed().await;
    let trial = Some("ENTERPRISE_FREE_TRIAL".to_owned());
    stage.amazon.change_workspace(stage.id(), |w| w.license_type = trial.clone());
    let gone = stage.destroy(&state).await;
    warning(&gone.diagnostics, &["left alone", "ENTERPRISE_FREE_TRIAL"]);
    assert_eq!(gone.value, Json::Null);
    assert_eq!(stage.license(), trial);
}

#[tokio::test]
async fn what_this_run_has_put_there_stays() {
    let (stage, former) = licensed().await;
    let new = stage.created(json!({})).await;
    let gone = stage.destroy(&former).await;
    warning(&gone.diagnostics, &["stays", stage.id()]);
    assert_eq!(gone.value, Json::Null);
    assert_eq!(stage.license().as_deref(), Some("ENTERPRISE"));
    assert_eq!(stage.read(&new).await.value["license_type"], "ENTERPRISE");
}

#[tokio::test]
async fn a_rename_ends_with_the_license_in_whatever_order() {
    for delay in [0, 1] {
        let (stage, former) = licensed().await;
        stage.amazon.set_polls(Polls::Count(1));
        let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
        let first = stage.amazon.faults();
        if delay == 0 {
            first.push(
                Fault::on("GET", "/workspaces/*").delay(std::time::Duration::from_millis(50)),
            );
        }
        let (gone, new) = tokio::join!(stage.destroy(&former), stage.client.apply(&plan));
        assert!(gone.diagnostics.iter().all(|d| d.severity == 2), "{:?}", gone.diagnostics);
        assert_eq!(texts(&new.diagnostics), [""; 0]);
        assert_eq!(stage.license().as_deref(), Some("ENTERPRISE"));
    }
}

#[tokio::test]
async fn a_replacement_that_deletes_first_ends_with_the_license() {
    let (stage, former) = licensed().await;
    stage.destroy(&former).await;
    assert_eq!(stage.license(), None);
    stage.created(json!({})).await;
    assert_eq!(stage.license().as_deref(), Some("ENTERPRISE"));
}
