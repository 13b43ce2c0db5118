//! Keys for one run: stored nowhere, and gone afterwards, however it ends.

use std::time::Duration;

use simulator::faults::Fault;
use simulator::grafana::{Generation, Grafana};

use super::{grafana, workspace, write};

const LONG: Duration = Duration::from_secs(120);

/// A key for the run configures a second provider block, which makes another key.
const RUN: &str = r#"
ephemeral "grafana_api_key" "run" {
  name_prefix         = "run-"
  role                = "Admin"
  max_seconds_to_live = 600
}

provider "grafana" {
  alias = "run"
  auth  = ephemeral.grafana_api_key.run.key
}

resource "grafana_api_key" "made" {
  provider = grafana.run
  name     = "made"
  role     = "Viewer"
}
"#;

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
            write(&workspace, RUN);
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
        write(&workspace, RUN);
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
        write(&workspace, RUN);
        grafana.faults().push(Fault::on("POST", "/api/auth/keys").skip(2).hang());
        let running = workspace.spawn(&["apply", "-auto-approve"]).expect("starts");
        let hangs = |entries: &[simulator::journal::Entry]| {
            entries.iter().filter(|entry| entry.is("POST", "/api/auth/keys")).count() == 3
        };
        assert!(grafana.journal().wait_for(hangs, LONG));
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
        write(&workspace, RUN);
        grafana.faults().push(Fault::on("POST", "/api/auth/keys").skip(2).hang());
        let running = workspace.spawn(&["apply", "-auto-approve"]).expect("starts");
        let hangs = |entries: &[simulator::journal::Entry]| {
            entries.iter().filter(|entry| entry.is("POST", "/api/auth/keys")).count() == 3
        };
        assert!(grafana.journal().wait_for(hangs, LONG));
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
