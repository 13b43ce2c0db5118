use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{Generation, LicenseClaims, NoLicense, Options};
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
    assert_eq!(planned.requires_replace.len(), 0);
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
        ("license_expiry_warning_days", json!(30)),
        ("token_expiry_warning_days", json!(2)),
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
async fn a_different_valid_license_is_warned_about_and_not_overwritten() {
    let grafana = simulated(Options { licensed: true, ..Options::default() });
    let client = client(&grafana).await;
    let config = json!({ "token": mint(&grafana, &with_id(&grafana, "2")) });
    let planned = client.plan(TYPE, &State::none(), config).await;
    assert!(warning(&planned.diagnostics).contains("has another license"));
    let applied = client.apply(&planned).await;
    assert_eq!(applied.value, Json::Null);
    let said = error(&applied.diagnostics);
    assert!(said.contains("import") && said.contains("replace_existing = true"), "{said}");
    assert_eq!((posts(&grafana), active_id(&grafana).as_deref()), (0, Some("10500")));
}

#[tokio::test(flavor = "multi_thread")]
async fn replace_existing_overwrites_it() {
    let grafana = simulated(Options { licensed: true, ..Options::default() });
    let client = client(&grafana).await;
    let token = mint(&grafana, &with_id(&grafana, "2"));
    let config = json!({ "token": token, "replace_existing": true });
    let planned = client.plan(TYPE, &State::none(), config).await;
    assert!(warning(&planned.diagnostics).contains("replaces another license"));
    let state = client.apply(&planned).await;
    assert!(state.diagnostics.is_empty(), "{:?}", state.diagnostics);
    assert_eq!(active_id(&grafana).as_deref(), Some("2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_license_that_is_over_is_overwritten_without_a_word() {
    let grafana = enterprise();
    grafana.set_license(Some(LicenseClaims { lexp: Some(now() - DAY), ..license(&grafana) }));
    let token = mint(&grafana, &with_id(&grafana, "2"));
    created(&client(&grafana).await, json!({ "token": token })).await;
    assert_eq!(active_id(&grafana).as_deref(), Some("2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_license_is_adopted() {
    let grafana = simulated(Options { licensed: true, ..Options::default() });
    let client = client(&grafana).await;
    let active = grafana.license().expect("one");
    let config = json!({ "token": mint(&grafana, &active) });
    let state = created(&client, config.clone()).await;
    assert_eq!((posts(&grafana), state.value["license_id"].as_str()), (0, Some("10500")));
    let read = client.read(TYPE, &state).await;
    assert_eq!(client.plan(TYPE, &read, config).await.value, read.value);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_larger_contract_of_the_same_license_is_installed() {
    let grafana = simulated(Options { licensed: true, ..Options::default() });
    let larger =
        LicenseClaims { included_users: Some(99), jti: Some("9".to_owned()), ..license(&grafana) };
    created(&client(&grafana).await, json!({ "token": mint(&grafana, &larger) })).await;
    assert_eq!(grafana.license().and_then(|license| license.included_users), Some(99));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_token_of_a_license_that_is_there_is_not_judged() {
    let grafana = enterprise();
    let over = LicenseClaims {
        iat: Some(now() - 40 * DAY),
        exp: Some(now() - 10 * DAY),
        lexp: Some(now() - DAY),
        ..license(&grafana)
    };
    grafana.set_license(Some(LicenseClaims { included_users: Some(99), ..license(&grafana) }));
    let client = client(&grafana).await;
    let config = json!({ "token": mint(&grafana, &over) });
    let planned = client.plan(TYPE, &State::none(), config.clone()).await;
    assert_eq!(
        summaries(&planned.diagnostics),
        ["The license is already installed"],
        "it is not sent"
    );
    let state = client.apply(&planned).await;
    assert_eq!((summaries(&state.diagnostics), posts(&grafana)), (vec![], 0));
    assert_eq!(state.value["included_users"], 99);
    let read = client.read(TYPE, &state).await;
    assert_eq!((&read.value, &read.private), (&state.value, &state.private));
    assert_eq!(client.plan(TYPE, &read, config).await.value, read.value);
}

/// Whether or not it is still there at apply: the test's client fails where Terraform would.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_over_shows_its_own_terms_at_once() {
    let terms = |grafana: &Simulated| LicenseClaims {
        included_users: Some(99),
        company: Some("Renamed".to_owned()),
        jti: Some("later".to_owned()),
        iat: license(grafana).iat.map(|time| time + DAY),
        ..license(grafana)
    };
    for is_adopted in [true, false] {
        for attribute in ["token", "token_wo"] {
            let grafana = enterprise();
            grafana.set_license(Some(terms(&grafana)));
            let client = client(&grafana).await;
            let config = json!({ attribute: mint(&grafana, &license(&grafana)) });
            let planned = client.plan(TYPE, &State::none(), config.clone()).await;
            assert_eq!(planned.value["license_id"], "10500");
            if !is_adopted {
                grafana.set_license(None);
            }
            let state = client.apply(&planned).await;
            assert_eq!(summaries(&state.diagnostics), [""; 0], "{:?}", state.diagnostics);
            assert_eq!(posts(&grafana), usize::from(!is_adopted));
            assert_eq!(state.value["included_users"] == 99, is_adopted);
            assert_eq!(state.value["token_id"] == "later", is_adopted);
            let read = client.read(TYPE, &state).await;
            assert_eq!((&read.value, &read.private), (&state.value, &state.private));
            assert_eq!(client.plan(TYPE, &read, config).await.value, read.value);
        }
    }
}

/// Such as one that is restarted by the same apply. What was planned must be the same when it is planned again then.
#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_does_not_answer_at_apply_or_at_plan_changes_no_plan() {
    for is_seen_at_plan in [true, false] {
        let grafana = enterprise();
        let client = client(&grafana).await;
        let config = json!({ "token": mint(&grafana, &license(&grafana)) });
        let unavailable = || grafana.faults().push(Fault::on("*", "/**").times(1).status(503));
        if !is_seen_at_plan {
            unavailable();
        }
        let planned = client.plan(TYPE, &State::none(), config).await;
        assert_eq!(planned.value["token_id"], license(&grafana).jti.expect("an id"));
        if is_seen_at_plan {
            unavailable();
        }
        let state = client.apply(&planned).await;
        assert!(state.diagnostics.iter().all(|said| !is_error(said)), "{:?}", state.diagnostics);
        assert_eq!(posts(&grafana), 1);
        assert_eq!(grafana.faults().unused(), [""; 0]);
    }
}

/// Both are planned before either is there.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_resources_with_one_token_the_second_takes_over_what_was_planned() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let config = json!({ "token": mint(&grafana, &license(&grafana)) });
    let one = client.plan(TYPE, &State::none(), config.clone()).await;
    let other = client.plan(TYPE, &State::none(), config.clone()).await;
    assert_eq!(other.value["token_id"], license(&grafana).jti.expect("an id"));
    for planned in [one, other] {
        let state = client.apply(&planned).await;
        assert!(state.diagnostics.iter().all(|said| !is_error(said)), "{:?}", state.diagnostics);
    }
    assert_eq!(posts(&grafana), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_license_for_another_url_is_not_adopted() {
    let grafana = enterprise();
    let old = LicenseClaims::for_instance("https://old.example/");
    grafana.set_license(Some(LicenseClaims { iat: license(&grafana).iat, ..old }));
    let state =
        created(&client(&grafana).await, json!({ "token": mint(&grafana, &license(&grafana)) }))
            .await;
    assert_eq!(state.value["subject"], grafana.root_url().as_str());
    assert_eq!(posts(&grafana), 1);
    assert_eq!(grafana.license().and_then(|license| license.sub), Some(grafana.root_url()));
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

#[tokio::test(flavor = "multi_thread")]
async fn a_license_without_id_of_others_is_not_overwritten() {
    let grafana = enterprise();
    let theirs =
        LicenseClaims { lid: None, jti: Some("of others".to_owned()), ..license(&grafana) };
    grafana.set_license(Some(theirs.clone()));
    let ours = LicenseClaims { lid: None, jti: Some("ours".to_owned()), ..license(&grafana) };
    let run = client(&grafana).await;
    let refused = run.plan_and_apply(TYPE, &State::none(), config(&grafana, &ours)).await;
    assert!(error(&refused.diagnostics).contains("has another license"), "{refused:?}");
    assert_eq!((posts(&grafana), grafana.license()), (0, Some(theirs)));
}
