//! Keys for one run: stored nowhere, and gone afterwards, however it ends.

use std::time::Duration;

use simulator::faults::Fault;
use simulator::grafana::{Generation, Grafana};

use terraform_runner::{ProviderUnderTest, Workspace};

use super::{grafana, sign_in, until, workspace, write};

const LONG: Duration = Duration::from_secs(120);

/// A key for the run, which signs in a second provider block that makes another key.
const RUN: &str = r#"
ephemeral "grafana_api_key" "run" {
  name_prefix     = "run-"
  role            = "Admin"
  seconds_to_live = 600
}

provider "grafana" {
  alias = "run"
  url   = "URL"
  auth  = ephemeral.grafana_api_key.run.key
}

resource "grafana_api_key" "made" {
  provider        = grafana.run
  name            = "made"
  role            = "Viewer"
  seconds_to_live = 86400
}
"#;

pub fn run(grafana: &Grafana) -> String {
    RUN.replace("URL", &grafana.url())
}

/// Another provider that is configured with the key, and a write-only attribute that is given it.
const ELSEWHERE: &str = r#"
terraform {
  required_providers {
    other = {
      source = "example/other"
    }
  }
}

ephemeral "grafana_api_key" "run" {
  name_prefix     = "run-"
  role            = "Admin"
  seconds_to_live = 600
}

provider "other" {
  auth = ephemeral.grafana_api_key.run.key
}

resource "grafana_api_key" "made" {
  provider = other
  name     = "made"
  role     = "Viewer"
}

resource "managed_workspace_license" "this" {
  provider                 = grafana
  workspace_id             = "WORKSPACE"
  grafana_token_wo         = substr(ephemeral.grafana_api_key.run.key, 0, 36)
  grafana_token_wo_version = 1
}
"#;

/// Waits until at least so many requests of that kind have come.
fn wait_for(grafana: &Grafana, count: usize, method: &str, path: &str) {
    let came = |entries: &[simulator::journal::Entry]| {
        entries.iter().filter(|entry| entry.is(method, path)).count() >= count
    };
    assert!(grafana.journal().wait_for(came, LONG));
}

fn left(grafana: &Grafana) -> Vec<String> {
    let accounts = grafana.service_accounts(1).into_iter();
    let tokens = accounts.flat_map(|account| grafana.tokens(1, account.id));
    let keys = grafana.api_keys(1).into_iter().chain(tokens).map(|key| key.name);
    keys.filter(|name| name.starts_with("run-")).collect()
}

cli_test! {
    needs(Ephemeral)
    fn a_run_leaves_no_key_and_no_secret(terraform: &Terraform) {
        for generation in [Generation::V9_4, Generation::V12_1] {
            let grafana = grafana(generation);
            let workspace = workspace(terraform, &grafana);
            write(&workspace, &run(&grafana));
            workspace.apply().expect("applies");
            assert_eq!(left(&grafana), [] as [String; 0]);
            let state = workspace.raw_state_file().expect("a state");
            assert!(state.contains("\"made\"") && !state.contains("run-"), "{state}");
            assert!(grafana.journal().entries().iter().any(|entry| entry.who.starts_with("token run-")));
            workspace.destroy().expect("destroys");
            assert_eq!(left(&grafana), [] as [String; 0]);
            assert!(grafana.service_accounts(1).is_empty() && grafana.api_keys(1).is_empty());
        }
    }
}

cli_test! {
    needs(Ephemeral)
    fn a_failed_apply_leaves_no_key(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        let workspace = workspace(terraform, &grafana);
        write(&workspace, &run(&grafana));
        let plan = workspace.plan().expect("plans");
        grafana.journal().clear();
        // The first key is the run's own.
        grafana.faults().push(Fault::on("POST", "/api/auth/keys").skip(1).always().status(403));
        workspace.apply_plan(&plan).expect_err("fails");
        assert_eq!(grafana.journal().count("POST", "/api/auth/keys"), 2);
        assert_eq!(left(&grafana), [] as [String; 0]);
    }
}

cli_test! {
    needs(Ephemeral)
    fn ctrl_c_leaves_no_key(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        let workspace = workspace(terraform, &grafana);
        write(&workspace, &run(&grafana));
        grafana.faults().push(Fault::on("POST", "/api/auth/keys").skip(2).hang());
        let running = workspace.spawn(&["apply", "-auto-approve"]).expect("starts");
        wait_for(&grafana, 3, "POST", "/api/auth/keys");
        running.interrupt_group().expect("is interrupted");
        grafana.faults().release();
        running.wait().expect("ends");
        assert_eq!(left(&grafana), [] as [String; 0]);
    }
}

cli_test! {
    needs(Ephemeral)
    fn a_killed_run_leaves_a_key_that_ends(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        let workspace = workspace(terraform, &grafana);
        write(&workspace, &run(&grafana));
        grafana.faults().push(Fault::on("POST", "/api/auth/keys").skip(2).hang());
        let running = workspace.spawn(&["apply", "-auto-approve"]).expect("starts");
        wait_for(&grafana, 3, "POST", "/api/auth/keys");
        for provider in running.providers().expect("runs") {
            provider.kill().expect("is killed");
        }
        grafana.faults().release();
        running.wait().expect("ends");
        let keys = grafana.api_keys(1);
        let open: Vec<_> = keys.iter().filter(|key| key.name.starts_with("run-")).collect();
        assert_eq!(open.len(), 1, "{keys:?}");
        assert!(open[0].expires.is_some());
    }
}

cli_test! {
    needs(Ephemeral, WriteOnly)
    fn a_key_configures_another_provider_and_fills_a_write_only_attribute(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        let options = simulator::amazon::Options {
            endpoint: simulator::amazon::Endpoint::Nowhere,
            ..Default::default()
        };
        let amazon = simulator::amazon::Amazon::start(options).expect("starts");
        let binary = env!("CARGO_BIN_EXE_terraform-provider-grafana");
        let other = "registry.terraform.io/example/other";
        let providers = [terraform_provider_grafana::provider::ADDRESS, other]
            .map(|address| ProviderUnderTest::new(address, binary).expect("an address"));
        let mut workspace = Workspace::new(terraform, &providers).expect("a workspace");
        sign_in(&mut workspace, &grafana, "admin:admin");
        for (name, value) in amazon.exports() {
            workspace.env(name, value);
        }
        let source = terraform_provider_grafana::provider::ADDRESS;
        let grafana_too = format!("required_providers {{\n    grafana = {{\n      source = \"{source}\"\n    }}");
        let text = ELSEWHERE.replace("required_providers {", &grafana_too);
        write(&workspace, &text.replace("WORKSPACE", amazon.workspace_id()));
        workspace.apply().expect("applies");
        let state = workspace.raw_state_file().expect("a state");
        let sent = amazon.workspace(amazon.workspace_id()).and_then(|it| it.grafana_token).expect("a token");
        let sent = secrecy::ExposeSecret::expose_secret(&sent).to_owned();
        assert!(!sent.is_empty() && !state.contains(&sent), "{state}");
        assert_eq!(left(&grafana), [] as [String; 0]);
        assert!(grafana.journal().entries().iter().any(|entry| entry.who.starts_with("token run-")));
    }
}

cli_test! {
    needs(Ephemeral)
    fn opening_that_fails_leaves_nothing(terraform: &Terraform) {
        let grafana = grafana(Generation::V12_1);
        let workspace = workspace(terraform, &grafana);
        write(&workspace, &run(&grafana));
        let tokens = "/api/serviceaccounts/*/tokens";
        grafana.faults().push(Fault::on("POST", tokens).always().status(403));
        workspace.apply().expect_err("fails");
        assert!(grafana.journal().count("POST", tokens) > 0);
        assert_eq!(grafana.service_accounts(1), []);
    }
}

cli_test! {
    needs(Ephemeral)
    fn a_slow_grafana_is_waited_for_when_a_run_fails(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        let workspace = workspace(terraform, &grafana);
        write(&workspace, &run(&grafana));
        let plan = workspace.plan().expect("plans");
        grafana.faults().push(Fault::on("POST", "/api/auth/keys").skip(1).always().status(403));
        grafana.faults().push(Fault::on("DELETE", "/api/auth/keys/*").delay(Duration::from_secs(6)));
        workspace.apply_plan(&plan).expect_err("fails");
        assert_eq!(left(&grafana), [] as [String; 0]);
    }
}

cli_test! {
    needs(Ephemeral)
    fn a_killed_terraform_leaves_no_key(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        let workspace = workspace(terraform, &grafana);
        write(&workspace, &run(&grafana));
        grafana.faults().push(Fault::on("POST", "/api/auth/keys").skip(2).hang());
        let running = workspace.spawn(&["apply", "-auto-approve"]).expect("starts");
        wait_for(&grafana, 3, "POST", "/api/auth/keys");
        assert_eq!(left(&grafana).len(), 1);
        running.kill().expect("is killed");
        running.wait().expect("ends");
        grafana.faults().release();
        wait_for(&grafana, 2, "DELETE", "/api/auth/keys/*");
        until(|| left(&grafana).is_empty());
    }
}
