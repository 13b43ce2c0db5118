//! Requests whose answer is lost, and names that are taken.

use simulator::faults::Fault;
use simulator::grafana::{Generation, Grafana, Role};
use simulator::journal::Entry;
use terraform_runner::Terraform;

use super::{assert_empty, attributes, grafana, workspace, write};

const KEY: &str = "resource \"grafana_api_key\" \"ci\" {\n  name = \"ci\"\n  role = \"Admin\"\n}\n";
const GENERATED: &str =
    "resource \"grafana_api_key\" \"ci\" {\n  name_prefix = \"ci\"\n  role = \"Admin\"\n}\n";

/// The ids of all keys, wherever they are.
fn ids(grafana: &Grafana) -> Vec<i64> {
    let accounts = grafana.service_accounts(1).into_iter();
    let tokens = accounts.flat_map(|account| grafana.tokens(1, account.id));
    grafana.api_keys(1).into_iter().chain(tokens).map(|key| key.id).collect()
}

/// Applies while an answer to `POST` of `path` is lost; one key is there then, and nothing else.
fn assert_one_key(terraform: &Terraform, generation: Generation, path: &str, key: &str) {
    let on = || Fault::on("POST", path);
    for fault in [on().reset_after(), on().status(502).carried_out()] {
        let said = format!("{generation} {fault}");
        let grafana = grafana(generation);
        let mut workspace = workspace(terraform, &grafana);
        write(&workspace, key);
        grafana.faults().push(fault);
        workspace.apply().expect("applies");
        assert_eq!(grafana.faults().unused(), [] as [String; 0], "{said}");
        let key = attributes(&workspace, "grafana_api_key.ci");
        let ids = ids(&grafana);
        assert_eq!(ids.len(), 1, "{said}");
        assert_eq!(key["id"], format!("1:{}", ids[0]), "{said}");
        assert_eq!(grafana.service_accounts(1).len(), usize::from(!generation.makes_api_keys()));
        assert_empty(&workspace);
        // The secret in the state is that of the key that is left.
        workspace.env("GRAFANA_AUTH", key["key"].as_str().expect("a key"));
        grafana.journal().clear();
        assert_empty(&workspace);
        let entries = grafana.journal().entries();
        let opens =
            |entry: &Entry| entry.who.starts_with("token ci") && entry.status() == Some(200);
        assert!(!entries.is_empty() && entries.iter().all(opens), "{said}: {entries:?}");
    }
}

cli_test! {
    fn a_lost_api_key_with_a_generated_name_is_deleted_and_created_again(terraform: &Terraform) {
        for generation in [Generation::V8_4, Generation::V10_4] {
            assert_one_key(terraform, generation, "/api/auth/keys", GENERATED);
        }
    }
}

cli_test! {
    fn a_lost_service_account_or_token_is_created_again(terraform: &Terraform) {
        for path in ["/api/serviceaccounts", "/api/serviceaccounts/*/tokens"] {
            assert_one_key(terraform, Generation::V12_1, path, KEY);
        }
    }
}

cli_test! {
    fn what_may_be_left_is_reported_with_how_to_delete_it(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        let workspace = workspace(terraform, &grafana);
        write(&workspace, KEY);
        grafana.faults().push(Fault::on("POST", "/api/auth/keys").reset_after());
        let blind = Fault::on("GET", "/api/auth/keys").skip(1).always().status(503);
        grafana.faults().push(blind);
        let run = workspace.run_json(&["apply", "-auto-approve"]).expect("runs");
        let errors = run.errors();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].detail.contains("DELETE /api/auth/keys/ID"), "{}", errors[0].detail);
        assert_eq!(grafana.journal().count("POST", "/api/auth/keys"), 1);
    }
}

cli_test! {
    fn a_name_that_is_taken_offers_import(terraform: &Terraform) {
        for (generation, lost) in
            [(Generation::V9_4, false), (Generation::V9_4, true), (Generation::V12_1, false)]
        {
            let grafana = grafana(generation);
            if generation.makes_api_keys() {
                grafana.create_api_key(1, "ci", Role::Admin, None).expect("new");
            } else {
                let account = grafana.create_service_account(1, "ci", Role::Admin).expect("new");
                grafana.create_token(1, account.id, "ci", None).expect("new");
            }
            if lost {
                grafana.faults().push(Fault::on("POST", "/api/auth/keys").reset_after().always());
            }
            let workspace = workspace(terraform, &grafana);
            write(&workspace, KEY);
            let before = ids(&grafana);
            let run = workspace.run_json(&["apply", "-auto-approve"]).expect("runs");
            let errors = run.errors();
            assert_eq!(errors.len(), 1, "{errors:?}");
            let detail = &errors[0].detail;
            assert!(detail.contains("terraform import"), "{generation}: {detail}");
            assert_eq!(ids(&grafana), before, "{generation}");
            assert_eq!(grafana.faults().unused(), [] as [String; 0]);
            grafana.faults().clear();
            workspace.import("grafana_api_key.ci", &before[0].to_string()).expect("imports");
            assert_empty(&workspace);
        }
    }
}
