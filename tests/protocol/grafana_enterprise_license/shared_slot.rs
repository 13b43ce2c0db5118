//! Several resources for the one license of an instance, in any order.

use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::LicenseClaims;
use tfplugin::testing::State;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_leaves_the_license_to_a_resource_with_another() {
    let grafana = enterprise();
    let state = licensed_state(&grafana).await;
    let run = client(&grafana).await;
    let other = run.plan(TYPE, &State::none(), config(&grafana, &with_id(&grafana, "2"))).await;
    let gone = run.plan_and_apply(TYPE, &state, Json::Null).await;
    assert_eq!(gone.value, Json::Null);
    assert!(warning(&gone.diagnostics).contains("resource that this run creates"));
    let made = run.apply(&other).await;
    assert_eq!(summaries(&made.diagnostics), [""; 0], "{:?}", made.diagnostics);
    assert_eq!((deletes(&grafana), active_id(&grafana).as_deref()), (0, Some("2")));
}

#[tokio::test(flavor = "multi_thread")]
async fn both_at_once_end_with_the_new_license() {
    for _ in 0..3 {
        let grafana = enterprise();
        let state = licensed_state(&grafana).await;
        let run = client(&grafana).await;
        let other = run.plan(TYPE, &State::none(), config(&grafana, &with_id(&grafana, "2"))).await;
        let (made, gone) =
            tokio::join!(run.apply(&other), run.plan_and_apply(TYPE, &state, Json::Null));
        assert_eq!((made.value["license_id"].as_str(), gone.value), (Some("2"), Json::Null));
        assert_eq!((deletes(&grafana), active_id(&grafana).as_deref()), (0, Some("2")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_license_that_stopped_another_is_kept_until_the_next_apply() {
    let grafana = enterprise();
    let state = licensed_state(&grafana).await;
    let run = client(&grafana).await;
    let second = config(&grafana, &with_id(&grafana, "2"));
    let refused = run.plan_and_apply(TYPE, &State::none(), second.clone()).await;
    assert!(error(&refused.diagnostics).contains("has license 10500"));
    let kept = run.plan_and_apply(TYPE, &state, Json::Null).await;
    assert!(error(&kept.diagnostics).contains("Apply again"), "{:?}", kept.diagnostics);
    assert_eq!(kept.value, state.value);
    assert_eq!((deletes(&grafana), active_id(&grafana).as_deref()), (0, Some("10500")));

    let run = client(&grafana).await;
    let planned = run.plan(TYPE, &State::none(), second).await;
    let gone = run.plan_and_apply(TYPE, &kept, Json::Null).await;
    let made = run.apply(&planned).await;
    assert_eq!((gone.value, made.value["license_id"].as_str()), (Json::Null, Some("2")));
    assert_eq!((deletes(&grafana), active_id(&grafana).as_deref()), (0, Some("2")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_after_a_removal_leaves_the_license() {
    let grafana = enterprise();
    let state = licensed_state(&grafana).await;
    let run = client(&grafana).await;
    let larger = LicenseClaims { included_users: Some(99), ..license(&grafana) };
    let other = run.plan(TYPE, &State::none(), config(&grafana, &larger)).await;
    run.plan_and_apply(TYPE, &state, Json::Null).await;
    grafana.faults().push(Fault::on("POST", TOKEN).status(400));
    let failed = run.apply(&other).await;
    let said = error_and_more(&failed.diagnostics);
    assert!(
        said.contains("still has license 10500") && said.contains("terraform import"),
        "{said}"
    );
    assert!(said.contains(&grafana.root_url()), "{said}");
    assert_eq!((deletes(&grafana), active_id(&grafana).as_deref()), (0, Some("10500")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_license_that_was_removed_too_early_is_put_back_when_the_next_is_refused() {
    let grafana = enterprise();
    let state = licensed_state(&grafana).await;
    let removal = client(&grafana).await.plan(TYPE, &state, Json::Null).await;
    let run = client(&grafana).await;
    let gone = run.apply_planned(&removal).await;
    assert_eq!((gone.diagnostics.len(), active_id(&grafana)), (0, None));
    let other = run.plan(TYPE, &State::none(), config(&grafana, &with_id(&grafana, "2"))).await;
    grafana.faults().push(Fault::on("POST", TOKEN).status(400));
    let said = error_and_more(&run.apply(&other).await.diagnostics);
    assert!(said.contains("has license 10500") && said.contains("replace_existing"), "{said}");
    assert_eq!(active_id(&grafana).as_deref(), Some("10500"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_resource_whose_license_was_replaced_does_not_keep_that_of_another() {
    let grafana = enterprise();
    let drifted = licensed_state(&grafana).await;
    let other = config(&grafana, &with_id(&grafana, "2"));
    grafana.drop_license();
    let own = created(&client(&grafana).await, other).await;
    let run = client(&grafana).await;
    let drifted = run.read(TYPE, &drifted).await;
    assert_eq!(drifted.value["license_id"], "2");
    run.plan_and_apply(TYPE, &drifted, Json::Null).await;
    assert_eq!(active_id(&grafana).as_deref(), Some("2"));
    let gone = run.plan_and_apply(TYPE, &own, Json::Null).await;
    assert!(gone.diagnostics.is_empty(), "{:?}", gone.diagnostics);
    assert_eq!(active_id(&grafana), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_leaves_alone_what_this_run_has_installed() {
    let grafana = enterprise();
    let config = json!({ "token": mint(&grafana, &license(&grafana)) });
    let state = created(&client(&grafana).await, config.clone()).await;
    let run = client(&grafana).await;
    created(&run, config).await;
    let gone = run.plan_and_apply(TYPE, &state, Json::Null).await;
    assert!(warning(&gone.diagnostics).contains("keeps its license"), "{:?}", gone.diagnostics);
    assert_eq!((deletes(&grafana), active_id(&grafana).as_deref()), (0, Some("10500")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_and_an_adoption_at_the_same_time_end_with_a_license() {
    let grafana = enterprise();
    let config = json!({ "token": mint(&grafana, &license(&grafana)) });
    let mut state = created(&client(&grafana).await, config.clone()).await;
    let none = State::none();
    for _ in 0..5 {
        let run = client(&grafana).await;
        let (made, gone) = tokio::join!(
            run.plan_and_apply(TYPE, &none, config.clone()),
            run.plan_and_apply(TYPE, &state, Json::Null),
        );
        assert_eq!(gone.value, Json::Null, "{:?}", gone.diagnostics);
        assert_eq!(active_id(&grafana).as_deref(), Some("10500"));
        state = made;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_licenses_in_one_run_are_refused() {
    let grafana = enterprise();
    let run = client(&grafana).await;
    created(&run, json!({ "token": mint(&grafana, &license(&grafana)) })).await;
    let second = json!({ "token": mint(&grafana, &with_id(&grafana, "2")) });
    let planned = run.plan_and_apply(TYPE, &State::none(), second).await;
    let said = error(&planned.diagnostics);
    assert!(said.contains("keep one of the two resources"), "{said}");
    assert_eq!(active_id(&grafana).as_deref(), Some("10500"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resource_that_is_read_after_the_removal_of_another_was_planned_keeps_the_license() {
    for removal_first in [false, true] {
        let grafana = enterprise();
        let config = config(&grafana, &license(&grafana));
        let run = client(&grafana).await;
        let stays = created(&run, config.clone()).await;
        let goes = created(&run, config.clone()).await;

        let plan = client(&grafana).await;
        let goes = plan.read(TYPE, &goes).await;
        let removal = plan.plan(TYPE, &goes, Json::Null).await;
        let stays = plan.read(TYPE, &stays).await;
        let update = plan.plan(TYPE, &stays, config.clone()).await;
        assert!(warning(&update.diagnostics).contains("Another resource"), "{update:?}");

        let apply = client(&grafana).await;
        if removal_first {
            apply.apply_planned(&removal).await;
            apply.apply(&update).await;
        } else {
            apply.apply(&update).await;
            apply.apply_planned(&removal).await;
        }
        assert_eq!(active_id(&grafana).as_deref(), Some("10500"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_the_other_resource_cannot_go() {
    let grafana = enterprise();
    let config = config(&grafana, &license(&grafana));
    let run = client(&grafana).await;
    let stays = created(&run, config.clone()).await;
    let goes = created(&run, config).await;
    let stays = run.plan_and_apply(TYPE, &stays, json!({})).await;

    let plan = client(&grafana).await;
    plan.plan(TYPE, &goes, Json::Null).await;
    let stays = plan.read(TYPE, &stays).await;
    let refused = plan.plan(TYPE, &stays, json!({})).await;
    assert!(error(&refused.diagnostics).contains("Two resources"), "{:?}", refused.diagnostics);

    let plan = client(&grafana).await;
    let stays = plan.read(TYPE, &stays).await;
    let removal = plan.plan(TYPE, &goes, Json::Null).await;
    assert_eq!(summaries(&plan.plan(TYPE, &stays, json!({})).await.diagnostics), [""; 0]);
    let gone = client(&grafana).await.apply_planned(&removal).await;
    assert!(warning(&gone.diagnostics).contains("Another resource has the same license"));
    assert_eq!(active_id(&grafana).as_deref(), Some("10500"));
}

#[tokio::test(flavor = "multi_thread")]
async fn over_one_connection_each_of_create_destroy_and_create_does_what_it_says() {
    let grafana = enterprise();
    let run = client(&grafana).await;
    let config = |id: &str| json!({ "token": mint(&grafana, &with_id(&grafana, id)) });
    for id in ["1", "1", "2"] {
        let state = created(&run, config(id)).await;
        let state = run.read(TYPE, &state).await;
        assert_eq!((&state.value["license_id"], state.diagnostics.len()), (&json!(id), 0));
        let gone = run.plan_and_apply(TYPE, &state, Json::Null).await;
        assert_eq!((gone.value, gone.diagnostics.len()), (Json::Null, 0), "{:?}", gone.diagnostics);
        assert_eq!(active_id(&grafana), None);
    }
    // What adopts after an update belongs to its resource as well.
    let one = created(&run, config("1")).await;
    let two = run.plan_and_apply(TYPE, &one, config("2")).await;
    let again = created(&run, config("2")).await;
    let gone = run.plan_and_apply(TYPE, &two, Json::Null).await;
    assert!(warning(&gone.diagnostics).contains("for another resource"), "{:?}", gone.diagnostics);
    assert_eq!(active_id(&grafana).as_deref(), Some("2"));
    let gone = run.plan_and_apply(TYPE, &again, Json::Null).await;
    assert!(gone.diagnostics.is_empty(), "{:?}", gone.diagnostics);
    assert_eq!(active_id(&grafana), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_no_private_state_and_plans_no_removal_removes_its_license() {
    let grafana = enterprise();
    let run = client(&grafana).await;
    for _ in 0..2 {
        let state = created(&run, config(&grafana, &license(&grafana))).await;
        let planned = run.plan(TYPE, &State { private: Vec::new(), ..state }, Json::Null).await;
        let gone = run.apply_planned(&planned.without_private()).await;
        assert!(gone.diagnostics.is_empty(), "{:?}", gone.diagnostics);
        assert_eq!(active_id(&grafana), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_licenses_for_one_instance_are_told_at_plan() {
    let grafana = enterprise();
    let run = client(&grafana).await;
    let plan = async |id: &str| {
        run.plan(TYPE, &State::none(), config(&grafana, &with_id(&grafana, id))).await.diagnostics
    };
    assert_eq!(summaries(&plan("1").await), [""; 0]);
    assert_eq!(summaries(&plan("1").await), [""; 0], "the same for two resources");
    let said = warning(&plan("2").await);
    assert!(said.contains("Two licenses for one instance") && said.contains("license 2"), "{said}");
}
