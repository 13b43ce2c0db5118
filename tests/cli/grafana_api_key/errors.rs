//! What does not answer as Grafana does.

use simulator::faults::Fault;
use simulator::grafana::Generation;

use super::{grafana, workspace, write};

fn key(role: &str) -> String {
    format!("resource \"grafana_api_key\" \"ci\" {{\n  name = \"ci\"\n  role = \"{role}\"\n}}\n")
}

cli_test! {
    fn what_does_not_answer_as_grafana_makes_no_service_account(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        let workspace = workspace(terraform, &grafana);
        write(&workspace, &key("Viewer"));
        grafana.faults().push(Fault::on("*", "/api/**").always().html(404));
        let run = workspace.run_json(&["apply", "-auto-approve"]).expect("runs");
        assert!(run.errors()[0].detail.contains("Check `url`"), "{:?}", run.errors());
        assert_eq!(grafana.journal().count("POST", "/api/serviceaccounts"), 0);
    }
}
