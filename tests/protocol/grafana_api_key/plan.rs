//! What replaces a key.

use serde_json::{Value as Json, json};
use simulator::grafana::{Generation, Role};
use tfplugin::testing::{State, unknown};

use super::Setup;

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

/// What a reviewer can know of a key that is not there yet.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_of_a_new_key_is_planned() {
    let setup = Setup::new(Generation::V12_1).await;
    let robot = setup.grafana.create_service_account(1, "robot", Role::Admin).expect("new").id;
    let robot = setup.grafana.create_token(1, robot, "robot", None).expect("new").key;
    for (provider, org) in [
        (json!({ "auth": "admin:admin" }), "1"),
        (json!({ "auth": "admin:admin", "org_id": 7 }), "7"),
        (json!({ "auth": robot }), "0"),
    ] {
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
