//! Two runs of Terraform on one organization at the same time: each has what its state says, and nothing else is there.

use std::collections::BTreeMap;

use futures::future::join_all;
use serde_json::{Value as Json, json};
use simulator::grafana::{Generation, Grafana as Simulated};
use tfplugin::testing::{Client, State};

use super::{FOR_EVER, KEY, all, number, of_somebody_else, run_on, simulated, texts, there};

/// How many keys both want to have under the same name, and each under one of its own.
const OF_A_KIND: usize = 6;

/// A run, and the keys in its state by what its configuration calls them.
struct Run {
    client: Client,
    keys: BTreeMap<String, State>,
}

fn config(name: &str) -> Json {
    match name.strip_prefix("generated ") {
        Some(prefix) => json!({ "name_prefix": prefix, "role": "Viewer", "seconds_to_live": 3600 }),
        None => json!({ "name": name, "role": "Viewer" }),
    }
}

/// Names of one run: those that the other one wants too, those that it alone wants, and generated ones.
fn names(step: &str, run: &str) -> Vec<String> {
    let of = |what: &str| (0..OF_A_KIND).map(|at| format!("{what} {step} {at}")).collect();
    let all: [Vec<String>; 3] = [of("both"), of(run), of("generated g")];
    all.concat()
}

impl Run {
    async fn on(grafana: &Simulated) -> Self {
        Run { client: run_on(grafana).await, keys: BTreeMap::new() }
    }

    /// Creates all of them at once; what the other one has is refused.
    async fn create(&mut self, names: Vec<String>) {
        let none = State::none();
        let created = names.iter().map(|name| self.client.plan_and_apply(KEY, &none, config(name)));
        for (name, state) in names.iter().zip(join_all(created).await) {
            let said = texts(&state.diagnostics).concat();
            let is_taken = said.contains("taken") && name.starts_with("both");
            assert_eq!(state.value.is_null(), is_taken, "{name}: {said}");
            if !state.value.is_null() {
                self.keys.insert(name.clone(), state);
            }
        }
    }

    /// Destroys all at once.
    async fn destroy(&mut self) {
        let keys = std::mem::take(&mut self.keys);
        let gone = keys.values().map(|key| self.client.plan_and_apply(KEY, key, Json::Null));
        for gone in join_all(gone).await {
            assert!(gone.value.is_null() && gone.diagnostics.is_empty(), "{gone:?}");
        }
    }

    /// Replaces all, each deleted before its successor is created.
    async fn replace(&mut self, names: Vec<String>) {
        let replaced =
            std::mem::take(&mut self.keys).into_values().zip(names).map(|(key, name)| {
                let client = &self.client;
                async move {
                    let read = client.read(KEY, &key).await;
                    let gone = client.plan_and_apply(KEY, &read, Json::Null).await;
                    assert!(gone.value.is_null() && gone.diagnostics.is_empty(), "{gone:?}");
                    name
                }
            });
        let names = join_all(replaced).await;
        self.create(names).await;
    }

    /// A refresh by a new process finds all of them as they are.
    async fn assert_unchanged(&self, grafana: &Simulated) {
        let client = run_on(grafana).await;
        let reads = self.keys.values().map(|key| client.read(KEY, key));
        for (read, key) in join_all(reads).await.into_iter().zip(self.keys.values()) {
            assert_eq!((texts(&read.diagnostics), &read.value), (Vec::new(), &key.value));
        }
    }
}

struct Stage {
    grafana: Simulated,
    /// What is somebody else's: keys and accounts.
    others: (Vec<i64>, Vec<i64>),
}

impl Stage {
    async fn assert_exact(&self, step: &str, runs: [&Run; 2]) {
        let generation = self.grafana.generation();
        let (mut keys, mut accounts) = self.others.clone();
        for state in runs.iter().flat_map(|run| run.keys.values()) {
            keys.push(number(state));
            accounts.extend(state.value["service_account_id"].as_i64());
        }
        keys.sort_unstable();
        accounts.sort_unstable();
        let (found, mut found_accounts) = there(&self.grafana, 1);
        found_accounts.sort_unstable();
        assert_eq!((found, found_accounts), (keys, accounts), "{generation} {step}");
        for run in runs {
            run.assert_unchanged(&self.grafana).await;
        }
    }
}

async fn on_one_organization(generation: Generation) {
    let grafana = simulated(generation);
    of_somebody_else(&grafana, 1);
    let stage = Stage { others: there(&grafana, 1), grafana };
    let (mut one, mut other) = (Run::on(&stage.grafana).await, Run::on(&stage.grafana).await);

    tokio::join!(one.create(names("first", "one")), other.create(names("first", "other")));
    stage.assert_exact("created", [&one, &other]).await;
    for name in names("first", "one").iter().filter(|name| name.starts_with("both")) {
        let count = [&one, &other].iter().filter(|run| run.keys.contains_key(name)).count();
        assert_eq!(count, 1, "{generation}: {name}");
    }

    tokio::join!(one.replace(names("second", "one")), other.replace(names("second", "other")));
    stage.assert_exact("replaced", [&one, &other]).await;

    tokio::join!(one.destroy(), other.create(names("third", "other")));
    stage.assert_exact("destroyed by one, created by the other", [&one, &other]).await;

    tokio::join!(one.create(names("fourth", "one")), other.destroy());
    stage.assert_exact("the other way round", [&one, &other]).await;

    one.destroy().await;
    stage.assert_exact("destroyed", [&one, &other]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_two_runs_has_what_its_state_says_and_nothing_else_is_there() {
    let generations: &[Generation] = match all() {
        true => &Generation::ALL,
        false => &[Generation::V8_4, Generation::V9_4, Generation::V12_4],
    };
    let runs = generations.iter().map(|generation| tokio::spawn(on_one_organization(*generation)));
    let ends = tokio::time::timeout(FOR_EVER, join_all(runs)).await.expect("no deadlock");
    ends.into_iter().for_each(|end| end.expect("all is there"));
}
