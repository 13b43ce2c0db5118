//! The role `None`, which service accounts have from Grafana 10.2 on.

use simulator::grafana::{Generation, Role};

use super::{assert_empty, attributes, grafana, workspace, write};

const KEY: &str = "resource \"grafana_api_key\" \"ci\" {\n  name = \"ci\"\n  role = \"None\"\n}\n";

cli_test! {
    fn a_key_has_no_role_where_grafana_has_that(terraform: &Terraform) {
        for generation in Generation::ALL {
            let grafana = grafana(generation);
            let workspace = workspace(terraform, &grafana);
            write(&workspace, KEY);
            if generation < Generation::V10_4 {
                let run = workspace.run_json(&["apply", "-auto-approve"]).expect("runs");
                let errors = run.errors();
                assert_eq!(errors.len(), 1, "{generation}: {errors:?}");
                assert_eq!(errors[0].summary, "Role None is not available");
                assert!(errors[0].detail.contains("10.2"), "{generation}: {errors:?}");
                assert!(grafana.service_accounts(1).is_empty() && grafana.api_keys(1).is_empty());
                continue;
            }
            workspace.apply().expect("applies");
            assert_eq!(grafana.service_accounts(1)[0].role, Role::None);
            assert_eq!(attributes(&workspace, "grafana_api_key.ci")["backend"], "service_account");
            assert_empty(&workspace);
            write(&workspace, &KEY.replace("None", "Viewer"));
            assert_eq!(workspace.plan().expect("plans").summary().updates, ["grafana_api_key.ci"]);
            workspace.destroy().expect("destroys");
        }
    }
}

cli_test! {
    fn an_import_with_generated_configuration_plans(terraform: &Terraform) {
        let grafana = grafana(Generation::V12_1);
        let mut imports = String::new();
        for (name, role) in [("nobody", Role::None), ("reader", Role::Viewer)] {
            let account = grafana.create_service_account(1, name, role).expect("new").id;
            let token = grafana.create_token(1, account, name, None).expect("new").id;
            imports += &format!("import {{\n  to = grafana_api_key.{name}\n  id = \"{token}\"\n}}\n");
        }
        let workspace = workspace(terraform, &grafana);
        write(&workspace, &imports);
        let plan = workspace.plan_with(&["-generate-config-out=generated.tf"]).expect("plans");
        let summary = plan.summary();
        assert!(summary.creates.is_empty() && summary.replaces.is_empty(), "{summary:?}");
        workspace.apply().expect("applies");
        assert_empty(&workspace);
        assert_eq!(attributes(&workspace, "grafana_api_key.nobody")["role"], "None");
    }
}
