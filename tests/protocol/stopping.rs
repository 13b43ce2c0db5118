//! Ctrl-C while Grafana does not answer: what has made nothing yet ends at once.

use serde_json::json;
use simulator::faults::Fault;
use simulator::grafana::{Grafana as SimulatedGrafana, Options};
use std::time::Duration;
use terraform_provider_grafana::provider::Grafana;
use tfplugin::testing::{Client, State};

const KEY: &str = "grafana_api_key";

/// Longer than a stop takes, and shorter than the request that hangs.
const LONG: Duration = Duration::from_secs(20);

/// A provider whose Grafana answers no GET.
async fn hanging() -> (Client, SimulatedGrafana) {
    let server = SimulatedGrafana::start(Options::default()).expect("starts");
    server.faults().push(Fault::on("GET", "/**").hang().always());
    let client = Client::start(Grafana).await;
    let said = client.configure(json!({ "url": server.url(), "auth": "admin:admin" })).await;
    assert!(said.is_empty(), "{said:?}");
    (client, server)
}

async fn stop_when_asked(client: &Client, server: &SimulatedGrafana) {
    let journal = server.journal().clone();
    let asked = move || journal.wait_for(|entries| !entries.is_empty(), LONG);
    assert!(tokio::task::spawn_blocking(asked).await.expect("waits"));
    client.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_ends_and_keeps_the_state() {
    let (client, server) = hanging().await;
    let state = State {
        value: json!({ "id": "1:1", "org_id": "1", "name": "k", "role": "Viewer" }),
        ..State::none()
    };
    let read = client.read(KEY, &state);
    let (read, ()) =
        tokio::join!(tokio::time::timeout(LONG, read), stop_when_asked(&client, &server));
    let read = read.expect("the stop ends the wait");
    assert_eq!(read.diagnostics[0].summary, "Stopped");
    assert_eq!(read.value["id"], "1:1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_that_has_made_nothing_ends() {
    let (client, server) = hanging().await;
    let none = State::none();
    let create = client.plan_and_apply(KEY, &none, json!({ "name": "k", "role": "Viewer" }));
    let (created, ()) =
        tokio::join!(tokio::time::timeout(LONG, create), stop_when_asked(&client, &server));
    let created = created.expect("the stop ends the wait");
    assert_eq!(created.diagnostics[0].summary, "Stopped", "{:?}", created.diagnostics);
    assert!(created.value.is_null(), "nothing was made");
    assert!(server.journal().count("POST", "/**") <= 1, "the call that this Grafana lacks");
}
