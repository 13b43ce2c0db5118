use serde_json::json;
use simulator::grafana::LicenseClaims;
use tfplugin::testing::{State, unknown};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_claims_in_the_token_are_known_and_the_rest_is_not() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let token = mint(&grafana, &license(&grafana));
    let planned = client.plan(TYPE, &State::none(), json!({ "token": token })).await;
    for (name, value) in [
        ("license_id", json!("10500")),
        ("company", json!("Example")),
        ("products", json!(["grafana-enterprise"])),
        ("included_users", json!(15)),
        ("token_id", json!("2")),
        ("instance", json!(grafana.root_url())),
        ("id", json!(grafana.root_url())),
    ] {
        assert_eq!(planned.value[name], value, "{name}");
    }
    for later in ["status", "valid", "trial", "included_admins", "usage_billing"] {
        assert_eq!(planned.value[later], unknown(), "{later}");
    }
    assert_eq!(posts(&grafana), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_contract_reads_as_from_and_to() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let old = LicenseClaims { included_users: Some(150), ..license(&grafana) };
    let state = created(&client, json!({ "token": mint(&grafana, &old) })).await;
    let new = LicenseClaims {
        included_users: Some(200),
        lexp: Some(4_102_444_800),
        jti: Some("3".to_owned()),
        ..old
    };
    let planned = client.plan(TYPE, &state, json!({ "token": mint(&grafana, &new) })).await;
    assert_eq!(state.value["included_users"], 150);
    assert_eq!(planned.value["included_users"], 200);
    assert_eq!(planned.value["expires_at"], "2100-01-01T00:00:00Z");
    assert_eq!(planned.value["license_id"], "10500");
    let updated = client.apply(&planned).await;
    assert!(updated.diagnostics.is_empty(), "{:?}", updated.diagnostics);
    assert_eq!((updated.value["included_users"].clone(), posts(&grafana)), (json!(200), 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_write_only_token_the_license_is_known_and_the_token_is_not() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let config = |token: &str| json!({ "token_wo": token, "token_wo_version": 1 });
    let first = mint(&grafana, &license(&grafana));
    let planned = client.plan(TYPE, &State::none(), config(&first)).await;
    for known in ["license_id", "company", "products", "included_users", "expires_at"] {
        assert_ne!(planned.value[known], unknown(), "{known}");
    }
    for later in ["token_id", "issued_at", "token_expires_at", "not_before"] {
        assert_eq!(planned.value[later], unknown(), "{later}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_token_waits_for_apply() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let planned = client.plan(TYPE, &State::none(), json!({ "token": unknown() })).await;
    assert!(planned.diagnostics.is_empty(), "{:?}", planned.diagnostics);
    for later in ["license_id", "instance", "id", "token"] {
        assert_eq!(planned.value[later], unknown(), "{later}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_write_only_token_without_a_new_version_is_told() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let config = |claims: &LicenseClaims| json!({ "token_wo": mint(&grafana, claims), "token_wo_version": 1 });
    let installed = license(&grafana);
    let state = created(&client, config(&installed)).await;

    let fresh = LicenseClaims { jti: Some("3".to_owned()), ..installed.clone() };
    let planned = client.plan(TYPE, &state, config(&fresh)).await;
    let said = warning(&planned.diagnostics);
    assert!(said.contains("another token of the same license"), "{said}");
    assert_eq!(planned.value, state.value);

    let larger = LicenseClaims { included_users: Some(99), ..installed };
    let planned = client.plan(TYPE, &state, config(&larger)).await;
    let said = warning(&planned.diagnostics);
    assert!(said.contains("Raise `token_wo_version`"), "{said}");
    assert_eq!(planned.value, state.value);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_grafana_refreshes_while_applying_arrives_with_the_next_refresh() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let config = json!({ "token": mint(&grafana, &license(&grafana)) });
    let state = created(&client, config.clone()).await;
    grafana.auto_refresh_with(|claims| LicenseClaims { included_users: Some(20), ..claims });
    let read = client.read(TYPE, &state).await;
    assert_eq!(read.value["included_users"], 20);
    let planned = client.plan(TYPE, &read, config.clone()).await;
    assert_eq!(planned.value, read.value);

    let mut changed = config;
    changed["expiry_warning_days"] = json!(7);
    let planned = client.plan(TYPE, &read, changed).await;
    assert_eq!(planned.value["included_users"], 20, "nothing is turned back");
    assert_eq!(planned.value["status"], 1, "and nothing becomes unknown");
    client.apply(&planned).await;
    assert_eq!(posts(&grafana), 1);
}
