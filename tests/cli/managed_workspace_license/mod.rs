//! `managed_workspace_license` through the real Terraform, against a simulated Amazon Managed
//! Grafana.

mod bad_days;
mod life;
mod moved;
mod query;
mod sharing;
mod sign_in;

use std::time::Duration;

use simulator::amazon::{Amazon, Endpoint, Operation, Options};
use terraform_runner::{Terraform, Workspace};

/// Far beyond what anything here takes: a hang, and nothing else, is longer.
const LONG: Duration = Duration::from_secs(120);

/// A service with one workspace whose account is linked with Grafana Labs, and a directory with the
/// provider and an environment that lead there.
fn stage(terraform: &Terraform) -> (Amazon, Workspace) {
    let options = Options { endpoint: Endpoint::Nowhere, ..Options::default() };
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

/// How often an operation was called.
fn calls(amazon: &Amazon, operation: Operation) -> usize {
    amazon.calls().iter().filter(|call| call.operation == operation).count()
}
