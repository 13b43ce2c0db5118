//! One configuration, on every Grafana.

use serde_json::Value as Json;
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
                assert_eq!((accounts[0].name.as_str(), accounts[0].role), ("ci job", Role::Editor));
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
    fn the_role_changes_in_place_where_an_account_stands_behind_the_key(terraform: &Terraform) {
        for generation in [Generation::V10_4, Generation::V12_1] {
            let grafana = grafana(generation);
            let workspace = workspace(terraform, &grafana);
            write(&workspace, &key("Viewer"));
            workspace.apply().expect("applies");
            let secret = attributes(&workspace, "grafana_api_key.ci")["key"].clone();
            write(&workspace, &key("Editor"));
            let plan = workspace.plan().expect("plans");
            let replaces = !plan.summary().replaces.is_empty();
            assert_eq!(replaces, generation.makes_api_keys(), "{generation}");
            workspace.apply_plan(&plan).expect("applies");
            let key = attributes(&workspace, "grafana_api_key.ci");
            assert_eq!(key["key"] != secret, replaces, "{generation}");
            let roles = grafana.service_accounts(1).into_iter().map(|account| account.role);
            let roles: Vec<_> = grafana.api_keys(1).iter().map(|key| key.role).chain(roles).collect();
            assert_eq!(roles, [Role::Editor], "{generation}");
            assert_empty(&workspace);
        }
    }
}
