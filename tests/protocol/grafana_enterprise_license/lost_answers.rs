//! Requests whose answers do not arrive.

use serde_json::{Value as Json, json};
use simulator::faults::Fault;

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
