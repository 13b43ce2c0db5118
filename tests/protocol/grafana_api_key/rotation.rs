//! Keys that have expired or soon will are replaced, and names that let two exist side by side.

use std::time::Duration;

use serde_json::{Value as Json, json};
use simulator::grafana::{Generation, Grafana};
use tfplugin::testing::{State, unknown};

use super::{Setup, assert_no_change, viewer};

/// Waits until the only key of the organization has expired by every clock.
async fn expire(grafana: &Grafana) {
    let expires = || {
        let accounts = grafana.service_accounts(1).into_iter();
        let tokens = accounts.flat_map(|account| grafana.tokens(1, account.id));
        grafana.api_keys(1).into_iter().chain(tokens).find_map(|key| key.expires)
    };
    let end = expires().expect("a key that expires");
    while jiff::Timestamp::now() <= end {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_key_is_replaced_and_the_plan_says_why() {
    for generation in [Generation::V8_4, Generation::V12_1] {
        let setup = Setup::new(generation).await;
        let config = json!({ "name": "a", "role": "Viewer", "seconds_to_live": 1 });
        let state = setup.create(config.clone()).await;
        expire(&setup.grafana).await;
        let read = setup.refresh(&state).await;
        assert_eq!(read.value["has_expired"], true, "{generation}");
        let plan = setup.plan(&read, config.clone()).await;
        assert_eq!(plan.requires_replace, ["has_expired"]);
        assert_eq!(plan.value["has_expired"], false);
        // Core plans the second half as a create, after the old key is gone.
        assert!(setup.destroy(&read).await.value.is_null());
        let renewed = setup.create(config).await;
        assert_ne!(renewed.value["id"], state.value["id"]);
        assert_eq!(renewed.value["has_expired"], false);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn inside_the_window_a_key_is_replaced() {
    let setup = Setup::new(Generation::V9_4).await;
    let config = |window: i64| {
        json!({
            "name_prefix": "ci-", "role": "Viewer", "seconds_to_live": 3600,
            "early_rotation_window_seconds": window,
        })
    };
    let state = setup.create(config(60)).await;
    let state = setup.assert_unchanged(&state, config(60)).await;
    let plan = setup.plan(&state, config(3599)).await;
    assert!(plan.requires_replace.is_empty(), "{:?}", plan.requires_replace);
    let mut widened = setup.client.apply(&plan).await;
    // As if so much of its life had passed.
    widened.value["early_rotation_window_seconds"] = json!(7200);
    let read = setup.refresh(&widened).await;
    assert_eq!(
        (&read.value["has_expired"], &read.value["ready_for_rotation"]),
        (&json!(false), &json!(true))
    );
    let plan = setup.plan(&read, config(7200)).await;
    assert_eq!(plan.requires_replace, ["ready_for_rotation"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_refresh_looks_at_the_clock() {
    let setup = Setup::new(Generation::V9_4).await;
    let config = json!({ "name": "a", "role": "Viewer", "seconds_to_live": 1 });
    let state = setup.create(config.clone()).await;
    expire(&setup.grafana).await;
    assert_no_change(&setup.plan(&state, config).await, &state);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prefix_lets_the_new_key_be_made_first() {
    for generation in [Generation::V9_4, Generation::V12_1] {
        let setup = Setup::new(generation).await;
        let config = json!({ "name_prefix": "ci-", "role": "Viewer" });
        let plan = setup.plan(&State::none(), config.clone()).await;
        assert_eq!(plan.value["name"], unknown());
        let old = setup.create(config.clone()).await;
        let new = setup.create(config.clone()).await;
        assert_ne!(old.value["name"], new.value["name"]);
        assert!(new.value["name"].as_str().is_some_and(|name| name.starts_with("ci-")));
        assert!(setup.destroy(&old).await.value.is_null());
        let new = setup.assert_unchanged(&new, config).await;
        assert_eq!(setup.plan(&new, viewer("b")).await.requires_replace, ["name", "name_prefix"]);
        setup.assert_destroyed(&new).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_without_end_is_never_due() {
    let setup = Setup::new(Generation::V9_4).await;
    let config =
        json!({ "name": "a", "role": "Viewer", "early_rotation_window_seconds": 999_999_999 });
    let state = setup.create(config.clone()).await;
    assert_eq!(state.value["expiration"], Json::Null);
    setup.assert_unchanged(&state, config).await;
}
