//! What ends an operation early: Ctrl-C, `timeouts`.

use std::time::Duration;

use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::Routing;
use simulator::journal::Entry;
use tfplugin::testing::State;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn time_that_runs_out_saves_the_state_with_a_warning() {
    let grafana = divided(3, Routing::PerRequest);
    let client = client(&grafana).await;
    let token = mint(&grafana, &license(&grafana));
    let config = json!({ "token": token, "timeouts": { "create": "6s" } });
    let planned = client.plan(TYPE, &State::none(), config).await;
    let state = client.apply(&planned).await;
    let said = warning(&state.diagnostics);
    assert!(said.contains("× license 10500 (Example)"), "{said}");
    assert!(said.contains("× no license"), "{said}");
    assert!(said.contains("6s"), "{said}");
    assert_eq!(state.value["license_id"], "10500");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_saves_the_state_with_a_warning() {
    let grafana = divided(2, Routing::PerRequest);
    let client = client(&grafana).await;
    let config = json!({ "token": mint(&grafana, &license(&grafana)) });
    let planned = client.plan(TYPE, &State::none(), config).await;
    let journal = grafana.journal().clone();
    let posted = tokio::task::spawn_blocking(move || {
        let is_post = |entry: &simulator::journal::Entry| {
            entry.is("POST", "/api/licensing/token") && entry.status().is_some()
        };
        journal.wait_for(|entries| entries.iter().any(is_post), std::time::Duration::from_secs(30))
    });
    let stop = async {
        assert!(posted.await.expect("waits"), "the license was posted");
        client.stop().await;
    };
    let (state, ()) = tokio::join!(client.apply(&planned), stop);
    assert!(warning(&state.diagnostics).contains("asked to stop"), "{:?}", state.diagnostics);
    assert_eq!(state.value["license_id"], "10500");
}

#[tokio::test(flavor = "multi_thread")]
async fn time_that_runs_out_ends_an_update_and_a_removal_with_a_warning() {
    let grafana = divided(3, Routing::PerRequest);
    grafana.set_license(Some(license(&grafana)));
    let run = client(&grafana).await;
    let timeouts = json!({ "update": "6s", "delete": "6s" });
    let config = |claims| json!({ "token": mint(&grafana, &claims), "timeouts": timeouts });
    let state = created(&run, config(license(&grafana))).await;
    let updated = run.plan_and_apply(TYPE, &state, config(with_id(&grafana, "2"))).await;
    let said = warning(&updated.diagnostics);
    assert!(said.contains("× license 2 (Example)") && said.contains("6s"), "{said}");
    assert_eq!(updated.value["license_id"], "2");

    grafana.set_license(Some(with_id(&grafana, "2")));
    let updated = State { diagnostics: Vec::new(), ..updated };
    let gone = client(&grafana).await.plan_and_apply(TYPE, &updated, Json::Null).await;
    let said = warning(&gone.diagnostics);
    assert!(said.contains("Not every node") && said.contains("× license 2"), "{said}");
    assert!(!said.contains("It comes from disk"), "{said}");
    assert_eq!(gone.value, Json::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_while_looking_changes_nothing() {
    let grafana = enterprise();
    let config = |id| json!({ "token": mint(&grafana, &with_id(&grafana, id)) });
    let state = created(&client(&grafana).await, config("1")).await;
    for (prior, config) in
        [(&state, config("2")), (&State::none(), config("1")), (&state, Json::Null)]
    {
        let run = client(&grafana).await;
        let planned = run.plan(TYPE, prior, config).await;
        grafana.faults().push(Fault::on("GET", "/api/licensing/check").hang().always());
        let before = grafana.journal().entries().len();
        let journal = grafana.journal().clone();
        let looks = tokio::task::spawn_blocking(move || {
            let looks = |entries: &[Entry]| {
                entries.iter().skip(before).any(|entry| entry.is("GET", "/api/licensing/check"))
            };
            journal.wait_for(looks, Duration::from_secs(30))
        });
        let stop = async {
            assert!(looks.await.expect("waits"), "it looks");
            run.stop().await;
        };
        let (stopped, ()) = tokio::join!(run.apply(&planned), stop);
        grafana.faults().clear();
        assert!(error(&stopped.diagnostics).contains("asked to stop"), "{:?}", stopped.diagnostics);
        assert_eq!(stopped.value, prior.value);
        assert_eq!((posts(&grafana), deletes(&grafana)), (1, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_that_the_server_asks_for_beyond_the_time_left_ends_at_once() {
    let grafana = enterprise();
    let config = |id| json!({ "token": mint(&grafana, &with_id(&grafana, id)), "timeouts": { "create": "50s", "update": "50s", "delete": "50s" } });
    let state = created(&client(&grafana).await, config("1")).await;
    for (method, prior, config) in [
        ("POST", &state, config("2")),
        ("DELETE", &state, Json::Null),
        ("GET", &state, config("2")),
    ] {
        let run = client_that_retries(&grafana).await;
        let planned = run.plan(TYPE, prior, config).await;
        grafana.faults().push(Fault::on(method, TOKEN).status(429).retry_after("60").always());
        let begun = std::time::Instant::now();
        let failed = client_that_retries(&grafana).await.apply_planned(&planned).await;
        grafana.faults().clear();
        assert!(begun.elapsed() < Duration::from_secs(50), "{method}: {:?}", begun.elapsed());
        let said = error(&failed.diagnostics);
        assert!(said.contains("rate limit") && said.contains("60"), "{method}: {said}");
        assert_eq!(failed.value, prior.value);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_while_a_license_is_sent_waits_for_the_answer_and_keeps_what_was_installed() {
    let grafana = enterprise();
    let run = client(&grafana).await;
    let planned = run.plan(TYPE, &State::none(), config(&grafana, &license(&grafana))).await;
    grafana.faults().push(Fault::on("POST", TOKEN).hang());
    let stop = async {
        requested(&grafana, "POST", TOKEN).await;
        run.stop().await;
        grafana.faults().release();
    };
    let (state, ()) = tokio::join!(run.apply(&planned), stop);
    assert!(warning(&state.diagnostics).contains("asked to stop"), "{:?}", state.diagnostics);
    assert_eq!(state.value["license_id"], "10500");
    assert_eq!((posts(&grafana), active_id(&grafana).as_deref()), (1, Some("10500")));
}
