use serde_json::{Value as Json, json};
use simulator::grafana::Options;

use super::*;

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
    assert!(said.contains("has license 2") && said.contains("had license 10500"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn import_is_by_instance_and_by_identity_and_needs_no_token() {
    let grafana = simulated(Options { licensed: true, ..Options::default() });
    let client = client(&grafana).await;
    let identity = json!({ "instance": grafana.root_url() });
    for imported in [
        client.import(TYPE, &grafana.root_url()).await,
        client.import(TYPE, grafana.root_url().trim_end_matches('/')).await,
        client.import_identity(TYPE, &identity).await,
    ] {
        assert!(imported.diagnostics.is_empty(), "{:?}", imported.diagnostics);
        let state = client.read(TYPE, &imported).await;
        assert_eq!(state.value["license_id"], "10500");
        assert_eq!(state.value["token"], Json::Null);
        let planned = client.plan(TYPE, &state, json!({})).await;
        assert_eq!(planned.value, state.value);

        let token = mint(&grafana, &license(&grafana));
        for config in [
            json!({ "token": token, "replace_existing": true, "expiry_warning_days": 20 }),
            json!({ "token_wo": token, "token_wo_version": 1 }),
        ] {
            let stored = client.plan_and_apply(TYPE, &state, config.clone()).await;
            assert!(stored.diagnostics.is_empty(), "{:?}", stored.diagnostics);
            let again = client.plan(TYPE, &stored, config).await;
            assert_eq!(again.value, stored.value);
        }
    }
    assert_eq!(posts(&grafana), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_says_what_is_wrong() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let imported = client.import(TYPE, "license").await;
    assert!(error(&imported.diagnostics).contains("root URL of a Grafana instance"));
    for url in ["https://u:hunter2@host/", "https://host/?a=hunter2", "https://host/#hunter2"] {
        let imported = client.import(TYPE, url).await;
        assert!(!error(&imported.diagnostics).contains("hunter2"), "{url}");
        let said = client.validate(TYPE, json!({ "instance": url })).await;
        assert!(points_at(&said[0], "instance") && !error(&said).contains("hunter2"), "{said:?}");
    }
    let imported = client.import(TYPE, "https://elsewhere.example/").await;
    let said = error(&imported.diagnostics);
    assert!(said.contains("https://elsewhere.example/") && said.contains(&grafana.root_url()));
    let imported = client.import(TYPE, &grafana.root_url()).await;
    assert!(error(&imported.diagnostics).contains("Nothing to import"));
}
