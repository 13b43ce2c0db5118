//! How many requests many keys take.

use futures::future::join_all;
use serde_json::json;
use simulator::faults::Fault;
use simulator::grafana::{Generation, Migration, Role};
use tfplugin::testing::State;

use super::{Setup, TYPE, number, viewer};

const ORGANIZATIONS: i64 = 10;

/// Ten organizations of `each` keys, as a state that was imported.
async fn keys(generation: Generation, each: usize) -> (Setup, Vec<State>) {
    let setup = Setup::new(generation).await;
    for number in 1..ORGANIZATIONS {
        setup.grafana.create_organization(&format!("Org {number}")).expect("new");
    }
    let mut states = Vec::new();
    for org in 1..=ORGANIZATIONS {
        for number in 0..each {
            let name = format!("{number:03}");
            let key = setup.grafana.create_api_key(org, &name, Role::Viewer, None).expect("new");
            let value = json!({
                "id": format!("{org}:{}", key.id), "org_id": org.to_string(), "name": name,
                "role": "Viewer", "key": key.key,
            });
            states.push(State { value, ..State::none() });
        }
    }
    (setup, states)
}

async fn read_all(setup: &Setup, states: &[State]) -> Vec<State> {
    setup.configure().await;
    setup.grafana.journal().clear();
    let reads = join_all(states.iter().map(|state| setup.client.read(TYPE, state))).await;
    assert!(reads.iter().all(|read| read.diagnostics.is_empty() && !read.value.is_null()));
    reads
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_keys_of_ten_organizations_take_ten_requests() {
    let (setup, states) = keys(Generation::V9_4, 100).await;
    read_all(&setup, &states).await;
    assert_eq!(setup.requests("GET", "/api/auth/keys"), 10);
    assert_eq!(setup.requests("*", "/**"), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_service_accounts_each_account_is_read_once() {
    let (setup, states) = keys(Generation::V9_4, 20).await;
    setup.grafana.upgrade(Generation::V12_1, Migration::AtStart);
    let states = read_all(&setup, &states).await;
    assert_eq!(setup.requests("GET", "/api/serviceaccounts/search"), 10);
    assert_eq!(setup.requests("GET", "/api/serviceaccounts/*/tokens"), 200);
    read_all(&setup, &states).await;
    assert_eq!(setup.requests("GET", "/api/serviceaccounts/search"), 10);
    assert_eq!(setup.requests("GET", "/api/serviceaccounts/*/tokens"), 200);
    assert_eq!(setup.requests("*", "/**"), 210);
}

#[tokio::test(flavor = "multi_thread")]
async fn writing_makes_lists_be_read_again() {
    let setup = Setup::new(Generation::V9_4).await;
    let one = setup.create(viewer("one")).await;
    assert!(!setup.client.read(TYPE, &one).await.value.is_null());
    let other = setup.create(viewer("other")).await;
    assert!(!setup.client.read(TYPE, &other).await.value.is_null());
    assert!(setup.destroy(&one).await.value.is_null());
    assert!(setup.client.read(TYPE, &one).await.value.is_null());
    assert!(!setup.client.read(TYPE, &other).await.value.is_null());
    assert!(number(&other) > number(&one));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_is_down_is_not_asked_for_every_key() {
    let setup = Setup::new(Generation::V9_4).await;
    let states = join_all((0..50).map(|n| setup.create(viewer(&n.to_string())))).await;
    setup.configure().await;
    setup.grafana.journal().clear();
    setup.grafana.faults().push(Fault::on("GET", "/**").always().status(503));
    let reads = join_all(states.iter().map(|state| setup.client.read(TYPE, state))).await;
    assert!(reads.iter().zip(&states).all(|(read, state)| read.value == state.value));
    assert!(reads.iter().all(|read| !read.diagnostics.is_empty()));
    assert_eq!(setup.requests("*", "/**"), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_sign_in_is_sent_once() {
    let setup = Setup::new(Generation::V9_4).await;
    let states = join_all((0..10).map(|n| setup.create(viewer(&n.to_string())))).await;
    setup.configure_with(json!({ "auth": "admin:wrong" })).await;
    setup.grafana.journal().clear();
    let reads = join_all(states.iter().map(|state| setup.client.read(TYPE, state))).await;
    assert!(reads.iter().all(|read| read.diagnostics.len() == 1));
    assert_eq!(setup.requests("*", "/**"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_among_five_thousand_service_accounts_takes_few_requests() {
    let setup = Setup::new(Generation::V12_1).await;
    for number in 0..5000 {
        let name = format!("account {number}");
        setup.grafana.create_service_account(1, &name, Role::Viewer).expect("new");
    }
    let state = setup.create(viewer("a")).await;
    setup.configure().await;
    setup.grafana.journal().clear();
    let read = setup.client.read(TYPE, &state).await;
    assert_eq!(setup.plan(&read, viewer("a")).await.value, state.value);
    let requests = setup.requests("*", "/**");
    assert!(requests <= 7, "{requests}");
}

/// A plan of a new key waits for seconds only, a refresh for minutes.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_had_too_little_time_for_is_asked_again_by_others() {
    let setup = Setup::new(Generation::V9_4).await;
    assert_eq!(setup.grafana.create_organization("other").expect("new"), 2);
    let config = |name: &str| json!({ "name": name, "role": "Viewer", "org_id": "2" });
    let state = setup.create(config("a")).await;
    setup.configure().await;
    let busy = Fault::on("GET", "/api/auth/keys").status(503).retry_after("30");
    setup.grafana.faults().push(busy);
    let plan = setup.plan(&State::none(), config("b")).await;
    assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
    assert_eq!(setup.grafana.faults().unused(), [""; 0]);
    let read = setup.client.read(TYPE, &state).await;
    assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
    assert_eq!(read.value, state.value);
}

/// As many modules have it, which all know nothing of one another.
#[tokio::test(flavor = "multi_thread")]
async fn data_sources_of_the_same_keys_share_the_lists() {
    let setup = Setup::new(Generation::V12_1).await;
    for name in ["a", "b", "c"] {
        setup.create(viewer(name)).await;
    }
    setup.configure().await;
    setup.grafana.journal().clear();
    for _ in 0..5 {
        let (data, said) = setup.client.read_data("grafana_api_keys", json!({})).await;
        assert!(said.is_empty() && data["keys"].as_array().is_some_and(|keys| keys.len() == 3));
    }
    assert_eq!(setup.requests("GET", "/api/serviceaccounts/search"), 1);
    assert_eq!(setup.requests("GET", "/api/serviceaccounts/*/tokens"), 3);
}
