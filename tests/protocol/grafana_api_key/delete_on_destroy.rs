//! Keys that are left to their expiry when they are destroyed or replaced.

use std::time::Duration;

use serde_json::{Value as Json, json};
use simulator::grafana::{Generation, Role};
use tfplugin::testing::{State, unknown};

use super::{Setup, TYPE, attribute, number, only_error, only_warning};

const GENERATIONS: [Generation; 3] = [Generation::V8_4, Generation::V10_4, Generation::V12_1];

fn left(name: &str, lifetime: i64) -> Json {
    json!({ name: "ci", "role": "Viewer", "seconds_to_live": lifetime, "delete_on_destroy": false })
}

/// How many keys and tokens are there.
fn keys(setup: &Setup) -> usize {
    let accounts = setup.grafana.service_accounts(1);
    let tokens: usize =
        accounts.iter().map(|account| setup.grafana.tokens(1, account.id).len()).sum();
    tokens + setup.grafana.api_keys(1).len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_destroyed_works_until_it_expires() {
    for generation in GENERATIONS {
        for name in ["name", "name_prefix"] {
            let setup = Setup::new(generation).await;
            let state = setup.create(left(name, 3600)).await;
            let state = setup.assert_unchanged(&state, left(name, 3600)).await;
            let plan = setup.plan(&state, Json::Null).await;
            let warning = only_warning(&plan.diagnostics);
            let end = state.value["expiration"].as_str().expect("an end");
            assert!(warning.detail.contains(end), "{}", warning.detail);
            let gone = setup.client.apply(&plan).await;
            assert!(gone.value.is_null() && gone.diagnostics.is_empty(), "{gone:?}");
            assert_eq!(keys(&setup), 1, "{generation}");
            setup.configure_with(json!({ "auth": state.value["key"] })).await;
            let read = setup.client.read(TYPE, &state).await;
            assert!(!read.value.is_null(), "{generation}: it signs in");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_has_expired_or_never_will_is_deleted() {
    for generation in GENERATIONS {
        let setup = Setup::new(generation).await;
        let state = setup.create(left("name", 1)).await;
        let end: jiff::Timestamp = state.value["expiration"].as_str().unwrap().parse().unwrap();
        while jiff::Timestamp::now() <= end {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let read = setup.refresh(&state).await;
        assert_eq!(setup.plan(&read, left("name", 1)).await.requires_replace, ["has_expired"]);
        setup.assert_destroyed(&read).await;

        let mut endless = setup.create(left("name", 3600)).await;
        endless.value["expiration"] = Json::Null;
        setup.assert_destroyed(&endless).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replacement_says_until_when_the_old_key_is_valid() {
    for generation in GENERATIONS {
        let setup = Setup::new(generation).await;
        let state = setup.create(left("name_prefix", 3600)).await;
        let plan = setup.plan(&state, left("name_prefix", 7200)).await;
        assert_eq!(plan.requires_replace, ["seconds_to_live"]);
        let warning = only_warning(&plan.diagnostics);
        assert!(
            warning.detail.contains(state.value["expiration"].as_str().unwrap()),
            "{}",
            warning.detail
        );
        // What the configuration says now is not what the state says.
        let mut deleted = left("name_prefix", 7200);
        deleted["delete_on_destroy"] = true.into();
        only_warning(&setup.plan(&state, deleted).await.diagnostics);

        // Grafana has every name once.
        let state = setup.create(left("name", 3600)).await;
        let plan = setup.plan(&state, left("name", 7200)).await;
        assert_eq!(attribute(only_error(&plan.diagnostics)), "name");
        let mut renamed = left("name", 3600);
        renamed["name"] = "other".into();
        let plan = setup.plan(&state, renamed).await;
        only_warning(&plan.diagnostics);
        // But in each organization.
        let mut elsewhere = left("name", 3600);
        elsewhere["org_id"] =
            setup.grafana.create_organization("Other").expect("new").to_string().into();
        let plan = setup.plan(&state, elsewhere).await;
        assert_eq!(plan.requires_replace, ["org_id"]);
        only_warning(&plan.diagnostics);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_needs_an_end() {
    let setup = Setup::new(Generation::V9_4).await;
    for (lifetime, is_refused) in
        [(Json::Null, true), (json!(0), true), (json!(60), false), (unknown(), false)]
    {
        let mut config = left("name_prefix", 60);
        config["seconds_to_live"] = lifetime;
        let said = setup.client.validate(TYPE, config).await;
        assert_eq!(!said.is_empty(), is_refused, "{said:?}");
    }
    let mut config = left("name", 3600);
    config["early_rotation_window_seconds"] = 60.into();
    let said = setup.client.validate(TYPE, config).await;
    assert_eq!(attribute(only_error(&said)), "name");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_secret_nobody_has_or_that_is_half_gone_is_deleted() {
    let setup = Setup::new(Generation::V12_1).await;
    let state = setup.create(left("name", 3600)).await;
    let account = state.value["service_account_id"].as_i64().expect("an account");
    setup.grafana.delete_token(1, account, number(&state)).expect("is there");
    let mut read = setup.refresh(&state).await;
    only_warning(&read.diagnostics);
    read.diagnostics.clear();
    assert!(setup.plan(&read, left("name", 3600)).await.diagnostics.is_empty());
    setup.assert_destroyed(&read).await;
}

/// The name of an account proves nothing: what it was created for does.
#[tokio::test(flavor = "multi_thread")]
async fn only_an_account_of_a_key_that_was_left_and_has_expired_is_deleted() {
    let setup = Setup::new(Generation::V12_1).await;
    let account =
        |name: &str| setup.grafana.create_service_account(1, name, Role::Viewer).expect("new").id;
    let token = |account, name: &str, life| {
        setup.grafana.create_token(1, account, name, life).expect("new")
    };
    let by_hand = account("ci-terraform-left-tool");
    token(by_hand, "ci", Some(60));
    let other_key = account("other-terraform-left-0123456789");
    token(other_key, "another", Some(60));
    let two_tokens = account("two-terraform-left-0123456789");
    token(two_tokens, "two", Some(60));
    token(two_tokens, "more", Some(60));
    let endless = account("endless-terraform-left-0123456789");
    token(endless, "endless", None);

    let never_left = json!({
        "name": "ci-terraform-left-tool", "role": "Viewer", "seconds_to_live": 60
    });
    let never_left = setup.create(never_left).await.value["service_account_id"].as_i64();

    let left_key = setup.create(left("name_prefix", 60)).await;
    assert!(setup.destroy(&left_key).await.value.is_null());
    let kept = [by_hand, other_key, two_tokens, endless, never_left.expect("an account")];
    assert_eq!(setup.grafana.service_accounts(1).len(), kept.len() + 1);
    setup.create(left("name_prefix", 3600)).await;
    assert_eq!(setup.grafana.service_accounts(1).len(), kept.len() + 2, "it works yet");
    setup.grafana.advance(Duration::from_secs(120));
    setup.configure().await;
    setup.create(left("name_prefix", 3600)).await;
    let there = setup.grafana.service_accounts(1);
    assert_eq!(there.len(), kept.len() + 2, "{there:?}");
    assert!(kept.iter().all(|id| there.iter().any(|account| account.id == *id)), "{there:?}");
}

/// With `-replace` Terraform plans no change first, and then a new key.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_cannot_have_the_name_of_one_that_is_left() {
    for generation in GENERATIONS {
        let setup = Setup::new(generation).await;
        let state = setup.create(left("name", 3600)).await;
        let state = setup.assert_unchanged(&state, left("name", 3600)).await;
        let plan = setup.plan(&State::none(), left("name", 3600)).await;
        let error = only_error(&plan.diagnostics);
        assert_eq!(attribute(error), "name");
        assert!(error.detail.contains(state.value["expiration"].as_str().expect("an end")));
        // In another organization, by another name, or if it is deleted.
        let mut elsewhere = left("name", 3600);
        elsewhere["org_id"] =
            setup.grafana.create_organization("Other").expect("new").to_string().into();
        for config in [elsewhere, left("name_prefix", 3600)] {
            let plan = setup.plan(&State::none(), config).await;
            assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
        }
        let mut deleted = left("name", 3600);
        deleted["delete_on_destroy"] = true.into();
        let state = setup.client.plan_and_apply(TYPE, &state, deleted.clone()).await;
        setup.assert_unchanged(&state, deleted.clone()).await;
        let plan = setup.plan(&State::none(), deleted).await;
        assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
    }
}

/// Terraform plans the new resource and the removal of the former one in any order.
#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_resource_cannot_have_the_name_of_the_key_that_it_leaves() {
    let setup = Setup::new(Generation::V12_1).await;
    let state = setup.create(left("name", 3600)).await;
    let state = setup.refresh(&state).await;
    only_warning(&setup.plan(&state, Json::Null).await.diagnostics);
    let plan = setup.plan(&State::none(), left("name", 3600)).await;
    assert!(only_error(&plan.diagnostics).detail.contains("`moved` block"));

    setup.configure().await;
    assert!(setup.plan(&State::none(), left("name", 3600)).await.diagnostics.is_empty());
    let plan = setup.plan(&state, Json::Null).await;
    assert!(only_error(&plan.diagnostics).detail.contains("`moved` block"));
    // The next run of a client that keeps the provider running.
    for _ in 0..2 {
        setup.client.read(TYPE, &state).await;
    }
    only_warning(&setup.plan(&state, Json::Null).await.diagnostics);
}

/// Terraform plans a tainted key as a new one, removes it, and hands the removal what was planned.
#[tokio::test(flavor = "multi_thread")]
async fn a_tainted_key_that_is_left_stays_in_the_state_if_the_new_one_has_its_name() {
    for generation in GENERATIONS {
        let setup = Setup::new(generation).await;
        let state = setup.create(left("name", 3600)).await;
        let mut state = setup.refresh(&state).await;
        let plan = setup.plan(&State::none(), left("name", 3600)).await;
        assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
        state.private = plan.private;
        setup.configure().await;
        let kept = setup.destroy(&state).await;
        assert_eq!(kept.value, state.value, "{generation}");
        // Nor does it go where the role of the new one is not known yet.
        let mut later = left("name", 3600);
        later["role"] = unknown();
        setup.configure().await;
        state.private = setup.plan(&State::none(), later).await.private;
        setup.configure().await;
        assert_eq!(setup.destroy(&state).await.value, state.value, "{generation}");
        // Another name is free.
        let mut other = left("name", 3600);
        other["name"] = "other".into();
        state.private = setup.plan(&State::none(), other).await.private;
        assert!(setup.destroy(&state).await.value.is_null(), "{generation}");
    }
}

/// A client that keeps the provider running plans a key of the name anew when the old one has gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_kept_no_longer_than_the_key_is_left() {
    let setup = Setup::new(Generation::V9_4).await;
    let plan_new = async |config: Json| setup.plan(&State::none(), config).await.diagnostics;
    let state = setup.create(left("name", 2)).await;
    setup.plan(&state, left("name", 2)).await;
    let end: jiff::Timestamp = state.value["expiration"].as_str().unwrap().parse().unwrap();
    while jiff::Timestamp::now() <= end {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(plan_new(left("name", 2)).await.is_empty(), "it has expired");
    // Without a refresh, too: destroying it deletes it then.
    let plan = setup.plan(&state, left("name", 60)).await;
    assert_eq!(plan.requires_replace, ["seconds_to_live"]);
    assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
    setup.assert_destroyed(&state).await;

    let other = setup.create(super::viewer("other")).await;
    let state = setup.create(left("name", 3600)).await;
    for state in [&other, &state] {
        setup.client.read(TYPE, state).await;
    }
    setup.plan(&state, left("name", 3600)).await;
    only_error(&plan_new(left("name", 3600)).await);
    setup.grafana.delete_api_key(1, number(&state)).expect("is there");
    setup.client.read(TYPE, &other).await;
    assert!(plan_new(left("name", 3600)).await.is_empty(), "another run");
}
