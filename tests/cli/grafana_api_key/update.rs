//! The role changes in place where it is the key's own.

use simulator::grafana::{Generation, Role};

use super::{assert_empty, attributes, grafana, workspace, write};

fn key(role: &str) -> String {
    format!("resource \"grafana_api_key\" \"ci\" {{\n  name = \"ci\"\n  role = \"{role}\"\n}}\n")
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

cli_test! {
    fn an_account_of_its_own_stays_when_others_use_it(terraform: &Terraform) {
        let grafana = grafana(Generation::V12_1);
        let workspace = workspace(terraform, &grafana);
        write(&workspace, &key("Viewer"));
        workspace.apply().expect("applies");
        let account = grafana.service_accounts(1)[0].id;
        grafana.create_token(1, account, "other", None).expect("new");
        write(&workspace, &key("Editor"));
        let plan = workspace.plan().expect("plans");
        assert_eq!(plan.summary().replaces, ["grafana_api_key.ci"]);
        write(&workspace, &key("Viewer"));
        let run = workspace.destroy().expect("destroys");
        assert!(run.warnings()[0].detail.contains("holds other tokens"), "{:?}", run.warnings());
        assert_eq!(grafana.tokens(1, account).len(), 1);
    }
}
