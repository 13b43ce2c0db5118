use serde_json::{Value as Json, json};
use simulator::grafana::{ActiveUsers, LicenseClaims};
use tfplugin::testing::Planned;

use super::*;

/// The plan without a change that follows a read.
async fn read_with(grafana: &Simulated, claims: &LicenseClaims, config: Json) -> Planned {
    let mut config = config;
    config["token"] = json!(mint(grafana, claims));
    let client = client(grafana).await;
    let state = created(&client, config.clone()).await;
    let read = client.read(TYPE, &state).await;
    assert_eq!(summaries(&read.diagnostics), [""; 0], "a plan may change what it would be about");
    client.plan(TYPE, &read, config).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_license_is_warned_about_in_the_plan_that_follows() {
    let grafana = enterprise();
    let claims = LicenseClaims { lexp: Some(now() + 20 * DAY), ..license(&grafana) };
    let read = read_with(&grafana, &claims, json!({})).await;
    assert!(warning(&read.diagnostics).contains("expires soon"), "{:?}", read.diagnostics);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configuration_decides_when() {
    let grafana = enterprise();
    let claims = LicenseClaims { lexp: Some(now() + 20 * DAY), ..license(&grafana) };
    let read = read_with(&grafana, &claims, json!({ "expiry_warning_days": 14 })).await;
    assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_nobody_refreshes_is_warned_about() {
    let grafana = enterprise();
    let claims = LicenseClaims { exp: Some(now() + DAY), ..license(&grafana) };
    let read = read_with(&grafana, &claims, json!({})).await;
    assert!(warning(&read.diagnostics).contains("not being refreshed"), "{:?}", read.diagnostics);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_active_users_are_warned_about() {
    let grafana = enterprise();
    grafana.set_active_users(ActiveUsers { active_users: 16, ..ActiveUsers::default() });
    let read = read_with(&grafana, &license(&grafana), json!({})).await;
    assert!(warning(&read.diagnostics).contains("16 active users, 15 included"));
}

#[tokio::test(flavor = "multi_thread")]
async fn counting_that_is_not_allowed_is_left_out() {
    let grafana = enterprise();
    grafana.faults().push(
        simulator::faults::Fault::on("GET", "/api/licensing/refresh-stats").status(403).always(),
    );
    let read = read_with(&grafana, &license(&grafana), json!({})).await;
    assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_claims_decide_when_the_configuration_does_not() {
    let grafana = enterprise();
    for (license_days, token_days, said) in [
        (10, 2, vec![]),
        (25, 1, vec!["The license expires soon"]),
        (10, 5, vec!["The license token is not being refreshed"]),
        (
            i64::MAX / 4,
            1_000_000_000_000_000,
            vec!["The license expires soon", "The license token is not being refreshed"],
        ),
    ] {
        grafana.drop_license();
        let claims = LicenseClaims {
            lexp: Some(now() + 20 * DAY),
            exp: Some(now() + 4 * DAY),
            lic_exp_warn_days: Some(license_days),
            tok_exp_warn_days: Some(token_days),
            ..license(&grafana)
        };
        let read = read_with(&grafana, &claims, json!({})).await;
        assert_eq!(summaries(&read.diagnostics), said, "{license_days} {token_days}");
    }
}
