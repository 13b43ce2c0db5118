//! Replacing the resource, and what becomes of the license.

use simulator::amazon::{Endpoint, NewWorkspace, Operation};

use super::{ADDRESS, calls, has_license, license, stage};

cli_test! {
    fn replacing_before_destroying_leaves_the_license(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let first = "  lifecycle {\n    create_before_destroy = true\n  }";
        workspace.write("main.tf", &license(&amazon, "main", first)).unwrap();
        workspace.apply().unwrap();
        let replaced = workspace.apply_with(&["-replace", ADDRESS]).unwrap();
        assert!(replaced.warnings().iter().any(|w| w.summary.contains("license stays")));
        assert_eq!(calls(&amazon, Operation::DisassociateLicense), 0);
        workspace.expect_no_changes().unwrap();

        workspace.write("main.tf", &license(&amazon, "renamed", "")).unwrap();
        workspace.apply().unwrap();
        assert!(amazon.workspace(amazon.workspace_id()).unwrap().license_type.is_some());
        workspace.expect_no_changes().unwrap();
    }
}

cli_test! {
    fn a_mistyped_workspace_fails_the_plan_and_removes_nothing(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let id = amazon.workspace_id();
        workspace.write("main.tf", &license(&amazon, "main", "")).unwrap();
        workspace.apply().unwrap();
        let mistyped = license(&amazon, "main", "").replace(id, "g-ffffffffff");
        workspace.write("main.tf", &mistyped).unwrap();
        let plan = workspace.run_json(&["plan"]).unwrap();
        let errors = plan.errors();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(errors[0].attribute(), Some("workspace_id"), "{errors:?}");
        assert!(errors[0].detail.contains("g-ffffffffff"), "{errors:?}");
        assert!(!workspace.run(&["apply", "-auto-approve"]).unwrap().success());
        assert!(has_license(&amazon, id));

        let new = NewWorkspace::named("next").endpoint(Endpoint::Nowhere);
        let next = amazon.create_workspace(new).unwrap();
        workspace.write("main.tf", &license(&amazon, "main", "").replace(id, &next)).unwrap();
        let plan = workspace.plan().unwrap();
        workspace.apply_plan(&plan).unwrap();
        assert_eq!([id, &next].map(|id| has_license(&amazon, id)), [false, true]);
        assert_eq!(calls(&amazon, Operation::DisassociateLicense), 1);
    }
}
