//! Hundreds of keys over several organizations, all of them at once, as `-parallelism=1000` has it.

use futures::future::join_all;
use serde_json::{Value as Json, json};
use simulator::grafana::{Generation, Grafana as Simulated};
use tfplugin::testing::State;

use super::{FOR_EVER, KEY, all, of_somebody_else, run_on, simulated, texts, there};

/// How many keys each organization gets. Grafana lists no more than 100 API keys.
fn keys_of_organizations() -> [usize; 3] {
    if all() { [600, 90, 300] } else { [110, 20, 40] }
}

fn configs() -> Vec<Json> {
    let of = |(at, count): (usize, usize)| {
        (0..count).map(move |number| {
            let (org, key) = ((at + 1).to_string(), format!("k{number}"));
            match number % 3 {
                0 => json!({ "org_id": org, "name_prefix": key, "role": "Viewer", "seconds_to_live": 3600 }),
                1 => json!({ "org_id": org, "name": key, "role": "Editor", "seconds_to_live": 3600 }),
                _ => json!({ "org_id": org, "name": key, "role": "Viewer" }),
            }
        })
    };
    keys_of_organizations().into_iter().enumerate().flat_map(of).collect()
}

fn organizations(grafana: &Simulated) -> Vec<(Vec<i64>, Vec<i64>)> {
    (1..=3).map(|organization| there(grafana, organization)).collect()
}

/// Creates, reads and destroys all; how many requests each takes.
async fn requests(generation: Generation) -> [usize; 3] {
    let grafana = simulated(generation);
    for organization in 1..=3 {
        if organization > 1 {
            grafana.create_organization(&format!("Org {organization}")).expect("new");
        }
        of_somebody_else(&grafana, organization);
    }
    let before = organizations(&grafana);
    let (client, none, configs) = (run_on(&grafana).await, State::none(), configs());
    let created = configs.iter().map(|config| client.plan_and_apply(KEY, &none, config.clone()));
    let states = join_all(created).await;
    for state in &states {
        assert!(!state.value.is_null() && state.diagnostics.is_empty(), "{state:?}");
    }
    for ((now, before), count) in
        organizations(&grafana).iter().zip(&before).zip(keys_of_organizations())
    {
        assert_eq!(now.0.len(), before.0.len() + count);
    }
    let created = grafana.journal().entries().len();

    grafana.journal().clear();
    let client = run_on(&grafana).await;
    let reads = join_all(states.iter().map(|state| client.read(KEY, state))).await;
    for (read, state) in reads.iter().zip(&states) {
        assert_eq!((texts(&read.diagnostics), &read.value), (Vec::new(), &state.value));
    }
    let read = grafana.journal().entries().len();

    grafana.journal().clear();
    let client = run_on(&grafana).await;
    let gone = join_all(reads.iter().map(|read| client.plan_and_apply(KEY, read, Json::Null)));
    for gone in gone.await {
        assert!(gone.value.is_null() && gone.diagnostics.is_empty(), "{gone:?}");
    }
    assert_eq!(organizations(&grafana), before, "what is somebody else's");
    [created, read, grafana.journal().entries().len()]
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_are_created_read_and_destroyed_at_once_in_few_requests_each() {
    let count: usize = keys_of_organizations().iter().sum();
    // Of those beyond the end of a cut list each is asked for by itself.
    for (generation, most) in [(Generation::V9_4, [3, 2, 6]), (Generation::V12_1, [5, 2, 6])] {
        let requests = tokio::time::timeout(FOR_EVER, requests(generation)).await;
        let requests = requests.expect("no deadlock");
        println!("{generation}: {count} keys, requests to create, read, destroy: {requests:?}");
        for (requests, most) in requests.into_iter().zip(most) {
            assert!(requests <= count * most, "{generation}: {requests}");
        }
    }
}
