use serde_json::json;
use simulator::faults::Fault;
use simulator::grafana::LicenseClaims;
use tfplugin::testing::{State, unknown};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_claims_are_known_and_what_only_grafana_tells_is_not() {
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
    for absent in ["trial", "included_admins", "usage_billing", "trial_expires_at"] {
        assert_eq!(planned.value[absent], json!(null), "{absent}");
    }
    for later in ["status", "valid"] {
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

async fn planned(grafana: &Simulated, token: &str) -> Vec<Diagnostic> {
    let config = json!({ "token": token });
    client(grafana).await.plan(TYPE, &State::none(), config).await.diagnostics
}

#[tokio::test(flavor = "multi_thread")]
async fn what_grafana_would_refuse_is_refused_at_plan() {
    let grafana = enterprise();
    let good = license(&grafana);
    let sample = grafana.issuer().mint(&json!({"this": "is", "not": "a", "valid": "license"}));
    let sample = sample.expect("can be signed");
    let claims = |claims: LicenseClaims| mint(&grafana, &claims);
    for (token, part) in [
        ("hunter2".to_owned(), "not a JWT"),
        (format!("Bearer {}", claims(good.clone())), "begins with \"Bearer \""),
        (format!("\"{}\"", claims(good.clone())), "quotes"),
        (format!("\u{feff}{}", claims(good.clone())), "byte order mark"),
        (claims(good.clone()).replacen("e", ".", 1), "has 4"),
        (format!("x{}", claims(good.clone())), "first part"),
        (format!("{}=", claims(good.clone())), "last part"),
        (sample, "without any claim of a Grafana license"),
        (claims(LicenseClaims { lexp: Some(now() - 1), ..good.clone() }), "has expired"),
        (claims(LicenseClaims { nbf: Some(now() + DAY), ..good.clone() }), "not valid yet"),
        (claims(LicenseClaims { prod: None, ..good.clone() }), "another product"),
    ] {
        let said = planned(&grafana, &token).await;
        let text = error(&said);
        assert!(text.contains(part), "{part}: {text}");
        assert!(points_at(&said[0], "token"), "{said:?}");
        assert!(!text.contains("hunter2"));
    }
    assert_eq!(posts(&grafana), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_license_for_another_instance_is_refused_with_both_urls() {
    let grafana = enterprise();
    let elsewhere = LicenseClaims::for_instance("https://elsewhere.example/");
    let text = error(&planned(&grafana, &mint(&grafana, &elsewhere)).await);
    assert!(text.contains("https://elsewhere.example/") && text.contains(&grafana.root_url()));

    let root = grafana.root_url();
    let same = root.replace("http://", "HTTP://").trim_end_matches('/').to_owned();
    let claims = LicenseClaims { sub: Some(same), ..license(&grafana) };
    assert!(planned(&grafana, &mint(&grafana, &claims)).await.is_empty(), "compared as URLs");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_instance_of_the_configuration_has_to_be_the_one_that_answers() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let token = mint(&grafana, &license(&grafana));
    let config = json!({ "token": token, "instance": "https://elsewhere.example/" });
    let said = client.plan(TYPE, &State::none(), config).await.diagnostics;
    assert!(error(&said).contains("https://elsewhere.example/"), "{said:?}");
    let spelled = grafana.root_url().trim_end_matches('/').to_owned();
    let state = created(&client, json!({ "token": token, "instance": spelled })).await;
    assert_eq!(state.value["instance"], spelled.as_str());
    let planned = client.plan(TYPE, &state, json!({ "token": token })).await;
    assert!(planned.requires_replace.is_empty(), "the same URL in other words");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_grafana_might_accept_is_a_warning() {
    let grafana = enterprise();
    let over = LicenseClaims { exp: Some(now() - 1), ..license(&grafana) };
    let said = planned(&grafana, &mint(&grafana, &over)).await;
    assert!(warning(&said).contains("token has expired"), "{said:?}");
    assert!(points_at(&said[0], "token"));

    grafana.set_license(Some(license(&grafana)));
    let older =
        LicenseClaims { iat: Some(now() - DAY), included_users: Some(99), ..license(&grafana) };
    let said = planned(&grafana, &mint(&grafana, &older)).await;
    assert!(warning(&said).contains("older than the active one"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_token_in_an_update_is_told() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let state = created(&client, json!({ "token": mint(&grafana, &license(&grafana)) })).await;
    let older = LicenseClaims { iat: Some(now() - DAY), ..license(&grafana) };
    let planned = client.plan(TYPE, &state, json!({ "token": mint(&grafana, &older) })).await;
    assert!(warning(&planned.diagnostics).contains("older than the active one"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_unchanged_token_is_not_judged() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let soon = LicenseClaims { exp: Some(now() + 8), lexp: Some(now() + 8), ..license(&grafana) };
    let config = json!({ "token": mint(&grafana, &soon), "expiry_warning_days": 0 });
    let state = created(&client, config.clone()).await;
    grafana.auto_refresh_with(|claims| LicenseClaims { lexp: Some(now() + 400 * DAY), ..claims });
    while now() < soon.lexp.unwrap_or_default() + 1 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let read = client.read(TYPE, &state).await;
    let planned = client.plan(TYPE, &read, config).await;
    assert!(planned.diagnostics.is_empty(), "{:?}", planned.diagnostics);
    assert_eq!(planned.value, read.value);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_cannot_be_reached_is_a_warning_at_plan() {
    let grafana = enterprise();
    let token = mint(&grafana, &license(&grafana));
    for fault in [
        Fault::on("*", "/api/**").reset_before(),
        Fault::on("*", "/api/**").html(502),
        Fault::on("*", "/api/**").status(503),
    ] {
        grafana.faults().push(fault.always());
        let said = planned(&grafana, &token).await;
        assert!(warning(&said).contains("could not be checked"), "{said:?}");
        grafana.faults().clear();
    }
    let client = Client::start(Grafana).await;
    let config = json!({ "url": tfplugin::testing::unknown(), "auth": "admin:admin" });
    assert!(client.configure(config).await.is_empty());
    let planned = client.plan(TYPE, &State::none(), json!({ "token": token })).await;
    assert_eq!(summaries(&planned.diagnostics), [""; 0]);
    assert_eq!(planned.value["license_id"], "10500");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_license_in_the_place_of_another_is_told_with_what_it_brings_less() {
    let grafana = enterprise();
    let run = client(&grafana).await;
    let installed = LicenseClaims { included_users: Some(80), ..license(&grafana) };
    let state = created(&run, config(&grafana, &installed)).await;
    let fewer = LicenseClaims { included_users: Some(15), ..with_id(&grafana, "2") };
    let said = warning(&run.plan(TYPE, &state, config(&grafana, &fewer)).await.diagnostics);
    for part in [
        "license 10500 (Example), valid until 2",
        "for 80 users",
        "license 2",
        "fewer users (15 instead of 80)",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let earlier = LicenseClaims {
        lexp: Some(now() + 90 * DAY),
        iat: Some(now() + 1),
        jti: Some("3".to_owned()),
        ..installed.clone()
    };
    let said = warning(&run.plan(TYPE, &state, config(&grafana, &earlier)).await.diagnostics);
    assert!(said.contains("The license is reduced") && said.contains("an earlier end"), "{said}");

    grafana.set_license(Some(with_id(&grafana, "99")));
    let drifted = run.read(TYPE, &state).await;
    let said = warning(&run.plan(TYPE, &drifted, config(&grafana, &installed)).await.diagnostics);
    assert!(said.contains("has license 99") && said.contains("license 10500"), "{said}");
    let imported = run.import(TYPE, &grafana.root_url()).await;
    let imported = run.read(TYPE, &imported).await;
    let said = warning(&run.plan(TYPE, &imported, config(&grafana, &installed)).await.diagnostics);
    assert!(said.contains("has license 99") && said.contains("license 10500"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_sub_path_is_told() {
    let grafana = enterprise();
    let token = mint(&grafana, &license(&grafana));
    grafana.faults().push(Fault::on("*", "/api/**").html(200).always());
    let said = warning(&planned(&grafana, &token).await);
    assert!(said.contains("could not be checked") && said.contains("sub-path"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replacement_is_refused_while_its_new_instance_is_not_there() {
    let grafana = enterprise();
    let state = licensed_state(&grafana).await;
    let elsewhere = LicenseClaims::for_instance("https://typo.example/");
    let run = client(&grafana).await;
    let refused = run.plan(TYPE, &state, config(&grafana, &elsewhere)).await;
    assert!(error(&refused.diagnostics).contains("https://typo.example/"));
    grafana.faults().push(Fault::on("*", "/api/**").reset_before().always());
    let refused = client(&grafana).await.plan(TYPE, &state, config(&grafana, &elsewhere)).await;
    assert!(error(&refused.diagnostics).contains("new instance could not be checked"));
    grafana.faults().clear();
    assert_eq!((deletes(&grafana), active_id(&grafana).as_deref()), (0, Some("10500")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_does_not_wait_for_an_instance_that_hangs() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    grafana.faults().push(Fault::on("GET", "/**").hang().always());
    let token = mint(&grafana, &license(&grafana));
    let none = State::none();
    let planning = client.plan(TYPE, &none, json!({ "token": token }));
    let planned = tokio::time::timeout(std::time::Duration::from_secs(45), planning).await.unwrap();
    let [said] = &planned.diagnostics[..] else { panic!("{:?}", planned.diagnostics) };
    assert_eq!(said.summary, "The instance could not be checked");
}
