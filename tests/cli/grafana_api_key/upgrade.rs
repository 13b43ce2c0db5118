use simulator::grafana::{Generation, Migration, Role};

use super::{assert_empty, attributes, grafana, workspace, write};

cli_test! {
    fn a_key_outlives_upgrades_of_grafana(terraform: &Terraform) {
        let grafana = grafana(Generation::V8_4);
        let workspace = workspace(terraform, &grafana);
        write(&workspace, "resource \"grafana_api_key\" \"ci\" {\n  name = \"ci\"\n  role = \"Viewer\"\n}\n");
        workspace.apply().expect("applies");
        let secret = attributes(&workspace, "grafana_api_key.ci")["key"].clone();
        for (generation, migration) in [
            (Generation::V9_4, Migration::NotYet),
            (Generation::V10_4, Migration::NotYet),
            (Generation::V11_3, Migration::AtStart),
            (Generation::V12_1, Migration::AtStart),
        ] {
            grafana.upgrade(generation, migration);
            assert_empty(&workspace);
        }
        workspace.apply().expect("applies");
        let key = attributes(&workspace, "grafana_api_key.ci");
        assert_eq!(key["key"], secret);
        assert_eq!(key["backend"], "service_account");
        workspace.destroy().expect("destroys");
        assert_eq!(grafana.service_accounts(1), []);
    }
}

const CI: &str = "resource \"grafana_api_key\" \"ci\" {\n  name = \"ci\"\n  role = \"Viewer\"\n}\n";

cli_test! {
    fn a_key_is_found_on_every_generation_migrated_or_not(terraform: &Terraform) {
        for (generation, migration) in [
            (Generation::V9_4, Migration::AtStart),
            (Generation::V10_4, Migration::AtStart),
            (Generation::V11_3, Migration::NotYet),
            (Generation::V11_3, Migration::AtStart),
            (Generation::V12_1, Migration::NotYet),
            (Generation::V12_1, Migration::AtStart),
        ] {
            let grafana = grafana(Generation::V8_4);
            let workspace = workspace(terraform, &grafana);
            write(&workspace, CI);
            workspace.apply().expect("applies");
            let before = attributes(&workspace, "grafana_api_key.ci");
            grafana.upgrade(generation, migration);
            assert_empty(&workspace);
            workspace.apply_with(&["-refresh-only"]).expect("refreshes");
            let mut expected = before;
            if migration == Migration::AtStart {
                expected["backend"] = "service_account".into();
                expected["service_account_id"] = grafana.service_accounts(1)[0].id.into();
            }
            assert_eq!(attributes(&workspace, "grafana_api_key.ci"), expected, "{generation}");
            if generation.lists_api_keys() || migration == Migration::AtStart {
                workspace.destroy().expect("destroys");
            } else {
                let run = workspace.run_json(&["destroy", "-auto-approve"]).expect("runs");
                assert!(run.errors()[0].detail.contains("migrate"), "{:?}", run.errors());
                grafana.migrate_api_keys(1);
                workspace.destroy().expect("destroys");
            }
            assert!(grafana.api_keys(1).is_empty() && grafana.service_accounts(1).is_empty(), "{generation}");
        }
    }
}

cli_test! {
    fn the_role_of_a_migrated_key_changes_in_place(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        let workspace = workspace(terraform, &grafana);
        write(&workspace, CI);
        workspace.apply().expect("applies");
        let secret = attributes(&workspace, "grafana_api_key.ci")["key"].clone();
        grafana.upgrade(Generation::V12_1, Migration::AtStart);
        write(&workspace, &CI.replace("Viewer", "Editor"));
        let plan = workspace.plan().expect("plans");
        assert_eq!(plan.summary().updates, ["grafana_api_key.ci"]);
        workspace.apply_plan(&plan).expect("applies");
        assert_eq!(attributes(&workspace, "grafana_api_key.ci")["key"], secret);
        assert_eq!(grafana.service_accounts(1)[0].role, Role::Editor);
        assert_empty(&workspace);
    }
}
