//! `grafana_enterprise_license`, as users meet it.

mod cancel;
mod clusters;
mod create;
mod data_source;
mod delete;
mod drift;
mod errors;
mod expiry;
mod function;
mod import;
mod plan;
mod query;
mod read;
mod renew;
mod replace;
mod secrets;
mod shared_slot;
mod update;
mod warnings;

use serde_json::Value as Json;
use simulator::grafana::{Grafana, Lag, LicenseClaims, Options};
use terraform_runner::{JsonRun, Terraform, Workspace};

use crate::setup::workspace;

const ADDRESS: &str = "grafana_enterprise_license.this";
const DAY: i64 = 86_400;

/// An instance, and a workspace whose provider is configured for it by the environment.
struct World {
    grafana: Grafana,
    workspace: Workspace,
}

impl World {
    fn with(terraform: &Terraform, options: Options) -> Self {
        let grafana = Grafana::start(options).expect("starts");
        let mut workspace = workspace(terraform);
        workspace.env("GRAFANA_URL", grafana.url());
        workspace.env("GRAFANA_AUTH", "admin:admin");
        World { grafana, workspace }
    }

    fn new(terraform: &Terraform) -> Self {
        Self::with(terraform, Options::default())
    }

    fn license(&self) -> LicenseClaims {
        LicenseClaims::for_instance(&self.grafana.root_url())
    }

    fn with_id(&self, id: &str) -> LicenseClaims {
        LicenseClaims { lid: Some(id.to_owned()), jti: Some(format!("t-{id}")), ..self.license() }
    }

    fn mint(&self, claims: &LicenseClaims) -> String {
        self.grafana.issuer().mint(claims).expect("can be signed")
    }

    /// The configuration of one license, with more lines in it.
    fn write_with(&self, claims: &LicenseClaims, more: &str) {
        let token = self.mint(claims);
        self.write(&format!(
            "resource \"grafana_enterprise_license\" \"this\" {{\n  token = \"{token}\"\n  {more}\n}}\n"
        ));
    }

    fn write(&self, text: &str) {
        self.workspace.write("main.tf", text).expect("can be written");
    }

    fn apply(&self) {
        self.workspace.apply().expect("applies");
    }

    fn assert_empty_plan(&self) {
        self.workspace.expect_no_changes().unwrap();
    }

    fn assert_no_drift(&self) {
        crate::setup::assert_no_drift(&self.workspace);
    }

    fn active(&self) -> Option<String> {
        self.grafana.license().and_then(|license| license.lid)
    }

    fn count(&self, method: &str) -> usize {
        self.grafana.journal().count(method, "/api/licensing/token")
    }

    fn state(&self) -> Json {
        self.workspace.state_attributes(ADDRESS).expect("a state").expect("the license")
    }
}

/// Nodes that never notice by themselves.
fn divided(nodes: usize) -> Options {
    Options { nodes, lag: Lag::Requests(1_000_000), ..Options::default() }
}

/// The block of a license with that name and token, with more lines in it.
fn block(name: &str, token: &str, more: &str) -> String {
    format!(
        "resource \"grafana_enterprise_license\" \"{name}\" {{\n  token = \"{token}\"\n  {more}\n}}\n"
    )
}

/// The summaries of a run's warnings, sorted: what Terraform does side by side it reports in any order.
fn warned(run: &JsonRun) -> Vec<&str> {
    let mut summaries: Vec<_> =
        run.warnings().iter().map(|warning| warning.summary.as_str()).collect();
    summaries.sort_unstable();
    summaries
}

/// That a change of the license says which license it replaces, and nothing else.
fn assert_only_replaces(run: &JsonRun) {
    let warnings = warned(run);
    assert!(!warnings.is_empty(), "it is told");
    assert!(
        warnings.iter().all(|warning| *warning == "This replaces another license"),
        "{warnings:?}"
    );
}

/// The one error of a command that fails, and the warnings beside it.
fn error(world: &World, command: &[&str]) -> String {
    let run = world.workspace.run_json(command).expect("runs");
    assert!(!run.success(), "{:?}", run.run);
    let errors = run.errors();
    assert_eq!(errors.len(), 1, "{errors:?}");
    let warnings = run.warnings();
    let found = errors.iter().chain(&warnings);
    found.map(|found| format!("{}: {}\n", found.summary, found.detail)).collect()
}

const APPLY: [&str; 2] = ["apply", "-auto-approve"];
const DESTROY: [&str; 3] = ["apply", "-auto-approve", "-destroy"];

/// Installs a license, or removes the one there is, so that only one node knows at once.
fn tell_one_node(grafana: &Grafana, token: Option<&str>) {
    use terraform_provider_grafana::grafana::{Auth, Client, Settings};
    let url = grafana.url().parse().expect("a URL");
    let auth = Auth::parse(&"admin:admin".into()).expect("a sign-in");
    let client = Client::new(&url, auth, &Settings::default()).expect("a client");
    let licensing = client.licensing().expect("a password");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    match token {
        Some(token) => runtime.block_on(licensing.install(&token.into())).expect("installed"),
        None => runtime.block_on(licensing.remove(&grafana.root_url())).expect("removed"),
    }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
