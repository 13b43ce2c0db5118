//! Two parties act on one organization at once. Whatever happens, what the other one has created stays.

use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{Generation, Grafana, Role};
use tfplugin::testing::{Client, State};

use super::{Setup, TYPE, viewer};

#[tokio::test(flavor = "multi_thread")]
async fn two_of_one_name_at_once_create_one_key() {
    for generation in Generation::ALL {
        let setup = Setup::new(generation).await;
        let (one, other) =
            tokio::join!(setup.try_create(viewer("a")), setup.try_create(viewer("a")));
        let created: Vec<_> =
            [&one, &other].into_iter().filter(|s| s.diagnostics.is_empty()).collect();
        assert_eq!(created.len(), 1, "{generation}: {one:?} {other:?}");
        setup.assert_unchanged(created[0], viewer("a")).await;
        setup.assert_destroyed(created[0]).await;
    }
}

/// Two runs take up the same account, and the slower one loses Grafana's answer that the name is taken.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_run_in_an_account_that_was_taken_up_stays() {
    let setup = Arc::new(Setup::new(Generation::V12_1).await);
    let name = "a-terraform-4k2j8x9q1z";
    let account = setup.grafana.create_service_account(1, name, Role::Viewer).expect("new").id;
    let theirs = Arc::downgrade(&setup);
    let tokens = Fault::on("POST", "/api/serviceaccounts/*/tokens").reset_after();
    setup.grafana.faults().push(tokens.meanwhile(move || {
        let setup = theirs.upgrade().expect("is there");
        setup.grafana.create_token(1, account, "a", None).expect("new");
    }));
    let state = setup.try_create(viewer("a")).await;
    assert!(state.value.is_null() && state.diagnostics.len() == 1, "{state:?}");
    assert_eq!(setup.grafana.tokens(1, account).len(), 1);
}

/// Somebody else, who works with keys of the same name and role in another way.
struct Other {
    setup: Weak<Setup>,
    keys: Mutex<Vec<i64>>,
    accounts: Mutex<Vec<i64>>,
    tokens: Mutex<Vec<(i64, i64)>>,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    CreateApiKey,
    CreateAccount,
    CreateToken,
    /// Into the account of the key that the run has created, or is creating.
    JoinTheirs,
    Delete,
}

impl Other {
    fn act(&self, step: Step) {
        let Some(setup) = self.setup.upgrade() else { return };
        let grafana = &setup.grafana;
        let (mut keys, mut accounts, mut tokens) =
            (self.keys.lock().unwrap(), self.accounts.lock().unwrap(), self.tokens.lock().unwrap());
        match step {
            Step::CreateApiKey => {
                keys.extend(grafana.create_api_key(1, "a", Role::Viewer, None).map(|key| key.id));
            }
            Step::CreateAccount => {
                let name = format!("a-terraform-{:010}", accounts.len());
                let name = if accounts.is_empty() { "a" } else { &name };
                let created = grafana.create_service_account(1, name, Role::Viewer);
                accounts.extend(created.map(|account| account.id));
            }
            Step::CreateToken => {
                if let Some(account) = accounts.last() {
                    let created = grafana.create_token(1, *account, "a", None);
                    tokens.extend(created.map(|token| (*account, token.id)));
                }
            }
            Step::JoinTheirs => {
                let all = grafana.service_accounts(1);
                if let Some(theirs) = all.iter().find(|it| !accounts.contains(&it.id)) {
                    let name = format!("guest {}", tokens.len());
                    let created = grafana.create_token(1, theirs.id, &name, None);
                    tokens.extend(created.map(|token| (theirs.id, token.id)));
                }
            }
            Step::Delete => {
                if let Some(key) = keys.pop() {
                    grafana.delete_api_key(1, key).expect("nobody else has deleted it");
                } else if let Some((account, token)) = tokens.pop() {
                    grafana.delete_token(1, account, token).expect("nobody else has deleted it");
                }
            }
        }
    }

    fn assert_all_there(&self, grafana: &Grafana) {
        let keys: Vec<_> = grafana.api_keys(1).iter().map(|key| key.id).collect();
        assert!(self.keys.lock().unwrap().iter().all(|key| keys.contains(key)), "{keys:?}");
        let tokens = self.tokens.lock().unwrap();
        for (account, token) in tokens.iter() {
            assert!(grafana.tokens(1, *account).iter().any(|there| there.id == *token));
            let accounts = grafana.service_accounts(1);
            assert!(accounts.iter().any(|there| there.id == *account && !there.disabled));
        }
    }
}

fn steps() -> impl Strategy<Value = Vec<(usize, Step)>> {
    let step = prop_oneof![
        3 => Just(Step::CreateApiKey),
        2 => Just(Step::CreateAccount),
        3 => Just(Step::CreateToken),
        3 => Just(Step::JoinTheirs),
        1 => Just(Step::Delete),
    ];
    proptest::collection::vec((0..8usize, step), 1..5)
}

/// What becomes of the requests that create something: how many of them pass, and then what.
fn losses() -> impl Strategy<Value = Vec<(usize, u8)>> {
    proptest::collection::vec((0..3usize, 0..4u8), 0..4)
}

fn loss(method: &str, kind: u8) -> Fault {
    let fault = Fault::on(method, "/api/**");
    match kind {
        0 => fault.reset_after(),
        1 => fault.reset_before(),
        2 => fault.status(503),
        _ => fault.status(502).carried_out(),
    }
}

/// Applies and destroys a key while somebody else acts, each step right before one of the requests.
async fn beside(
    generation: Generation,
    config: Json,
    steps: Vec<(usize, Step)>,
    losses: &[(usize, u8)],
    lost_deletions: &[(usize, u8)],
) {
    let setup = Arc::new(Setup::new(generation).await);
    let other = Arc::new(Other {
        setup: Arc::downgrade(&setup),
        keys: Mutex::default(),
        accounts: Mutex::default(),
        tokens: Mutex::default(),
    });
    let faults = setup.grafana.faults();
    for (position, step) in steps {
        let other = other.clone();
        let is_offered = match step {
            Step::CreateApiKey => generation.makes_api_keys(),
            Step::CreateAccount | Step::CreateToken => generation.has_service_accounts(),
            Step::JoinTheirs => generation.has_service_accounts(),
            Step::Delete => true,
        };
        // Between the last look and the deletion of an account nobody can see a token come.
        let before = if matches!(step, Step::JoinTheirs) { "GET" } else { "*" };
        if is_offered {
            faults.push(Fault::on(before, "/**").skip(position).meanwhile(move || other.act(step)));
        }
    }
    for (method, losses) in [("POST", losses), ("DELETE", lost_deletions)] {
        losses.iter().for_each(|(at, kind)| faults.push(loss(method, *kind).skip(*at)));
    }
    let state = setup.try_create(config).await;
    assert!(state.value.is_null() != state.diagnostics.is_empty(), "{state:?}");
    other.assert_all_there(&setup.grafana);
    if !state.value.is_null() {
        setup.destroy(&state).await;
        other.assert_all_there(&setup.grafana);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn what_somebody_else_creates_meanwhile_stays(
        steps in steps(), losses in losses(), lost_deletions in losses(), generated: bool,
        generation in 0..6usize,
    ) {
        let config = match generated {
            true => json!({ "name_prefix": "a", "role": "Viewer" }),
            false => viewer("a"),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build();
        let generation = Generation::ALL[generation];
        let run = beside(generation, config, steps, &losses, &lost_deletions);
        runtime.unwrap().block_on(run);
    }

    #[test]
    fn of_two_runs_at_once_each_that_succeeds_has_its_key(
        delays in proptest::collection::vec((0..30usize, 1..8u64), 0..12),
        losses in losses(), left: bool, generation in 3..6usize,
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build();
        runtime.unwrap().block_on(two_runs(Generation::ALL[generation], &delays, &losses, left));
    }
}

/// Two runs of this provider create a key of the same name, perhaps beside an account that a third has left.
async fn two_runs(
    generation: Generation,
    delays: &[(usize, u64)],
    losses: &[(usize, u8)],
    left: bool,
) {
    let setup = Setup::new(generation).await;
    let second = Client::start(terraform_provider_grafana::provider::Grafana).await;
    let config = json!({ "url": setup.grafana.url(), "auth": "admin:admin", "retries": 1 });
    assert!(second.configure(config).await.is_empty());
    if left {
        let name = "a-terraform-4k2j8x9q1z";
        setup.grafana.create_service_account(1, name, Role::Viewer).expect("new");
    }
    let faults = setup.grafana.faults();
    for (position, delay) in delays {
        let delay = Duration::from_millis(*delay);
        faults.push(Fault::on("*", "/**").skip(*position).delay(delay));
    }
    losses.iter().for_each(|(at, kind)| faults.push(loss("POST", *kind).skip(*at)));
    let none = State::none();
    let (one, other) = tokio::join!(
        setup.try_create(viewer("a")),
        second.plan_and_apply(TYPE, &none, viewer("a"))
    );
    faults.clear();
    for state in [&one, &other] {
        if state.diagnostics.is_empty() {
            setup.assert_unchanged(state, viewer("a")).await;
        }
    }
    let created = [&one, &other].iter().filter(|state| state.diagnostics.is_empty()).count();
    assert!(created <= 1, "{one:?} {other:?}");
}
