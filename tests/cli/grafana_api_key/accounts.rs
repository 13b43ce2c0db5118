//! Keys in service accounts: what is theirs, and what is somebody else's.

use simulator::faults::Fault;
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
        assert!(warnings.iter().any(|said| said.detail.contains("was not made for this key")), "{warnings:?}");
        assert_ne!(attributes(&workspace, "grafana_api_key.ci")["id"], format!("1:{token}"));
        assert_empty(&workspace);
        grafana.create_token(1, account, "other", None).expect("new");
        workspace.destroy().expect("destroys");
        assert_eq!(grafana.tokens(1, account).len(), 1);
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
        let refused = workspace.run_json(&["plan"]).expect("runs");
        let errors = refused.errors();
        assert!(errors[0].detail.contains("holds other tokens"), "{errors:?}");
        assert_eq!(errors[0].attribute(), Some("role"));
        write(&workspace, &key("Viewer"));
        let run = workspace.destroy().expect("destroys");
        assert!(run.warnings()[0].detail.contains("holds other tokens"), "{:?}", run.warnings());
        assert_eq!(grafana.tokens(1, account).len(), 1);
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
        assert!(run.errors()[0].detail.contains("without a token"), "{:?}", run.errors());
    }
}

cli_test! {
    fn what_does_not_answer_as_grafana_makes_no_service_account(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        let workspace = workspace(terraform, &grafana);
        write(&workspace, &key("Viewer"));
        grafana.faults().push(Fault::on("*", "/api/**").always().html(404));
        let run = workspace.run_json(&["apply", "-auto-approve"]).expect("runs");
        assert!(run.errors()[0].detail.contains("Is `url` right"), "{:?}", run.errors());
        assert_eq!(grafana.journal().count("POST", "/api/serviceaccounts"), 0);
    }
}

cli_test! {
    fn everything_but_the_role_replaces(terraform: &Terraform) {
        let grafana = grafana(Generation::V12_1);
        grafana.create_organization("Second").expect("new");
        let workspace = workspace(terraform, &grafana);
        let with = |name: &str, more: &str| {
            let text = format!("resource \"grafana_api_key\" \"ci\" {{\n  {name}\n  role = \"Viewer\"\n  {more}\n}}\n");
            write(&workspace, &text);
        };
        with("name = \"ci\"", "");
        workspace.apply().expect("applies");
        for (name, more) in [
            ("name = \"other\"", ""),
            ("name_prefix = \"other-\"", ""),
            ("name = \"ci\"", "seconds_to_live = 3600"),
            ("name = \"ci\"", "org_id = \"2\""),
        ] {
            with(name, more);
            let summary = workspace.plan().expect("plans").summary();
            assert_eq!(summary.replaces, ["grafana_api_key.ci"], "{name} {more}");
        }
    }
}
