//! Tokens that are written down nowhere.

use simulator::amazon::Operation;

use super::{ADDRESS, calls, license, stage, token_at_aws, unlinked, write_only};

cli_test! {
    needs(WriteOnly)
    fn a_write_only_token_is_handed_over_and_kept_nowhere(terraform: &Terraform) {
        let (amazon, workspace) = unlinked(terraform);
        workspace.write("main.tf", &write_only(&amazon, "labs-token-1", 1)).unwrap();
        workspace.apply().unwrap();
        assert_eq!(token_at_aws(&amazon), "labs-token-1");
        let state = workspace.state_attributes(ADDRESS).unwrap().unwrap();
        assert!(state["workspace"]["grafana_token"].is_null());
        workspace.write("main.tf", &write_only(&amazon, "labs-token-2", 1)).unwrap();
        workspace.expect_no_changes().expect("only the version tells");

        workspace.write("main.tf", &write_only(&amazon, "labs-token-2", 2)).unwrap();
        let plan = workspace.plan().unwrap();
        assert_eq!((plan.summary().updates, plan.summary().replaces), (vec![ADDRESS.to_owned()], vec![]));
        assert!(!format!("{:?}", plan.changes).contains("labs-token"));
        workspace.apply_plan(&plan).unwrap();
        assert_eq!(token_at_aws(&amazon), "labs-token-2");
        assert_eq!(calls(&amazon, Operation::AssociateLicense), 2);
        workspace.expect_no_changes().unwrap();
        assert!(!workspace.raw_state_file().unwrap().contains("labs-token"));
    }
}

cli_test! {
    needs(WriteOnly)
    fn a_write_only_token_that_is_added_takes_the_token_out_of_the_state(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        workspace.write("main.tf", &license(&amazon, "main", "")).unwrap();
        workspace.apply().unwrap();
        let token = Some("labs-token-1".to_owned());
        amazon.change_workspace(amazon.workspace_id(), |w| w.grafana_token = token.map(Into::into));
        workspace.apply_with(&["-refresh-only"]).unwrap();
        assert!(workspace.raw_state_file().unwrap().contains("labs-token-1"), "no other was given");
        let more = "  grafana_token_wo = \"labs-token-1\"";
        workspace.write("main.tf", &license(&amazon, "main", more)).unwrap();
        assert_eq!(workspace.plan().unwrap().summary().updates, [ADDRESS]);
        workspace.apply().unwrap();
        workspace.expect_no_changes().unwrap();
        assert!(!workspace.raw_state_file().unwrap().contains("labs-token"));
        assert_eq!(calls(&amazon, Operation::AssociateLicense), 1, "nothing is sent for that");
    }
}
