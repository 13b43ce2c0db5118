//! Taking a license that is in no state into one.

use simulator::amazon::Amazon;
use terraform_runner::{Terraform, Workspace};

use super::{ADDRESS, license, stage};

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
    workspace.expect_no_changes().unwrap();
}

cli_test! {
    fn a_license_is_imported_by_command(terraform: &Terraform) {
        let (amazon, workspace) = licensed(terraform);
        workspace.import(ADDRESS, amazon.workspace_id()).unwrap();
        workspace.expect_no_changes().unwrap();
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
        workspace.expect_no_changes().unwrap();
    }
}
