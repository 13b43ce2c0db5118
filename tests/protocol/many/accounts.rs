//! Thousands of service accounts in one organization.

use std::path::Path;
use std::sync::Arc;

use futures::future::join_all;
use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{Generation, Grafana as Simulated, Migration, Role};
use tfplugin::testing::host::Started;
use tfplugin::testing::{Client, State};

use super::{KEY, all, run_on, simulated, texts};

const ACCOUNTS: usize = 5000;

/// Makes accounts, the first of them with a token each.
fn accounts(grafana: &Simulated, count: usize, with_token: usize) {
    for number in 0..count {
        let name = format!("account {number:04}");
        let account = grafana.create_service_account(1, &name, Role::Viewer).expect("new").id;
        if number < with_token {
            grafana.create_token(1, account, &format!("token {number}"), None).expect("new");
        }
    }
}

fn viewer() -> Json {
    json!({ "name": "ci", "role": "Viewer" })
}

/// The state knows no account yet: the key was an API key when it was read.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_migrated_is_found_by_name_among_five_thousand_accounts() {
    let grafana = simulated(Generation::V9_4);
    let client = run_on(&grafana).await;
    let state = client.plan_and_apply(KEY, &State::none(), viewer()).await;
    accounts(&grafana, ACCOUNTS, 20);
    grafana.upgrade(Generation::V12_1, Migration::AtStart);
    grafana.journal().clear();
    let client = run_on(&grafana).await;
    let read = client.read(KEY, &state).await;
    assert_eq!(texts(&read.diagnostics), [""; 0]);
    assert_eq!(
        (&read.value["id"], &read.value["backend"]),
        (&state.value["id"], &json!("service_account"))
    );
    // The API keys that there are no more, what is there instead, six pages, the tokens of one account.
    assert!(grafana.journal().entries().len() <= 9, "{:?}", grafana.journal().entries());

    grafana.journal().clear();
    let gone = client.plan_and_apply(KEY, &read, Json::Null).await;
    assert!(gone.value.is_null() && gone.diagnostics.is_empty(), "{gone:?}");
    assert!(grafana.journal().entries().len() <= 6, "{:?}", grafana.journal().entries());
    assert_eq!(grafana.service_accounts(1).len(), ACCOUNTS);
}

/// Keys that are left to their expiry leave their accounts, which later rotations look at.
#[tokio::test(flavor = "multi_thread")]
async fn the_accounts_of_keys_that_were_left_are_looked_at_once_in_a_run() {
    const COUNT: usize = 30;
    let grafana = simulated(Generation::V12_1);
    let config = |life: i64| json!({ "name_prefix": "r", "role": "Viewer", "seconds_to_live": life, "delete_on_destroy": false });
    let none = State::none();
    let create = async |life| {
        let client = run_on(&grafana).await;
        let created = (0..COUNT).map(|_| client.plan_and_apply(KEY, &none, config(life)));
        let created = join_all(created).await;
        assert!(created.iter().all(|state| state.diagnostics.is_empty()));
        created
    };
    let client = run_on(&grafana).await;
    let left = create(3600).await;
    join_all(left.iter().map(|state| client.plan_and_apply(KEY, state, Json::Null))).await;
    grafana.journal().clear();
    create(3600).await;
    let (lists, tokens) = ("/api/serviceaccounts/search", "/api/serviceaccounts/*/tokens");
    assert_eq!(grafana.journal().count("GET", lists), 1);
    // Of each new key when it expires, and of each that was left whether it has.
    assert_eq!(grafana.journal().count("GET", tokens), COUNT + COUNT);
}

/// While the pages are read, somebody else deletes an account of the first one and creates another: what stood first on
/// the second page stands on the first then.
fn moved_between_pages(grafana: &Arc<Simulated>) {
    let theirs = Arc::downgrade(grafana);
    let second = Fault::on("GET", "/api/serviceaccounts/search").skip(1);
    grafana.faults().push(second.meanwhile(move || {
        let Some(grafana) = theirs.upgrade() else { return };
        let first = grafana.service_accounts(1).into_iter().min_by(|a, b| a.login.cmp(&b.login));
        grafana.delete_service_account(1, first.expect("there is one").id).expect("is there");
        grafana.create_service_account(1, "zzz", Role::Viewer).expect("new");
    }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_account_moves_between_pages_is_not_taken_for_gone() {
    let grafana = Arc::new(simulated(Generation::V12_1));
    accounts(&grafana, 1500, 0);
    let mut by_login = grafana.service_accounts(1);
    by_login.sort_by(|a, b| a.login.cmp(&b.login));
    let token = grafana.create_token(1, by_login[1000].id, "ci", None).expect("new").id;
    // An imported key has no secret to ask with.
    let client = run_on(&grafana).await;
    let imported = client.read(KEY, &client.import(KEY, &token.to_string()).await).await;
    assert_eq!(imported.value["name"], "ci");
    let client = run_on(&grafana).await;
    moved_between_pages(&grafana);
    let read = client.read(KEY, &imported).await;
    assert_eq!(grafana.faults().unused(), [""; 0]);
    assert_eq!((texts(&read.diagnostics), read.value), (Vec::new(), imported.value));
}

/// The most memory that a process has had, in MiB.
fn peak(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("is there");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("is told");
    line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") / 1024
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_accounts_are_listed_in_bounded_memory_and_requests() {
    let grafana = simulated(Generation::V12_1);
    let with_token = if all() { ACCOUNTS } else { 200 };
    accounts(&grafana, ACCOUNTS, with_token);
    let started = Started::new(Path::new(env!("CARGO_BIN_EXE_terraform-provider-grafana")));
    let client = Client::start(terraform_provider_grafana::provider::Grafana).await;
    let client = client.through(started.channel().await);
    let config = json!({ "url": grafana.url(), "auth": "admin:admin" });
    assert_eq!(texts(&client.configure(config).await), [""; 0]);
    let before = peak(started.child.id());
    let (data, said) = client.read_data("grafana_api_keys", json!({})).await;
    assert_eq!(texts(&said), [""; 0]);
    assert_eq!(data["keys"].as_array().map(Vec::len), Some(with_token));
    assert_eq!(data["is_complete"], true);
    let requests = grafana.journal().entries().len();
    let memory = peak(started.child.id()) - before;
    println!(
        "{ACCOUNTS} accounts, {with_token} of them with a token: {requests} requests, {memory} MiB more"
    );
    assert!(requests <= with_token + 8, "{requests}");
    assert!(memory < 64, "{memory} MiB");
}
