//! Several resources with one license, in whatever order they come and go.

use serde_json::{Value as Json, json};
use simulator::amazon::Polls;
use simulator::faults::Fault;
use tfplugin::testing::State;

use super::{TYPE, licensed, texts, warning};

#[tokio::test]
async fn what_this_run_has_put_there_stays() {
    let (stage, former) = licensed().await;
    let new = stage.created(json!({})).await;
    let gone = stage.destroy(&former).await;
    warning(&gone.diagnostics, &["stays", stage.id()]);
    assert_eq!(gone.value, Json::Null);
    assert_eq!(stage.license().as_deref(), Some("ENTERPRISE"));
    assert_eq!(stage.read(&new).await.value["license_type"], "ENTERPRISE");
}

#[tokio::test]
async fn a_rename_ends_with_the_license_in_whatever_order() {
    for delay in [0, 1] {
        let (stage, former) = licensed().await;
        stage.amazon.set_polls(Polls::Count(1));
        let plan = stage.client.plan(TYPE, &State::none(), stage.config(json!({}))).await;
        let first = stage.amazon.faults();
        if delay == 0 {
            first.push(
                Fault::on("GET", "/workspaces/*").delay(std::time::Duration::from_millis(50)),
            );
        }
        let (gone, new) = tokio::join!(stage.destroy(&former), stage.client.apply(&plan));
        assert!(gone.diagnostics.iter().all(|d| d.severity == 2), "{:?}", gone.diagnostics);
        assert_eq!(texts(&new.diagnostics), [""; 0]);
        assert_eq!(stage.license().as_deref(), Some("ENTERPRISE"));
    }
}
