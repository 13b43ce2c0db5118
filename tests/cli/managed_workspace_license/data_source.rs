//! The data source `managed_workspace`.

use simulator::amazon::{Amazon, Endpoint, NewWorkspace};
use terraform_runner::{Diagnostic, Terraform, Workspace};

use super::{license, stage};

const ADDRESS: &str = "data.managed_workspace.main";

/// A block of the data source with these lines.
fn data(lines: &str) -> String {
    format!("data \"managed_workspace\" \"main\" {{\n  provider = grafana\n{lines}\n}}\n")
}

/// A service with workspaces `metrics`, `logs`, and twice `traces`, besides its first one.
fn several(terraform: &Terraform) -> (Amazon, Workspace, [String; 4]) {
    let (amazon, workspace) = stage(terraform);
    let ids = ["metrics", "logs", "traces", "traces"].map(|name| add(&amazon, name, "us-east-1"));
    (amazon, workspace, ids)
}

fn add(amazon: &Amazon, name: &str, region: &str) -> String {
    let new = NewWorkspace::named(name).endpoint(Endpoint::Nowhere).region(region);
    amazon.create_workspace(new.tag("kind", name)).unwrap()
}

/// The only error of a plan.
fn error(workspace: &Workspace, block: &str) -> Diagnostic {
    workspace.write("main.tf", block).unwrap();
    let plan = workspace.run_json(&["plan"]).unwrap();
    let errors = plan.errors();
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors[0].clone()
}

cli_test! {
    fn a_workspace_is_found_by_id_and_by_name(terraform: &Terraform) {
        let (amazon, workspace, [metrics, logs, ..]) = several(terraform);
        amazon.change_workspace(&metrics, |w| w.grafana_token = Some("labs-token".to_owned().into()));
        for (lines, id, name) in [
            (format!("  workspace_id = \"{metrics}\""), &metrics, "metrics"),
            ("  name = \"metrics\"".to_owned(), &metrics, "metrics"),
            ("  name = \"logs\"".to_owned(), &logs, "logs"),
        ] {
            workspace.write("main.tf", &data(&lines)).unwrap();
            workspace.apply().unwrap();
            let found = workspace.state_attributes(ADDRESS).unwrap().expect("is read");
            assert_eq!((&found["workspace_id"], &found["name"]), (&id.as_str().into(), &name.into()));
            assert_eq!(found["region"], "us-east-1");
            assert_eq!(found["workspace"]["tags"]["kind"], name);
            assert!(found["workspace"]["grafana_token"].is_null());
        }
        assert!(!workspace.raw_state_file().unwrap().contains("labs-token"));
    }
}

cli_test! {
    fn a_workspace_is_found_in_its_own_region(terraform: &Terraform) {
        let (amazon, workspace, _) = several(terraform);
        let id = add(&amazon, "metrics", "eu-central-1");
        let lines = "  name   = \"metrics\"\n  region = \"eu-central-1\"";
        workspace.write("main.tf", &data(lines)).unwrap();
        workspace.apply().unwrap();
        let found = workspace.state_attributes(ADDRESS).unwrap().expect("is read");
        assert_eq!((&found["workspace_id"], &found["region"]), (&id.as_str().into(), &"eu-central-1".into()));
    }
}

cli_test! {
    fn a_name_that_several_have_is_told_with_their_ids(terraform: &Terraform) {
        let (_amazon, workspace, [.., one, other]) = several(terraform);
        let error = error(&workspace, &data("  name = \"traces\""));
        assert_eq!(error.address.as_deref(), Some(ADDRESS));
        assert_eq!(error.attribute(), Some("name"), "{error:?}");
        for part in [&one, &other, "us-east-1", "`workspace_id`"] {
            assert!(error.detail.contains(part), "{part}: {error:?}");
        }
    }
}

cli_test! {
    fn a_name_that_nobody_has_is_told_with_those_there_are(terraform: &Terraform) {
        let (amazon, workspace, _) = several(terraform);
        add(&amazon, "alerts", "eu-central-1");
        let error = error(&workspace, &data("  name = \"alerts\""));
        assert_eq!(error.attribute(), Some("name"), "{error:?}");
        for part in ["us-east-1", "logs, metrics, simulator, traces", "`region`"] {
            assert!(error.detail.contains(part), "{part}: {error:?}");
        }
    }
}

cli_test! {
    fn an_id_that_nobody_has_is_told_at_its_attribute(terraform: &Terraform) {
        let (_amazon, workspace, _) = several(terraform);
        let error = error(&workspace, &data("  workspace_id = \"g-ffffffffff\""));
        assert_eq!(error.attribute(), Some("workspace_id"), "{error:?}");
        assert!(error.detail.contains("g-ffffffffff") && error.detail.contains("us-east-1"), "{error:?}");
    }
}

cli_test! {
    fn one_of_workspace_id_and_name_is_needed(terraform: &Terraform) {
        let (_amazon, workspace, [metrics, ..]) = several(terraform);
        let neither = error(&workspace, &data(""));
        assert!(neither.detail.contains("Set one of workspace_id, name."), "{neither:?}");
        let both = error(&workspace, &data(&format!("  workspace_id = \"{metrics}\"\n  name = \"metrics\"")));
        assert_eq!(both.attribute(), Some("name"), "{both:?}");
    }
}

cli_test! {
    fn a_workspace_is_found_by_its_name(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let named = "data \"managed_workspace\" \"main\" {\n  provider = grafana\n  name     = \"simulator\"\n}\n";
        let block = license(&amazon, "main", "").replace(
            &format!("\"{}\"", amazon.workspace_id()),
            "data.managed_workspace.main.workspace_id",
        );
        workspace.write("main.tf", &(named.to_owned() + &block)).unwrap();
        workspace.apply().unwrap();
        assert!(amazon.workspace(amazon.workspace_id()).unwrap().license_type.is_some());
        workspace.expect_no_changes().unwrap();
    }
}
