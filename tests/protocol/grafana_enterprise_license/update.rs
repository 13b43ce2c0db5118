use serde_json::json;
use simulator::faults::Fault;

use super::*;

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
async fn another_license_is_planned_back_in_place() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    for config in [
        json!({ "token": mint(&grafana, &license(&grafana)) }),
        json!({ "token_wo": mint(&grafana, &license(&grafana)), "token_wo_version": 1 }),
    ] {
        grafana.drop_license();
        let state = created(&client, config.clone()).await;
        grafana.set_license(Some(with_id(&grafana, "666")));
        let read = client.read(TYPE, &state).await;
        assert_eq!(read.value["license_id"], "666");
        let planned = client.plan(TYPE, &read, config.clone()).await;
        assert_eq!(planned.value["license_id"], "10500");
        assert!(planned.requires_replace.is_empty());
        let back = client.apply(&planned).await;
        assert!(back.diagnostics.is_empty(), "{:?}", back.diagnostics);
        assert_eq!(active_id(&grafana).as_deref(), Some("10500"));
        let read = client.read(TYPE, &back).await;
        assert_eq!(client.plan(TYPE, &read, config).await.value, read.value);
    }
    assert_eq!(deletes(&grafana), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_stops_before_a_license_that_appeared_since_the_plan() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let state = created(&client, json!({ "token": mint(&grafana, &license(&grafana)) })).await;
    let next = json!({ "token": mint(&grafana, &with_id(&grafana, "2")) });
    let planned = client.plan(TYPE, &state, next).await;
    grafana.set_license(Some(with_id(&grafana, "3")));
    let applied = client.apply(&planned).await;
    assert!(error(&applied.diagnostics).contains("another license"), "{:?}", applied.diagnostics);
    assert_eq!(active_id(&grafana).as_deref(), Some("3"));
    assert_eq!(applied.value["license_id"], "10500", "the state is what it was");
}
