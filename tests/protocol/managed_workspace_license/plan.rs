//! What plans say.

use std::time::Duration;

use serde_json::json;
use simulator::faults::Fault;
use tfplugin::testing::{State, unknown};

use super::{Stage, TYPE, attribute, error, texts, warning, warnings};

#[tokio::test]
async fn a_create_says_once_what_it_costs() {
    let stage = Stage::linked().await;
    let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
    warning(&plan.diagnostics, &["costs extra", "aws.amazon.com/grafana/pricing"]);
    let state = stage.client.apply(&plan).await;
    assert_eq!(texts(&state.diagnostics), [""; 0], "not again at apply");
    let changed = stage.config(json!({ "grafana_token": "labs-token-1" }));
    let plan = stage.client.plan(TYPE, &state, changed).await;
    assert_eq!(texts(&plan.diagnostics), [""; 0], "not for a change");
}

#[tokio::test]
async fn a_workspace_that_is_not_known_yet_can_be_planned() {
    let stage = Stage::linked().await;
    let config = json!({ "workspace_id": unknown(), "region": unknown() });
    let plan = stage.client.plan(TYPE, &State::none(), config).await;
    warning(&plan.diagnostics, &["costs extra"]);
    assert_eq!(plan.value["license_type"], "ENTERPRISE");
    assert_eq!(
        plan.value["workspace"]["grafana_token"],
        unknown(),
        "marked as sensitive where it is"
    );
    assert_eq!(stage.amazon.calls(), []);
}

#[tokio::test]
async fn a_create_names_the_workspace_that_will_cost() {
    let stage = Stage::linked().await;
    let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
    warning(&plan.diagnostics, &["costs extra", stage.id(), "(simulator)", "us-east-1"]);
    let again = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
    assert_eq!(texts(&again.diagnostics), [""; 0], "once for each workspace");
    let other = super::add(&stage.amazon, "other", false);
    let plan = stage.client.plan(TYPE, &State::none(), json!({ "workspace_id": other })).await;
    warning(&plan.diagnostics, &["costs extra", &other]);
}

/// Terraform plans again at apply, where AWS may not answer: what was known before has to be known then.
#[tokio::test]
async fn a_plan_knows_the_same_whether_or_not_aws_answers() {
    let stage = Stage::linked().await;
    let plan = async || stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
    let answered = plan().await;
    stage.amazon.faults().push(Fault::on("GET", "/workspaces/*").status(400).always());
    assert_eq!(answered.value, plan().await.value);
    assert_eq!(stage.amazon.faults().unused(), [""; 0], "AWS was asked again");
}

#[tokio::test]
async fn a_license_in_place_of_a_free_trial_says_so() {
    let stage = Stage::linked().await;
    stage.amazon.change_workspace(stage.id(), |w| {
        w.license_type = Some("ENTERPRISE_FREE_TRIAL".to_owned());
        w.free_trial_expiration = Some("2027-01-31T00:00:00Z".parse().unwrap());
    });
    let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
    warning(&plan.diagnostics, &["costs extra", "free trial", "ends at 2027-01-31T00:00:00Z"]);
    let other = super::add(&stage.amazon, "other", true);
    stage.amazon.change_workspace(&other, |w| w.license_type = Some("ENTERPRISE_PLUS".to_owned()));
    let plan = stage.client.plan(TYPE, &State::none(), json!({ "workspace_id": other })).await;
    warning(&plan.diagnostics, &["costs extra", "a license of the type ENTERPRISE_PLUS"]);
}

#[tokio::test]
async fn each_workspace_that_is_not_known_yet_is_told() {
    let stage = Stage::linked().await;
    for _ in 0..2 {
        let config = json!({ "workspace_id": unknown() });
        let plan = stage.client.plan(TYPE, &State::none(), config).await;
        warning(&plan.diagnostics, &["costs extra", "the workspace in us-east-1"]);
    }
}

/// Clients other than Terraform keep a connection for several plans, and some keep no private state.
#[tokio::test]
async fn the_second_plan_on_a_connection_says_the_same() {
    for keeps_private in [true, false] {
        let stage = Stage::linked().await;
        let create = || stage.config(json!({}));
        let plan = stage.client.plan(TYPE, &State::none(), create()).await;
        warning(&plan.diagnostics, &["costs extra", stage.id()]);
        let mut state = stage.client.apply(&plan).await;
        if !keeps_private {
            state.private.clear();
        }
        let next = json!({ "workspace_id": super::add(&stage.amazon, "next", false) });
        for _ in 0..2 {
            let plan = stage.client.plan(TYPE, &state, next.clone()).await;
            warnings(&plan.diagnostics, ["is removed", "costs extra"]);
        }
        for _ in 0..2 {
            let plan = stage.client.plan(TYPE, &state, json!(null)).await;
            warning(&plan.diagnostics, &["is removed", stage.id()]);
        }
        assert!(stage.destroy(&state).await.value.is_null());
        let plan = stage.client.plan(TYPE, &State::none(), create()).await;
        warning(&plan.diagnostics, &["costs extra", stage.id()]);
    }
}

#[tokio::test]
async fn a_plan_after_another_refresh_says_the_same() {
    let (stage, state) = super::licensed().await;
    let state = stage.read(&state).await;
    stage.amazon.drop_license(stage.id());
    for _ in 0..2 {
        let gone = stage.read(&state).await;
        assert!(gone.value.is_null());
        let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
        warning(&plan.diagnostics, &["costs extra", stage.id()]);
    }
}

#[tokio::test]
async fn a_create_that_takes_a_license_over_says_so() {
    let stage = Stage::linked().await;
    stage.amazon.change_workspace(stage.id(), |w| w.license_type = Some("ENTERPRISE".into()));
    let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
    warning(&plan.diagnostics, &["taken over", stage.id(), "destroying this resource removes it"]);
}

#[tokio::test]
async fn a_create_for_a_workspace_that_is_not_there_fails_at_plan() {
    let stage = Stage::linked().await;
    let nobody = json!({ "workspace_id": "g-0000000000" });
    let plan = stage.client.plan(TYPE, &State::none(), nobody).await;
    let said = error(&plan.diagnostics, &["does not exist in `us-east-1`"]);
    assert_eq!(attribute(&said), "workspace_id");
}

/// The look at the workspace only tells more, so it ends soon: other calls to AWS are given up after five attempts of
/// half a minute.
#[tokio::test]
async fn a_plan_does_not_wait_for_aws_that_hangs() {
    let stage = Stage::linked().await;
    stage.amazon.faults().push(Fault::on("GET", "/workspaces/*").hang().always());
    let none = State::none();
    let planning = stage.client.plan(TYPE, &none, stage.config(json!({})));
    let plan = tokio::time::timeout(Duration::from_secs(60), planning).await.unwrap();
    let said = ["could not be checked", "costs extra"];
    warnings(&plan.diagnostics, said);
    assert!(plan.diagnostics[0].detail.contains("DescribeWorkspace: AWS has not answered."));
    assert_eq!(plan.value["region"], stage.amazon.region());
    stage.amazon.faults().clear();
    assert_eq!(texts(&stage.client.apply(&plan).await.diagnostics), [""; 0]);
}
