//! Deleting a key and not the account of somebody else.

use simulator::grafana::{Generation, Role};

use super::{assert_empty, attributes, grafana, workspace, write};

fn key(role: &str) -> String {
    format!("resource \"grafana_api_key\" \"ci\" {{\n  name = \"ci\"\n  role = \"{role}\"\n}}\n")
}

cli_test! {
    fn an_imported_key_changes_is_replaced_and_goes_without_its_account(terraform: &Terraform) {
        let grafana = grafana(Generation::V12_1);
        let account = grafana.create_service_account(1, "ci", Role::Viewer).expect("new").id;
        let token = grafana.create_token(1, account, "ci", None).expect("new").id;
        let workspace = workspace(terraform, &grafana);
        write(&workspace, &key("Viewer"));
        workspace.import("grafana_api_key.ci", &format!("1:{token}")).expect("imports");
        assert_empty(&workspace);
        write(&workspace, &key("Editor"));
        let plan = workspace.plan().expect("plans");
        assert_eq!(plan.summary().updates, ["grafana_api_key.ci"]);
        workspace.apply_plan(&plan).expect("applies");
        assert_eq!(grafana.service_accounts(1)[0].role, Role::Editor);
        let run = workspace.apply_with(&["-replace=grafana_api_key.ci"]).expect("applies");
        let warnings = run.warnings();
        assert!(warnings.iter().any(|said| said.detail.contains("was not created for this key")), "{warnings:?}");
        assert_ne!(attributes(&workspace, "grafana_api_key.ci")["id"], format!("1:{token}"));
        assert_empty(&workspace);
        grafana.create_token(1, account, "other", None).expect("new");
        workspace.destroy().expect("destroys");
        assert_eq!(grafana.tokens(1, account).len(), 1);
    }
}
