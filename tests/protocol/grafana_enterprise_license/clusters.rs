use std::time::Duration;

use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{Lag, Options, Routing};
use simulator::journal::Entry;
use tfplugin::testing::State;

use super::*;

fn cluster(nodes: usize, lag: Lag, routing: Routing) -> Simulated {
    simulated(Options { nodes, lag, routing, ..Options::default() })
}

/// Nodes that never notice by themselves.
fn divided(nodes: usize, routing: Routing) -> Simulated {
    cluster(nodes, Lag::Requests(1_000_000), routing)
}

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
async fn time_that_runs_out_saves_the_state_with_a_warning() {
    let grafana = divided(3, Routing::PerRequest);
    let client = client(&grafana).await;
    let token = mint(&grafana, &license(&grafana));
    let config = json!({ "token": token, "timeouts": { "create": "3s" } });
    let planned = client.plan(TYPE, &State::none(), config).await;
    let state = client.apply(&planned).await;
    let said = warning(&state.diagnostics);
    assert!(said.contains("× license 10500 (Example)"), "{said}");
    assert!(said.contains("× no license"), "{said}");
    assert!(said.contains("3s"), "{said}");
    assert_eq!(state.value["license_id"], "10500");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_saves_the_state_with_a_warning() {
    let grafana = divided(2, Routing::PerRequest);
    let client = client(&grafana).await;
    let config = json!({ "token": mint(&grafana, &license(&grafana)) });
    let planned = client.plan(TYPE, &State::none(), config).await;
    let journal = grafana.journal().clone();
    let posted = tokio::task::spawn_blocking(move || {
        let is_post = |entry: &simulator::journal::Entry| {
            entry.is("POST", "/api/licensing/token") && entry.status().is_some()
        };
        journal.wait_for(|entries| entries.iter().any(is_post), std::time::Duration::from_secs(30))
    });
    let stop = async {
        assert!(posted.await.expect("waits"), "the license was posted");
        client.stop().await;
    };
    let (state, ()) = tokio::join!(client.apply(&planned), stop);
    assert!(warning(&state.diagnostics).contains("asked to stop"), "{:?}", state.diagnostics);
    assert_eq!(state.value["license_id"], "10500");
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

#[tokio::test(flavor = "multi_thread")]
async fn time_that_runs_out_ends_an_update_and_a_removal_with_a_warning() {
    let grafana = divided(3, Routing::PerRequest);
    grafana.set_license(Some(license(&grafana)));
    let run = client(&grafana).await;
    let timeouts = json!({ "update": "2s", "delete": "2s" });
    let config = |claims| json!({ "token": mint(&grafana, &claims), "timeouts": timeouts });
    let state = created(&run, config(license(&grafana))).await;
    let updated = run.plan_and_apply(TYPE, &state, config(with_id(&grafana, "2"))).await;
    let said = warning(&updated.diagnostics);
    assert!(said.contains("× license 2 (Example)") && said.contains("2s"), "{said}");
    assert_eq!(updated.value["license_id"], "2");

    grafana.set_license(Some(with_id(&grafana, "2")));
    let updated = State { diagnostics: Vec::new(), ..updated };
    let gone = client(&grafana).await.plan_and_apply(TYPE, &updated, Json::Null).await;
    let said = warning(&gone.diagnostics);
    assert!(said.contains("Not every node") && said.contains("× license 2"), "{said}");
    assert!(!said.contains("It comes from disk"), "{said}");
    assert_eq!(gone.value, Json::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_while_looking_changes_nothing() {
    let grafana = enterprise();
    let config = |id| json!({ "token": mint(&grafana, &with_id(&grafana, id)) });
    let state = created(&client(&grafana).await, config("1")).await;
    for (prior, config) in
        [(&state, config("2")), (&State::none(), config("1")), (&state, Json::Null)]
    {
        let run = client(&grafana).await;
        let planned = run.plan(TYPE, prior, config).await;
        grafana.faults().push(Fault::on("GET", "/api/licensing/check").hang().always());
        let before = grafana.journal().entries().len();
        let journal = grafana.journal().clone();
        let looks = tokio::task::spawn_blocking(move || {
            let looks = |entries: &[Entry]| {
                entries.iter().skip(before).any(|entry| entry.is("GET", "/api/licensing/check"))
            };
            journal.wait_for(looks, Duration::from_secs(30))
        });
        let stop = async {
            assert!(looks.await.expect("waits"), "it looks");
            run.stop().await;
        };
        let (stopped, ()) = tokio::join!(run.apply(&planned), stop);
        grafana.faults().clear();
        assert!(error(&stopped.diagnostics).contains("asked to stop"), "{:?}", stopped.diagnostics);
        assert_eq!(stopped.value, prior.value);
        assert_eq!((posts(&grafana), deletes(&grafana)), (1, 0));
    }
}

/// Removes the license so that the other nodes do not notice.
async fn delete_on_one_node(grafana: &Simulated) -> u16 {
    use terraform_provider_grafana::grafana::{Auth, Client as Api, Settings};
    let mut settings = Settings::new(&grafana.url()).expect("a URL");
    settings.auth = Auth::parse(&"admin:admin".into()).expect("a sign-in");
    let api = Api::new(&settings).expect("a client");
    api.licensing().expect("signs in").remove(&grafana.root_url()).await.expect("removed");
    let last = grafana.journal().matching("DELETE", "/api/licensing/token").pop();
    last.and_then(|entry| entry.status()).unwrap_or_default()
}
