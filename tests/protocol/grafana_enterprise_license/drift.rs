use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{LicenseClaims, NoLicense, Options};

use super::*;

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
async fn another_license_is_planned_back_in_place() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    for config in [
        json!({ "token": mint(&grafana, &license(&grafana)) }),
        json!({ "token_wo": mint(&grafana, &license(&grafana)), "token_wo_version": 1 }),
    ] {
        grafana.drop_license();
        let state = created(&client, config.clone()).await;
        grafana.set_license(Some(with_id(&grafana, "666")));
        let read = client.read(TYPE, &state).await;
        assert_eq!(read.value["license_id"], "666");
        let planned = client.plan(TYPE, &read, config.clone()).await;
        assert_eq!(planned.value["license_id"], "10500");
        assert!(planned.requires_replace.is_empty());
        let back = client.apply(&planned).await;
        assert!(back.diagnostics.is_empty(), "{:?}", back.diagnostics);
        assert_eq!(active_id(&grafana).as_deref(), Some("10500"));
        let read = client.read(TYPE, &back).await;
        assert_eq!(client.plan(TYPE, &read, config).await.value, read.value);
    }
    assert_eq!(deletes(&grafana), 0);
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
async fn after_an_import_without_a_token_another_license_plans_nothing() {
    let grafana = simulated(Options { licensed: true, ..Options::default() });
    let client = client(&grafana).await;
    let imported = client.import(TYPE, &grafana.root_url()).await;
    let state = client.read(TYPE, &imported).await;
    grafana.set_license(Some(with_id(&grafana, "2")));
    let read = client.read(TYPE, &state).await;
    assert_eq!(read.value["license_id"], "2");
    let planned = client.plan(TYPE, &read, json!({})).await;
    assert_eq!(planned.value, read.value);
    let said = warning(&planned.diagnostics);
    assert!(said.contains("has license 2") && said.contains("had 10500"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_license_that_grafana_does_not_accept_is_told() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let state = created(&client, json!({ "token": mint(&grafana, &license(&grafana)) })).await;
    grafana
        .faults()
        .push(Fault::on("GET", "/api/licensing/check").body("application/json", "false").always());
    let read = client.read(TYPE, &state).await;
    assert!(warning(&read.diagnostics).contains("not valid (status 1)"), "{:?}", read.diagnostics);
    assert_eq!(read.value["valid"], false);
    let elsewhere =
        LicenseClaims { sub: Some("https://old.example/".to_owned()), ..license(&grafana) };
    grafana.set_license(Some(elsewhere));
    let said = warning(&client.read(TYPE, &read).await.diagnostics);
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
    assert!(warning(&read.diagnostics).contains("shows none"), "{:?}", read.diagnostics);
    let gone = super::client(&grafana).await.plan_and_apply(TYPE, &state, Json::Null).await;
    assert!(warning(&gone.diagnostics).contains("does not show which"), "{:?}", gone.diagnostics);
    assert_eq!(deletes(&grafana), 0);
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
