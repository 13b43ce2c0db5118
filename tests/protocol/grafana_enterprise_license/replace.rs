use simulator::grafana::Options;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_replacement_with_another_license_is_not_warned_about() {
    let grafana = enterprise();
    let old = "https://old.example/";
    let elsewhere = simulated(Options { root_url: Some(old.to_owned()), ..Options::default() });
    let state = created(&client(&elsewhere).await, config(&elsewhere, &license(&elsewhere))).await;
    grafana.set_license(elsewhere.license());
    let run = client(&grafana).await;
    let second = config(&grafana, &with_id(&grafana, "2"));
    let planned = run.plan(TYPE, &state, second).await;
    assert_eq!(planned.requires_replace, ["instance"]);
    let made = run.apply(&planned).await;
    assert_eq!(summaries(&made.diagnostics), ["The instance keeps its license"]);
    assert_eq!((deletes(&grafana), active_id(&grafana).as_deref()), (0, Some("2")));
}
