//! Where keys live on each generation, and what is removed with them.

use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{Generation, Role};

use super::{Setup, assert_no_change, number, only_error, only_warning, viewer};

const IN_ACCOUNTS: [Generation; 3] = [Generation::V11_3, Generation::V12_1, Generation::V12_4];

#[tokio::test(flavor = "multi_thread")]
async fn a_key_lives_on_every_generation() {
    for generation in Generation::ALL {
        let setup = Setup::new(generation).await;
        let config = json!({ "name": "a b", "role": "Editor", "seconds_to_live": 3600 });
        let state = setup.create(config.clone()).await;
        let account = &state.value["service_account_id"];
        if generation.makes_api_keys() {
            assert_eq!(state.value["backend"], "api_key");
            assert_eq!(*account, Json::Null);
        } else {
            assert_eq!(state.value["backend"], "service_account");
            let made = &setup.grafana.service_accounts(1)[0];
            assert_eq!((made.id, made.name.as_str()), (account.as_i64().unwrap(), "a b"));
            assert_eq!(made.role, Role::Editor);
            let tokens = setup.grafana.tokens(1, made.id);
            assert_eq!((tokens.len(), tokens[0].name.as_str()), (1, "a b"));
        }
        let state = setup.assert_unchanged(&state, config).await;
        setup.assert_destroyed(&state).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_instance_offers_is_learned_once() {
    let setup = Setup::new(Generation::V11_3).await;
    for name in ["a", "b", "c"] {
        setup.create(viewer(name)).await;
    }
    assert_eq!(setup.requests("POST", "/api/auth/keys"), 1);
    let setup = Setup::new(Generation::V12_1).await;
    for name in ["a", "b", "c"] {
        setup.create(viewer(name)).await;
    }
    assert_eq!(setup.requests("POST", "/api/auth/keys"), 0);
    assert_eq!(setup.requests("GET", "/api/auth/keys"), 1);
}

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
async fn an_account_of_somebody_else_is_not_touched() {
    for generation in Generation::ALL.into_iter().filter(|g| g.has_service_accounts()) {
        let setup = Setup::new(generation).await;
        let account = setup.grafana.create_service_account(1, "a", Role::Viewer).expect("new").id;
        let token = setup.grafana.create_token(1, account, "a", None).expect("new").id;
        let imported = setup.client.import(super::TYPE, &token.to_string()).await;
        let state = setup.refresh(&imported).await;
        let editor = json!({ "name": "a", "role": "Editor" });
        assert_eq!(setup.plan(&state, editor).await.requires_replace, ["role"], "{generation}");
        let gone = setup.destroy(&state).await;
        assert!(gone.value.is_null());
        let warning = only_warning(&gone.diagnostics);
        assert!(warning.detail.contains("was not made for this key"), "{}", warning.detail);
        assert_eq!(setup.grafana.tokens(1, account), []);
        assert_eq!(setup.grafana.service_accounts(1).len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_holds_other_tokens_stays() {
    for generation in IN_ACCOUNTS {
        let setup = Setup::new(generation).await;
        let state = setup.create(viewer("a")).await;
        let account = state.value["service_account_id"].as_i64().unwrap();
        let other = setup.grafana.create_token(1, account, "other", None).expect("new").id;
        let gone = setup.destroy(&state).await;
        let warning = only_warning(&gone.diagnostics);
        assert!(warning.detail.contains("holds other tokens"), "{}", warning.detail);
        let left: Vec<_> = setup.grafana.tokens(1, account).iter().map(|token| token.id).collect();
        assert_eq!(left, [other]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_a_token_is_cleaned_up() {
    for generation in IN_ACCOUNTS {
        let setup = Setup::new(generation).await;
        let tokens = "/api/serviceaccounts/*/tokens";
        setup.grafana.faults().push(Fault::on("POST", tokens).always().status(403));
        let state = setup.try_create(viewer("a")).await;
        only_error(&state.diagnostics);
        assert!(state.value.is_null());
        setup.assert_nothing_left();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_cannot_be_cleaned_up_is_reported() {
    let setup = Setup::new(Generation::V12_1).await;
    let faults = setup.grafana.faults();
    faults.push(Fault::on("POST", "/api/serviceaccounts/*/tokens").always().status(403));
    faults.push(Fault::on("DELETE", "/api/serviceaccounts/*").always().status(403));
    let state = setup.try_create(viewer("a")).await;
    let error = only_error(&state.diagnostics);
    let account = setup.grafana.service_accounts(1)[0].id;
    assert!(error.detail.contains(&format!("DELETE /api/serviceaccounts/{account}")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_with_which_an_account_exists_is_told() {
    for generation in IN_ACCOUNTS {
        let setup = Setup::new(generation).await;
        setup.grafana.create_service_account(1, "a b", Role::Viewer).expect("new");
        for name in ["a b", "A-B"] {
            let state = setup.try_create(viewer(name)).await;
            let error = only_error(&state.diagnostics);
            assert!(error.detail.contains("service account"), "{}", error.detail);
        }
        assert_eq!(setup.grafana.service_accounts(1).len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_deletion_can_be_tried_again() {
    for generation in Generation::ALL {
        let setup = Setup::new(generation).await;
        let state = setup.create(viewer("a")).await;
        setup.grafana.faults().push(Fault::on("DELETE", "/api/**").always().status(503));
        let kept = setup.destroy(&state).await;
        only_error(&kept.diagnostics);
        assert_eq!(kept.value, state.value);
        setup.grafana.faults().clear();
        let state = setup.refresh(&kept).await;
        assert_no_change(&setup.plan(&state, viewer("a")).await, &state);
        setup.assert_destroyed(&state).await;
        assert!(number(&state) > 0);
    }
}
