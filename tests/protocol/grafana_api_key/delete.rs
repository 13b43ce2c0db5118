//! Deleting a key, with the service account that was created for it, and nothing else.

use std::sync::Arc;

use serde_json::json;
use simulator::faults::Fault;
use simulator::grafana::{Generation, Migration, Role};
use tfplugin::testing::State;

use super::{
    IN_ACCOUNTS, Setup, TYPE, assert_no_change, imported, number, only_error, only_warning, viewer,
};

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_somebody_else_is_not_touched() {
    for generation in Generation::ALL.into_iter().filter(|g| g.has_service_accounts()) {
        let setup = Setup::new(generation).await;
        let account = setup.grafana.create_service_account(1, "a", Role::Viewer).expect("new").id;
        let token = setup.grafana.create_token(1, account, "a", None).expect("new").id;
        let imported = setup.client.import(TYPE, &token.to_string()).await;
        let state = setup.refresh(&imported).await;
        let gone = setup.destroy(&state).await;
        assert!(gone.value.is_null());
        let warning = only_warning(&gone.diagnostics);
        assert!(warning.detail.contains("was not created for this key"), "{}", warning.detail);
        assert_eq!(setup.grafana.tokens(1, account), []);
        assert_eq!(setup.grafana.service_accounts(1).len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_account_is_kept_is_created_again_in_another() {
    for with_other in [false, true] {
        let setup = Setup::new(Generation::V12_1).await;
        let (account, state) = imported(&setup, "a", "a").await;
        if with_other {
            setup.grafana.create_token(1, account, "other", None).expect("new");
        }
        // What a replacement does.
        let gone = setup.destroy(&state).await;
        only_warning(&gone.diagnostics);
        let created = setup.create(viewer("a")).await;
        assert_ne!(created.value["service_account_id"], account);
        setup.assert_unchanged(&created, viewer("a")).await;
        assert!(setup.destroy(&created).await.diagnostics.is_empty());
        assert_eq!(setup.grafana.tokens(1, account).len(), usize::from(with_other));
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
async fn a_token_that_vanished_takes_its_account_with_it() {
    for generation in [Generation::V11_3, Generation::V12_1] {
        let setup = Setup::new(generation).await;
        let state = setup.create(viewer("a")).await;
        let account = state.value["service_account_id"].as_i64().expect("an account");
        setup.grafana.delete_token(1, account, number(&state)).expect("is there");
        setup.configure().await;
        setup.assert_destroyed(&state).await;
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

/// The database is another one than it was, the key is beyond what Grafana lists, and its number is another's.
#[tokio::test(flavor = "multi_thread")]
async fn beyond_a_cut_list_only_a_key_whose_secret_proves_it_is_deleted() {
    for generation in [Generation::V8_4, Generation::V9_4, Generation::V10_4] {
        let setup = Setup::new(generation).await;
        for number in 0..100 {
            let name = format!("{number:03}");
            setup.grafana.create_api_key(1, &name, Role::Viewer, None).expect("new");
        }
        let theirs = setup.grafana.create_api_key(1, "z-victim", Role::Admin, None).expect("new");
        for secret in [json!(null), json!("eyJrIjoib3RoZXIiLCJuIjoibS1jaSIsImlkIjoxfQ==")] {
            let value = json!({
                "id": format!("1:{}", theirs.id), "org_id": "1", "name": "m-ci", "role": "Viewer", "key": secret,
            });
            let state = State { value, ..State::none() };
            setup.configure().await;
            let kept = setup.destroy(&state).await;
            // 8.4 and 9.4 say that the secret is of no key: then there is nothing to delete.
            let is_proven_gone = !secret.is_null() && generation < Generation::V10_4;
            assert_eq!(kept.value.is_null(), is_proven_gone, "{generation}: {kept:?}");
            if !is_proven_gone {
                let error = only_error(&kept.diagnostics);
                assert!(error.detail.contains("Nothing was deleted"), "{}", error.detail);
                assert!(error.detail.contains("terraform state rm"), "{}", error.detail);
            }
            assert_eq!(setup.grafana.api_keys(1).len(), 101, "{generation}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_beyond_a_cut_list_is_deleted_only_if_its_secret_proves_it() {
    let setup = Setup::new(Generation::V12_1).await;
    let account = setup.grafana.create_service_account(1, "robot", Role::Viewer).expect("new").id;
    for number in 0..300 {
        setup.grafana.create_token(1, account, &format!("{number:03}"), None).expect("new");
    }
    let token = setup.grafana.create_token(1, account, "zz", None).expect("new");
    let value = json!({
        "id": format!("1:{}", token.id), "org_id": "1", "name": "zz", "role": "Viewer",
        "service_account_id": account, "backend": "service_account", "has_expired": false,
        "ready_for_rotation": false, "is_revoked": false, "is_disabled": false,
    });
    let mut state = State { value, ..State::none() };
    let read = setup.refresh(&state).await;
    assert_eq!(read.value["name"], "zz", "it is not called gone");
    only_warning(&read.diagnostics);
    only_error(&setup.destroy(&state).await.diagnostics);
    assert_eq!(setup.grafana.tokens(1, account).len(), 301);
    state.value["key"] = token.key.clone().into();
    assert!(setup.refresh(&state).await.diagnostics.is_empty());
    let gone = setup.destroy(&state).await;
    assert!(gone.value.is_null() && gone.diagnostics.is_empty(), "{gone:?}");
    let left = setup.grafana.tokens(1, account);
    assert!(left.len() == 300 && left.iter().all(|left| left.id != token.id));
}

/// Some clients keep no private state.
#[tokio::test(flavor = "multi_thread")]
async fn without_private_state_the_account_goes_too() {
    for generation in IN_ACCOUNTS {
        for config in [viewer("a"), json!({ "name_prefix": "a", "role": "Viewer" })] {
            let setup = Setup::new(generation).await;
            let created = setup.create(config).await;
            let state = State { value: created.value, ..State::none() };
            setup.assert_destroyed(&state).await;
        }
    }
}

/// Somebody adds a token after a look at the account, and before the deletion is sent again.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_added_before_a_deletion_is_sent_again_stays() {
    for generation in IN_ACCOUNTS {
        let setup = Arc::new(Setup::new(generation).await);
        let state = setup.create(viewer("a")).await;
        let account = state.value["service_account_id"].as_i64().expect("an account");
        let (weak, path) = (Arc::downgrade(&setup), "/api/serviceaccounts/**");
        setup.grafana.faults().push(Fault::on("DELETE", path).status(503).meanwhile(move || {
            let setup = weak.upgrade().expect("is there");
            setup.grafana.create_token(1, account, "other", None).expect("new");
        }));
        let gone = setup.destroy(&state).await;
        assert!(gone.value.is_null(), "{gone:?}");
        let warning = only_warning(&gone.diagnostics);
        assert!(warning.detail.contains("holds other tokens"), "{}", warning.detail);
        let left = setup.grafana.tokens(1, account);
        let left: Vec<_> = left.iter().map(|token| token.name.as_str()).collect();
        assert_eq!(left, ["other"], "{generation}");
        assert!(!setup.grafana.service_accounts(1)[0].disabled);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deletion_of_an_account_is_sent_again_after_a_look() {
    for fault in [
        Fault::on("DELETE", "/api/serviceaccounts/*").status(503),
        Fault::on("DELETE", "/api/serviceaccounts/*").reset_after(),
    ] {
        let setup = Setup::new(Generation::V12_1).await;
        let state = setup.create(viewer("a")).await;
        setup.grafana.faults().push(fault);
        setup.assert_destroyed(&state).await;
    }
}

/// An account is disabled while it is deleted, and afterwards as it was before.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_cannot_be_deleted_is_enabled_only_if_it_was() {
    for is_disabled in [false, true] {
        let setup = Setup::new(Generation::V12_1).await;
        let state = setup.create(viewer("a")).await;
        let account = state.value["service_account_id"].as_i64().expect("an account");
        setup.grafana.delete_token(1, account, number(&state)).expect("is there");
        let changed = setup.grafana.change_service_account(1, account, None, Some(is_disabled));
        changed.expect("is there");
        setup.configure().await;
        let deletion = Fault::on("DELETE", "/api/serviceaccounts/*").always().status(403);
        setup.grafana.faults().push(deletion);
        only_error(&setup.destroy(&state).await.diagnostics);
        assert_eq!(setup.grafana.service_accounts(1)[0].disabled, is_disabled);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_may_stay_disabled_is_told() {
    let setup = Setup::new(Generation::V12_1).await;
    let state = setup.create(viewer("a")).await;
    let account = state.value["service_account_id"].as_i64().expect("an account");
    setup.grafana.delete_token(1, account, number(&state)).expect("is there");
    setup.configure().await;
    let faults = setup.grafana.faults();
    faults.push(Fault::on("DELETE", "/api/serviceaccounts/*").always().status(403));
    faults.push(Fault::on("PATCH", "/api/serviceaccounts/*").skip(1).always().status(403));
    let kept = setup.destroy(&state).await;
    let error = only_error(&kept.diagnostics);
    assert!(setup.grafana.service_accounts(1)[0].disabled);
    let said = format!("service account {account}, which had to be disabled first");
    assert!(error.detail.contains(&said), "{}: {}", error.summary, error.detail);
}
