//! The role of a key changes in place where it is its own.

use serde_json::json;
use simulator::grafana::{Generation, Role};

use super::{IN_ACCOUNTS, Setup, imported, only_error, viewer};

#[tokio::test(flavor = "multi_thread")]
async fn the_role_changes_in_place_where_an_account_stands_behind_the_key() {
    for generation in Generation::ALL {
        let setup = Setup::new(generation).await;
        let state = setup.create(viewer("a")).await;
        let state = setup.refresh(&state).await;
        let editor = json!({ "name": "a", "role": "Editor" });
        let plan = setup.plan(&state, editor.clone()).await;
        if generation.makes_api_keys() {
            assert_eq!(plan.requires_replace, ["role"]);
            continue;
        }
        assert!(plan.requires_replace.is_empty(), "{generation}");
        assert_eq!(plan.value["key"], state.value["key"]);
        let changed = setup.client.apply(&plan).await;
        assert!(changed.diagnostics.is_empty(), "{:?}", changed.diagnostics);
        assert_eq!(setup.grafana.service_accounts(1)[0].role, Role::Editor);
        setup.assert_unchanged(&changed, editor).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_drifted_is_seen_and_set_again() {
    for generation in IN_ACCOUNTS {
        let setup = Setup::new(generation).await;
        let state = setup.create(viewer("a")).await;
        let account = state.value["service_account_id"].as_i64().unwrap();
        setup.grafana.change_service_account(1, account, Some(Role::Admin), None).unwrap();
        let state = setup.refresh(&state).await;
        assert_eq!(state.value["role"], "Admin");
        let plan = setup.plan(&state, viewer("a")).await;
        setup.client.apply(&plan).await;
        assert_eq!(setup.grafana.service_accounts(1)[0].role, Role::Viewer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_of_an_imported_key_changes_as_far_as_it_is_its_own() {
    let editor = json!({ "name": "a", "role": "Editor" });
    for name in ["a", "robot"] {
        let setup = Setup::new(Generation::V12_1).await;
        let (account, state) = imported(&setup, name, "a").await;
        let plan = setup.plan(&state, editor.clone()).await;
        assert!(plan.requires_replace.is_empty());
        setup.client.apply(&plan).await;
        assert_eq!(setup.grafana.service_accounts(1)[0].role, Role::Editor);

        let state = setup.refresh(&state).await;
        let plan = setup.plan(&state, viewer("a")).await;
        setup.grafana.create_token(1, account, "other", None).expect("new");
        // It came between plan and apply.
        only_error(&setup.client.apply(&plan).await.diagnostics);
        assert_eq!(setup.grafana.service_accounts(1)[0].role, Role::Editor);
        let state = setup.refresh(&state).await;
        assert_eq!(setup.plan(&state, viewer("a")).await.requires_replace, ["role"]);
    }
}
