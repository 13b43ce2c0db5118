//! Keys that are listed and do not work: revoked ones, and those of a disabled service account.

use serde_json::{Value as Json, json};
use simulator::grafana::{Generation, Migration, Role};
use tfplugin::testing::State;

use super::{IN_ACCOUNTS, Setup, assert_no_change, imported, number, only_warning, viewer};

fn account_of(state: &State) -> i64 {
    state.value["service_account_id"].as_i64().expect("an account")
}

fn disable(setup: &Setup, state: &State) {
    setup.grafana.change_service_account(1, account_of(state), None, Some(true)).expect("is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_replaced() {
    for generation in IN_ACCOUNTS {
        let setup = Setup::new(generation).await;
        let state = setup.create(viewer("a")).await;
        setup.grafana.revoke_token(1, account_of(&state), number(&state)).expect("is there");
        let read = setup.refresh(&state).await;
        assert_eq!(
            (&read.value["is_revoked"], &read.value["has_expired"]),
            (&true.into(), &false.into())
        );
        assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
        let plan = setup.plan(&read, viewer("a")).await;
        assert_eq!(plan.requires_replace, ["is_revoked"], "{generation}");
        setup.assert_destroyed(&read).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_of_one_key_is_enabled_in_place() {
    for generation in IN_ACCOUNTS {
        let setup = Setup::new(generation).await;
        let state = setup.create(viewer("a")).await;
        // Together with another role, and alone.
        for config in [json!({ "name": "a", "role": "Editor" }), viewer("a")] {
            disable(&setup, &state);
            let read = setup.refresh(&state).await;
            assert_eq!(read.value["is_disabled"], true);
            assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
            let plan = setup.plan(&read, config.clone()).await;
            assert!(plan.requires_replace.is_empty() && plan.diagnostics.is_empty());
            assert_eq!(plan.value["is_disabled"], false);
            let enabled = setup.client.apply(&plan).await;
            assert!(enabled.diagnostics.is_empty(), "{:?}", enabled.diagnostics);
            assert!(!setup.grafana.service_accounts(1)[0].disabled);
            assert_eq!(enabled.value["key"], state.value["key"]);
            setup.assert_unchanged(&enabled, config).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_with_other_tokens_is_left_with_a_warning() {
    let setup = Setup::new(Generation::V12_1).await;
    let (account, state) = imported(&setup, "robot", "a").await;
    setup.grafana.create_token(1, account, "other", None).expect("new");
    disable(&setup, &state);
    let mut read = setup.refresh(&state).await;
    let warning = only_warning(&read.diagnostics);
    assert!(warning.detail.contains(&account.to_string()), "{}", warning.detail);
    read.diagnostics.clear();
    assert_no_change(&setup.plan(&read, viewer("a")).await, &read);
    assert!(setup.grafana.service_accounts(1)[0].disabled);
}

/// A list that is cut shows neither: the key's secret tells.
#[tokio::test(flavor = "multi_thread")]
async fn beyond_a_cut_list_the_secret_tells() {
    for generation in [Generation::V9_4, Generation::V12_1] {
        let setup = Setup::new(generation).await;
        let account =
            setup.grafana.create_service_account(1, "robot", Role::Viewer).expect("new").id;
        for number in 0..300 {
            setup.grafana.create_token(1, account, &format!("{number:03}"), None).expect("new");
        }
        let token = setup.grafana.create_token(1, account, "zz", None).expect("new");
        let value = json!({
            "id": format!("1:{}", token.id), "org_id": "1", "name": "zz", "role": "Viewer", "key": token.key,
            "service_account_id": account, "backend": "service_account",
        });
        let state = State { value, ..State::none() };
        disable(&setup, &state);
        let read = setup.refresh(&state).await;
        assert_eq!(read.value["is_disabled"], true, "{generation}: {read:?}");
        only_warning(&read.diagnostics);
        setup.grafana.change_service_account(1, account, None, Some(false)).expect("is there");
        setup.grafana.revoke_token(1, account, token.id).expect("is there");
        let read = setup.refresh(&state).await;
        assert_eq!(read.value["is_revoked"], true, "{generation}: {read:?}");
        assert_eq!(setup.plan(&read, viewer("zz")).await.requires_replace, ["is_revoked"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migrated_key_is_seen_revoked_and_disabled() {
    let setup = Setup::new(Generation::V8_4).await;
    let state = setup.create(viewer("a")).await;
    setup.grafana.upgrade(Generation::V12_1, Migration::AtStart);
    let state = setup.refresh(&state).await;
    disable(&setup, &state);
    let read = setup.refresh(&state).await;
    assert_eq!(setup.plan(&read, viewer("a")).await.value["is_disabled"], false);
    setup.grafana.revoke_token(1, account_of(&state), number(&state)).expect("is there");
    let read = setup.refresh(&state).await;
    assert_eq!(setup.plan(&read, viewer("a")).await.requires_replace, ["is_revoked"]);
    let (data, said) = setup.client.read_data("grafana_api_keys", json!({})).await;
    assert!(said.is_empty(), "{said:?}");
    let shown = ["is_revoked", "is_disabled", "has_expired"].map(|name| &data["keys"][0][name]);
    assert_eq!(shown, [&Json::from(true), &true.into(), &false.into()]);
}
