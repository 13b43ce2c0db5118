//! The action `grafana_enterprise_license_renew`.

use serde_json::json;
use simulator::faults::Fault;
use simulator::grafana::{Options, Routing};

use super::*;

const ACTION: &str = "grafana_enterprise_license_renew";
const RENEW: &str = "/api/licensing/token/renew";

fn licensed() -> Simulated {
    simulated(Options { licensed: true, ..Options::default() })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_with_nothing_newer_is_told() {
    let grafana = licensed();
    grafana.faults().push(Fault::on("POST", RENEW).body("application/json", "{}"));
    let (progress, said) = client(&grafana).await.invoke(ACTION, json!({})).await;
    assert!(warning(&said).contains("24 answers in a row"), "{said:?}");
    let waiting = progress.iter().filter(|words| words.contains("without a fresh token")).count();
    assert_eq!(waiting, 2, "{progress:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_node_without_a_license_is_not_believed() {
    for routing in [Routing::PerRequest, Routing::PerConnection] {
        let grafana =
            simulated(Options { licensed: true, nodes: 3, routing, ..Options::default() });
        let none = Fault::on("GET", "/api/licensing/token").status(404);
        grafana.faults().push(none);
        let (progress, said) = client(&grafana).await.invoke(ACTION, json!({})).await;
        assert!(said.is_empty(), "{said:?}");
        assert!(progress.last().is_some_and(|words| words.contains("fresh token")), "{progress:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_that_is_not_found_says_what_grafana_said() {
    let grafana = licensed();
    grafana.faults().push(Fault::on("POST", RENEW).status(404).always());
    let (_, said) = client(&grafana).await.invoke(ACTION, json!({})).await;
    let said = error(&said);
    assert!(said.contains("could not renew") && said.contains("404"), "{said}");
    assert!(!said.contains("has no license"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_clear_and_the_license_stays() {
    let grafana = licensed();
    for (fault, part) in [
        (Fault::on("POST", RENEW).status(401), "authentication failed"),
        (Fault::on("POST", RENEW).status(403), "licensing:write"),
        (Fault::on("POST", RENEW).status(500), "https://grafana.com"),
        (Fault::on("POST", RENEW).html(502), "Check `url`"),
    ] {
        grafana.faults().push(fault.always());
        let (_, said) = client(&grafana).await.invoke(ACTION, json!({})).await;
        let said = error(&said);
        assert!(said.contains(part), "{part}: {said}");
        grafana.faults().clear();
    }
    assert!(grafana.license().is_some());
    let oss = simulated(Options { enterprise: false, ..Options::default() });
    let (_, said) = client(&oss).await.invoke(ACTION, json!({})).await;
    assert!(error(&said).contains("Open Source"), "{said:?}");
}
