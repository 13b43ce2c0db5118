//! The suites that users run with `terraform test` on what they have, here on the simulators.

use std::fs;
use std::path::Path;

use simulator::amazon::{self, Amazon};
use simulator::grafana::{Generation, Grafana, MAIN_ORGANIZATION, Options};
use terraform_provider_grafana::provider::ADDRESS;
use terraform_runner::{ProviderUnderTest, Release, Terraform, Workspace};

#[test]
fn api_keys_where_grafana_makes_them() {
    let grafana = grafana(Generation::V10_4);
    suite("api_key", &environment(&grafana));
    assert!(grafana.api_keys(MAIN_ORGANIZATION).is_empty(), "a key is left behind");
}

#[test]
fn api_keys_where_grafana_makes_service_accounts() {
    let grafana = grafana(Generation::V12_1);
    suite("api_key", &environment(&grafana));
    assert!(grafana.service_accounts(MAIN_ORGANIZATION).is_empty(), "an account is left behind");
}

#[test]
fn enterprise_licenses() {
    let grafana = grafana(Generation::V12_1);
    let mut environment = environment(&grafana);
    let token = grafana.mint_license().expect("a license");
    environment.push(("TF_VAR_license_token".to_owned(), token));
    suite("enterprise_license", &environment);
    assert_eq!(grafana.license(), None, "a license is left behind");
}

#[test]
fn workspace_licenses() {
    let amazon = Amazon::start(amazon::Options::default()).expect("Amazon starts");
    let mut environment = amazon.exports();
    environment.push(("TF_VAR_workspace_id".to_owned(), amazon.workspace_id().to_owned()));
    environment.push(("TF_VAR_grafana_labs_token".to_owned(), "a-token".to_owned()));
    suite("workspace_license", &environment);
    let workspace = amazon.workspace(amazon.workspace_id()).expect("a workspace");
    assert_eq!(workspace.license_type, None, "a license is left behind");
}

fn grafana(generation: Generation) -> Grafana {
    Grafana::start(Options { generation, ..Options::default() }).expect("Grafana starts")
}

fn environment(grafana: &Grafana) -> Vec<(String, String)> {
    let variables = [("GRAFANA_URL", grafana.url()), ("GRAFANA_AUTH", "admin:admin".to_owned())];
    variables.map(|(name, value)| (name.to_owned(), value)).to_vec()
}

/// Runs `terraform test` in that directory, and wants every run to pass.
fn suite(name: &str, environment: &[(String, String)]) {
    for terraform in programs() {
        suite_with(&terraform, name, environment);
    }
}

/// The newest Terraform, and what is installed, OpenTofu too: its test language is not quite the same.
fn programs() -> Vec<Terraform> {
    let newest = Terraform::fetched(Release::NEWEST).expect("Terraform can be fetched");
    let mut programs = Terraform::installed().expect("what is installed runs");
    programs.push(newest);
    programs
}

fn suite_with(terraform: &Terraform, name: &str, environment: &[(String, String)]) {
    let binary = env!("CARGO_BIN_EXE_terraform-provider-grafana");
    let provider = ProviderUnderTest::new(ADDRESS, binary).expect("a valid address");
    let mut workspace = Workspace::new(terraform, &[provider]).expect("a workspace");
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/acceptance").join(name);
    for entry in fs::read_dir(directory).expect("a suite") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a file");
        workspace.write(path.file_name().expect("a name"), &text).expect("can be written");
    }
    for (name, value) in environment {
        workspace.env(name, value);
    }
    let run = workspace.run(&["test"]).expect("Terraform runs");
    assert!(run.success() && run.stdout.contains(" 0 failed"), "{run}");
}
