use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{Issuer, Options, Role, Signature};
use tfplugin::testing::State;

use super::*;

const TOKEN: &str = "/api/licensing/token";

async fn client_with(grafana: &Simulated, permissions: &[&str]) -> Client {
    let login = format!("u{}", permissions.len());
    grafana.create_user(&login, "pw12345").expect("a user");
    grafana.add_member(1, &login, Role::Viewer).expect("a member");
    grafana.set_permissions(&login, permissions).expect("permissions");
    client_as(grafana, &format!("{login}:pw12345")).await
}

async fn licensed_state(grafana: &Simulated) -> State {
    let token = mint(grafana, &license(grafana));
    created(&client(grafana).await, json!({ "token": token })).await
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
async fn reading_from_oss_says_so_and_keeps_the_state() {
    let grafana = enterprise();
    let state = licensed_state(&grafana).await;
    let oss = simulated(Options { enterprise: false, ..Options::default() });
    let read = client(&oss).await.read(TYPE, &state).await;
    assert!(error(&read.diagnostics).contains("Open Source"), "{:?}", read.diagnostics);
    assert_eq!(read.value, state.value);
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_while_reading_is_an_error_and_never_gone() {
    let grafana = enterprise();
    let state = licensed_state(&grafana).await;
    for (fault, part) in [
        (Fault::on("GET", TOKEN).status(500), "500"),
        (Fault::on("GET", TOKEN).html(200), "Is `url` right"),
        (Fault::on("GET", TOKEN).html(404), "404"),
        (Fault::on("GET", "/api/licensing/check").status(502), "502"),
        (Fault::on("GET", TOKEN).redirect("https://login.example/"), "redirect"),
        (Fault::on("GET", TOKEN).truncate(), "connection broke"),
    ] {
        grafana.faults().push(fault.always());
        let read = client(&grafana).await.read(TYPE, &state).await;
        let said = error(&read.diagnostics);
        assert!(said.contains(part), "{part}: {said}");
        assert_eq!(read.value, state.value, "{part}");
        grafana.faults().clear();
    }
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
async fn a_lost_answer_to_an_installation_is_looked_into() {
    for fault in [Fault::on("POST", TOKEN).reset_after(), Fault::on("POST", TOKEN).carried_out()] {
        let grafana = enterprise();
        grafana.faults().push(fault);
        let token = mint(&grafana, &license(&grafana));
        created(&client(&grafana).await, json!({ "token": token })).await;
        assert_eq!(posts(&grafana), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_update_keeps_the_license_and_the_state() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let state = created(&client, json!({ "token": mint(&grafana, &license(&grafana)) })).await;
    grafana.faults().push(Fault::on("POST", TOKEN).status(500).always());
    let next = json!({ "token": mint(&grafana, &with_id(&grafana, "2")) });
    let failed = client.plan_and_apply(TYPE, &state, next).await;
    assert!(error(&failed.diagnostics).contains("500"));
    assert_eq!(failed.value, state.value);
    assert_eq!(active_id(&grafana).as_deref(), Some("10500"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_for_the_wrong_instance_shows_both_urls() {
    let grafana = enterprise();
    let state = licensed_state(&grafana).await;
    grafana.faults().push(Fault::on("DELETE", TOKEN).status(422).always());
    let kept = client(&grafana).await.plan_and_apply(TYPE, &state, Json::Null).await;
    let said = error(&kept.diagnostics);
    assert!(said.matches(&grafana.root_url()).count() >= 2, "{said}");
    assert_eq!(kept.value, state.value);
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
async fn a_removal_whose_answer_was_lost_says_what_is_there() {
    let page = |fault: Fault| fault.status(200).body("text/html", "<title>Proxy</title>").always();
    for (fault, part) in [
        (page(Fault::on("DELETE", TOKEN)), "still there"),
        (page(Fault::on("DELETE", TOKEN).carried_out()), "no license now"),
    ] {
        let grafana = enterprise();
        let state = licensed_state(&grafana).await;
        grafana.faults().push(fault);
        let kept = client(&grafana).await.plan_and_apply(TYPE, &state, Json::Null).await;
        let said = error(&kept.diagnostics);
        assert!(said.contains(part), "{part}: {said}");
        assert_eq!(kept.value, state.value);
    }
}
