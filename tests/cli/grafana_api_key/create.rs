//! Creating a key, on every Grafana.

use serde_json::Value as Json;
use simulator::faults::Fault;
use simulator::grafana::{Generation, Role};

use super::{assert_empty, attributes, grafana, workspace, write};

const GENERATIONS: [Generation; 5] =
    [Generation::V8_4, Generation::V9_4, Generation::V10_4, Generation::V11_3, Generation::V12_1];

fn key(role: &str) -> String {
    format!(
        "resource \"grafana_api_key\" \"ci\" {{\n  name = \"ci job\"\n  role = \"{role}\"\n}}\n"
    )
}

cli_test! {
    fn a_key_lives_on_every_generation(terraform: &Terraform) {
        for generation in GENERATIONS {
            let grafana = grafana(generation);
            let workspace = workspace(terraform, &grafana);
            write(&workspace, &key("Editor"));
            workspace.apply().expect("applies");
            let key = attributes(&workspace, "grafana_api_key.ci");
            let accounts = grafana.service_accounts(1);
            if generation.makes_api_keys() {
                assert_eq!(key["backend"], "api_key", "{generation}");
                assert_eq!(key["service_account_id"], Json::Null, "{generation}");
                assert_eq!(grafana.api_keys(1).len(), 1, "{generation}");
                assert!(accounts.is_empty(), "{generation}: {accounts:?}");
            } else {
                assert_eq!(key["backend"], "service_account", "{generation}");
                assert_eq!(accounts.len(), 1, "{generation}: {accounts:?}");
                assert_eq!(key["service_account_id"], accounts[0].id, "{generation}");
                assert!(accounts[0].name.starts_with("ci job-terraform-"), "{accounts:?}");
                assert_eq!(accounts[0].role, Role::Editor, "{generation}");
                let tokens = grafana.tokens(1, accounts[0].id);
                assert_eq!((tokens.len(), tokens[0].name.as_str()), (1, "ci job"), "{generation}");
            }
            assert_empty(&workspace);
            workspace.destroy().expect("destroys");
            assert_eq!(grafana.api_keys(1), [], "{generation}");
            assert_eq!(grafana.service_accounts(1), [], "{generation}");
        }
    }
}

cli_test! {
    fn half_of_a_pair_is_never_left_silently(terraform: &Terraform) {
        let grafana = grafana(Generation::V12_1);
        let workspace = workspace(terraform, &grafana);
        write(&workspace, &key("Viewer"));
        let refused = || Fault::on("POST", "/api/serviceaccounts/*/tokens").always().status(403);
        grafana.faults().push(refused());
        workspace.apply().expect_err("fails");
        assert_eq!(grafana.service_accounts(1), []);
        grafana.faults().push(Fault::on("DELETE", "/api/serviceaccounts/*").always().status(403));
        let run = workspace.run_json(&["apply", "-auto-approve"]).expect("runs");
        let account = grafana.service_accounts(1)[0].id;
        let advice = format!("DELETE /api/serviceaccounts/{account}");
        assert!(run.errors()[0].detail.contains(&advice), "{:?}", run.errors());
        grafana.faults().clear();
        let run = workspace.run_json(&["apply", "-auto-approve"]).expect("runs");
        assert!(run.errors().is_empty(), "{:?}", run.errors());
        assert_eq!(attributes(&workspace, "grafana_api_key.ci")["service_account_id"], account);
    }
}
