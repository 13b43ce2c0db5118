//! The key's secret is in its attribute only.

use simulator::faults::Fault;
use simulator::grafana::Generation;

use super::{Setup, viewer};

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
