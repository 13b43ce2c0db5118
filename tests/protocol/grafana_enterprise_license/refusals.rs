use serde_json::json;
use simulator::faults::Fault;
use simulator::grafana::LicenseClaims;
use tfplugin::testing::State;

use super::*;

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
        ("hunter2".to_owned(), "no license token"),
        (format!("Bearer {}", claims(good.clone())), "begins with \"Bearer \""),
        (format!("\"{}\"", claims(good.clone())), "quotes"),
        (format!("\u{feff}{}", claims(good.clone())), "byte order mark"),
        (claims(good.clone()).replacen("e", ".", 1), "has 4"),
        (format!("x{}", claims(good.clone())), "first part"),
        (format!("{}=", claims(good.clone())), "last part"),
        (sample, "without any claim of a Grafana license"),
        (claims(LicenseClaims { lexp: Some(now() - 1), ..good.clone() }), "has ended"),
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
    assert!(warning(&said).contains("token is over"), "{said:?}");
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
    let soon = LicenseClaims { exp: Some(now() + 2), lexp: Some(now() + 2), ..license(&grafana) };
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
async fn an_instance_that_cannot_be_reached_is_no_error_at_plan() {
    let grafana = enterprise();
    let token = mint(&grafana, &license(&grafana));
    for fault in [
        Fault::on("*", "/api/**").reset_before(),
        Fault::on("*", "/api/**").html(502),
        Fault::on("*", "/api/**").status(503),
    ] {
        grafana.faults().push(fault.always());
        assert_eq!(summaries(&planned(&grafana, &token).await), [""; 0]);
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
async fn a_token_that_was_unknown_is_judged_at_apply() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let mut planned = client.plan(TYPE, &State::none(), json!({ "token": "x" })).await;
    planned.diagnostics.clear();
    let unknown = tfplugin::testing::unknown();
    let planned = client.plan(TYPE, &State::none(), json!({ "token_wo": unknown })).await;
    assert!(planned.diagnostics.is_empty());
    let applied = client.apply(&planned).await;
    assert!(error(&applied.diagnostics).contains("No license token"), "{:?}", applied.diagnostics);
}
