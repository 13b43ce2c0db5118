//! What the framework takes of one key in a plan: each call of the protocol that Terraform makes for an unchanged key,
//! over a connection in this process, answered by the provider that does nothing.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use idle_provider::Idle;
use serde_json::json;
use tfplugin::proto::tfplugin6::*;
use tfplugin::testing::Client;
use tokio::runtime::Runtime;

const TYPE: &str = "grafana_api_key";

/// As Terraform stores an unchanged key.
fn stored() -> RawState {
    let state = json!({
        "id": "1:7", "org_id": "1", "name": "key-7", "name_prefix": null, "role": "Viewer",
        "seconds_to_live": null, "early_rotation_window_seconds": null, "delete_on_destroy": null,
        "key": "glsa_0123456789abcdefghijklmnopqrstuv_01234567", "expiration": null,
        "has_expired": false, "ready_for_rotation": false, "is_revoked": false,
        "is_disabled": false, "backend": "api_key", "service_account_id": null,
    });
    RawState { json: state.to_string().into_bytes(), ..RawState::default() }
}

fn calls(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let client = runtime.block_on(async {
        let client = Client::start(Idle).await;
        assert!(client.configure(json!({})).await.is_empty());
        client
    });
    let type_name = TYPE.to_owned();
    let upgrade =
        upgrade_resource_state::Request { type_name, version: 0, raw_state: Some(stored()) };
    let upgraded = runtime.block_on(client.rpcs().upgrade_resource_state(upgrade.clone()));
    let state = upgraded.expect("answers").into_inner().upgraded_state;

    criterion.bench_function("decode JSON, encode (UpgradeResourceState)", |bencher| {
        bencher.iter(|| {
            let mut rpcs = client.rpcs();
            let answer = runtime.block_on(rpcs.upgrade_resource_state(upgrade.clone()));
            black_box(answer.expect("answers"))
        });
    });

    let config = validate_resource_config::Request {
        type_name: TYPE.to_owned(),
        config: state.clone(),
        client_capabilities: None,
    };
    criterion.bench_function("decode, validate (ValidateResourceConfig)", |bencher| {
        bencher.iter(|| {
            let mut rpcs = client.rpcs();
            let answer = runtime.block_on(rpcs.validate_resource_config(config.clone()));
            black_box(answer.expect("answers"))
        });
    });

    let read = read_resource::Request {
        type_name: TYPE.to_owned(),
        current_state: state.clone(),
        ..Default::default()
    };
    criterion.bench_function("decode, read, encode (ReadResource)", |bencher| {
        bencher.iter(|| {
            let answer = runtime.block_on(client.rpcs().read_resource(read.clone()));
            black_box(answer.expect("answers"))
        });
    });

    let plan = plan_resource_change::Request {
        type_name: TYPE.to_owned(),
        prior_state: state.clone(),
        proposed_new_state: state.clone(),
        config: state,
        ..Default::default()
    };
    criterion.bench_function("decode, plan, encode (PlanResourceChange)", |bencher| {
        bencher.iter(|| {
            let answer = runtime.block_on(client.rpcs().plan_resource_change(plan.clone()));
            black_box(answer.expect("answers"))
        });
    });
}

criterion_group!(benches, calls);
criterion_main!(benches);
