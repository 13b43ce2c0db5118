//! `managed_workspace_license` through the real Terraform, against a simulated Amazon Managed
//! Grafana.

mod bad_days;
mod description;
mod early_ends;
mod finding;
mod life;
mod lost_answers;
mod moved;
mod patience;
mod presence;
mod query;
mod sharing;
mod sign_in;
mod sign_in_refused;
mod tokens;

use std::time::Duration;

use simulator::amazon::{Amazon, Endpoint, Operation, Options};
use simulator::journal::Entry;
use terraform_runner::{Terraform, Workspace};

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
