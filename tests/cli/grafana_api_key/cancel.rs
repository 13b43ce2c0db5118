//! Terraform is interrupted or killed while a key is created.

use std::time::Duration;

use simulator::faults::Fault;
use simulator::grafana::{Generation, Grafana};

use terraform_runner::{Running, Terraform, Workspace};

use super::{assert_empty, grafana, until, workspace, write};

const KEY: &str =
    "resource \"grafana_api_key\" \"ci\" {\n  name_prefix = \"ci\"\n  role = \"Admin\"\n}\n";

fn is_empty(grafana: &Grafana) -> bool {
    grafana.api_keys(1).is_empty() && grafana.service_accounts(1).is_empty()
}

/// An apply that waits for Grafana to answer this POST.
fn hanging(
    terraform: &Terraform,
    generation: Generation,
    path: &str,
) -> (Grafana, Workspace, Running) {
    let grafana = grafana(generation);
    let workspace = workspace(terraform, &grafana);
    write(&workspace, KEY);
    grafana.faults().push(Fault::on("POST", path).hang());
    let running = workspace.spawn(&["apply", "-auto-approve"]).expect("starts");
    until(|| grafana.journal().count("POST", path) > 0);
    (grafana, workspace, running)
}

cli_test! {
    fn a_killed_terraform_leaves_no_key(terraform: &Terraform) {
        for (generation, path) in [
            (Generation::V9_4, "/api/auth/keys"),
            (Generation::V12_1, "/api/serviceaccounts/*/tokens"),
        ] {
            let (grafana, _workspace, running) = hanging(terraform, generation, path);
            running.kill().expect("is killed");
            running.wait().expect("ends");
            grafana.faults().release();
            until(|| grafana.journal().count("DELETE", "/api/**") > 0 && is_empty(&grafana));
        }
    }
}

cli_test! {
    fn a_second_ctrl_c_leaves_no_key(terraform: &Terraform) {
        let (grafana, _workspace, running) = hanging(terraform, Generation::V9_4, "/api/auth/keys");
        running.interrupt_group().expect("is interrupted");
        running.interrupt_group().expect("is interrupted");
        running.wait().expect("ends");
        grafana.faults().release();
        until(|| is_empty(&grafana));
    }
}

cli_test! {
    fn one_ctrl_c_keeps_the_key_that_is_created(terraform: &Terraform) {
        let (grafana, workspace, running) = hanging(terraform, Generation::V9_4, "/api/auth/keys");
        running.interrupt_group().expect("is interrupted");
        grafana.faults().release();
        running.wait().expect("ends");
        assert_eq!(grafana.api_keys(1).len(), 1);
        assert_empty(&workspace);
    }
}

cli_test! {
    fn what_a_killed_provider_leaves_is_taken_up(terraform: &Terraform) {
        for (path, accounts) in [("/api/serviceaccounts", 1), ("/api/serviceaccounts/*/tokens", 1)] {
            let grafana = grafana(Generation::V12_1);
            let workspace = workspace(terraform, &grafana);
            let key = "resource \"grafana_api_key\" \"ci\" {\n  name = \"ci\"\n  role = \"Admin\"\n}\n";
            write(&workspace, key);
            // The request after this one never comes.
            grafana.faults().push(Fault::on("POST", path).reset_before().delay(Duration::from_secs(60)));
            let running = workspace.spawn(&["apply", "-auto-approve"]).expect("starts");
            until(|| grafana.journal().count("POST", path) > 0);
            for provider in running.providers().expect("runs") {
                provider.kill().expect("is killed");
            }
            running.wait().expect("ends");
            grafana.faults().clear();
            workspace.apply().expect("applies");
            assert_eq!(grafana.service_accounts(1).len(), accounts, "{path}");
            assert_empty(&workspace);
            workspace.destroy().expect("destroys");
            assert!(is_empty(&grafana), "{path}");
        }
    }
}
