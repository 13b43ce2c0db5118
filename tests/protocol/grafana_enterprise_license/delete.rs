use serde_json::{Value as Json, json};
use simulator::faults::Fault;

use simulator::grafana::Options;
use tfplugin::testing::State;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_for_the_wrong_instance_shows_both_urls() {
    let grafana = enterprise();
    let state = licensed_state(&grafana).await;
    grafana.faults().push(Fault::on("DELETE", TOKEN).status(422).always());
    let kept = client(&grafana).await.plan_and_apply(TYPE, &state, Json::Null).await;
    let said = error(&kept.diagnostics);
    assert!(said.matches(&grafana.root_url()).count() >= 2, "{said}");
    assert_eq!(kept.value, state.value);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_license_from_disk_after_the_removal_is_told() {
    let grafana = enterprise();
    let state =
        created(&client(&grafana).await, json!({ "token": mint(&grafana, &license(&grafana)) }))
            .await;
    grafana.put_license_on_disk(Some(license(&grafana)));
    let gone = client(&grafana).await.plan_and_apply(TYPE, &state, Json::Null).await;
    assert_eq!(gone.value, Json::Null);
    assert!(warning(&gone.diagnostics).contains("disk or environment"), "{:?}", gone.diagnostics);
    assert_eq!(deletes(&grafana), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_has_installed_is_not_removed() {
    let grafana = enterprise();
    let made = licensed_state(&grafana).await;
    let imported = client(&grafana).await.import(TYPE, &grafana.root_url()).await;
    for state in [made, imported] {
        grafana.set_license(Some(with_id(&grafana, "99")));
        let state = client(&grafana).await.read(TYPE, &state).await;
        assert_eq!(state.value["license_id"], "99");
        let gone = client(&grafana).await.plan_and_apply(TYPE, &state, Json::Null).await;
        assert_eq!(gone.value, Json::Null);
        assert!(warning(&gone.diagnostics).contains("license 99"), "{:?}", gone.diagnostics);
        assert_eq!((deletes(&grafana), active_id(&grafana).as_deref()), (0, Some("99")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_leaves_alone_what_is_not_in_its_state() {
    let grafana = enterprise();
    let token = mint(&grafana, &license(&grafana));
    let state = created(&client(&grafana).await, json!({ "token": token })).await;
    grafana.set_license(Some(with_id(&grafana, "2")));
    let gone = client(&grafana).await.plan_and_apply(TYPE, &state, Json::Null).await;
    assert_eq!(gone.value, Json::Null);
    assert!(warning(&gone.diagnostics).contains("license 2"), "{:?}", gone.diagnostics);
    assert_eq!((deletes(&grafana), active_id(&grafana).as_deref()), (0, Some("2")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_license_is_not_removed_from_another_instance() {
    let grafana = enterprise();
    let state = licensed_state(&grafana).await;
    let copy = simulated(Options {
        root_url: Some("https://copy.example/".to_owned()),
        ..Options::default()
    });
    copy.set_license(grafana.license());
    let left = client(&copy).await.plan_and_apply(TYPE, &state, Json::Null).await;
    let said = warning(&left.diagnostics);
    assert!(said.contains(&grafana.root_url()) && said.contains("https://copy.example/"), "{said}");
    assert_eq!((deletes(&copy), active_id(&copy).as_deref()), (0, Some("10500")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_license_without_id_is_removed_only_with_the_token_of_the_state() {
    let grafana = enterprise();
    let installed = LicenseClaims { lid: None, ..license(&grafana) };
    let state = created(&client(&grafana).await, config(&grafana, &installed)).await;
    let other = LicenseClaims { jti: Some("of others".to_owned()), ..installed.clone() };
    grafana.set_license(Some(other.clone()));
    let read = client(&grafana).await.read(TYPE, &state).await;
    let left = client(&grafana).await.plan_and_apply(TYPE, &read, Json::Null).await;
    assert!(warning(&left.diagnostics).contains("cannot be told apart"), "{:?}", left.diagnostics);
    assert_eq!((deletes(&grafana), grafana.license()), (0, Some(other)));
    grafana.set_license(Some(installed));
    let gone = client(&grafana).await.plan_and_apply(TYPE, &state, Json::Null).await;
    assert_eq!((summaries(&gone.diagnostics), grafana.license()), (vec![], None));
}

/// As a client has it that keeps no private state.
fn without_private(state: State) -> State {
    State { private: Vec::new(), ..state }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_private_state_only_the_license_of_the_token_is_removed() {
    let grafana = enterprise();
    let installed = licensed_state(&grafana).await;
    for is_imported in [false, true] {
        grafana.set_license(Some(with_id(&grafana, "777")));
        let state = match is_imported {
            true => client(&grafana).await.import(TYPE, &grafana.root_url()).await,
            false => without_private(installed.clone()),
        };
        let read = without_private(client(&grafana).await.read(TYPE, &state).await);
        assert_eq!(read.value["license_id"], "777");
        let left = client(&grafana).await.plan_and_apply(TYPE, &read, Json::Null).await;
        assert!(warning(&left.diagnostics).contains("license 777"), "{:?}", left.diagnostics);
        assert_eq!((deletes(&grafana), active_id(&grafana).as_deref()), (0, Some("777")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_without_private_state_creates_reads_and_removes_over_one_connection() {
    let grafana = enterprise();
    let run = client(&grafana).await;
    for id in ["1", "1", "2"] {
        let config = config(&grafana, &with_id(&grafana, id));
        let mut state = without_private(created(&run, config).await);
        for _ in 0..3 {
            state = without_private(run.read(TYPE, &state).await);
        }
        let gone = run.plan_and_apply(TYPE, &state, Json::Null).await;
        assert_eq!((summaries(&gone.diagnostics), active_id(&grafana)), (vec![], None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_to_be_removed_is_not_put_back_by_a_creation_that_fails_later() {
    let grafana = enterprise();
    let run = client(&grafana).await;
    let state = created(&run, config(&grafana, &with_id(&grafana, "1"))).await;
    run.plan_and_apply(TYPE, &state, Json::Null).await;
    assert_eq!(active_id(&grafana), None);
    grafana.faults().push(Fault::on("POST", TOKEN).status(400));
    let config = config(&grafana, &with_id(&grafana, "2"));
    let refused = run.plan_and_apply(TYPE, &State::none(), config).await;
    assert!(refused.diagnostics.iter().any(is_error), "{:?}", refused.diagnostics);
    assert_eq!(active_id(&grafana), None);
}

/// `terraform destroy` first plans to create again what a refresh has found gone: an error in that plan would keep it
/// from destroying the rest.
#[tokio::test(flavor = "multi_thread")]
async fn an_imported_license_that_is_gone_does_not_keep_terraform_from_destroying_the_rest() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let state = created(&client, json!({ "token": mint(&grafana, &license(&grafana)) })).await;
    let refused = client.plan(TYPE, &State::none(), json!({})).await;
    assert!(error(&refused.diagnostics).contains("No license token"));
    grafana.drop_license();
    assert_eq!(client.read(TYPE, &state).await.value, json!(null));
    let planned = client.plan(TYPE, &State::none(), json!({})).await;
    assert!(warning(&planned.diagnostics).contains("No license token"));
    let applied = client.apply(&planned).await;
    assert!(error(&applied.diagnostics).contains("No license token"), "{:?}", applied.diagnostics);
}
