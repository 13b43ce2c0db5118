//! Ctrl-C in the middle: whatever waits answers at once, except for a request that may be carried out.

use std::time::{Duration, Instant};

use futures::future::{BoxFuture, FutureExt, join_all};
use serde_json::{Value as Json, json};
use simulator::amazon::{Amazon, Endpoint, Options as AmazonOptions, Polls};
use simulator::faults::Fault;
use simulator::grafana::Generation;
use simulator::journal::Journal;
use terraform_provider_grafana::provider::Grafana;
use tfplugin::testing::{Client, State};

use super::{KEY, number, run_on, simulated, texts, there};
use crate::managed_workspace_license::provider;

/// It takes milliseconds. Machines are loaded.
const AT_ONCE: Duration = Duration::from_secs(6);

const LONG: Duration = Duration::from_secs(60);

async fn until(what: &str, condition: impl Fn() -> bool) {
    let give_up = Instant::now() + LONG;
    while !condition() {
        assert!(Instant::now() < give_up, "it does not happen: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Stops the run once a request has come that hangs; what is said ends within moments.
async fn stopped<T>(
    what: &str,
    client: &Client,
    journal: &Journal,
    work: impl Future<Output = T>,
) -> T {
    let stop = async {
        until(what, || !journal.entries().is_empty()).await;
        client.stop().await;
        Instant::now()
    };
    let both = async { tokio::join!(work, stop) };
    let (done, stopped) =
        tokio::time::timeout(LONG, both).await.unwrap_or_else(|_| panic!("{what} hangs"));
    println!("{what}: {:?} after the stop", stopped.elapsed());
    assert!(stopped.elapsed() < AT_ONCE, "{what}: {:?}", stopped.elapsed());
    done
}

fn viewer(name: &str) -> Json {
    json!({ "name": name, "role": "Viewer" })
}

/// Fifty of each kind, of which nobody has made anything when the stop comes.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_waits_for_an_answer_ends_at_once() {
    const COUNT: usize = 50;
    let grafana = simulated(Generation::V12_1);
    let none = State::none();
    let client = run_on(&grafana).await;
    let names: Vec<_> = (0..COUNT).map(|at| format!("key {at}")).collect();
    let created = names.iter().map(|name| client.plan_and_apply(KEY, &none, viewer(name)));
    let states = join_all(created).await;
    let before = there(&grafana, 1);
    for what in ["create", "read", "destroy", "data", "list", "open", "license", "renew"] {
        let client = run_on(&grafana).await;
        let work = |at: usize| -> BoxFuture<'_, Vec<String>> {
            let (client, state) = (&client, &states[at]);
            async move {
                let said = match what {
                    "create" => {
                        let config = json!({ "name_prefix": "new", "role": "Viewer" });
                        client.plan_and_apply(KEY, &State::none(), config).await.diagnostics
                    }
                    "read" => client.read(KEY, state).await.diagnostics,
                    "destroy" => client.plan_and_apply(KEY, state, Json::Null).await.diagnostics,
                    "data" => client.read_data("grafana_api_keys", json!({})).await.1,
                    "list" => client.list(KEY, json!({}), true, 10).await.1,
                    "open" => {
                        let config = json!({ "role": "Viewer" });
                        client.open(KEY, config).await.2
                    }
                    "license" => client.read_data("grafana_enterprise_license", json!({})).await.1,
                    _ => client.invoke("grafana_enterprise_license_renew", json!({})).await.1,
                };
                texts(&said)
            }
            .boxed()
        };
        grafana.journal().clear();
        grafana.faults().push(Fault::on("GET", "/**").hang().always());
        let all = join_all((0..COUNT).map(work));
        for said in stopped(what, &client, grafana.journal(), all).await {
            assert!(said.concat().contains("stop"), "{what}: {said:?}");
        }
        grafana.faults().clear();
    }
    assert_eq!(there(&grafana, 1), before);
}

/// One has to look at what its lost answer has left, and goes on with that for seconds; the others wait for the same list.
#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_the_clean_up_of_another_ends_at_once() {
    let grafana = simulated(Generation::V9_4);
    let client = run_on(&grafana).await;
    let faults = grafana.faults();
    let lists = "/api/auth/keys";
    faults.push(Fault::on("POST", lists).reset_after());
    faults.push(Fault::on("GET", lists).skip(1).hang().always());
    let none = State::none();
    let looks = client.plan_and_apply(KEY, &none, viewer("a"));
    let others = async {
        until("the look", || grafana.journal().count("GET", lists) > 1).await;
        let other = |at: usize| client.plan_and_apply(KEY, &none, viewer(&format!("b{at}")));
        join_all((0..10).map(other)).await
    };
    let stop = async {
        until("the look", || grafana.journal().count("GET", lists) > 1).await;
        // The others have come to wait when their plans are made, which takes no request.
        tokio::time::sleep(Duration::from_millis(500)).await;
        client.stop().await;
        Instant::now()
    };
    let waiting = async {
        let (others, stopped) = tokio::join!(others, stop);
        let waited = stopped.elapsed();
        faults.clear();
        (others, waited)
    };
    let (one, (others, waited)) = tokio::join!(looks, waiting);
    assert!(waited < AT_ONCE, "{waited:?}");
    assert!(others.iter().all(|it| it.value.is_null() && !it.diagnostics.is_empty()), "{others:?}");
    // Its name was given, so that whose the key is cannot be told.
    assert!(one.value.is_null() && !one.diagnostics.is_empty(), "{one:?}");
    assert_eq!(grafana.api_keys(1).len(), 1);
}

/// Of a hundred that are being created, those that Grafana is about to make are awaited, and nothing is lost.
#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_carried_out_is_awaited_and_in_the_state() {
    for (generation, post) in
        [(Generation::V9_4, "/api/auth/keys"), (Generation::V12_1, "/api/serviceaccounts/*/tokens")]
    {
        let grafana = simulated(generation);
        let client = run_on(&grafana).await;
        let hanging = 20;
        grafana.faults().push(Fault::on("POST", post).skip(40).hang().always());
        let none = State::none();
        let names: Vec<_> = (0..100).map(|at| format!("key {at}")).collect();
        let created = names.iter().map(|name| client.plan_and_apply(KEY, &none, viewer(name)));
        let stop = async {
            until("the requests", || grafana.journal().count("POST", post) >= 40 + hanging).await;
            client.stop().await;
            grafana.faults().clear();
            Instant::now()
        };
        let all = async { tokio::join!(join_all(created), stop) };
        let (states, stopped) = tokio::time::timeout(LONG, all).await.expect("no deadlock");
        println!("{generation}: {:?} after the stop", stopped.elapsed());
        let (made, refused): (Vec<_>, Vec<_>) =
            states.iter().partition(|state| !state.value.is_null());
        assert!(made.len() >= 40 + hanging, "{}", made.len());
        assert!(refused.iter().all(|it| texts(&it.diagnostics).concat().contains("stop")));
        let mut numbers: Vec<_> = made.iter().map(|state| number(state)).collect();
        numbers.sort_unstable();
        let (keys, accounts) = there(&grafana, 1);
        assert_eq!(keys, numbers, "{generation}");
        let with_account = made.iter().filter(|it| it.value["service_account_id"].is_i64()).count();
        assert_eq!(accounts.len(), with_account, "{generation}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn waits_for_a_status_of_aws_end_at_once() {
    let amazon = Amazon::start(AmazonOptions { endpoint: Endpoint::Nowhere, ..Default::default() });
    let amazon = amazon.expect("starts");
    amazon.link_account(amazon.region());
    let run = async |config: Json| {
        let client = Client::start(Grafana).await;
        assert_eq!(texts(&client.configure(config).await), [""; 0]);
        amazon.journal().clear();
        client
    };
    let config = json!({ "workspace_id": amazon.workspace_id() });
    amazon.set_polls(Polls::UntilReleased);
    let (kind, none) = ("managed_workspace_license", State::none());

    let client = run(provider(&amazon)).await;
    let create = client.plan_and_apply(kind, &none, config.clone());
    let state = stopped_under_way("associate", &client, &amazon, "POST", create).await;
    assert!(!state.value.is_null(), "what AWS has accepted is in the state: {state:?}");

    amazon.release(amazon.workspace_id());
    let client = run(provider(&amazon)).await;
    let read = client.read(kind, &State { diagnostics: Vec::new(), ..state }).await;
    let destroy = client.plan_and_apply(kind, &read, Json::Null);
    let state = stopped_under_way("disassociate", &client, &amazon, "DELETE", destroy).await;
    assert!(!state.value.is_null(), "it is not known to be gone: {state:?}");

    let mut with_sign_in = provider(&amazon);
    with_sign_in["managed_workspace"] = config;
    let client = run(with_sign_in).await;
    let sign_in = join_all((0..20).map(|_| client.read_data("grafana_api_keys", json!({}))));
    for (_, said) in stopped("sign-in", &client, amazon.journal(), sign_in).await {
        assert!(texts(&said).concat().contains("stop"), "{said:?}");
    }
}

/// Stops the run once AWS has accepted a change that never comes to its end.
async fn stopped_under_way(
    what: &str,
    client: &Client,
    amazon: &Amazon,
    method: &str,
    work: impl Future<Output = State>,
) -> State {
    let accepted = || {
        let entries = amazon.journal().matching(method, "/workspaces/*/licenses/*");
        entries.iter().any(|entry| entry.status().is_some())
    };
    let stop = async {
        until(what, accepted).await;
        client.stop().await;
        Instant::now()
    };
    let both = async { tokio::join!(work, stop) };
    let (state, stopped) =
        tokio::time::timeout(LONG, both).await.unwrap_or_else(|_| panic!("{what} hangs"));
    println!("{what}: {:?} after the stop", stopped.elapsed());
    assert!(stopped.elapsed() < AT_ONCE, "{what}: {:?}", stopped.elapsed());
    state
}
