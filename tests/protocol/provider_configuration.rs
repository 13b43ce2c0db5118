//! The provider's configuration: what is told early, what waits until it is needed, and what is never touched.

use serde_json::{Value as Json, json};
use simulator::amazon::{self, Amazon};
use simulator::faults::Fault;
use simulator::grafana::{self, Grafana as SimulatedGrafana};
use terraform_provider_grafana::provider::Grafana;
use tfplugin::proto::tfplugin6::Diagnostic;
use tfplugin::testing::{Client, State, unknown};

const KEY: &str = "grafana_api_key";

fn simulated() -> SimulatedGrafana {
    SimulatedGrafana::start(grafana::Options::default()).expect("starts")
}

async fn configured(config: Json) -> Client {
    let client = Client::start(Grafana).await;
    let said = client.configure(config).await;
    assert!(said.is_empty(), "{said:?}");
    client
}

async fn create_key(client: &Client, name: &str) -> State {
    let config = json!({ "name": name, "role": "Viewer" });
    client.plan_and_apply(KEY, &State::none(), config).await
}

fn only_error(said: &[Diagnostic]) -> &Diagnostic {
    assert_eq!(said.len(), 1, "{said:?}");
    &said[0]
}

fn attribute(diagnostic: &Diagnostic) -> String {
    format!("{:?}", diagnostic.attribute)
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_values_are_told_with_their_attribute() {
    let client = Client::start(Grafana).await;
    for (name, value) in [
        ("url", json!("grafana.example.com")),
        ("auth", json!("neither-token-nor-pair")),
        ("ca_cert", json!("/no/such/file.pem")),
        ("retry_status_codes", json!(["4"])),
        ("request_timeout", json!("soon")),
        ("retries", json!(-1)),
    ] {
        let said = client.configure(json!({ name: value })).await;
        let error = only_error(&said);
        assert!(attribute(error).contains(name), "{name}: {error:?}");
        assert!(!format!("{error:?}").contains("neither-token"), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_is_taken_as_it_is_meant_or_refused_without_its_secrets() {
    let server = simulated();
    let port = server.addr().port();
    for url in [
        "http://127.0.0.1:PORT",
        "http://127.0.0.1:PORT/",
        "http://127.0.0.1:PORT//",
        " http://127.0.0.1:PORT\n",
        "HTTP://127.0.0.1:PORT",
        "http://127.1:PORT",
        "http://0x7f000001:PORT/",
        "http://127.0.0.1:PORT/x/..",
    ] {
        let url = url.replace("PORT", &port.to_string());
        let client = configured(json!({ "url": url, "auth": "admin:admin" })).await;
        let (_, said) = client.read_data("grafana_api_keys", json!({})).await;
        assert!(said.is_empty(), "{url}: {said:?}");
    }
    let client = Client::start(Grafana).await;
    for url in [
        "",
        " ",
        "grafana",
        "grafana.example.com",
        "localhost:3000",
        "//host",
        "/grafana",
        "http:",
        "http://",
        "http:///",
        "ftp://host",
        "file:///etc/passwd",
        "unix:///socket",
        "javascript://host",
        "https://host:99999",
        "https://ho st",
        "https://[::1",
        "https://user:hunter2@host",
        "https://hunter2@host/",
        "https://host/?auth=hunter2",
        "https://host/#hunter2",
        "https://host?hunter2",
        "http://h\0st",
        "https://%zz/",
    ] {
        let said = client.configure(json!({ "url": url, "auth": "admin:admin" })).await;
        let error = only_error(&said);
        assert!(attribute(error).contains("url"), "{url}: {error:?}");
        assert!(!format!("{error:?}").contains("hunter2"), "{url}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_configured_says_what_to_set_when_a_key_is_planned() {
    let client = configured(json!({})).await;
    for org in [json!(null), json!("2")] {
        let config = json!({ "name": "k", "role": "Viewer", "org_id": org });
        let plan = client.plan(KEY, &State::none(), config).await;
        let error = only_error(&plan.diagnostics);
        assert!(
            error.detail.contains("GRAFANA_URL") && error.detail.contains("`auth`"),
            "{error:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_url_is_accepted_and_what_is_there_is_left_as_it_is() {
    let client = configured(json!({ "url": unknown(), "auth": "admin:admin" })).await;
    let config = json!({ "name": "k", "role": "Viewer" });
    let planned = client.plan(KEY, &State::none(), config).await;
    assert!(planned.diagnostics.is_empty(), "{:?}", planned.diagnostics);
    let state = State {
        value: json!({ "id": "1:1", "org_id": "1", "name": "k", "role": "Viewer" }),
        ..State::none()
    };
    let read = client.read(KEY, &state).await;
    let [warning] = &read.diagnostics[..] else { panic!("{:?}", read.diagnostics) };
    assert!(
        warning.detail.contains("`url`") && warning.detail.contains("created at apply"),
        "{warning:?}"
    );
    assert_eq!(warning.severity, 2, "a warning");
    assert_eq!((&read.value["id"], &read.value["role"]), (&json!("1:1"), &json!("Viewer")));
    let (_, said) = client.read_data("grafana_api_keys", json!({})).await;
    let error = only_error(&said);
    assert!(error.detail.contains("`url`") && error.detail.contains("-target"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_parallel_refreshes_with_a_wrong_password_send_one_request() {
    let server = simulated();
    let client = configured(json!({ "url": server.url(), "auth": "admin:admin" })).await;
    let mut states = Vec::new();
    for number in 0..10 {
        states.push(create_key(&client, &format!("key-{number}")).await);
    }
    server.journal().clear();

    let wrong = configured(json!({ "url": server.url(), "auth": "admin:wrong" })).await;
    let reads = states.iter().map(|state| wrong.read(KEY, state));
    let read = futures::future::join_all(reads).await;
    for (read, state) in read.iter().zip(&states) {
        assert!(only_error(&read.diagnostics).detail.contains("401"), "{:?}", read.diagnostics);
        assert_eq!(read.value["id"], state.value["id"], "the state is kept");
    }
    assert_eq!(server.journal().entries().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_where_json_is_due_asks_whether_the_url_is_right() {
    let server = simulated();
    server.faults().push(Fault::on("*", "/**").html(200).always());
    let client = configured(json!({ "url": server.url(), "auth": "admin:admin" })).await;
    let state = State {
        value: json!({ "id": "1:1", "org_id": "1", "name": "k", "role": "Viewer" }),
        ..State::none()
    };
    let read = client.read(KEY, &state).await;
    let error = only_error(&read.diagnostics);
    assert!(error.detail.contains("url"), "{error:?}");
    assert_eq!(read.value["id"], "1:1", "the state is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sub_path_works() {
    let options = grafana::Options { sub_path: "/grafana".to_owned(), ..Default::default() };
    let server = SimulatedGrafana::start(options).expect("starts");
    let client = configured(json!({ "url": server.url(), "auth": "admin:admin" })).await;
    let created = create_key(&client, "k").await;
    assert!(created.diagnostics.is_empty(), "{:?}", created.diagnostics);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_service_is_touched_only_by_what_uses_it() {
    let server = simulated();
    let aws = Amazon::start(amazon::Options::default()).expect("starts");
    let client = configured(json!({
        "url": server.url(),
        "auth": "admin:admin",
        "aws": { "endpoint": aws.url(), "region": aws.region(), "profile": null },
    }))
    .await;
    let created = create_key(&client, "k").await;
    assert!(created.diagnostics.is_empty(), "{:?}", created.diagnostics);
    assert!(aws.journal().entries().is_empty());

    server.journal().clear();
    let state = State {
        value: json!({ "id": aws.workspace_id(), "workspace_id": aws.workspace_id(), "license_type": "ENTERPRISE" }),
        ..State::none()
    };
    client.read("managed_workspace_license", &state).await;
    assert!(server.journal().entries().is_empty());
}
