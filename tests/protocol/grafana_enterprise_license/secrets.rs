use serde_json::json;
use tfplugin::testing::State;

use simulator::faults::Fault;

use super::*;

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
async fn a_token_that_the_server_echoes_is_not_shown() {
    let grafana = enterprise();
    let token = mint(&grafana, &license(&grafana));
    for spelled in [token.clone(), format!("{token}\n"), format!("  {token}\r\n")] {
        for echo in [token.clone(), spelled.clone(), spelled.replace('\n', "\\n")] {
            let body = json!({ "message": format!("bad token {echo}") }).to_string();
            let fault = Fault::on("POST", TOKEN).status(400).body("application/json", body);
            grafana.faults().push(fault);
            let config = json!({ "token": spelled });
            let failed = client(&grafana).await.plan_and_apply(TYPE, &State::none(), config).await;
            let said = error_and_more(&failed.diagnostics);
            assert!(said.contains("bad token"), "{said}");
            for part in token.split('.') {
                assert!(!said.contains(part), "{said}");
            }
            grafana.faults().clear();
        }
    }
}

/// The claims that Grafana shows may hold whatever a server has put in.
#[tokio::test(flavor = "multi_thread")]
async fn claims_that_hold_a_secret_of_the_run_are_shown_without_it() {
    const PASSWORD: &str = "correct-horse-battery";
    let options = Options { admin_password: PASSWORD.to_owned(), ..Options::default() };
    let grafana = simulated(options);
    let with_secret = |id: &str| LicenseClaims {
        company: Some(format!("Example {PASSWORD}")),
        lexp: Some(now() + DAY),
        ..with_id(&grafana, id)
    };
    let token = mint(&grafana, &LicenseClaims { company: None, ..with_secret("1") });
    grafana.set_license(Some(with_secret("1")));
    let client = client_as(&grafana, &format!("admin:{PASSWORD}")).await;
    let mut said = Vec::new();
    let config = json!({ "token": token });
    let planned = client.plan(TYPE, &State::none(), config.clone()).await;
    let state = client.apply(&planned).await;
    said.extend(planned.diagnostics.into_iter().chain(state.diagnostics.clone()));
    said.extend(client.plan(TYPE, &state, Json::Null).await.diagnostics);
    let read = client.read(TYPE, &state).await;
    said.extend(client.plan(TYPE, &read, config.clone()).await.diagnostics);
    grafana.set_license(Some(with_secret(PASSWORD)));
    let drifted = client.read(TYPE, &state).await;
    for config in [config, json!({}), Json::Null] {
        said.extend(client.plan(TYPE, &drifted, config).await.diagnostics);
    }
    let summaries: Vec<_> = said.iter().map(|said| &said.summary).collect();
    assert!(said.len() >= 5, "{summaries:?}");
    let told = format!("{said:?}");
    assert!(told.contains("Example") && !told.contains(PASSWORD), "{told}");
}
