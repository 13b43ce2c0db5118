//! Replacing the resource, and what becomes of the license.

use simulator::amazon::Operation;

use super::{ADDRESS, calls, license, stage};

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
