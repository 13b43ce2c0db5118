//! Creating a key on each generation, and what can be wrong with that.

use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{Generation, Options, Role};

use super::{IN_ACCOUNTS, Setup, TYPE, assert_no_change, attribute, number, only_error, viewer};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_created_read_and_deleted() {
    let setup = Setup::new(Generation::V9_4).await;
    let state = setup.create(viewer(" ci/\"ü\" ")).await;
    let id = number(&state);
    assert_eq!(state.value["id"], format!("1:{id}"));
    assert_eq!(state.value["org_id"], "1");
    assert_eq!(state.value["expiration"], Json::Null);
    assert_eq!(state.value["backend"], "api_key");
    assert_eq!(state.value["has_expired"], false);
    assert!(state.value["key"].as_str().is_some_and(|key| key.starts_with("eyJ")));
    assert_eq!(state.identity, json!({ "org_id": "1", "key_id": id }));
    let state = setup.assert_unchanged(&state, viewer(" ci/\"ü\" ")).await;
    setup.assert_destroyed(&state).await;
}

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
            assert_eq!(made.id, account.as_i64().unwrap());
            assert!(made.name.starts_with("a b-terraform-"), "{}", made.name);
            assert_eq!(made.role, Role::Editor);
            let tokens = setup.grafana.tokens(1, made.id);
            assert_eq!((tokens.len(), tokens[0].name.as_str()), (1, "a b"));
        }
        let state = setup.assert_unchanged(&state, config).await;
        setup.assert_destroyed(&state).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_life_is_asked_for_and_its_end_is_read() {
    let setup = Setup::new(Generation::V8_4).await;
    let config = json!({ "name": "short", "role": "Editor", "seconds_to_live": 3600 });
    let state = setup.create(config.clone()).await;
    let listed = setup.grafana.api_keys(1)[0].expires.expect("ends");
    let expiration = state.value["expiration"].as_str().expect("a time");
    let expiration: jiff::Timestamp = expiration.parse().expect("RFC 3339");
    assert_eq!(expiration.as_second(), listed.as_second());
    setup.assert_unchanged(&state, config).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_works_in_the_organization_it_names() {
    let setup = Setup::new(Generation::V9_4).await;
    let second = setup.grafana.create_organization("Second").expect("a new name");
    let config = json!({ "name": "a", "role": "Admin", "org_id": second.to_string() });
    let state = setup.create(config.clone()).await;
    assert_eq!(state.value["id"], format!("{second}:{}", number(&state)));
    assert_eq!(setup.grafana.api_keys(second).len(), 1);
    assert!(setup.grafana.api_keys(1).is_empty());
    setup.assert_unchanged(&state, config).await;
    setup.configure_with(json!({ "auth": "admin:admin", "org_id": second })).await;
    let state = setup.try_create(viewer("b")).await;
    assert_eq!(state.value["org_id"], second.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_works_in_its_own_organization() {
    let setup = Setup::new(Generation::V9_4).await;
    let account = setup.grafana.create_service_account(1, "tf", Role::Admin).expect("new");
    let token = setup.grafana.create_token(1, account.id, "tf", None).expect("new");
    setup.configure_with(json!({ "auth": token.key })).await;
    let state = setup.try_create(viewer("a")).await;
    assert!(state.diagnostics.is_empty(), "{:?}", state.diagnostics);
    assert_eq!(state.value["org_id"], "0");
    assert_eq!(state.value["id"], format!("0:{}", number(&state)));
    setup.configure_with(json!({ "auth": token.key })).await;
    let read = setup.client.read(TYPE, &state).await;
    assert_no_change(&setup.plan(&read, viewer("a")).await, &read);
    assert!(setup.destroy(&read).await.value.is_null());
    assert!(setup.grafana.api_keys(1).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_organization_makes_nothing() {
    let setup = Setup::new(Generation::V9_4).await;
    let key = setup.grafana.create_api_key(1, "own", Role::Admin, None).expect("new");
    setup.configure_with(json!({ "auth": key.key })).await;
    let state = setup.try_create(json!({ "name": "a", "role": "Viewer", "org_id": "99" })).await;
    let error = only_error(&state.diagnostics);
    assert!(error.detail.contains("organization 1 only"), "{}", error.detail);
    assert_eq!(attribute(error), "org_id");
    assert_eq!(setup.grafana.api_keys(1).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_instance_offers_is_learned_once() {
    for generation in [Generation::V11_3, Generation::V12_1] {
        let setup = Setup::new(generation).await;
        for name in ["a", "b", "c"] {
            setup.create(viewer(name)).await;
        }
        let tries = usize::from(generation == Generation::V11_3);
        assert_eq!(setup.requests("POST", "/api/auth/keys"), tries, "{generation}");
        assert_eq!(setup.requests("GET", "/api/auth/keys"), 1, "{generation}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_on_life_are_told_at_the_attribute() {
    for generation in [Generation::V8_4, Generation::V9_4, Generation::V12_1] {
        let options = Options {
            generation,
            api_key_max_seconds_to_live: Some(2_592_000),
            ..Options::default()
        };
        let setup = Setup::with(options).await;
        for life in [Json::Null, json!(2_592_001)] {
            let config = json!({ "name": "a", "role": "Viewer", "seconds_to_live": life });
            let state = setup.try_create(config).await;
            let error = only_error(&state.diagnostics);
            assert_eq!(attribute(error), "seconds_to_live", "{error:?}");
            assert!(error.detail.contains("Amazon Managed Grafana"), "{}", error.detail);
            assert!(error.detail.contains("2592000"), "{}", error.detail);
            setup.assert_nothing_left();
        }
        let config = json!({ "name": "a", "role": "Viewer", "seconds_to_live": 2_592_000 });
        setup.create(config).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_may_have_any_name() {
    for generation in [Generation::V8_4, Generation::V10_4, Generation::V12_1] {
        let setup = Setup::new(generation).await;
        for name in [
            "a",
            " a ",
            "a/b",
            "../a",
            "%2F",
            "a?b=c&d",
            "a#b",
            "${a}",
            "{{a}}",
            "\"'`\\",
            "<b>&amp;",
            "a\nb\tc",
            "\u{fc}\u{df}\u{65e5}\u{672c}",
            "e\u{301}",
            "\u{1f511}",
            "\u{202e}a",
            "1:2",
            "null",
            "-",
            &"x".repeat(180),
        ] {
            let state = setup.create(viewer(name)).await;
            assert_eq!(state.value["name"], name, "{generation}");
            let state = setup.assert_unchanged(&state, viewer(name)).await;
            setup.assert_destroyed(&state).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_in_another_organization_offers_the_import_from_there() {
    for generation in [Generation::V10_4, Generation::V12_1] {
        let setup = Setup::new(generation).await;
        let second = setup.grafana.create_organization("Second").expect("a new name");
        let config = json!({ "name": "a", "role": "Viewer", "org_id": second.to_string() });
        let state = setup.create(config.clone()).await;
        let taken = setup.try_create(config).await;
        let error = only_error(&taken.diagnostics);
        let id = format!("{second}:{}", number(&state));
        assert!(
            error.detail.contains(&format!("    terraform import ADDRESS {id}\n")),
            "{}",
            error.detail
        );
        assert_eq!(setup.client.import(TYPE, &id).await.value["id"], id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_name_offers_import() {
    for generation in Generation::ALL {
        let setup = Setup::new(generation).await;
        let state = setup.create(viewer("a")).await;
        setup.configure().await;
        let second = setup.try_create(viewer("a")).await;
        let error = only_error(&second.diagnostics);
        assert_eq!(attribute(error), "name", "{generation}");
        let command = format!("terraform import ADDRESS 1:{}", number(&state));
        assert!(error.detail.contains(&command), "{generation}: {}", error.detail);
        assert!(second.value.is_null());
        setup.assert_unchanged(&state, viewer("a")).await;
        setup.assert_destroyed(&state).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_the_same_name_does_not_matter() {
    for generation in IN_ACCOUNTS {
        let setup = Setup::new(generation).await;
        let theirs = setup.grafana.create_service_account(1, "a b", Role::Viewer).expect("new");
        for name in ["a b", "A-B"] {
            let state = setup.create(viewer(name)).await;
            assert_ne!(state.value["service_account_id"], theirs.id);
            assert!(setup.destroy(&state).await.value.is_null());
        }
        assert_eq!(setup.grafana.service_accounts(1), [theirs]);
    }
}

/// What a provider leaves that is killed between two requests.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_a_killed_run_left_is_taken_up() {
    for generation in IN_ACCOUNTS {
        let setup = Setup::new(generation).await;
        let left =
            |name, role| setup.grafana.create_service_account(1, name, role).expect("new").id;
        let account = left("half-terraform-4k2j8x9q1z", Role::Viewer);
        let others = [
            left("half", Role::Viewer),
            left("half-terraform-5k2j8x9q1z", Role::Admin),
            left("other-terraform-4k2j8x9q1z", Role::Viewer),
        ];
        let state = setup.create(viewer("half")).await;
        assert_eq!(state.value["service_account_id"], account, "{generation}");
        setup.assert_unchanged(&state, viewer("half")).await;
        assert!(setup.destroy(&state).await.diagnostics.is_empty());
        let mut ids: Vec<_> = setup.grafana.service_accounts(1).iter().map(|a| a.id).collect();
        ids.sort_unstable();
        assert_eq!(ids, others);
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
