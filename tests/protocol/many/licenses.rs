//! Two runs on one license: of an instance, and of a workspace.

use serde_json::{Value as Json, json};
use simulator::amazon::{Amazon, Endpoint, Operation, Options};
use simulator::grafana::{Generation, LicenseClaims};
use terraform_provider_grafana::provider::Grafana;
use tfplugin::testing::{Client, State};

use super::{FOR_EVER, run_on, simulated, texts};
use crate::managed_workspace_license::provider;

const LICENSE: &str = "grafana_enterprise_license";
const WORKSPACE: &str = "managed_workspace_license";

/// Both at once, within the time of a test.
async fn both(one: impl Future<Output = State>, other: impl Future<Output = State>) -> [State; 2] {
    let both = async { tokio::join!(one, other) };
    tokio::time::timeout(FOR_EVER, both).await.expect("no deadlock").into()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_install_one_license_at_once_and_remove_it_once() {
    let grafana = simulated(Generation::V12_1);
    let claims = LicenseClaims::for_instance(&grafana.root_url());
    let config = json!({ "token": grafana.issuer().mint(&claims).expect("can be signed") });
    let (one, other, none) = (run_on(&grafana).await, run_on(&grafana).await, State::none());
    let states = both(
        one.plan_and_apply(LICENSE, &none, config.clone()),
        other.plan_and_apply(LICENSE, &none, config.clone()),
    );
    let states = states.await;
    for state in &states {
        assert_eq!(texts(&state.diagnostics), [""; 0]);
        assert_eq!(state.value["license_id"], json!(claims.lid));
    }
    let (one, other) = (run_on(&grafana).await, run_on(&grafana).await);
    let gone = both(
        one.plan_and_apply(LICENSE, &states[0], Json::Null),
        other.plan_and_apply(LICENSE, &states[1], Json::Null),
    );
    for state in gone.await {
        assert!(state.value.is_null() && state.diagnostics.is_empty(), "{state:?}");
    }
    assert!(grafana.license().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_put_one_license_on_a_workspace_at_once_and_take_it_off_once() {
    let amazon = Amazon::start(Options { endpoint: Endpoint::Nowhere, ..Options::default() });
    let amazon = amazon.expect("starts");
    amazon.link_account(amazon.region());
    let run = async || {
        let client = Client::start(Grafana).await;
        assert_eq!(texts(&client.configure(provider(&amazon)).await), [""; 0]);
        client
    };
    let config = json!({ "workspace_id": amazon.workspace_id() });
    let (one, other, none) = (run().await, run().await, State::none());
    let states = both(
        one.plan_and_apply(WORKSPACE, &none, config.clone()),
        other.plan_and_apply(WORKSPACE, &none, config.clone()),
    );
    let states = states.await;
    let license = || amazon.workspace(amazon.workspace_id()).expect("is there").license_type;
    for state in &states {
        assert_eq!(texts(&state.diagnostics), [""; 0]);
        assert_eq!(state.value["license_type"], json!(license()));
    }
    let (one, other) = (run().await, run().await);
    let gone = both(
        one.plan_and_apply(WORKSPACE, &states[0], Json::Null),
        other.plan_and_apply(WORKSPACE, &states[1], Json::Null),
    );
    for state in gone.await {
        assert!(state.value.is_null() && state.diagnostics.is_empty(), "{state:?}");
    }
    assert_eq!(license(), None);
    let accepted = |operation| {
        amazon.calls().iter().filter(|it| it.operation == operation && it.status < 300).count()
    };
    assert_eq!(accepted(Operation::AssociateLicense), 1);
    assert_eq!(accepted(Operation::DisassociateLicense), 1);
}
