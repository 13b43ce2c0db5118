//! What waits until it is needed.

use super::{ADDRESS, Stage};

cli_test! {
    fn a_validation_and_a_plan_that_need_no_grafana_leave_aws_alone(terraform: &Terraform) {
        let stage = Stage::new("10.4");
        let workspace = stage.directory(terraform);
        workspace.run(&["validate"]).expect("runs").expect_success().expect("is valid");
        assert_eq!(workspace.plan().expect("plans").summary().creates, [ADDRESS]);
        assert!(stage.amazon.journal().entries().is_empty());
    }
}
