//! Where keys live on each generation, and what is removed with them.

use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{Generation, Migration, Role};
use tfplugin::testing::State;

use super::{Setup, assert_no_change, attribute, number, only_error, only_warning, viewer};

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
        let gone = setup.destroy(&state).await;
        assert!(gone.value.is_null());
        let warning = only_warning(&gone.diagnostics);
        assert!(warning.detail.contains("was not made for this key"), "{}", warning.detail);
        assert_eq!(setup.grafana.tokens(1, account), []);
        assert_eq!(setup.grafana.service_accounts(1).len(), 1);
    }
}

/// A key in an account that somebody made by hand, imported.
async fn imported(setup: &Setup, account: &str, key: &str) -> (i64, State) {
    let account = setup.grafana.create_service_account(1, account, Role::Viewer).expect("new").id;
    let token = setup.grafana.create_token(1, account, key, None).expect("new").id;
    let imported = setup.client.import(super::TYPE, &token.to_string()).await;
    (account, setup.refresh(&imported).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_of_an_imported_key_changes_as_far_as_it_is_its_own() {
    let editor = json!({ "name": "a", "role": "Editor" });
    let setup = Setup::new(Generation::V12_1).await;
    let (account, state) = imported(&setup, "a", "a").await;
    let plan = setup.plan(&state, editor.clone()).await;
    assert!(plan.requires_replace.is_empty());
    setup.client.apply(&plan).await;
    assert_eq!(setup.grafana.service_accounts(1)[0].role, Role::Editor);

    setup.grafana.create_token(1, account, "other", None).expect("new");
    let state = setup.refresh(&state).await;
    let plan = setup.plan(&state, viewer("a")).await;
    assert!(only_error(&plan.diagnostics).detail.contains("other tokens"), "{plan:?}");

    let setup = Setup::new(Generation::V12_1).await;
    let (account, state) = imported(&setup, "robot", "a").await;
    setup.grafana.create_token(1, account, "other", None).expect("new");
    let state = setup.refresh(&state).await;
    assert_eq!(setup.plan(&state, editor).await.requires_replace, ["role"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_account_stays_can_be_made_again_in_it() {
    for with_other in [false, true] {
        let setup = Setup::new(Generation::V12_1).await;
        let (account, state) = imported(&setup, "a", "a").await;
        if with_other {
            setup.grafana.create_token(1, account, "other", None).expect("new");
        }
        // What a replacement does.
        let gone = setup.destroy(&state).await;
        only_warning(&gone.diagnostics);
        let made = setup.create(viewer("a")).await;
        assert_eq!(made.value["service_account_id"], account);
        assert_ne!(number(&made), number(&state));
        // Even without a refresh it is known whose the role is.
        let editor = setup.plan(&made, json!({ "name": "a", "role": "Editor" })).await;
        assert_eq!(editor.diagnostics.len(), usize::from(with_other), "{editor:?}");
        setup.assert_unchanged(&made, viewer("a")).await;
        assert_eq!(setup.grafana.tokens(1, account).len(), 1 + usize::from(with_other));
        let gone = setup.destroy(&made).await;
        only_warning(&gone.diagnostics);
        assert_eq!(setup.grafana.service_accounts(1).len(), 1, "it is not the key's own");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_of_a_key_whose_account_is_renamed_is_still_its_own() {
    let setup = Setup::new(Generation::V9_4).await;
    let state = setup.create(viewer("Build Key")).await;
    setup.grafana.upgrade(Generation::V12_1, Migration::AtStart);
    let account = setup.grafana.service_accounts(1)[0].id;
    let url = format!("{}/api/serviceaccounts/{account}", setup.grafana.url());
    let renaming = reqwest::Client::new().patch(url).basic_auth("admin", Some("admin"));
    let body = json!({ "name": "team" }).to_string();
    let renaming = renaming.header("Content-Type", "application/json").body(body);
    assert!(renaming.send().await.expect("answers").status().is_success());
    let state = setup.refresh(&state).await;
    setup.assert_destroyed(&state).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_with_the_number_of_one_that_is_gone_is_not_removed() {
    // The database is another one than it was, and nothing has been refreshed since.
    let setup = Setup::new(Generation::V9_4).await;
    let state = setup.create(viewer("ci")).await;
    let other = Setup::new(Generation::V9_4).await;
    let theirs = other.grafana.create_api_key(1, "production", Role::Admin, None).expect("new").id;
    assert_eq!(theirs, number(&state));
    other.destroy(&state).await;
    assert_eq!(other.grafana.api_keys(1).len(), 1);

    let setup = Setup::new(Generation::V12_1).await;
    let state = setup.create(viewer("ci")).await;
    for with_token in [false, true] {
        let other = Setup::new(Generation::V12_1).await;
        let theirs = other.grafana.create_service_account(1, "production", Role::Admin);
        let theirs = theirs.expect("new").id;
        assert_eq!(state.value["service_account_id"], theirs);
        if with_token {
            other.grafana.create_token(1, theirs, "production", None).expect("new");
        }
        let editor = json!({ "name": "ci", "role": "Editor" });
        let plan = other.plan(&state, editor).await;
        only_error(&other.client.apply(&plan).await.diagnostics);
        assert_eq!(other.grafana.service_accounts(1)[0].role, Role::Admin);
        other.destroy(&state).await;
        assert_eq!(other.grafana.service_accounts(1).len(), 1);
        assert_eq!(other.grafana.tokens(1, theirs).len(), usize::from(with_token));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_instance_offers_is_found_out_by_one() {
    for generation in [Generation::V11_3, Generation::V12_1] {
        let setup = Setup::new(generation).await;
        let names: Vec<_> = (0..10).map(|number| format!("key {number}")).collect();
        let all = names.iter().map(|name| setup.create(viewer(name)));
        futures::future::join_all(all).await;
        let tries = usize::from(generation == Generation::V11_3);
        assert_eq!(setup.requests("POST", "/api/auth/keys"), tries, "{generation}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_organization_makes_nothing() {
    let setup = Setup::new(Generation::V9_4).await;
    let key = setup.grafana.create_api_key(1, "own", Role::Admin, None).expect("new");
    setup.configure_with(json!({ "auth": key.key })).await;
    let state = setup.try_create(json!({ "name": "a", "role": "Viewer", "org_id": "99" })).await;
    let error = only_error(&state.diagnostics);
    assert!(error.detail.contains("token of organization 1"), "{}", error.detail);
    assert_eq!(attribute(error), "org_id");
    assert_eq!(setup.grafana.api_keys(1).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_a_killed_run_left_is_told() {
    let setup = Setup::new(Generation::V12_1).await;
    let account = setup.grafana.create_service_account(1, "half", Role::Viewer).expect("new").id;
    let state = setup.try_create(viewer("half")).await;
    let error = only_error(&state.diagnostics);
    assert!(error.detail.contains("without a token"), "{}", error.detail);
    assert!(error.detail.contains(&format!("DELETE /api/serviceaccounts/{account}")));
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
