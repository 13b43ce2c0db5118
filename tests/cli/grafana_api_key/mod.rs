//! `grafana_api_key` as its users meet it.

mod cancel;
mod condition;
mod create;
mod data_source;
mod delete;
mod delete_on_destroy;
pub mod ephemeral;
mod errors;
mod import;
mod lost_answers;
mod move_state;
mod plan;
mod query;
mod read;
mod requests;
mod role;
mod rotation;
mod update;
mod upgrade;

use std::time::{Duration, Instant};

use serde_json::Value as Json;
use simulator::grafana::{Generation, Grafana, Options};
use terraform_runner::{Terraform, Workspace};

use crate::setup;

/// A key for a day.
const ONE_DAY: &str = r#"
resource "grafana_api_key" "ci" {
  name            = "ci"
  role            = "Editor"
  seconds_to_live = 86400
}
"#;

pub fn grafana(generation: Generation) -> Grafana {
    Grafana::start(Options { generation, ..Options::default() }).expect("starts")
}

/// A workspace whose provider is configured for the simulated Grafana by the environment.
pub fn workspace(terraform: &Terraform, grafana: &Grafana) -> Workspace {
    let mut workspace = setup::workspace(terraform);
    sign_in(&mut workspace, grafana, "admin:admin");
    workspace
}

pub fn sign_in(workspace: &mut Workspace, grafana: &Grafana, auth: &str) {
    workspace.env("GRAFANA_URL", grafana.url()).env("GRAFANA_AUTH", auth);
}

pub fn write(workspace: &Workspace, text: &str) {
    workspace.write("main.tf", text).expect("can be written");
}

pub fn attributes(workspace: &Workspace, address: &str) -> Json {
    workspace.state_attributes(address).expect("a state").expect("is in the state")
}

/// Plans, and expects no change.
pub fn assert_empty(workspace: &Workspace) {
    let plan = workspace.expect_no_changes().unwrap();
    assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
}

/// Waits until a time is over by the clock, which is what the provider judges by.
fn wait_until_past(end: jiff::Timestamp) {
    while jiff::Timestamp::now() <= end {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// Waits until a condition holds.
fn until(condition: impl Fn() -> bool) {
    let give_up = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < give_up, "it does not happen");
        std::thread::sleep(Duration::from_millis(10));
    }
}
