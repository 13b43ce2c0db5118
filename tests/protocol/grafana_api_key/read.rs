//! A refresh takes a key for gone only where that is proven.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{Generation, Role};
use tfplugin::testing::State;

use super::{IN_ACCOUNTS, Setup, TYPE, assert_no_change, number, only_error, only_warning, viewer};

/// A key that no list shows, because a hundred others sort before it.
async fn hidden(generation: Generation) -> (Setup, State) {
    let setup = Setup::new(generation).await;
    let state = setup.create(viewer("zz")).await;
    for number in 0..100 {
        setup.grafana.create_api_key(1, &format!("{number:03}"), Role::Viewer, None).expect("new");
    }
    (setup, state)
}

fn without_secret(mut state: State) -> State {
    state.value["key"] = Json::Null;
    state
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_no_list_shows_is_asked_itself() {
    for generation in [Generation::V8_4, Generation::V9_4, Generation::V10_4] {
        let (setup, state) = hidden(generation).await;
        let read = setup.assert_unchanged(&state, viewer("zz")).await;
        assert_eq!(read.value, state.value);
        assert!(setup.destroy(&read).await.value.is_null());
        assert_eq!(setup.grafana.api_keys(1).len(), 100);
        let gone = setup.refresh(&state).await;
        if generation < Generation::V10_4 {
            assert!(gone.value.is_null() && gone.diagnostics.is_empty(), "{generation}");
        } else {
            // Newer Grafana does not tell a key that is gone from a request without one.
            assert_eq!(gone.value, state.value);
            only_warning(&gone.diagnostics);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_secret_a_key_that_no_list_shows_stays_with_a_warning() {
    let (setup, state) = hidden(Generation::V9_4).await;
    let state = without_secret(state);
    let read = setup.refresh(&state).await;
    assert_eq!(read.value, state.value);
    let warning = only_warning(&read.diagnostics);
    assert!(warning.detail.contains("100 API keys"), "{}", warning.detail);
    assert_no_change(&setup.plan(&read, viewer("zz")).await, &read);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_proves_nothing_keeps_the_state() {
    let (setup, state) = hidden(Generation::V9_4).await;
    for fault in [
        Fault::on("GET", "/api/org").always().status(503),
        Fault::on("GET", "/api/org").always().html(200),
        Fault::on("GET", "/api/org").always().status(403),
        Fault::on("GET", "/api/org").always().status(401),
    ] {
        setup.grafana.faults().push(fault);
        let read = setup.refresh(&state).await;
        assert_eq!(read.value, state.value);
        only_warning(&read.diagnostics);
        setup.grafana.faults().clear();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_no_answer_keeps_the_state() {
    let setup = Setup::new(Generation::V9_4).await;
    let state = setup.create(viewer("a")).await;
    for fault in [
        Fault::on("GET", "/api/auth/keys").always().status(503),
        Fault::on("GET", "/api/auth/keys").always().html(200),
        Fault::on("GET", "/api/auth/keys").always().truncate(),
        Fault::on("GET", "/api/auth/keys").always().status(403),
    ] {
        setup.grafana.faults().push(fault);
        let read = setup.refresh(&state).await;
        only_error(&read.diagnostics);
        assert_eq!(read.value, state.value);
        setup.grafana.faults().clear();
    }
    setup.assert_unchanged(&state, viewer("a")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_key_that_expired_is_not_gone() {
    let setup = Setup::new(Generation::V9_4).await;
    let config = json!({ "name": "zz", "role": "Viewer", "seconds_to_live": 3600 });
    let state = setup.create(config.clone()).await;
    for number in 0..100 {
        setup.grafana.create_api_key(1, &format!("{number:03}"), Role::Viewer, None).expect("new");
    }
    setup.grafana.advance(Duration::from_secs(7200));
    let read = setup.refresh(&state).await;
    assert_eq!(read.value["has_expired"], true);
    assert_eq!(setup.plan(&read, config).await.requires_replace, ["has_expired"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_250_keys_refresh_plan_and_destroy_are_right() {
    let setup = Setup::new(Generation::V9_4).await;
    let configs: Vec<_> = (0..250).map(|number| viewer(&format!("key {number:03}"))).collect();
    let states = join_all(configs.iter().map(|config| setup.create(config.clone()))).await;
    setup.configure().await;
    let reads = states.iter().map(|state| setup.client.read(TYPE, state));
    for ((read, state), config) in join_all(reads).await.iter().zip(&states).zip(&configs) {
        assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
        assert_eq!(read.value, state.value);
        assert_no_change(&setup.plan(read, config.clone()).await, read);
    }
    let lost: Vec<_> = states.iter().step_by(2).collect();
    for state in &lost {
        setup.grafana.delete_api_key(1, number(state)).expect("is there");
    }
    setup.configure().await;
    let reads = states.iter().map(|state| setup.client.read(TYPE, state));
    let reads = join_all(reads).await;
    assert_eq!(reads.iter().filter(|read| read.value.is_null()).count(), lost.len());
    let there: Vec<_> = reads.iter().filter(|read| !read.value.is_null()).collect();
    let destroyed = join_all(there.iter().map(|state| setup.destroy(state))).await;
    assert!(destroyed.iter().all(|gone| gone.diagnostics.is_empty()));
    setup.assert_nothing_left();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_organization_is_not_gone() {
    let setup = Setup::new(Generation::V9_4).await;
    let second = setup.grafana.create_organization("Second").expect("new");
    let config = json!({ "name": "a", "role": "Viewer", "org_id": second.to_string() });
    let mut state = setup.create(config).await;
    state.value["id"] = format!("0:{}", number(&state)).into();
    state.value["org_id"] = "0".into();
    let read = setup.refresh(&state).await;
    assert_eq!(read.value, state.value);
    only_warning(&read.diagnostics);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_another_key_has_now_is_another_key() {
    let setup = Setup::new(Generation::V9_4).await;
    let state = setup.create(viewer("a")).await;
    let mut other = state.clone();
    other.value["name"] = "b".into();
    other.value["key"] = Json::Null;
    assert!(setup.refresh(&other).await.value.is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_vanished_is_gone_when_read_and_no_error_when_deleted() {
    for generation in Generation::ALL {
        let setup = Setup::new(generation).await;
        let state = setup.create(viewer("a")).await;
        if let Some(account) = state.value["service_account_id"].as_i64() {
            setup.grafana.delete_service_account(1, account).expect("is there");
        } else {
            setup.grafana.delete_api_key(1, number(&state)).expect("is there");
        }
        setup.configure().await;
        let deleted = setup.destroy(&state).await;
        assert!(deleted.diagnostics.is_empty() && deleted.value.is_null(), "{deleted:?}");
        assert!(setup.refresh(&state).await.value.is_null(), "{generation}");
    }
}

/// The token is deleted by hand: the account that was created for it goes with the key.
#[tokio::test(flavor = "multi_thread")]
async fn half_of_a_pair_is_replaced_or_destroyed_whole() {
    for generation in IN_ACCOUNTS {
        for config in [viewer("a"), json!({ "name_prefix": "a", "role": "Viewer" })] {
            let setup = Setup::new(generation).await;
            let state = setup.create(config.clone()).await;
            let account = state.value["service_account_id"].as_i64().expect("an account");
            setup.grafana.delete_token(1, account, number(&state)).expect("is there");
            let mut read = setup.refresh(&state).await;
            let warning = only_warning(&read.diagnostics);
            assert!(warning.detail.contains("no longer has a token"), "{}", warning.detail);
            read.diagnostics.clear();
            let plan = setup.plan(&read, config.clone()).await;
            assert_eq!(plan.requires_replace, ["is_revoked"]);
            setup.assert_destroyed(&read).await;
            // The other half of a replacement, and what a lost state leaves to the next apply.
            let created = setup.create(config.clone()).await;
            let account = created.value["service_account_id"].as_i64().expect("an account");
            setup.grafana.delete_token(1, account, number(&created)).expect("is there");
            let again = setup.create(config.clone()).await;
            let is_fixed = config["name"].is_string();
            assert_eq!(again.value["service_account_id"] == account, is_fixed, "{generation}");
        }
    }
}

/// A token acts in its own organization; 9.4 ignores what it is asked for.
#[tokio::test(flavor = "multi_thread")]
async fn one_organization_is_not_answered_for_by_another() {
    for generation in Generation::ALL {
        let setup = Setup::new(generation).await;
        setup.grafana.create_organization("Second").expect("new");
        let state = setup.create(viewer("a")).await;
        let sign_in = match generation.has_service_accounts() {
            true => {
                let robot = setup.grafana.create_service_account(1, "robot", Role::Admin);
                let robot = robot.expect("new").id;
                setup.grafana.create_token(1, robot, "robot", None).expect("new").key
            }
            false => setup.grafana.create_api_key(1, "robot", Role::Admin, None).expect("new").key,
        };
        let mut other = state.clone();
        other.value["id"] = format!("2:{}", number(&state)).into();
        other.value["org_id"] = "2".into();
        setup.configure_with(json!({ "auth": sign_in })).await;
        let import = setup.client.import(TYPE, &format!("2:{}", number(&state))).await;
        let read = setup.client.read(TYPE, &other).await;
        let kept = setup.destroy(&other).await;
        for said in [&import, &read, &kept] {
            let error = only_error(&said.diagnostics);
            assert!(error.detail.contains("organization 1 only"), "{generation}: {error:?}");
        }
        assert_eq!(kept.value, other.value, "{generation}");
        let (_, said) = setup.client.read_data("grafana_api_keys", json!({ "org_id": "2" })).await;
        only_error(&said);
        // What is of the token's own organization is not held up by it.
        let read = setup.client.read(TYPE, &state).await;
        assert!(read.diagnostics.is_empty(), "{generation}: {:?}", read.diagnostics);
    }
}

/// A state of grafana/grafana 1.x has no organization in its id.
#[tokio::test(flavor = "multi_thread")]
async fn an_id_without_organization_is_of_the_default_one() {
    let setup = Setup::new(Generation::V9_4).await;
    let mut state = setup.create(viewer("a")).await;
    state.value["id"] = number(&state).to_string().into();
    state.value["org_id"] = Json::Null;
    state.identity = Json::Null;
    let read = setup.refresh(&state).await;
    assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
    assert_eq!(read.value["id"], format!("1:{}", number(&read)));
    assert_no_change(&setup.plan(&read, viewer("a")).await, &read);
    setup.configure().await;
    setup.assert_destroyed(&state).await;
}

/// A client that keeps the provider running sees what others have changed between two of its runs.
#[tokio::test(flavor = "multi_thread")]
async fn each_run_over_one_connection_reads_anew() {
    for generation in Generation::ALL {
        let setup = Setup::new(generation).await;
        let [one, other] = [setup.create(viewer("one")).await, setup.create(viewer("other")).await];
        for state in [&one, &other] {
            assert!(!setup.client.read(TYPE, state).await.value.is_null());
        }
        let data = async || {
            let (data, said) = setup.client.read_data("grafana_api_keys", json!({})).await;
            assert!(said.is_empty(), "{said:?}");
            data["keys"].as_array().expect("a list").len()
        };
        assert_eq!(data().await, 2);
        match one.value["service_account_id"].as_i64() {
            Some(account) => setup.grafana.delete_service_account(1, account).expect("is there"),
            None => setup.grafana.delete_api_key(1, number(&one)).expect("is there"),
        }
        assert!(setup.client.read(TYPE, &one).await.value.is_null(), "{generation}");
        assert!(!setup.client.read(TYPE, &other).await.value.is_null());
        assert_eq!(data().await, 1, "{generation}");
    }
}

/// Terraform forgets what a refresh does not find, and with it the secret: a wrong URL should not pass unseen.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_another_grafana_does_not_have_is_gone_with_a_warning() {
    for generation in [Generation::V9_4, Generation::V12_1] {
        let setup = Setup::new(generation).await;
        let state = setup.create(viewer("ci")).await;
        let state = setup.assert_unchanged(&state, viewer("ci")).await;
        let other = Setup::new(generation).await;
        let gone = other.client.read(TYPE, &state).await;
        assert!(gone.value.is_null());
        let said = only_warning(&gone.diagnostics);
        for part in [setup.grafana.url(), other.grafana.url()] {
            assert!(said.detail.contains(&part), "{}", said.detail);
        }
        // Where it was created, nothing is to be said.
        setup.assert_destroyed(&state).await;
        let gone = setup.refresh(&state).await;
        assert!(gone.value.is_null() && gone.diagnostics.is_empty(), "{:?}", gone.diagnostics);
    }
}
