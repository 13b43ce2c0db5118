//! States that the provider has stored under another address: of another registry, a mirror, a fork.

use simulator::amazon::{self, Amazon};
use simulator::grafana::{Grafana, LicenseClaims, Options};
use terraform_provider_grafana::provider::ADDRESS;
use terraform_runner::{ProviderUnderTest, Terraform, Workspace};

const FORMER: [&str; 2] =
    ["registry.example.com/grafana-license/grafana", "registry.example.com/somebody/fork"];

/// One resource of each type, whose names end in `ending`.
fn configuration(provider: &str, token: &str, workspace: &str, ending: &str) -> String {
    format!(
        "resource \"grafana_api_key\" \"ci{ending}\" {{\n  provider = {provider}\n  name = \"ci\"\n  role = \"Viewer\"\n}}\n\
         resource \"grafana_enterprise_license\" \"this{ending}\" {{\n  provider = {provider}\n  token = \"{token}\"\n}}\n\
         resource \"managed_workspace_license\" \"main{ending}\" {{\n  provider = {provider}\n  workspace_id = \"{workspace}\"\n}}\n"
    )
}

fn moved(resource: &str) -> String {
    format!("moved {{\n  from = {resource}\n  to   = {resource}_here\n}}\n")
}

fn assert_moves_here(terraform: &Terraform, former: &str) {
    let grafana = Grafana::start(Options::default()).expect("starts");
    let amazon = Amazon::start(amazon::Options::default()).expect("starts");
    amazon.link_account(amazon.region());
    let binary = env!("CARGO_BIN_EXE_terraform-provider-grafana");
    let providers = [ADDRESS, former].map(|at| ProviderUnderTest::new(at, binary).expect("valid"));
    let mut workspace = Workspace::new(terraform, &providers).expect("a workspace");
    workspace.env("GRAFANA_URL", grafana.url()).env("GRAFANA_AUTH", "admin:admin");
    for (name, value) in amazon.exports() {
        workspace.env(name, value);
    }
    let required = format!(
        "terraform {{\n  required_providers {{\n    former = {{\n      source = \"{former}\"\n    }}\n    \
         grafana = {{\n      source = \"{ADDRESS}\"\n    }}\n  }}\n}}\n"
    );
    workspace.write("versions.tf", &required).expect("can be written");
    let token = grafana.issuer().mint(&LicenseClaims::for_instance(&grafana.root_url()));
    let token = token.expect("can be signed");
    let resources =
        |provider, ending| configuration(provider, &token, amazon.workspace_id(), ending);
    workspace.write("main.tf", &resources("former", "")).expect("can be written");
    workspace.apply().expect("applies");

    let here = resources("grafana", "_here");
    let from =
        ["grafana_api_key.ci", "grafana_enterprise_license.this", "managed_workspace_license.main"];
    let blocks: String = from.into_iter().map(moved).collect();
    workspace.write("main.tf", &(here.clone() + &blocks)).expect("can be written");
    let plan = workspace.plan().expect("plans");
    let summary = plan.summary();
    let changes = [&summary.creates, &summary.updates, &summary.deletes, &summary.replaces];
    assert!(changes.iter().all(|changes| changes.is_empty()), "{summary:?}");
    assert!(plan.ui.diagnostics.is_empty(), "{:?}", plan.ui.diagnostics);
    workspace.apply().expect("applies");
    workspace.write("main.tf", &here).expect("can be written");
    workspace.expect_no_changes().unwrap();
    let state = workspace.raw_state_file().expect("a state");
    assert!(state.contains(ADDRESS) && !state.contains(former), "{state}");
    workspace.destroy().expect("destroys");
    assert!(grafana.license().is_none(), "its private state came along");
}

cli_test! {
    needs(MovedAcrossTypes)
    fn a_state_of_another_registry_moves_here(terraform: &Terraform) {
        assert_moves_here(terraform, FORMER[0]);
    }
}

cli_test! {
    needs(MovedAcrossTypes)
    fn a_state_of_a_fork_moves_here(terraform: &Terraform) {
        assert_moves_here(terraform, FORMER[1]);
    }
}
