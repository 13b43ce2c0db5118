//! What AWS made and did not report.

use simulator::faults::Fault;

use super::{Stage, TOKENS, ask, asked};

#[tokio::test]
async fn what_is_lost_on_the_way_is_made_again_and_nothing_stays() {
    for path in ["/workspaces/*/serviceaccounts", TOKENS] {
        for fault in [
            Fault::on("POST", path).reset_after(),
            Fault::on("POST", path).status(502).carried_out(),
            Fault::on("POST", path).status(503),
        ] {
            let stage = Stage::new("10.4");
            let said = fault.to_string();
            stage.amazon.faults().push(fault);
            let client = stage.run().await;
            assert_eq!(ask(&client).await, [""; 0], "{said}");
            client.shut_down().await;
            assert_eq!(stage.ours(), [], "{said}");
            assert_eq!(stage.grafana.service_accounts(1).len(), 1, "{said}");
        }
    }
    let stage = Stage::new("8.4");
    stage.amazon.faults().push(Fault::on("POST", "/workspaces/*/apikeys").reset_after());
    let client = stage.run().await;
    asked(&client).await;
    client.shut_down().await;
    assert_eq!(stage.grafana.api_keys(1), []);
}
