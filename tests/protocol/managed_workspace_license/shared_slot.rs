//! Several resources with one license, in whatever order they come and go.

use serde_json::{Value as Json, json};
use simulator::amazon::Polls;
use simulator::faults::Fault;
use tfplugin::testing::State;

use super::{Stage, TYPE, licensed, plan_removal, remove, texts, warning};

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
async fn one_connection_creates_removes_and_creates_again() {
    let stage = Stage::linked().await;
    for _ in 0..2 {
        let state = stage.created(json!({})).await;
        assert_eq!(stage.license().as_deref(), Some("ENTERPRISE"));
        let gone = stage.destroy(&state).await;
        assert_eq!((texts(&gone.diagnostics), gone.value), (vec![], Json::Null));
        assert_eq!(stage.license(), None);
    }
    let state = stage.created(json!({})).await;
    let state = stage.read(&state).await;
    let private = plan_removal(&stage.client, &state).await;
    assert_eq!(texts(&remove(&stage.client, &state, private).await), [""; 0]);
    assert_eq!(stage.license(), None);
}

/// As Pulumi's bridge does.
#[tokio::test]
async fn a_removal_without_a_plan_and_without_private_state_removes() {
    let stage = Stage::linked().await;
    for _ in 0..2 {
        let state = stage.created(json!({})).await;
        assert_eq!(texts(&remove(&stage.client, &state, Vec::new()).await), [""; 0]);
        assert_eq!(stage.license(), None);
    }
    let state = stage.created(json!({})).await;
    let private = state.private.clone();
    assert_eq!(texts(&remove(&stage.client, &state, private).await), [""; 0]);
    assert_eq!(stage.license(), None);
}

#[tokio::test]
async fn the_last_of_two_removals_over_one_connection_removes() {
    for swapped in [false, true] {
        let stage = Stage::linked().await;
        let mut states = [stage.created(json!({})).await, stage.created(json!({})).await];
        if swapped {
            states.reverse();
        }
        let kept = stage.destroy(&states[0]).await;
        warning(&kept.diagnostics, &["stays"]);
        assert_eq!(stage.license().as_deref(), Some("ENTERPRISE"));
        let gone = stage.destroy(&states[1]).await;
        assert_eq!((texts(&gone.diagnostics), gone.value), (vec![], Json::Null));
        assert_eq!(stage.license(), None);
    }
}
