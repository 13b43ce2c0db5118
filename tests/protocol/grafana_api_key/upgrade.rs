//! Keys across an upgrade of Grafana in place.

use std::time::Duration;

use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{Generation, Migration, Role};
use tfplugin::testing::State;

use super::{Setup, number, only_error, only_warning, viewer};

const LATER: [Generation; 4] =
    [Generation::V9_4, Generation::V10_4, Generation::V11_3, Generation::V12_1];

/// A key made on 8.4, and the instance upgraded.
async fn upgraded(generation: Generation, migration: Migration) -> (Setup, State) {
    let setup = Setup::new(Generation::V8_4).await;
    let state = setup.create(viewer("my key")).await;
    setup.grafana.upgrade(generation, migration);
    (setup, state)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migrated_key_is_found_again() {
    for generation in LATER {
        let (setup, state) = upgraded(generation, Migration::AtStart).await;
        let read = setup.assert_unchanged(&state, viewer("my key")).await;
        let account = setup.grafana.service_accounts(1)[0].id;
        let mut expected = state.value.clone();
        expected["backend"] = json!("service_account");
        expected["service_account_id"] = json!(account);
        assert_eq!(read.value, expected, "{generation}");
        assert_eq!(read.identity, state.identity);
        setup.assert_destroyed(&read).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_migrated_yet_stays_as_it_is() {
    for generation in LATER {
        let (setup, state) = upgraded(generation, Migration::NotYet).await;
        let read = setup.assert_unchanged(&state, viewer("my key")).await;
        assert_eq!(read.value, state.value, "{generation}");
        if generation.lists_api_keys() {
            setup.assert_destroyed(&read).await;
        } else {
            let kept = setup.destroy(&read).await;
            let error = only_error(&kept.diagnostics);
            assert!(error.detail.contains("migrate"), "{}", error.detail);
            assert_eq!(kept.value, read.value);
            setup.grafana.migrate_api_keys(1);
            setup.assert_destroyed(&read).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_found_through_every_step_of_the_way() {
    let setup = Setup::new(Generation::V8_4).await;
    let mut state = setup.create(viewer("my key")).await;
    for generation in LATER {
        let migration = match generation {
            Generation::V11_3 => Migration::AtStart,
            _ => Migration::NotYet,
        };
        setup.grafana.upgrade(generation, migration);
        state = setup.assert_unchanged(&state, viewer("my key")).await;
    }
    assert_eq!(state.value["backend"], "service_account");
    setup.assert_destroyed(&state).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migrated_key_is_destroyed_without_a_refresh() {
    for generation in LATER {
        let (setup, state) = upgraded(generation, Migration::AtStart).await;
        setup.configure().await;
        setup.assert_destroyed(&state).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_of_a_migrated_key_changes_in_place() {
    let (setup, state) = upgraded(Generation::V9_4, Migration::AtStart).await;
    let read = setup.refresh(&state).await;
    let plan = setup.plan(&read, json!({ "name": "my key", "role": "Editor" })).await;
    assert!(plan.requires_replace.is_empty(), "{:?}", plan.requires_replace);
    let changed = setup.client.apply(&plan).await;
    assert_eq!(changed.value["key"], state.value["key"]);
    assert_eq!(setup.grafana.service_accounts(1)[0].role, Role::Editor);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_key_s_own_token_and_account_go() {
    let setup = Setup::new(Generation::V8_4).await;
    let state = setup.create(viewer("a")).await;
    setup.create(viewer("b")).await;
    setup.grafana.upgrade(Generation::V12_1, Migration::AtStart);
    let by_hand =
        setup.grafana.create_service_account(1, "sa-autogen-a", Role::Viewer).expect("new");
    let read = setup.refresh(&state).await;
    assert!(setup.destroy(&read).await.diagnostics.is_empty());
    let left = setup.grafana.service_accounts(1);
    assert_eq!(left.len(), 2);
    assert!(left.iter().any(|account| account.id == by_hand.id));
    assert!(left.iter().any(|account| account.name == "sa-autogen-b"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_many_names_is_searched_whole() {
    let setup = Setup::new(Generation::V8_4).await;
    let state = setup.create(viewer("a")).await;
    setup.grafana.upgrade(Generation::V9_4, Migration::AtStart);
    for name in 0..20 {
        let account = setup.grafana.create_service_account(1, &name.to_string(), Role::Viewer);
        let account = account.expect("new").id;
        setup.grafana.create_token(1, account, &format!("t{name}"), None).expect("new");
    }
    let mut unnamed = state.clone();
    unnamed.value["name"] = Json::Null;
    let read = setup.refresh(&unnamed).await;
    assert_eq!(number(&read), number(&state));
    assert_eq!(read.value["name"], "a");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_migrated_and_cannot_be_asked_with_is_not_dropped() {
    for fault in [
        Fault::on("GET", "/api/org").always().status(503),
        Fault::on("GET", "/api/org").always().html(403),
    ] {
        let (setup, state) = upgraded(Generation::V12_1, Migration::NotYet).await;
        setup.grafana.faults().push(fault);
        let kept = setup.destroy(&state).await;
        only_error(&kept.diagnostics);
        assert_eq!(kept.value, state.value);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_key_that_is_not_migrated_is_not_called_gone() {
    let setup = Setup::new(Generation::V8_4).await;
    let config = json!({ "name": "my key", "role": "Viewer", "seconds_to_live": 60 });
    let state = setup.create(config).await;
    setup.grafana.upgrade(Generation::V12_1, Migration::NotYet);
    setup.grafana.advance(Duration::from_secs(120));
    let kept = setup.destroy(&state).await;
    let error = only_error(&kept.diagnostics);
    assert!(error.detail.contains("migrate"), "{}", error.detail);
    assert_eq!(kept.value, state.value);
    setup.grafana.migrate_api_keys(1);
    let read = setup.refresh(&kept).await;
    setup.assert_destroyed(&read).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_list_is_to_be_had_nothing_is_called_gone() {
    let setup = Setup::new(Generation::V12_1).await;
    let state = setup.create(viewer("my key")).await;
    let absent = r#"{"message":"Not found"}"#;
    let faults = setup.grafana.faults();
    let hidden = Fault::on("GET", "/api/serviceaccounts/**").always().status(404);
    faults.push(hidden.body("application/json", absent));
    faults.push(Fault::on("GET", "/api/org").always().html(403));
    let read = setup.refresh(&state).await;
    only_warning(&read.diagnostics);
    assert_eq!(read.value, state.value);
}
