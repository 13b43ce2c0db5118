//! What replaces a key.

use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{Generation, Role};
use tfplugin::testing::{State, unknown};

use super::{Setup, attribute, only_error, only_warning, viewer};

#[tokio::test(flavor = "multi_thread")]
async fn each_argument_replaces() {
    let setup = Setup::new(Generation::V9_4).await;
    assert_eq!(setup.grafana.create_organization("other").expect("new"), 2);
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

/// What a reviewer can know of a key that is not there yet.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_of_a_new_key_is_planned() {
    let setup = Setup::new(Generation::V12_1).await;
    let robot = setup.grafana.create_service_account(1, "robot", Role::Admin).expect("new").id;
    let robot = setup.grafana.create_token(1, robot, "robot", None).expect("new").key;
    for (provider, org) in
        [(json!({ "auth": "admin:admin" }), "1"), (json!({ "auth": robot }), "0")]
    {
        setup.configure_with(provider).await;
        for lifetime in [Json::Null, json!(0), json!(60), unknown()] {
            let config =
                json!({ "name_prefix": "a", "role": "Viewer", "seconds_to_live": lifetime });
            let plan = setup.plan(&State::none(), config).await;
            assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
            assert_eq!(plan.value["org_id"], org);
            for name in ["has_expired", "ready_for_rotation", "is_revoked", "is_disabled"] {
                assert_eq!(plan.value[name], false, "{name}");
            }
            let never_expires = lifetime.is_null() || lifetime == 0;
            assert_eq!(plan.value["expiration"].is_null(), never_expires, "{lifetime}");
        }
        let config = json!({ "name": "a", "role": "Viewer", "org_id": unknown() });
        assert_eq!(setup.plan(&State::none(), config).await.value["org_id"], unknown());
    }
    assert!(setup.grafana.journal().entries().is_empty(), "nothing is asked for it");
}

/// Whoever plans it is told, as far as Grafana can be asked; what comes before it in the apply may change that.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_that_could_not_be_created_now_warns() {
    for generation in Generation::ALL {
        let setup = Setup::new(generation).await;
        assert_eq!(setup.grafana.create_organization("other").expect("new"), 2);
        let plan = async |config: Json| setup.plan(&State::none(), config).await.diagnostics;
        let with_org = |org: &str| json!({ "name": "a", "org_id": org, "role": "Viewer" });
        let without_role = json!({ "name": "a", "role": "None" });
        assert_eq!(attribute(only_warning(&plan(with_org("11")).await)), "org_id", "{generation}");
        assert!(plan(with_org("2")).await.is_empty());
        let said = plan(without_role.clone()).await;
        match generation < Generation::V10_4 {
            true => assert_eq!(attribute(only_warning(&said)), "role", "{generation}"),
            false => assert!(said.is_empty(), "{generation}: {said:?}"),
        }
        setup.configure_with(json!({ "auth": "admin:admin", "org_id": 11 })).await;
        assert_eq!(attribute(only_warning(&plan(viewer("a")).await)), "org_id", "{generation}");

        setup.configure().await;
        setup.grafana.faults().push(Fault::on("*", "/**").always().status(503));
        assert!(
            plan(with_org("11")).await.is_empty() && plan(without_role.clone()).await.is_empty()
        );
        setup.grafana.faults().clear();
        setup.client.configure(json!({ "url": unknown(), "auth": "admin:admin" })).await;
        assert!(plan(with_org("11")).await.is_empty() && plan(without_role).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_may_be_planned_before_its_organization_can_be_used() {
    let setup = Setup::new(Generation::V12_1).await;
    assert_eq!(setup.grafana.create_organization("other").expect("new"), 2);
    for (path, status) in
        [("/api/auth/keys", 401), ("/api/auth/keys", 403), ("/api/serviceaccounts/**", 403)]
    {
        setup.configure().await;
        setup.grafana.faults().push(Fault::on("GET", path).always().status(status));
        let config = json!({ "name": "a", "role": "None", "org_id": "2" });
        let plan = setup.plan(&State::none(), config).await;
        only_warning(&plan.diagnostics);
        setup.grafana.faults().clear();
        setup.configure().await;
        let created = setup.client.apply(&plan).await;
        assert!(created.diagnostics.is_empty(), "{path}: {:?}", created.diagnostics);
        setup.destroy(&created).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_creates_keys_in_its_own_organization_only() {
    for generation in [Generation::V9_4, Generation::V12_1] {
        let setup = Setup::new(generation).await;
        let robot = setup.grafana.create_service_account(1, "robot", Role::Admin).expect("new").id;
        let robot = setup.grafana.create_token(1, robot, "robot", None).expect("new").key;
        setup.configure_with(json!({ "auth": robot })).await;
        let config = |org: &str| json!({ "name": "a", "role": "Viewer", "org_id": org });
        let plan = setup.plan(&State::none(), config("2")).await;
        let warning = only_warning(&plan.diagnostics);
        assert_eq!(warning.summary, "The key could not be created now", "{generation}");
        assert_eq!(attribute(warning), "org_id", "{generation}");
        let state = setup.client.apply(&plan).await;
        assert_eq!(attribute(only_error(&state.diagnostics)), "org_id", "{generation}");
        for own in ["0", "1"] {
            let plan = setup.plan(&State::none(), config(own)).await;
            assert!(plan.diagnostics.is_empty(), "{generation}: {:?}", plan.diagnostics);
        }
    }
}

/// However many keys are planned, the organization is asked about once, and not at all while it is down.
#[tokio::test(flavor = "multi_thread")]
async fn new_keys_share_what_is_asked_about_their_organization() {
    let setup = Setup::new(Generation::V12_1).await;
    assert_eq!(setup.grafana.create_organization("other").expect("new"), 2);
    for status in [None, Some(503)] {
        setup.configure().await;
        setup.grafana.journal().clear();
        let fault = status.map(|status| Fault::on("*", "/**").always().status(status));
        fault.into_iter().for_each(|fault| setup.grafana.faults().push(fault));
        for number in 0..20 {
            let config = json!({ "name": number.to_string(), "role": "Viewer", "org_id": "2" });
            let plan = setup.plan(&State::none(), config).await;
            assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
        }
        assert_eq!(setup.requests("*", "/**"), 3);
    }
}

/// Each is planned once more when it is applied.
#[tokio::test(flavor = "multi_thread")]
async fn new_keys_of_an_organization_that_was_asked_about_are_created_without_lists() {
    let setup = Setup::new(Generation::V9_4).await;
    assert_eq!(setup.grafana.create_organization("other").expect("new"), 2);
    let config =
        |number: i32| json!({ "name": number.to_string(), "role": "Viewer", "org_id": "2" });
    for number in 0..5 {
        let state = setup.create(config(number)).await;
        assert_eq!(state.value["org_id"], "2");
    }
    assert_eq!(setup.requests("POST", "/api/auth/keys"), 5);
    assert_eq!(setup.requests("GET", "/**"), 1);
}

/// By the apply it would be too late: the old key is deleted before the new one is refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_replacement_that_cannot_be_created_is_refused() {
    for generation in Generation::ALL {
        let setup = Setup::new(generation).await;
        assert_eq!(setup.grafana.create_organization("other").expect("new"), 2);
        let state = setup.create(viewer("a")).await;
        setup.create(viewer("taken")).await;
        if generation.has_service_accounts() {
            let robot =
                setup.grafana.create_service_account(2, "robot", Role::Viewer).expect("new");
            setup.grafana.create_token(2, robot.id, "a", None).expect("new");
        } else {
            setup.grafana.create_api_key(2, "a", Role::Viewer, None).expect("new");
        }
        let state = setup.refresh(&state).await;
        let mut mistakes = vec![
            (json!({ "name": "a", "org_id": "11", "role": "Viewer" }), "org_id"),
            (json!({ "name_prefix": "b", "org_id": "11", "role": "Viewer" }), "org_id"),
            (json!({ "name": "a", "org_id": "2", "role": "Viewer" }), "name"),
            (json!({ "name": "taken", "role": "Viewer" }), "name"),
        ];
        if generation < Generation::V10_4 {
            mistakes.push((json!({ "name": "a", "role": "None" }), "role"));
        }
        for (config, mistake) in mistakes {
            let plan = setup.plan(&state, config).await;
            assert_eq!(attribute(only_error(&plan.diagnostics)), mistake, "{generation:?}");
        }
        let free = [
            json!({ "name": "b", "org_id": "2", "role": "Viewer" }),
            json!({ "name": "b", "role": "Viewer" }),
            json!({ "name": "a", "role": "Editor" }),
        ];
        for config in free {
            let plan = setup.plan(&state, config).await;
            assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_organization_of_a_token_is_no_other() {
    let setup = Setup::new(Generation::V12_1).await;
    let robot = setup.grafana.create_service_account(1, "robot", Role::Admin).expect("new").id;
    let robot = setup.grafana.create_token(1, robot, "robot", None).expect("new").key;
    setup.configure_with(json!({ "auth": robot })).await;
    let state = setup.create(viewer("a")).await;
    let config = json!({ "name": "a", "role": "Viewer", "org_id": "1" });
    let plan = setup.plan(&state, config).await;
    assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
    let config = json!({ "name": "a", "role": "Viewer", "org_id": "2" });
    let plan = setup.plan(&state, config).await;
    assert_eq!(attribute(only_error(&plan.diagnostics)), "org_id");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replacement_that_could_not_be_checked_warns() {
    let setup = Setup::new(Generation::V9_4).await;
    let state = setup.create(viewer("a")).await;
    setup.configure().await;
    setup.grafana.faults().push(Fault::on("GET", "/**").always().status(503));
    let plan = setup.plan(&state, viewer("b")).await;
    assert_eq!(only_warning(&plan.diagnostics).summary, "The replacement could not be checked");
    setup.client.configure(json!({ "url": unknown(), "auth": "admin:admin" })).await;
    let plan = setup.plan(&state, viewer("b")).await;
    assert_eq!(only_warning(&plan.diagnostics).summary, "The replacement could not be checked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_does_not_wait_for_an_instance_that_hangs() {
    let setup = Setup::new(Generation::V9_4).await;
    setup.grafana.faults().push(Fault::on("GET", "/**").hang().always());
    let elsewhere = json!({ "name": "a", "role": "Viewer", "org_id": "2" });
    let nothing = State::none();
    let planning = setup.plan(&nothing, elsewhere);
    let plan = tokio::time::timeout(std::time::Duration::from_secs(45), planning).await.unwrap();
    assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
    assert_eq!(setup.grafana.faults().unused(), [""; 0], "Grafana was asked");
}

/// However many keys are renamed, the lists are read once.
#[tokio::test(flavor = "multi_thread")]
async fn replacements_share_what_the_refresh_has_read() {
    let setup = Setup::new(Generation::V9_4).await;
    let mut states = Vec::new();
    for number in 0..20 {
        states.push(setup.create(viewer(&format!("old {number}"))).await);
    }
    setup.configure().await;
    for state in &mut states {
        *state = setup.client.read(super::TYPE, state).await;
    }
    setup.grafana.journal().clear();
    for (number, state) in states.iter().enumerate() {
        let plan = setup.plan(state, viewer(&format!("new {number}"))).await;
        assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
    }
    assert_eq!(setup.requests("*", "/**"), 1, "only the service accounts were not read");
}
