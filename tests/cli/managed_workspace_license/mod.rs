//! `managed_workspace_license` through the real Terraform, against a simulated Amazon Managed
//! Grafana.

mod cancel;
mod certificates;
mod create;
mod data_source;
mod delete;
mod drift;
mod echo;
mod errors;
mod import;
mod lost_answers;
mod move_state;
mod plan;
mod query;
mod read;
mod replace;
mod secrets;
mod shared_slot;
mod sign_in;
mod sign_in_errors;
mod update;

use std::time::Duration;

use secrecy::ExposeSecret;
use simulator::amazon::{Amazon, Endpoint, Operation, Options};
use simulator::journal::Entry;
use terraform_runner::{Terraform, Workspace};

const ADDRESS: &str = "managed_workspace_license.main";

/// How an account is linked with Grafana Labs.
const LINKING: &str =
    "https://docs.aws.amazon.com/grafana/latest/userguide/AMG-workspace-register-enterprise.html";

/// Far beyond what anything here takes: a hang, and nothing else, is longer.
const LONG: Duration = Duration::from_secs(120);

/// A service with one workspace whose account is linked with Grafana Labs, and a directory with the
/// provider and an environment that lead there.
fn stage(terraform: &Terraform) -> (Amazon, Workspace) {
    stage_with(terraform, Options::default())
}

/// The same with these options. No workspace has a Grafana.
fn stage_with(terraform: &Terraform, options: Options) -> (Amazon, Workspace) {
    let options = Options { endpoint: Endpoint::Nowhere, ..options };
    let amazon = Amazon::start(options).expect("starts");
    amazon.link_account(amazon.region());
    let mut workspace = crate::setup::workspace(terraform);
    for (name, value) in amazon.exports() {
        workspace.env(name, value);
    }
    workspace.write("provider.tf", "provider \"grafana\" {}\n").expect("can be written");
    (amazon, workspace)
}

/// A block of the resource, named `name`, for the service's workspace, with these lines more.
fn license(amazon: &Amazon, name: &str, more: &str) -> String {
    format!(
        "resource \"managed_workspace_license\" \"{name}\" {{\n  provider     = grafana\n  workspace_id = \"{}\"\n{more}\n}}\n",
        amazon.workspace_id()
    )
}

/// How often the operation was called.
fn calls(amazon: &Amazon, operation: Operation) -> usize {
    amazon.calls().iter().filter(|call| call.operation == operation).count()
}

/// Waits until so many requests with this method have come.
fn wait_for(amazon: &Amazon, method: &str, requests: usize) {
    let came = |entries: &[Entry]| {
        entries.iter().filter(|entry| entry.method == method).count() >= requests
    };
    assert!(amazon.journal().wait_for(came, LONG));
}

fn has_license(amazon: &Amazon, id: &str) -> bool {
    amazon.workspace(id).unwrap().license_type.is_some()
}

/// A service whose account is not linked with Grafana Labs yet.
fn unlinked(terraform: &Terraform) -> (Amazon, Workspace) {
    let (_, mut workspace) = stage(terraform);
    let options = Options { endpoint: Endpoint::Nowhere, ..Options::default() };
    let amazon = Amazon::start(options).unwrap();
    for (name, value) in amazon.exports() {
        workspace.env(name, value);
    }
    (amazon, workspace)
}

fn plain(amazon: &Amazon, token: &str) -> String {
    license(amazon, "main", &format!("  grafana_token = \"{token}\""))
}

fn write_only(amazon: &Amazon, token: &str, version: u8) -> String {
    let lines =
        format!("  grafana_token_wo         = \"{token}\"\n  grafana_token_wo_version = {version}");
    license(amazon, "main", &lines)
}

/// The token that AWS has got.
fn token_at_aws(amazon: &Amazon) -> String {
    let workspace = amazon.workspace(amazon.workspace_id()).unwrap();
    workspace.grafana_token.expect("one").expose_secret().to_owned()
}
