//! After every apply a refresh finds nothing new, by the exit status that drift pipelines look at.

use simulator::amazon::{self, Amazon};
use simulator::grafana::{Generation, Grafana, LicenseClaims, Options};
use terraform_runner::{Terraform, Workspace};

use crate::setup::{assert_no_drift, workspace};

/// Applies each configuration after the other, and expects that a refresh changes nothing after any.
fn assert_stable(workspace: &Workspace, configurations: &[String]) {
    for configuration in configurations {
        workspace.write("main.tf", configuration).expect("can be written");
        workspace.apply().expect("applies");
        assert_no_drift(workspace);
        workspace
            .expect_no_changes()
            .unwrap_or_else(|changes| panic!("{configuration}: {changes}"));
        assert_no_drift(workspace);
    }
}

fn in_grafana(terraform: &Terraform, generation: Generation) -> (Grafana, Workspace) {
    let options = Options { generation, ..Options::default() };
    let grafana = Grafana::start(options).expect("starts");
    let mut workspace = workspace(terraform);
    workspace.env("GRAFANA_URL", grafana.url()).env("GRAFANA_AUTH", "admin:admin");
    (grafana, workspace)
}

fn key(label: &str, role: &str, more: &str) -> String {
    format!(
        "resource \"grafana_api_key\" \"{label}\" {{\n  name = \"{label}\"\n  role = \"{role}\"\n  {more}\n}}\n"
    )
}

cli_test! {
    fn keys_of_every_generation(terraform: &Terraform) {
        for generation in Generation::ALL {
            let (_grafana, workspace) = in_grafana(terraform, generation);
            let limited = key("limited", "Editor", "seconds_to_live = 86400");
            assert_stable(&workspace, &[
                key("ci", "Viewer", "") + &limited,
                key("ci", "Admin", "") + &limited,
                limited,
            ]);
        }
    }
}

cli_test! {
    fn licenses_of_an_instance(terraform: &Terraform) {
        let (grafana, workspace) = in_grafana(terraform, Generation::V12_1);
        let url = grafana.root_url();
        let token = |lid: &str| {
            let claims = LicenseClaims { lid: Some(lid.to_owned()), ..LicenseClaims::for_instance(&url) };
            grafana.issuer().mint(&claims).expect("can be signed")
        };
        let license = |label: &str, token: &str| {
            format!("resource \"grafana_enterprise_license\" \"{label}\" {{\n  token = \"{token}\"\n}}\n")
        };
        let (first, second) = (token("10001"), token("10002"));
        assert_stable(&workspace, &[
            license("this", &first),
            license("this", &first) + &license("other", &first),
            license("other", &first),
            license("other", &second),
        ]);
    }
}

cli_test! {
    fn licenses_of_a_workspace(terraform: &Terraform) {
        let amazon = Amazon::start(amazon::Options::default()).expect("starts");
        amazon.link_account(amazon.region());
        let mut workspace = workspace(terraform);
        for (name, value) in amazon.exports() {
            workspace.env(name, value);
        }
        let license = |label: &str, more: &str| {
            format!(
                "resource \"managed_workspace_license\" \"{label}\" {{\n  provider = grafana\n  workspace_id = \"{}\"\n  {more}\n}}\n",
                amazon.workspace_id()
            )
        };
        assert_stable(&workspace, &[
            license("this", ""),
            license("this", "") + &license("other", ""),
            license("other", ""),
            license("other", "grafana_token = \"labs-token-1\""),
        ]);
    }
}
