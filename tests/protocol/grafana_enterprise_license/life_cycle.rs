use serde_json::{Value as Json, json};
use simulator::grafana::{Generation, LicenseClaims, NoLicense, Options, Role};
use tfplugin::testing::State;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_license_is_installed_read_replaced_in_place_and_removed() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let token = mint(&grafana, &license(&grafana));
    let state = created(&client, json!({ "token": token })).await;
    assert_eq!(state.value["license_id"], "10500");
    assert_eq!(state.value["instance"], grafana.root_url().as_str());
    assert_eq!(state.identity, json!({ "instance": grafana.root_url() }));
    assert_eq!(state.value["valid"], true);
    assert_eq!(state.value["status"], 1);
    assert_eq!(state.value["products"], json!(["grafana-enterprise"]));
    assert_eq!(state.value["trial_expires_at"], Json::Null, "zero is null, not 1970");

    let read = client.read(TYPE, &state).await;
    assert_eq!(read.value, state.value);
    let again = client.plan(TYPE, &read, json!({ "token": token })).await;
    assert_eq!(again.value, read.value);

    let larger = LicenseClaims { included_users: Some(200), ..with_id(&grafana, "10501") };
    let config = json!({ "token": mint(&grafana, &larger) });
    let planned = client.plan(TYPE, &read, config).await;
    assert_eq!((planned.requires_replace.len(), summaries(&planned.diagnostics).len()), (0, 0));
    let updated = client.apply(&planned).await;
    assert_eq!(updated.value["included_users"], 200);
    assert_eq!((posts(&grafana), deletes(&grafana)), (2, 0));

    let gone = super::client(&grafana).await.plan_and_apply(TYPE, &updated, Json::Null).await;
    assert_eq!(gone.value, Json::Null, "{:?}", gone.diagnostics);
    assert!(gone.diagnostics.is_empty(), "{:?}", gone.diagnostics);
    assert_eq!((deletes(&grafana), grafana.license()), (1, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_claim_has_a_proper_type() {
    let grafana = enterprise();
    let claims = LicenseClaims {
        trial: Some(true),
        trial_exp: Some(4_102_444_800),
        usage_billing: Some(true),
        max_concurrent_user_sessions: Some(3),
        anonymous_ratio: Some(2),
        lexp: Some(4_102_444_800),
        ..license(&grafana)
    };
    let state = created(&client(&grafana).await, json!({ "token": mint(&grafana, &claims) })).await;
    for (name, value) in [
        ("issuer", json!("https://grafana.com")),
        ("subject", json!(grafana.root_url())),
        ("company", json!("Example")),
        ("account", json!("example")),
        ("slug", json!("example")),
        ("limit_by", json!("users")),
        ("included_users", json!(15)),
        ("included_admins", Json::Null),
        ("expires_at", json!("2100-01-01T00:00:00Z")),
        ("trial", json!(true)),
        ("trial_expires_at", json!("2100-01-01T00:00:00Z")),
        ("license_warning_days", json!(30)),
        ("token_warning_days", json!(2)),
        ("update_days", json!(1)),
        ("usage_billing", json!(true)),
        ("max_concurrent_user_sessions", json!(3)),
        ("anonymous_ratio", json!(2)),
        ("details_url", json!("https://grafana.com/orgs/example/licenses/10500")),
        ("token_id", json!("2")),
    ] {
        assert_eq!(state.value[name], value, "{name}");
    }
    for time in ["issued_at", "not_before", "token_expires_at"] {
        let text = state.value[time].as_str().expect("a time");
        assert!(text.parse::<jiff::Timestamp>().is_ok(), "{time}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn older_grafana_counts_admins_and_viewers() {
    let options = Options { generation: Generation::V8_4, ..Options::default() };
    let grafana = simulated(Options { no_license: NoLicense::Zeros, ..options });
    let claims = license(&grafana).with_admins_and_viewers(3, 4);
    let client = client(&grafana).await;
    let state = created(&client, json!({ "token": mint(&grafana, &claims) })).await;
    assert_eq!(state.value["included_admins"], 3);
    assert_eq!(state.value["included_viewers"], 4);
    assert_eq!(state.value["included_users"], Json::Null);
    grafana.drop_license();
    let read = client.read(TYPE, &state).await;
    assert_eq!(read.value, Json::Null, "claims of zeros mean no license: {:?}", read.diagnostics);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_only_token_is_in_no_plan_and_no_state() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let token = mint(&grafana, &license(&grafana));
    let config = json!({ "token_wo": token, "token_wo_version": 1 });
    let planned = client.plan(TYPE, &State::none(), config.clone()).await;
    let state = client.apply(&planned).await;
    assert_eq!(state.value["license_id"], "10500", "{:?}", state.diagnostics);
    let everything = format!("{planned:?}");
    assert!(everything.contains(&token), "the test's own configuration is in it");
    assert!(!planned.value.to_string().contains(&token));
    assert!(!format!("{state:?}").contains(&token));
    assert!(!String::from_utf8_lossy(&state.private).contains(&token));
    let again = client.plan(TYPE, &state, config).await;
    assert_eq!(again.value, state.value);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_most_one_token_and_one_to_create() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let both = json!({ "token": "a.b.c", "token_wo": "a.b.c" });
    assert!(!client.validate(TYPE, both).await.is_empty());
    let version = client.validate(TYPE, json!({ "token_wo_version": 1 })).await;
    assert!(points_at(&version[0], "token_wo_version"), "{version:?}");
    assert!(client.validate(TYPE, json!({})).await.is_empty(), "an import needs none");
    let none = client.plan(TYPE, &State::none(), json!({})).await;
    assert!(error(&none.diagnostics).contains("No license token"));
}

#[tokio::test(flavor = "multi_thread")]
async fn import_is_by_instance_and_by_identity_and_needs_no_token() {
    let grafana = simulated(Options { licensed: true, ..Options::default() });
    let client = client(&grafana).await;
    let identity = json!({ "instance": grafana.root_url() });
    for imported in [
        client.import(TYPE, &grafana.root_url()).await,
        client.import(TYPE, grafana.root_url().trim_end_matches('/')).await,
        client.import_identity(TYPE, &identity).await,
    ] {
        assert!(imported.diagnostics.is_empty(), "{:?}", imported.diagnostics);
        let state = client.read(TYPE, &imported).await;
        assert_eq!(state.value["license_id"], "10500");
        assert_eq!(state.value["token"], Json::Null);
        let planned = client.plan(TYPE, &state, json!({})).await;
        assert_eq!(planned.value, state.value);

        let token = mint(&grafana, &license(&grafana));
        for config in [
            json!({ "token": token, "replace_existing": true, "expiry_warning_days": 20 }),
            json!({ "token_wo": token, "token_wo_version": 1 }),
        ] {
            let stored = client.plan_and_apply(TYPE, &state, config.clone()).await;
            assert!(stored.diagnostics.is_empty(), "{:?}", stored.diagnostics);
            let again = client.plan(TYPE, &stored, config).await;
            assert_eq!(again.value, stored.value);
        }
    }
    assert_eq!(posts(&grafana), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_says_what_is_wrong() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let imported = client.import(TYPE, "license").await;
    assert!(error(&imported.diagnostics).contains("root URL of an instance"));
    for url in ["https://u:hunter2@host/", "https://host/?a=hunter2", "https://host/#hunter2"] {
        let imported = client.import(TYPE, url).await;
        assert!(!error(&imported.diagnostics).contains("hunter2"), "{url}");
        let said = client.validate(TYPE, json!({ "instance": url })).await;
        assert!(points_at(&said[0], "instance") && !error(&said).contains("hunter2"), "{said:?}");
    }
    let imported = client.import(TYPE, "https://elsewhere.example/").await;
    let said = error(&imported.diagnostics);
    assert!(said.contains("https://elsewhere.example/") && said.contains(&grafana.root_url()));
    let imported = client.import(TYPE, &grafana.root_url()).await;
    assert!(error(&imported.diagnostics).contains("Nothing to import"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_by_token_and_grafana_oss_are_refused_at_plan() {
    let grafana = enterprise();
    let token = mint(&grafana, &license(&grafana));
    let key = grafana.create_api_key(1, "k", Role::Admin, None).expect("a key");
    let by_key = client_as(&grafana, &key.key).await;
    let planned = by_key.plan(TYPE, &State::none(), json!({ "token": token })).await;
    assert!(error(&planned.diagnostics).contains("user:password"));

    let oss = simulated(Options { enterprise: false, ..Options::default() });
    let token = mint(&oss, &license(&oss));
    let planned = client(&oss).await.plan(TYPE, &State::none(), json!({ "token": token })).await;
    let said = error(&planned.diagnostics);
    assert!(said.contains("Open Source"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_may_vanish_between_calls() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let state = created(&client, json!({ "token": mint(&grafana, &license(&grafana)) })).await;
    grafana.drop_license();
    let read = client.read(TYPE, &state).await;
    assert_eq!(read.value, Json::Null);
    let gone = super::client(&grafana).await.plan_and_apply(TYPE, &state, Json::Null).await;
    assert_eq!((gone.value, gone.diagnostics.len()), (Json::Null, 0));
}
