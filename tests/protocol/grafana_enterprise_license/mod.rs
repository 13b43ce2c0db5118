//! `grafana_enterprise_license`, in process.

mod cancel;
mod clusters;
mod create;
mod delete;
mod errors;
mod expiry;
mod import;
mod lost_answers;
mod plan;
mod read;
mod renew;
mod replace;
mod secrets;
mod shared_slot;
mod update;
mod validate;

use serde_json::{Value as Json, json};
use simulator::grafana::{Grafana as Simulated, Lag, LicenseClaims, Options, Routing};
use terraform_provider_grafana::provider::Grafana;
use tfplugin::proto::tfplugin6::{Diagnostic, diagnostic::Severity};
use tfplugin::testing::{Client, State};

const TYPE: &str = "grafana_enterprise_license";
const DAY: i64 = 86_400;
const TOKEN: &str = "/api/licensing/token";

fn simulated(options: Options) -> Simulated {
    Simulated::start(options).expect("starts")
}

fn enterprise() -> Simulated {
    simulated(Options::default())
}

/// A provider that signs in to the instance, as a new process of Terraform's has one.
async fn client_as(grafana: &Simulated, auth: &str) -> Client {
    let client = Client::start(Grafana).await;
    let config = json!({ "url": grafana.url(), "auth": auth, "retries": 0 });
    let said = client.configure(config).await;
    assert!(said.is_empty(), "{said:?}");
    client
}

/// The same, with the retries that the provider makes by default, without long waits.
async fn client_that_retries(grafana: &Simulated) -> Client {
    let client = Client::start(Grafana).await;
    let config = json!({ "url": grafana.url(), "auth": "admin:admin" });
    let said = client.configure(config).await;
    assert!(said.is_empty(), "{said:?}");
    client
}

/// Waits until the instance was sent such a request.
async fn requested(grafana: &Simulated, method: &'static str, path: &'static str) {
    let journal = grafana.journal().clone();
    let is_sent = move || {
        let sent = |entry: &simulator::journal::Entry| entry.is(method, path);
        journal.wait_for(|entries| entries.iter().any(sent), std::time::Duration::from_secs(30))
    };
    assert!(tokio::task::spawn_blocking(is_sent).await.expect("waits"), "{method} {path}");
}

async fn client(grafana: &Simulated) -> Client {
    client_as(grafana, "admin:admin").await
}

fn cluster(nodes: usize, lag: Lag, routing: Routing) -> Simulated {
    simulated(Options { nodes, lag, routing, ..Options::default() })
}

/// Nodes that never notice by themselves.
fn divided(nodes: usize, routing: Routing) -> Simulated {
    cluster(nodes, Lag::Requests(1_000_000), routing)
}

fn license(grafana: &Simulated) -> LicenseClaims {
    LicenseClaims::for_instance(&grafana.root_url())
}

fn with_id(grafana: &Simulated, id: &str) -> LicenseClaims {
    LicenseClaims { lid: Some(id.to_owned()), jti: Some(format!("t-{id}")), ..license(grafana) }
}

fn mint(grafana: &Simulated, claims: &LicenseClaims) -> String {
    grafana.issuer().mint(claims).expect("can be signed")
}

fn config(grafana: &Simulated, claims: &LicenseClaims) -> Json {
    json!({ "token": mint(grafana, claims) })
}

/// The state of a resource that has installed the license of the instance.
async fn licensed_state(grafana: &Simulated) -> State {
    created(&client(grafana).await, config(grafana, &license(grafana))).await
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn posts(grafana: &Simulated) -> usize {
    grafana.journal().count("POST", "/api/licensing/token")
}

fn deletes(grafana: &Simulated) -> usize {
    grafana.journal().count("DELETE", "/api/licensing/token")
}

fn active_id(grafana: &Simulated) -> Option<String> {
    grafana.license().and_then(|license| license.lid)
}

/// A state that was created without a word.
async fn created(client: &Client, config: Json) -> State {
    let state = client.plan_and_apply(TYPE, &State::none(), config).await;
    assert_eq!(summaries(&state.diagnostics), [""; 0], "{:?}", state.diagnostics);
    state
}

fn summaries(said: &[Diagnostic]) -> Vec<&str> {
    said.iter().map(|diagnostic| diagnostic.summary.as_str()).collect()
}

fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity() == Severity::Error
}

/// The one error, as summary and detail in one.
fn error(said: &[Diagnostic]) -> String {
    let errors: Vec<_> = said.iter().filter(|d| is_error(d)).collect();
    assert_eq!(errors.len(), 1, "{said:?}");
    format!("{}: {}", errors[0].summary, errors[0].detail)
}

/// Everything that was said, of which one is an error.
fn error_and_more(said: &[Diagnostic]) -> String {
    error(said);
    said.iter()
        .map(|diagnostic| format!("{}: {}\n", diagnostic.summary, diagnostic.detail))
        .collect()
}

/// The one warning, as summary and detail in one; nothing else was said.
fn warning(said: &[Diagnostic]) -> String {
    assert!(said.len() == 1 && !is_error(&said[0]), "{said:?}");
    format!("{}: {}", said[0].summary, said[0].detail)
}

/// The attribute a diagnostic points at.
fn points_at(diagnostic: &Diagnostic, attribute: &str) -> bool {
    format!("{:?}", diagnostic.attribute).contains(&format!("\"{attribute}\""))
}
