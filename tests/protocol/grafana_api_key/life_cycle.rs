//! Create, read, delete; drift; limits; what replaces.

use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{Generation, Options, Role};

use super::{Setup, TYPE, assert_no_change, attribute, number, only_error, viewer};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_made_read_and_deleted() {
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
async fn each_argument_replaces() {
    let setup = Setup::new(Generation::V9_4).await;
    let config = json!({ "name": "a", "role": "Viewer", "seconds_to_live": 3600 });
    let state = setup.create(config.clone()).await;
    for (name, value) in [
        ("name", json!("b")),
        ("role", json!("Editor")),
        ("org_id", json!("2")),
        ("seconds_to_live", json!(7200)),
        ("seconds_to_live", Json::Null),
    ] {
        let mut changed = config.clone();
        changed[name] = value;
        let plan = setup.plan(&state, changed).await;
        assert_eq!(plan.requires_replace, [name]);
    }
    let mut window = config.clone();
    window["early_rotation_window_seconds"] = json!(60);
    let plan = setup.plan(&state, window).await;
    assert!(plan.requires_replace.is_empty());
    let updated = setup.client.apply(&plan).await;
    assert_eq!(updated.value["early_rotation_window_seconds"], 60);
    assert_eq!(updated.value["key"], state.value["key"]);
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
async fn a_taken_name_offers_import() {
    for generation in Generation::ALL {
        let setup = Setup::new(generation).await;
        let state = setup.create(viewer("a")).await;
        setup.configure().await;
        let second = setup.try_create(viewer("a")).await;
        let error = only_error(&second.diagnostics);
        assert_eq!(attribute(error), "name", "{generation}");
        let command = format!("terraform import ADDRESS {}", number(&state));
        assert!(error.detail.contains(&command), "{generation}: {}", error.detail);
        assert!(second.value.is_null());
        setup.assert_unchanged(&state, viewer("a")).await;
        setup.assert_destroyed(&state).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_told_before_anything_is_sent() {
    let setup = Setup::new(Generation::V9_4).await;
    for (config, at) in [
        (json!({ "role": "Viewer" }), "name"),
        (json!({ "name": "a", "role": "Boss" }), "role"),
        (json!({ "name": "a", "role": "viewer" }), "role"),
        (json!({ "name": "", "role": "Viewer" }), "name"),
        (json!({ "name": "a", "role": "Viewer", "org_id": "one" }), "org_id"),
        (json!({ "name": "a", "role": "Viewer", "seconds_to_live": -1 }), "seconds_to_live"),
        (
            json!({ "name": "a", "role": "Viewer", "seconds_to_live": 60, "early_rotation_window_seconds": 60 }),
            "early_rotation_window_seconds",
        ),
    ] {
        let said = setup.client.validate(TYPE, config).await;
        assert_eq!(attribute(only_error(&said)), at, "{said:?}");
    }
    let both = json!({ "name": "a", "name_prefix": "a", "role": "Viewer" });
    assert!(!setup.client.validate(TYPE, both).await.is_empty());
    assert!(setup.grafana.journal().entries().is_empty());
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
async fn the_secret_is_never_told() {
    let setup = Setup::new(Generation::V9_4).await;
    let state = setup.create(viewer("a")).await;
    let key = state.value["key"].as_str().expect("a key");
    assert!(!String::from_utf8_lossy(&state.private).contains(key));
    setup
        .grafana
        .faults()
        .push(Fault::on("GET", "/api/auth/keys").always().body("text/plain", key));
    let read = setup.refresh(&state).await;
    assert!(!format!("{:?}", read.diagnostics).contains(key));
}
