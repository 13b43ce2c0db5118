use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{LicenseClaims, Options};
use tfplugin::testing::State;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_different_valid_license_is_warned_about_and_not_overwritten() {
    let grafana = simulated(Options { licensed: true, ..Options::default() });
    let client = client(&grafana).await;
    let config = json!({ "token": mint(&grafana, &with_id(&grafana, "2")) });
    let planned = client.plan(TYPE, &State::none(), config).await;
    assert!(warning(&planned.diagnostics).contains("has another license"));
    let applied = client.apply(&planned).await;
    assert_eq!(applied.value, Json::Null);
    let said = error(&applied.diagnostics);
    assert!(said.contains("import") && said.contains("replace_existing = true"), "{said}");
    assert_eq!((posts(&grafana), active_id(&grafana).as_deref()), (0, Some("10500")));
}

#[tokio::test(flavor = "multi_thread")]
async fn replace_existing_overwrites_it() {
    let grafana = simulated(Options { licensed: true, ..Options::default() });
    let client = client(&grafana).await;
    let token = mint(&grafana, &with_id(&grafana, "2"));
    let config = json!({ "token": token, "replace_existing": true });
    let planned = client.plan(TYPE, &State::none(), config).await;
    assert!(warning(&planned.diagnostics).contains("replaces another license"));
    let state = client.apply(&planned).await;
    assert!(state.diagnostics.is_empty(), "{:?}", state.diagnostics);
    assert_eq!(active_id(&grafana).as_deref(), Some("2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_license_that_is_over_is_overwritten_without_a_word() {
    let grafana = enterprise();
    grafana.set_license(Some(LicenseClaims { lexp: Some(now() - DAY), ..license(&grafana) }));
    let token = mint(&grafana, &with_id(&grafana, "2"));
    created(&client(&grafana).await, json!({ "token": token })).await;
    assert_eq!(active_id(&grafana).as_deref(), Some("2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_license_is_adopted() {
    let grafana = simulated(Options { licensed: true, ..Options::default() });
    let client = client(&grafana).await;
    let active = grafana.license().expect("one");
    let config = json!({ "token": mint(&grafana, &active) });
    let state = created(&client, config.clone()).await;
    assert_eq!((posts(&grafana), state.value["license_id"].as_str()), (0, Some("10500")));
    let read = client.read(TYPE, &state).await;
    assert_eq!(client.plan(TYPE, &read, config).await.value, read.value);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_larger_contract_of_the_same_license_is_installed() {
    let grafana = simulated(Options { licensed: true, ..Options::default() });
    let larger =
        LicenseClaims { included_users: Some(99), jti: Some("9".to_owned()), ..license(&grafana) };
    created(&client(&grafana).await, json!({ "token": mint(&grafana, &larger) })).await;
    assert_eq!(grafana.license().and_then(|license| license.included_users), Some(99));
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
async fn an_update_stops_before_a_license_that_appeared_since_the_plan() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let state = created(&client, json!({ "token": mint(&grafana, &license(&grafana)) })).await;
    let next = json!({ "token": mint(&grafana, &with_id(&grafana, "2")) });
    let planned = client.plan(TYPE, &state, next).await;
    grafana.set_license(Some(with_id(&grafana, "3")));
    let applied = client.apply(&planned).await;
    assert!(error(&applied.diagnostics).contains("another license"), "{:?}", applied.diagnostics);
    assert_eq!(active_id(&grafana).as_deref(), Some("3"));
    assert_eq!(applied.value["license_id"], "10500", "the state is what it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_token_of_a_license_that_is_there_is_adopted_without_a_word() {
    let grafana = enterprise();
    let over = LicenseClaims {
        iat: Some(now() - 40 * DAY),
        exp: Some(now() - 10 * DAY),
        lexp: Some(now() - DAY),
        ..license(&grafana)
    };
    grafana.set_license(Some(LicenseClaims { included_users: Some(99), ..license(&grafana) }));
    let client = client(&grafana).await;
    let config = json!({ "token": mint(&grafana, &over) });
    let planned = client.plan(TYPE, &State::none(), config.clone()).await;
    assert_eq!(summaries(&planned.diagnostics), [""; 0], "it is not sent");
    let state = client.apply(&planned).await;
    assert_eq!((summaries(&state.diagnostics), posts(&grafana)), (vec![], 0));
    let read = client.read(TYPE, &state).await;
    assert_eq!(read.value["included_users"], 99);
    assert_eq!(client.plan(TYPE, &read, config).await.value, read.value);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_license_for_another_url_is_not_adopted() {
    let grafana = enterprise();
    let old = LicenseClaims::for_instance("https://old.example/");
    grafana.set_license(Some(LicenseClaims { iat: license(&grafana).iat, ..old }));
    let state =
        created(&client(&grafana).await, json!({ "token": mint(&grafana, &license(&grafana)) }))
            .await;
    assert_eq!(state.value["subject"], grafana.root_url().as_str());
    assert_eq!(posts(&grafana), 1);
    assert_eq!(grafana.license().and_then(|license| license.sub), Some(grafana.root_url()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_over_and_not_valid_is_told_before_the_time_is() {
    let grafana = enterprise();
    grafana
        .faults()
        .push(Fault::on("GET", "/api/licensing/check").body("application/json", "false").always());
    let claims = LicenseClaims { exp: Some(now() + 2), ..license(&grafana) };
    let config = json!({ "token": mint(&grafana, &claims), "timeouts": { "create": "60s" } });
    let planned = client(&grafana).await.plan(TYPE, &State::none(), config).await;
    let state = client(&grafana).await.apply(&planned).await;
    assert!(warning(&state.diagnostics).contains("calls it not valid"), "{:?}", state.diagnostics);
    assert_eq!(state.value["valid"], false);
}
