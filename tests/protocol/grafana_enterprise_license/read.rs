use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{LicenseClaims, NoLicense, Options};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn reading_from_oss_says_so_and_keeps_the_state() {
    let grafana = enterprise();
    let state = licensed_state(&grafana).await;
    let oss = simulated(Options { enterprise: false, ..Options::default() });
    let read = client(&oss).await.read(TYPE, &state).await;
    assert!(error(&read.diagnostics).contains("Open Source"), "{:?}", read.diagnostics);
    assert_eq!(read.value, state.value);
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_while_reading_is_an_error_and_never_gone() {
    let grafana = enterprise();
    let state = licensed_state(&grafana).await;
    for (fault, part) in [
        (Fault::on("GET", TOKEN).status(500), "500"),
        (Fault::on("GET", TOKEN).html(200), "Check `url`"),
        (Fault::on("GET", TOKEN).html(404), "404"),
        (Fault::on("GET", "/api/licensing/check").status(502), "502"),
        (Fault::on("GET", TOKEN).redirect("https://login.example/"), "redirect"),
        (Fault::on("GET", TOKEN).truncate(), "connection was lost"),
    ] {
        grafana.faults().push(fault.always());
        let read = client(&grafana).await.read(TYPE, &state).await;
        let said = error(&read.diagnostics);
        assert!(said.contains(part), "{part}: {said}");
        assert_eq!(read.value, state.value, "{part}");
        grafana.faults().clear();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn grafanas_own_refresh_is_no_drift() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let config = json!({ "token": mint(&grafana, &license(&grafana)) });
    let state = created(&client, config.clone()).await;
    grafana.auto_refresh_with(|claims| LicenseClaims {
        included_users: Some(20),
        lexp: Some(4_102_444_800),
        ..claims
    });
    let read = client.read(TYPE, &state).await;
    assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
    assert_eq!(read.value["included_users"], 20);
    assert_eq!(read.value["expires_at"], "2100-01-01T00:00:00Z");
    assert_ne!(read.value["token_id"], state.value["token_id"]);
    assert_eq!(client.plan(TYPE, &read, config).await.value, read.value);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_license_is_gone_however_grafana_says_it() {
    for no_license in [NoLicense::NotFound, NoLicense::Zeros] {
        let grafana = simulated(Options { no_license, ..Options::default() });
        let client = client(&grafana).await;
        let state = created(&client, json!({ "token": mint(&grafana, &license(&grafana)) })).await;
        grafana.drop_license();
        assert_eq!(client.read(TYPE, &state).await.value, Json::Null, "{no_license:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_license_that_is_not_valid_any_more_is_shown_and_not_sent_again() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let config = json!({ "token": mint(&grafana, &license(&grafana)) });
    let state = created(&client, config.clone()).await;
    grafana.advance(std::time::Duration::from_secs(400 * 86_400));
    let read = client.read(TYPE, &state).await;
    assert_eq!(read.value["valid"], false);
    assert_eq!(client.plan(TYPE, &read, config).await.value, read.value);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_license_that_grafana_does_not_accept_is_told() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let config = config(&grafana, &license(&grafana));
    let state = created(&client, config.clone()).await;
    grafana
        .faults()
        .push(Fault::on("GET", "/api/licensing/check").body("application/json", "false").always());
    let read = client.read(TYPE, &state).await;
    let said = warning(&client.plan(TYPE, &read, config.clone()).await.diagnostics);
    assert!(said.contains("not valid (status 1)"), "{said}");
    assert_eq!(read.value["valid"], false);
    let elsewhere =
        LicenseClaims { sub: Some("https://old.example/".to_owned()), ..license(&grafana) };
    grafana.set_license(Some(elsewhere));
    let read = client.read(TYPE, &read).await;
    let said = warning(&client.plan(TYPE, &read, config).await.diagnostics);
    assert!(said.contains("https://old.example/") && said.contains(&grafana.root_url()), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_license_that_is_valid_but_not_shown_is_not_gone() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let state = created(&client, json!({ "token": mint(&grafana, &license(&grafana)) })).await;
    grafana.faults().push(Fault::on("GET", "/api/licensing/token").status(404).always());
    let read = client.read(TYPE, &state).await;
    assert_eq!(read.value, state.value);
    assert!(warning(&read.diagnostics).contains("does not show it"), "{:?}", read.diagnostics);
    let gone = super::client(&grafana).await.plan_and_apply(TYPE, &state, Json::Null).await;
    assert!(warning(&gone.diagnostics).contains("does not show which"), "{:?}", gone.diagnostics);
    assert_eq!(deletes(&grafana), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_may_vanish_between_calls() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let state = created(&client, json!({ "token": mint(&grafana, &license(&grafana)) })).await;
    grafana.drop_license();
    let read = client.read(TYPE, &state).await;
    assert_eq!(read.value, Json::Null);
    let gone = super::client(&grafana).await.plan_and_apply(TYPE, &state, Json::Null).await;
    assert_eq!((gone.value, gone.diagnostics.len()), (Json::Null, 0));
}

/// As with a wrong `url`: if the state dropped the license, a destroy would leave it in place.
#[tokio::test(flavor = "multi_thread")]
async fn an_instance_does_not_answer_for_another() {
    let (grafana, other) = (enterprise(), enterprise());
    let state = licensed_state(&grafana).await;
    let lid = Some("of the other".to_owned());
    let of_other = LicenseClaims { lid, ..LicenseClaims::for_instance(&other.root_url()) };
    for its_license in [None, Some(of_other)] {
        other.set_license(its_license);
        let read = client(&other).await.read(TYPE, &state).await;
        let said = warning(&read.diagnostics);
        assert!(said.contains(&grafana.root_url()) && said.contains(&other.root_url()), "{said}");
        assert_eq!(read.value, state.value);
        let left = client(&other).await.plan_and_apply(TYPE, &state, Json::Null).await;
        assert!(warning(&left.diagnostics).contains("Nothing has been removed"), "{left:?}");
    }
    assert!(grafana.license().is_some() && other.license().is_some());
}
