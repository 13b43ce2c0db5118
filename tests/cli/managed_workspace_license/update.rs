//! Another token from Grafana Labs for a license that is there.

use secrecy::ExposeSecret;
use simulator::amazon::{Failure, Operation};

use super::{ADDRESS, calls, plain, stage, token_at_aws, unlinked};

cli_test! {
    fn another_token_is_handed_over_in_place(terraform: &Terraform) {
        let (amazon, workspace) = unlinked(terraform);
        workspace.write("main.tf", &plain(&amazon, "labs-token-1")).unwrap();
        workspace.apply().unwrap();
        assert_eq!(token_at_aws(&amazon), "labs-token-1");
        workspace.expect_no_changes().unwrap();

        workspace.write("main.tf", &plain(&amazon, "labs-token-2")).unwrap();
        let plan = workspace.plan().unwrap();
        let summary = plan.summary();
        assert_eq!(summary.updates, [ADDRESS]);
        assert!(summary.replaces.is_empty() && plan.ui.warnings().is_empty());
        assert_eq!(plan.change(ADDRESS).unwrap().after_sensitive["grafana_token"], true);
        let applied = workspace.apply_plan(&plan).unwrap();
        assert_eq!(applied.applied(), [(ADDRESS, "update")]);
        assert_eq!(token_at_aws(&amazon), "labs-token-2");
        assert_eq!(calls(&amazon, Operation::AssociateLicense), 2);
        assert_eq!(calls(&amazon, Operation::DisassociateLicense), 0);
        let state = workspace.state_attributes(ADDRESS).unwrap().unwrap();
        assert_eq!(state["workspace"]["grafana_token"], "labs-token-2");
        workspace.expect_no_changes().unwrap();
    }
}

cli_test! {
    fn another_token_that_aws_never_got_is_an_error_and_stays_to_be_done(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let id = amazon.workspace_id();
        workspace.write("main.tf", &plain(&amazon, "labs-token-1")).unwrap();
        workspace.apply().unwrap();
        workspace.write("main.tf", &plain(&amazon, "labs-token-2")).unwrap();
        let held = || amazon.workspace(id).unwrap().grafana_token.map(|it| it.expose_secret().to_owned());
        let apply = ["apply", "-auto-approve", "-no-color"];

        amazon.fail_next(Operation::AssociateLicense, Failure::internal());
        assert!(!workspace.run(&apply).unwrap().success());
        assert_eq!(workspace.plan().unwrap().summary().updates, [ADDRESS]);

        amazon.fail_next_upgrade("UPGRADE_FAILED");
        assert!(!workspace.run(&apply).unwrap().success());
        assert_eq!(workspace.plan().unwrap().summary().updates, [ADDRESS]);

        workspace.apply().unwrap();
        assert_eq!(held().as_deref(), Some("labs-token-2"));
        workspace.expect_no_changes().unwrap();
    }
}
