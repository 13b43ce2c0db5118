//! From the first plan to destroy.

use simulator::amazon::{Amazon, Operation, Polls};
use terraform_runner::{Terraform, Workspace};

use super::{calls, license, stage, wait_for};

const ADDRESS: &str = "managed_workspace_license.main";

cli_test! {
    fn a_license_lives_and_dies(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        amazon.set_polls(Polls::Count(2));
        let output = "output \"endpoint\" {\n  value = managed_workspace_license.main.workspace.endpoint\n}\n";
        workspace.write("main.tf", &(license(&amazon, "main", "") + output)).unwrap();
        let plan = workspace.plan().unwrap();
        assert!(plan.change(ADDRESS).unwrap().is_unknown("workspace"));
        let costs = plan.ui.warnings();
        assert_eq!(costs.len(), 1);
        assert!(costs[0].summary.contains("costs extra"));

        workspace.apply().unwrap();
        let endpoint = amazon.workspace(amazon.workspace_id()).unwrap().endpoint;
        assert_eq!(workspace.outputs().unwrap()["endpoint"]["value"], endpoint);
        let again = workspace.plan().unwrap();
        assert!(again.is_empty() && again.ui.warnings().is_empty());

        amazon.drop_license(amazon.workspace_id());
        assert_eq!(workspace.plan().unwrap().summary().creates, [ADDRESS]);
        workspace.apply().unwrap();
        workspace.destroy().unwrap();
        assert_eq!(amazon.workspace(amazon.workspace_id()).unwrap().license_type, None);
    }
}

cli_test! {
    fn a_failed_upgrade_is_an_error_that_taints_nothing(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        workspace.write("main.tf", &license(&amazon, "main", "")).unwrap();
        amazon.fail_next_upgrade("UPGRADE_FAILED");
        let failed = workspace.run_json(&["apply", "-auto-approve"]).unwrap();
        assert!(!failed.success());
        assert!(failed.errors()[0].detail.contains("UPGRADE_FAILED"), "{:?}", failed.errors());
        assert_eq!(workspace.plan().unwrap().summary().creates, [ADDRESS]);
        workspace.apply().unwrap();
    }
}

cli_test! {
    fn an_interrupted_upgrade_is_completed_by_the_next_run(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        workspace.write("main.tf", &license(&amazon, "main", "")).unwrap();
        amazon.set_polls(Polls::UntilReleased);
        let running = workspace.spawn(&["apply", "-auto-approve", "-no-color"]).unwrap();
        wait_for(&amazon, "POST", 1);
        running.interrupt().unwrap();
        let run = running.wait().unwrap();
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains("is not installed yet"), "{said}");

        amazon.release(amazon.workspace_id());
        assert!(workspace.plan().unwrap().is_empty(), "neither tainted nor to be made again");
        assert_eq!(calls(&amazon, Operation::AssociateLicense), 1);
        assert_eq!(calls(&amazon, Operation::DisassociateLicense), 0);
    }
}

cli_test! {
    fn replacing_before_destroying_leaves_the_license(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let first = "  lifecycle {\n    create_before_destroy = true\n  }";
        workspace.write("main.tf", &license(&amazon, "main", first)).unwrap();
        workspace.apply().unwrap();
        let replaced = workspace.apply_with(&["-replace", ADDRESS]).unwrap();
        assert!(replaced.warnings().iter().any(|w| w.summary.contains("license stays")));
        assert_eq!(calls(&amazon, Operation::DisassociateLicense), 0);
        assert!(workspace.plan().unwrap().is_empty());

        workspace.write("main.tf", &license(&amazon, "renamed", "")).unwrap();
        workspace.apply().unwrap();
        assert!(amazon.workspace(amazon.workspace_id()).unwrap().license_type.is_some());
        assert!(workspace.plan().unwrap().is_empty());
    }
}

cli_test! {
    fn a_license_is_imported_by_command(terraform: &Terraform) {
        let (amazon, workspace) = licensed(terraform);
        workspace.import(ADDRESS, amazon.workspace_id()).unwrap();
        assert!(workspace.plan().unwrap().is_empty());
    }
}

cli_test! {
    fn a_license_is_imported_by_block(terraform: &Terraform) {
        let (amazon, workspace) = licensed(terraform);
        let id = format!("  id = \"{}\"", amazon.workspace_id());
        assert_block_imports(&workspace, &id);
    }
}

cli_test! {
    needs(IdentityImport)
    fn a_license_is_imported_by_identity(terraform: &Terraform) {
        let (amazon, workspace) = licensed(terraform);
        let id = amazon.workspace_id();
        let identity = format!("  identity = {{\n    workspace_id = \"{id}\"\n  }}");
        assert_block_imports(&workspace, &identity);
    }
}

/// A workspace with a license that is in the configuration and not in the state.
fn licensed(terraform: &Terraform) -> (Amazon, Workspace) {
    let (amazon, workspace) = stage(terraform);
    amazon.change_workspace(amazon.workspace_id(), |w| w.license_type = Some("ENTERPRISE".into()));
    workspace.write("main.tf", &license(&amazon, "main", "")).unwrap();
    (amazon, workspace)
}

fn assert_block_imports(workspace: &Workspace, by: &str) {
    let block = format!("import {{\n  to       = {ADDRESS}\n  provider = grafana\n{by}\n}}\n");
    workspace.write("import.tf", &block).unwrap();
    let imported = workspace.apply().unwrap();
    assert!(imported.applied().is_empty(), "{:?}", imported.applied());
    workspace.remove("import.tf").unwrap();
    assert!(workspace.plan().unwrap().is_empty());
}

cli_test! {
    fn a_token_for_an_imported_license_changes_nothing_for_dependents(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let id = amazon.workspace_id();
        amazon.change_workspace(id, |w| w.license_type = Some("ENTERPRISE".into()));
        let dependent = "resource \"terraform_data\" \"dependent\" {\n  input = managed_workspace_license.main.workspace.endpoint\n}\n";
        workspace.write("main.tf", &(license(&amazon, "main", "") + dependent)).unwrap();
        workspace.import(ADDRESS, id).unwrap();
        workspace.apply().unwrap();
        let token = "  grafana_token = \"labs-token-1\"";
        workspace.write("main.tf", &(license(&amazon, "main", token) + dependent)).unwrap();
        let plan = workspace.plan().unwrap();
        assert_eq!(plan.summary().updates, [ADDRESS]);
        workspace.apply_plan(&plan).unwrap();
        assert!(workspace.plan().unwrap().is_empty());
    }
}
