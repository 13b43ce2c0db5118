//! Whose organization answers: Grafana 9 ignores what a token of another one asks for.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use simulator::faults::Fault;
use simulator::grafana::{Generation, Role};
use tfplugin::testing::State;

use super::{Setup, TYPE, only_error, viewer};

#[tokio::test(flavor = "multi_thread")]
async fn while_it_cannot_be_told_nothing_is_read_or_written() {
    let setup = Setup::new(Generation::V9_4).await;
    setup.grafana.create_organization("Second").expect("new");
    let token = setup.grafana.create_api_key(1, "terraform", Role::Admin, None).expect("new");
    let key = setup.create(viewer("a")).await;
    let mut elsewhere = key.clone();
    elsewhere.value["id"] = key.value["id"].as_str().expect("an id").replace("1:", "2:").into();
    elsewhere.value["org_id"] = "2".into();
    for status in [503, 403] {
        let config = json!({ "auth": token.key, "org_id": 2 });
        setup.configure_with(config).await;
        setup.grafana.faults().push(Fault::on("GET", "/api/org").always().status(status));
        only_error(&setup.client.read(TYPE, &elsewhere).await.diagnostics);
        only_error(&setup.destroy(&elsewhere).await.diagnostics);
        let (_, said) = setup.client.read_data("grafana_api_keys", json!({})).await;
        only_error(&said);
        let created = setup.client.plan_and_apply(TYPE, &State::none(), viewer("b")).await;
        assert!(!created.diagnostics.is_empty() && created.value.is_null(), "{created:?}");
        setup.grafana.faults().clear();
    }
    let keys = setup.grafana.api_keys(1);
    assert_eq!(keys.len(), 2, "only those from before: {keys:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_with_a_header_may_belong_to_several() {
    for generation in Generation::ALL {
        let setup = Setup::new(generation).await;
        let second = setup.grafana.create_organization("Second").expect("new");
        let header = format!("Basic {}", STANDARD.encode("admin:admin"));
        let config = json!({ "http_headers": { "Authorization": header }, "org_id": second });
        setup.configure_with(config).await;
        let created = setup.try_create(viewer("a")).await;
        assert!(created.diagnostics.is_empty(), "{generation}: {:?}", created.diagnostics);
        assert_eq!(created.value["org_id"], second.to_string());
        setup.assert_nothing_left();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_a_header_belongs_to_one() {
    let setup = Setup::new(Generation::V9_4).await;
    setup.grafana.create_organization("Second").expect("new");
    let token = setup.grafana.create_api_key(1, "terraform", Role::Admin, None).expect("new");
    let header = format!("Bearer {}", token.key);
    setup.configure_with(json!({ "http_headers": { "Authorization": header }, "org_id": 2 })).await;
    let (_, said) = setup.client.read_data("grafana_api_keys", json!({})).await;
    let error = only_error(&said);
    assert_eq!(error.summary, "The sign-in belongs to another organization");
}

/// A token's own organization is 0 or its number: whoever writes the other one keeps the key.
#[tokio::test(flavor = "multi_thread")]
async fn an_organization_that_is_written_in_another_way_is_the_same() {
    for generation in [Generation::V9_4, Generation::V12_1] {
        let setup = Setup::new(generation).await;
        setup.grafana.create_organization("Second").expect("new");
        let robot = setup.grafana.create_service_account(1, "robot", Role::Admin).expect("new").id;
        let robot = setup.grafana.create_token(1, robot, "robot", None).expect("new").key;
        let configure = || setup.configure_with(json!({ "auth": robot }));
        let config = |org: &str| json!({ "name": "a", "role": "Viewer", "org_id": org });
        for [before, after] in [["0", "1"], ["1", "0"]] {
            configure().await;
            let state = setup.create(config(before)).await;
            let id = state.value["id"].clone();
            let plan = setup.plan(&state, config(after)).await;
            assert!(plan.requires_replace.is_empty(), "{generation}: {plan:?}");
            let written = setup.client.apply(&plan).await;
            assert!(written.diagnostics.is_empty(), "{:?}", written.diagnostics);
            assert_eq!((&written.value["org_id"], &written.value["id"]), (&after.into(), &id));
            configure().await;
            let read = setup.client.read(TYPE, &written).await;
            assert_eq!(read.value, written.value, "{generation}");
            super::assert_no_change(&setup.plan(&read, config(after)).await, &read);
            let other = setup.plan(&read, config("2")).await;
            assert_eq!(super::attribute(only_error(&other.diagnostics)), "org_id");
            let gone = setup.destroy(&read).await;
            assert!(gone.value.is_null() && gone.diagnostics.is_empty(), "{gone:?}");
        }
    }
}

/// It may be the same one, and the key in use.
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_prove_another_organization_replaces_no_key() {
    let setup = Setup::new(Generation::V9_4).await;
    let robot = setup.grafana.create_service_account(1, "robot", Role::Admin).expect("new").id;
    let robot = setup.grafana.create_token(1, robot, "robot", None).expect("new").key;
    setup.configure_with(json!({ "auth": robot })).await;
    let state = setup.create(viewer("zz")).await;
    assert_eq!(state.value["org_id"], "0");
    let config = json!({ "name": "zz", "role": "Viewer", "org_id": "1" });
    setup.configure().await;
    setup.grafana.faults().push(Fault::on("GET", "/api/auth/keys").always().status(503));
    let plan = setup.plan(&state, config.clone()).await;
    assert_eq!(super::attribute(only_error(&plan.diagnostics)), "org_id");
    setup.grafana.faults().clear();

    for number in 0..100 {
        setup.grafana.create_api_key(1, &format!("{number:03}"), Role::Viewer, None).expect("new");
    }
    setup.configure().await;
    let plan = setup.plan(&state, config.clone()).await;
    let error = only_error(&plan.diagnostics);
    assert_eq!(error.summary, "Cannot determine the key's organization");
    assert_eq!(super::attribute(error), "org_id");
    setup.configure_with(json!({ "auth": robot })).await;
    let plan = setup.plan(&state, config).await;
    assert!(plan.diagnostics.is_empty() && plan.requires_replace.is_empty(), "{plan:?}");
}

/// Nothing but the key itself proves that 0 is an organization: with a password it is another one than with a token.
#[tokio::test(flavor = "multi_thread")]
async fn an_organization_without_the_key_is_another_one() {
    let setup = Setup::new(Generation::V12_1).await;
    let second = setup.grafana.create_organization("Second").expect("new");
    let robot = setup.grafana.create_service_account(second, "robot", Role::Admin).expect("new").id;
    let robot = setup.grafana.create_token(second, robot, "robot", None).expect("new").key;
    setup.configure_with(json!({ "auth": robot })).await;
    let state = setup.create(viewer("a")).await;
    assert_eq!(state.value["org_id"], "0");
    setup.configure().await;
    let config = |org: i64| json!({ "name": "a", "role": "Viewer", "org_id": org.to_string() });
    let plan = setup.plan(&state, config(1)).await;
    assert_eq!(plan.requires_replace, ["org_id"]);
    let plan = setup.plan(&state, config(second)).await;
    assert!(plan.requires_replace.is_empty(), "{plan:?}");
}
