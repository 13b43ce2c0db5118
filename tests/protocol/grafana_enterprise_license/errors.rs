use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{Issuer, Options, Role, Signature};
use tfplugin::testing::State;

use super::*;

async fn client_with(grafana: &Simulated, permissions: &[&str]) -> Client {
    let login = format!("u{}", permissions.len());
    grafana.create_user(&login, "pw12345").expect("a user");
    grafana.add_member(1, &login, Role::Viewer).expect("a member");
    grafana.set_permissions(&login, permissions).expect("permissions");
    client_as(grafana, &format!("{login}:pw12345")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_is_named() {
    let grafana = enterprise();
    let config = json!({ "token": mint(&grafana, &license(&grafana)) });
    let nobody = client_with(&grafana, &[]).await;
    let planned = nobody.plan(TYPE, &State::none(), config.clone()).await;
    assert!(error(&planned.diagnostics).contains("licensing:read"));

    let reader = client_with(&grafana, &["licensing:read"]).await;
    let state = reader.plan_and_apply(TYPE, &State::none(), config.clone()).await;
    let said = error(&state.diagnostics);
    assert!(said.contains("licensing:write") && state.value == Json::Null, "{said}");

    let writer = client_with(&grafana, &["licensing:read", "licensing:write"]).await;
    let state = created(&writer, config).await;
    let kept = writer.connect_again().await;
    kept.configure(json!({ "url": grafana.url(), "auth": "u2:pw12345" })).await;
    let kept = kept.plan_and_apply(TYPE, &state, Json::Null).await;
    assert!(error(&kept.diagnostics).contains("licensing:delete"));
    assert_eq!(kept.value, state.value, "nothing is lost");
    assert!(grafana.license().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_sign_in_keeps_everything() {
    let grafana = enterprise();
    let state = licensed_state(&grafana).await;
    let read = client_as(&grafana, "admin:wrong").await.read(TYPE, &state).await;
    assert!(error(&read.diagnostics).contains("authentication failed"), "{:?}", read.diagnostics);
    assert_eq!(read.value, state.value);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_grafana_refuses_is_told_at_the_token() {
    let grafana = enterprise();
    let stranger = Issuer::new(Signature::Es256).expect("an issuer");
    let token = stranger.mint(&license(&grafana)).expect("can be signed");
    let client = client(&grafana).await;
    let state = client.plan_and_apply(TYPE, &State::none(), json!({ "token": token })).await;
    let said = error(&state.diagnostics);
    assert!(said.contains("refused the license token") && said.contains("signed"), "{said}");
    assert!(said.contains(&grafana.root_url()) && !said.contains(&token), "{said}");
    assert!(points_at(&state.diagnostics[0], "token"));
}

#[tokio::test(flavor = "multi_thread")]
async fn older_grafana_does_not_name_the_permission_but_it_is_named() {
    let grafana = enterprise();
    let state = licensed_state(&grafana).await;
    let config = |id| json!({ "token": mint(&grafana, &with_id(&grafana, id)) });
    for (method, next, permission) in [
        ("GET", config("2"), "licensing:read"),
        ("POST", config("2"), "licensing:write (licensing:update in older versions)"),
        ("DELETE", Json::Null, "licensing:delete"),
    ] {
        let denied = r#"{"message":"Permission denied"}"#;
        grafana
            .faults()
            .push(Fault::on(method, TOKEN).status(403).body("application/json", denied).always());
        let kept = client(&grafana).await.plan_and_apply(TYPE, &state, next).await;
        let said = error(&kept.diagnostics);
        assert!(said.contains(permission), "{permission}: {said}");
        assert_eq!(kept.value, state.value);
        grafana.faults().clear();
    }
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
async fn a_refused_token_on_an_instance_without_a_license_says_that() {
    let grafana = enterprise();
    grafana.faults().push(Fault::on("POST", TOKEN).status(400));
    let config = config(&grafana, &license(&grafana));
    let failed = client(&grafana).await.plan_and_apply(TYPE, &State::none(), config).await;
    let said = error_and_more(&failed.diagnostics);
    assert!(said.contains("has no license now") && !said.contains("still"), "{said}");
}
