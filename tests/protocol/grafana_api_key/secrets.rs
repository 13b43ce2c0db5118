//! The key's secret is in its attribute only.

use serde_json::json;
use simulator::faults::Fault;
use simulator::grafana::Generation;

use super::{Setup, imported, only_error, only_warning, viewer};

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_is_never_told() {
    let setup = Setup::new(Generation::V9_4).await;
    let state = setup.create(viewer("a")).await;
    let key = state.value["key"].as_str().expect("a key");
    assert!(!String::from_utf8_lossy(&state.private).contains(key));
    setup
        .grafana
        .faults()
        .push(Fault::on("GET", "/api/auth/keys").always().body("text/plain", key));
    let read = setup.refresh(&state).await;
    assert!(!format!("{:?}", read.diagnostics).contains(key));
}

/// Neither where it was created, nor by a run that has it from the state.
#[tokio::test(flavor = "multi_thread")]
async fn what_grafana_says_is_told_without_the_secrets_of_keys() {
    for generation in [Generation::V9_4, Generation::V12_1] {
        let setup = Setup::new(generation).await;
        let state = setup.create(viewer("a")).await;
        let key = state.value["key"].as_str().expect("a key");
        let said = json!({ "message": format!("not for {key}") }).to_string();
        let refusal = |method| {
            Fault::on(method, "/**").always().status(403).body("application/json", said.as_str())
        };
        setup.grafana.faults().push(refusal("POST"));
        let other = setup.try_create(viewer("b")).await;
        let shown = format!("{:?}", only_error(&other.diagnostics));
        assert!(shown.contains("not for") && !shown.contains(key), "{shown}");
        setup.grafana.faults().push(refusal("GET"));
        let read = setup.refresh(&state).await;
        let shown = format!("{:?}", only_error(&read.diagnostics));
        assert!(shown.contains("not for") && !shown.contains(key), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_of_an_account_is_told_in_part_if_it_is_long() {
    let setup = Setup::new(Generation::V12_1).await;
    let (_, state) = imported(&setup, &"robot ".repeat(200), "a").await;
    let gone = setup.destroy(&state).await;
    let detail = &only_warning(&gone.diagnostics).detail;
    assert!(detail.contains("robot robot") && detail.len() < 600, "{detail}");
}
