//! Why a sign-in fails.

use simulator::amazon::Operation;

use super::{KEY, Stage};

cli_test! {
    fn a_missing_permission_is_told(terraform: &Terraform) {
        let stage = Stage::new("10.4");
        let workspace = stage.directory(terraform);
        workspace.write("main.tf", KEY).expect("can be written");
        let denied = simulator::amazon::Failure::access_denied("not you");
        stage.amazon.fail_next(Operation::CreateWorkspaceServiceAccount, denied);
        let failed = workspace.run_json(&["apply", "-auto-approve"]).expect("runs");
        let errors = failed.errors();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].detail.contains("grafana:CreateWorkspaceServiceAccount"), "{errors:?}");
        assert!(errors[0].detail.contains("`managed_workspace`"), "{errors:?}");
    }
}
