//! `grafana_enterprise_license`, as users meet it.

mod around;
mod bad_days;
mod life_cycle;
mod never_without;
mod secrets;
mod stories;

use serde_json::Value as Json;
use simulator::grafana::{Grafana, LicenseClaims, Options};
use terraform_runner::{Terraform, Workspace};

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
        let plan = self.workspace.plan().expect("plans");
        assert!(plan.is_empty(), "{:?}", plan.ui.run);
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

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
