//! Requests whose answers do not arrive.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use simulator::faults::Fault;

use tfplugin::testing::State;

use super::*;

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
async fn a_lost_answer_to_a_removal_is_looked_into() {
    let page = |fault: Fault| fault.status(200).body("text/html", "<title>Proxy</title>").always();
    for fault in [page(Fault::on("DELETE", TOKEN)), Fault::on("DELETE", TOKEN).reset_before()] {
        let grafana = enterprise();
        let state = licensed_state(&grafana).await;
        grafana.faults().push(fault);
        let kept = client(&grafana).await.plan_and_apply(TYPE, &state, Json::Null).await;
        let said = error_and_more(&kept.diagnostics);
        assert!(said.contains("The license is still there"), "{said}");
        assert_eq!(kept.value, state.value);
    }
    for fault in
        [page(Fault::on("DELETE", TOKEN).carried_out()), Fault::on("DELETE", TOKEN).reset_after()]
    {
        let grafana = enterprise();
        let state = licensed_state(&grafana).await;
        grafana.faults().push(fault);
        let gone = client(&grafana).await.plan_and_apply(TYPE, &state, Json::Null).await;
        assert_eq!((gone.value, gone.diagnostics.len()), (Json::Null, 0), "{:?}", gone.diagnostics);
    }
}

/// Somebody else installs a license at the moment when a request is lost, or right after it is carried out.
async fn with_another_party(
    lost: Fault,
    is_carried_out: bool,
    method: &'static str,
    prior: bool,
    config: &str,
) {
    let grafana = Arc::new(enterprise());
    let prior = if prior { licensed_state(&grafana).await } else { State::none() };
    let config = match config {
        "" => Json::Null,
        id => json!({
            "token": mint(&grafana, &with_id(&grafana, id)),
            "timeouts": { "create": "8s", "update": "8s" },
        }),
    };
    let planned = client(&grafana).await.plan(TYPE, &prior, config).await;
    let run = client_that_retries(&grafana).await;
    grafana.journal().clear();
    let there = Arc::downgrade(&grafana);
    let install = move || {
        let grafana = there.upgrade().expect("is there");
        grafana.set_license(Some(with_id(&grafana, "99")));
    };
    let there = Arc::downgrade(&grafana);
    grafana.faults().push(lost.meanwhile(move || {
        if is_carried_out {
            let next = Fault::on("GET", "/api/**").meanwhile(install.clone());
            there.upgrade().expect("is there").faults().push(next);
        } else {
            install();
        }
    }));
    let applied = run.apply_planned(&planned).await;
    assert_eq!(active_id(&grafana).as_deref(), Some("99"), "{:?}", applied.diagnostics);
    assert_eq!(posts(&grafana) + deletes(&grafana), 1, "nothing is repeated blindly");
    if method == "DELETE" {
        assert!(warning(&applied.diagnostics).contains("now has license 99"));
    } else if applied.diagnostics.iter().any(is_error) {
        let said = error_and_more(&applied.diagnostics);
        assert!(said.contains("has license 99"), "{said}");
        assert_eq!(applied.value, prior.value);
    } else {
        let said = warning(&applied.diagnostics);
        assert!(said.contains("× license 99"), "it was installed and replaced: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_installs_when_an_answer_is_lost_is_there_in_the_end() {
    for (method, prior, config) in
        [("POST", false, "10500"), ("POST", true, "2"), ("DELETE", true, "")]
    {
        for lost in [Fault::on(method, TOKEN).reset_before(), Fault::on(method, TOKEN).status(502)]
        {
            with_another_party(lost, false, method, prior, config).await;
        }
        let lost = Fault::on(method, TOKEN).reset_after();
        with_another_party(lost, true, method, prior, config).await;
    }
}
