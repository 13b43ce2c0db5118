//! Taking the license off a workspace.

use serde_json::{Value as Json, json};
use simulator::amazon::{AbsentLicense, Endpoint, Operation, Options, Polls};
use simulator::faults::Fault;
use tfplugin::testing::State;

use super::{Stage, TYPE, attribute, error, licensed, meanwhile, refused_after, texts, warning};
use crate::managed_workspace::until;

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

/// Somebody else removes the license between the look at the workspace and the call.
#[tokio::test]
async fn any_answer_to_an_absent_license_will_do() {
    for absent_license in [AbsentLicense::Invalid, AbsentLicense::NotFound, AbsentLicense::Accepted]
    {
        let options = Options { absent_license, endpoint: Endpoint::Nowhere, ..Options::default() };
        let stage = Stage::with(options).await;
        stage.amazon.change_workspace(stage.id(), |w| w.license_type = Some("ENTERPRISE".into()));
        let imported = stage.client.import(TYPE, stage.id()).await;
        let state = stage.read(&imported).await;
        let drop = || stage.amazon.drop_license(stage.id());
        let meanwhile = meanwhile(&stage, "DELETE", drop);
        let (gone, ()) = tokio::join!(stage.destroy(&state), meanwhile);
        assert_eq!((texts(&gone.diagnostics), gone.value), (vec![], Json::Null));
        assert_eq!(stage.count(Operation::DisassociateLicense), 1);
    }
}

#[tokio::test]
async fn a_failed_removal_keeps_the_state_and_tells_its_status() {
    let (stage, state) = licensed().await;
    stage.amazon.fail_next_removal("LICENSE_REMOVAL_FAILED");
    let kept = stage.destroy(&state).await;
    error(&kept.diagnostics, &["was not removed", "LICENSE_REMOVAL_FAILED", "still charged"]);
    assert_eq!(kept.value, state.value);
    let read = stage.read(&kept).await;
    warning(&read.diagnostics, &["LICENSE_REMOVAL_FAILED"]);
    let gone = stage.destroy(&State { diagnostics: vec![], ..read }).await;
    assert_eq!((texts(&gone.diagnostics), gone.value), (vec![], Json::Null));
}

#[tokio::test]
async fn a_busy_workspace_is_waited_for_first() {
    let (stage, state) = licensed().await;
    stage.amazon.make_busy(stage.id(), "VERSION_UPDATING", Polls::Count(1));
    let gone = stage.destroy(&state).await;
    assert_eq!((texts(&gone.diagnostics), gone.value), (vec![], Json::Null));
    assert_eq!(stage.count(Operation::DisassociateLicense), 1);
}

/// Two runs remove at once: one is refused while the other one's removal goes on, which is over when it looks again.
#[tokio::test]
async fn what_somebody_else_removes_meanwhile_is_removed() {
    let (stage, state) = licensed().await;
    let mut busy = stage.amazon.workspace(stage.id()).unwrap();
    busy.status = "UPDATING".into();
    let busy = json!({ "workspace": busy }).to_string();
    let meanwhile = refused_after(&stage, "DELETE", || {
        stage.amazon.drop_license(stage.id());
        let look = Fault::on("GET", "/workspaces/*").body("application/json", busy);
        stage.amazon.faults().push(look);
    });
    let (gone, ()) = tokio::join!(stage.destroy(&state), meanwhile);
    assert_eq!((texts(&gone.diagnostics), gone.value), (vec![], Json::Null));
    assert_eq!(stage.amazon.faults().unused(), [""; 0]);
}

#[tokio::test]
async fn a_change_that_is_over_when_its_refusal_arrives_is_no_failure() {
    let (stage, state) = licensed().await;
    let update = || stage.amazon.make_busy(stage.id(), "UPDATING", Polls::Count(0));
    let meanwhile = refused_after(&stage, "DELETE", update);
    let (gone, ()) = tokio::join!(stage.destroy(&state), meanwhile);
    assert_eq!((texts(&gone.diagnostics), gone.value), (vec![], Json::Null));
    assert_eq!((stage.license(), stage.count(Operation::DisassociateLicense)), (None, 2));
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
    warning(&gone.diagnostics, &["stays", "put one there again"]);
    assert_eq!(gone.value, Json::Null);
}

/// What AWS has accepted need not show at once.
#[tokio::test]
async fn a_description_from_before_the_removal_does_not_end_the_wait() {
    for status in ["ACTIVE", "LICENSE_REMOVAL_FAILED"] {
        does_not_end_the_wait(status).await;
    }
}

async fn does_not_end_the_wait(status: &str) {
    let (stage, state) = licensed().await;
    stage.amazon.change_workspace(stage.id(), |w| w.status = status.to_owned());
    let before = json!({ "workspace": stage.amazon.workspace(stage.id()).unwrap() }).to_string();
    let faults = stage.amazon.faults().clone();
    let removal = Fault::on("DELETE", "/workspaces/*/licenses/*").meanwhile(move || {
        let stale = Fault::on("GET", "/workspaces/*").body("application/json", before.clone());
        faults.push(stale.times(2));
    });
    stage.amazon.faults().push(removal);
    let gone = stage.destroy(&state).await;
    assert_eq!((texts(&gone.diagnostics), gone.value), (vec![], Json::Null));
    assert_eq!((stage.license(), stage.amazon.faults().unused()), (None, vec![]));
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

/// `terraform destroy` first plans to create again what a refresh has found gone: an error in that plan would keep it
/// from destroying the rest.
#[tokio::test]
async fn what_is_gone_with_its_workspace_does_not_keep_terraform_from_destroying_the_rest() {
    for status in ["DELETING", "FAILED", "CREATION_FAILED", "DELETION_FAILED", ""] {
        let (stage, state) = licensed().await;
        match status {
            "" => stage.amazon.delete_workspace(stage.id()),
            status => stage.amazon.change_workspace(stage.id(), |w| {
                w.status = status.to_owned();
                w.license_type = None;
            }),
        };
        assert_eq!(stage.read(&state).await.value, Json::Null);
        let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
        warning(&plan.diagnostics, &["gone", "an apply fails"]);
        assert_eq!(attribute(&plan.diagnostics[0]), "workspace_id");
        let created = stage.client.apply(&plan).await;
        assert_eq!(created.value, Json::Null, "{status}");
        error(&created.diagnostics, &[]);
    }
}
