//! What a provider logs, and what it never does.

use serde_json::{Value as Json, json};
use tfplugin::proto::plugin::Empty;
use tfplugin::proto::plugin::grpc_controller_client::GrpcControllerClient;
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::proto::tfplugin6::*;

use super::calls::{configure, value};
use tfplugin::testing::host::{Started, command};

use super::programs::example;

/// What must be in no line.
const SECRETS: [&str; 4] = ["open-sesame", "pin-4711", "wo-4712", "cursed-pin-4713"];

/// Configures, applies, panics and ends; the lines of stderr.
async fn run(level: &str) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let mut command = command(&example("workshop"));
    command.env("TF_LOG_PROVIDER_WORKSHOP", level);
    let started = Started::with(command);
    let channel = started.channel().await;
    let mut provider = ProviderClient::new(channel.clone());
    let config = json!({ "directory": directory.path(), "password": SECRETS[0] });
    assert_eq!(configure(&mut provider, &config).await, []);
    std::fs::write(directory.path().join("chair.done"), "").unwrap();
    let chair =
        json!({ "name": "chair", "patient": false, "pin": SECRETS[1], "pin_wo": SECRETS[2] });
    assert_eq!(order(&mut provider, &chair).await, []);
    let cursed = json!({ "name": "chair", "patient": false, "cursed": true, "pin": SECRETS[3] });
    assert_eq!(order(&mut provider, &cursed).await[0].summary, "The provider has a bug");
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    let (status, stderr) = started.ended();
    assert!(status.success());
    stderr.lines().map(str::to_owned).collect()
}

async fn order(
    provider: &mut ProviderClient<tonic::transport::Channel>,
    config: &Json,
) -> Vec<Diagnostic> {
    let type_name = "workshop_order".to_owned();
    let request = plan_resource_change::Request {
        type_name: type_name.clone(),
        proposed_new_state: value(config),
        config: value(config),
        ..Default::default()
    };
    let planned = provider.plan_resource_change(request).await.unwrap().into_inner();
    assert_eq!(planned.diagnostics, []);
    let request = apply_resource_change::Request {
        type_name,
        planned_state: planned.planned_state,
        config: value(config),
        ..Default::default()
    };
    provider.apply_resource_change(request).await.unwrap().into_inner().diagnostics
}

#[tokio::test]
async fn lines_are_hclogs_and_hold_no_secret() {
    let lines = run("TRACE").await;
    let parsed: Vec<Json> =
        lines.iter().map(|line| serde_json::from_str(line).expect("one object a line")).collect();
    for line in &parsed {
        for key in ["@level", "@message", "@module", "@timestamp"] {
            assert!(line[key].is_string(), "{line}");
        }
        let module = line["@module"].as_str().unwrap();
        assert!(module.starts_with("tfplugin") || module.starts_with("workshop"), "{line}");
    }
    let answered = parsed
        .iter()
        .find(|line| line["tf_rpc"] == "ApplyResourceChange" && line["@message"] == "answered");
    let answered = answered.expect("every call is logged");
    assert_eq!(answered["tf_resource_type"], "workshop_order");
    assert_eq!(answered["tf_provider_addr"], "registry.terraform.io/example/workshop");
    assert!(answered["tf_req_id"].is_u64() && answered["duration_us"].is_u64(), "{answered}");
    assert!(parsed.iter().any(|line| line["@message"] == "panic in the provider"));
    let panicked = parsed.iter().find(|line| line["diagnostic_severity"].is_string());
    assert_eq!(panicked.unwrap()["tf_rpc"], "ApplyResourceChange");
    for secret in SECRETS {
        assert!(!lines.iter().any(|line| line.contains(secret)), "{secret} is logged");
    }
}

#[tokio::test]
async fn logs_that_nobody_reads_hold_nothing_up() {
    let mut command = command(&example("workshop"));
    command.env("TF_LOG_PROVIDER_WORKSHOP", "TRACE");
    let started = Started::with(command);
    let channel = started.channel().await;
    let mut provider = ProviderClient::new(channel.clone());
    // A pipe holds 64 KB.
    for _ in 0..1_000 {
        provider.get_metadata(get_metadata::Request {}).await.unwrap();
    }
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    let mut started = started;
    // It ends, though the last lines are read by nobody.
    assert!(started.child.wait().unwrap().success());
}

#[tokio::test]
async fn levels_are_kept_and_every_line_names_its_call() {
    let lines = run("WARN").await;
    assert!(!lines.is_empty());
    for line in lines {
        let line: Json = serde_json::from_str(&line).unwrap();
        assert!(line["@level"] == "warn" || line["@level"] == "error", "{line}");
        assert_eq!(line["tf_rpc"], "ApplyResourceChange", "{line}");
    }
    assert!(run("off").await.is_empty());
}
