//! Many at once: two runs on one organization or license, hundreds of keys, thousands of service accounts, and Ctrl-C in
//! the middle of it.
//!
//! `MANY=all` takes more of everything.

mod accounts;
mod hundreds;
mod licenses;
mod stopped;
mod two_runs;

use std::time::Duration;

use serde_json::json;
use simulator::grafana::{Generation, Grafana as Simulated, Options, Role};
use terraform_provider_grafana::provider::Grafana;
use tfplugin::proto::tfplugin6::Diagnostic;
use tfplugin::testing::{Client, State};

const KEY: &str = "grafana_api_key";

/// Longer than any of it takes on any machine: who waits longer waits for ever.
const FOR_EVER: Duration = Duration::from_secs(300);

fn all() -> bool {
    std::env::var("MANY").is_ok_and(|which| which == "all")
}

fn simulated(generation: Generation) -> Simulated {
    Simulated::start(Options { generation, ..Options::default() }).expect("starts")
}

/// A run of Terraform has a provider of its own.
async fn run_on(grafana: &Simulated) -> Client {
    let client = Client::start(Grafana).await;
    let config = json!({ "url": grafana.url(), "auth": "admin:admin", "retries": 2 });
    assert_eq!(texts(&client.configure(config).await), [""; 0]);
    client
}

fn texts(said: &[Diagnostic]) -> Vec<String> {
    said.iter().map(|it| format!("{}: {}", it.summary, it.detail)).collect()
}

fn number(state: &State) -> i64 {
    let id = state.value["id"].as_str().expect("an id");
    id.split_once(':').and_then(|(_, number)| number.parse().ok()).expect("ORG:ID")
}

/// The numbers of all keys of an organization in order, and of all its service accounts.
fn there(grafana: &Simulated, organization: i64) -> (Vec<i64>, Vec<i64>) {
    let accounts: Vec<_> =
        grafana.service_accounts(organization).into_iter().map(|account| account.id).collect();
    let tokens = accounts.iter().flat_map(|account| grafana.tokens(organization, *account));
    let keys = grafana.api_keys(organization).into_iter().chain(tokens).map(|key| key.id);
    let mut keys: Vec<_> = keys.collect();
    keys.sort_unstable();
    (keys, accounts)
}

/// Makes what is somebody else's, as this generation has it: a key, an account with a token, and one without.
fn of_somebody_else(grafana: &Simulated, organization: i64) {
    let generation = grafana.generation();
    if generation.makes_api_keys() {
        grafana.create_api_key(organization, "theirs", Role::Admin, None).expect("new");
    }
    // Logins are unique in an instance; older Grafana makes them of the names alone.
    let named = |name: &str| format!("{name} {organization}");
    if generation.has_service_accounts() {
        let account = grafana.create_service_account(organization, &named("team"), Role::Viewer);
        let account = account.expect("new").id;
        grafana.create_token(organization, account, "token", None).expect("new");
        grafana.create_service_account(organization, &named("empty"), Role::Viewer).expect("new");
    }
}
