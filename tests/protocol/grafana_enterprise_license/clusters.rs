use std::time::Duration;

use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{Lag, LicenseClaims, Routing};
use tfplugin::testing::State;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn applying_waits_for_every_node() {
    for (nodes, routing) in
        [(2, Routing::PerRequest), (3, Routing::PerRequest), (3, Routing::PerConnection)]
    {
        let grafana = cluster(nodes, Lag::Requests(12), routing);
        let client = client(&grafana).await;
        let config = json!({ "token": mint(&grafana, &license(&grafana)) });
        let state = created(&client, config.clone()).await;
        assert_eq!(state.value["valid"], true);
        for _ in 0..nodes {
            let read = client.read(TYPE, &state).await;
            assert_eq!((read.value, read.diagnostics.len()), (state.value.clone(), 0));
        }
        let connections: std::collections::BTreeSet<u64> =
            grafana.journal().entries().iter().map(|entry| entry.connection).collect();
        assert!(connections.len() > nodes, "over several connections");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mixed_answers_keep_the_state() {
    for (nodes, routing) in
        [(2, Routing::PerRequest), (3, Routing::PerRequest), (3, Routing::PerConnection)]
    {
        let grafana = divided(nodes, routing);
        let config = json!({ "token": mint(&grafana, &license(&grafana)) });
        let state = {
            let client = client(&grafana).await;
            grafana.set_license(Some(license(&grafana)));
            created(&client, config.clone()).await
        };
        assert_eq!(delete_on_one_node(&grafana).await, 202);
        for _ in 0..nodes {
            let client = client(&grafana).await;
            let read = client.read(TYPE, &state).await;
            assert_eq!(read.value["license_id"], "10500", "{nodes} {routing:?}");
            assert_eq!(client.plan(TYPE, &read, config.clone()).await.value, read.value);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_waits_for_every_node() {
    let grafana = cluster(3, Lag::Requests(8), Routing::PerRequest);
    let config = json!({ "token": mint(&grafana, &license(&grafana)) });
    let state = created(&client(&grafana).await, config).await;
    let gone = client(&grafana).await.plan_and_apply(TYPE, &state, Json::Null).await;
    assert_eq!((gone.value, gone.diagnostics.len()), (Json::Null, 0), "{:?}", gone.diagnostics);
    for _ in 0..3 {
        let imported = client(&grafana).await.import(TYPE, &grafana.root_url()).await;
        assert!(error(&imported.diagnostics).contains("Nothing to import"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_waits_for_nodes_that_lag_in_time() {
    for routing in [Routing::PerRequest, Routing::PerConnection] {
        let grafana = cluster(3, Lag::Time(Duration::from_millis(1200)), routing);
        grafana.set_license(Some(license(&grafana)));
        let config = json!({ "token": mint(&grafana, &license(&grafana)) });
        let state = created(&client(&grafana).await, config).await;
        let gone = client(&grafana).await.plan_and_apply(TYPE, &state, Json::Null).await;
        assert_eq!(summaries(&gone.diagnostics), [""; 0], "{:?}", gone.diagnostics);
        assert_eq!((gone.value, deletes(&grafana)), (Json::Null, 1));
    }
}

/// Removes the license so that the other nodes do not notice.
async fn delete_on_one_node(grafana: &Simulated) -> u16 {
    use terraform_provider_grafana::grafana::{Auth, Client as Api, Settings};
    let url = grafana.url().parse().expect("a URL");
    let auth = Auth::parse(&"admin:admin".into()).expect("a sign-in");
    let api = Api::new(&url, auth, &Settings::default()).expect("a client");
    api.licensing().expect("signs in").remove(&grafana.root_url()).await.expect("removed");
    let last = grafana.journal().matching("DELETE", "/api/licensing/token").pop();
    last.and_then(|entry| entry.status()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_that_is_not_valid_is_reported_before_the_time_runs_out() {
    let grafana = enterprise();
    grafana
        .faults()
        .push(Fault::on("GET", "/api/licensing/check").body("application/json", "false").always());
    let claims = LicenseClaims { exp: Some(now() + 6), ..license(&grafana) };
    let config = json!({ "token": mint(&grafana, &claims), "timeouts": { "create": "60s" } });
    let planned = client(&grafana).await.plan(TYPE, &State::none(), config).await;
    let state = client(&grafana).await.apply(&planned).await;
    assert!(
        warning(&state.diagnostics).contains("reports it as not valid"),
        "{:?}",
        state.diagnostics
    );
    assert_eq!(state.value["valid"], false);
}
