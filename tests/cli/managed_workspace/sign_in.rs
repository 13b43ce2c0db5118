//! Keys of a managed workspace, with AWS credentials alone.

use simulator::amazon::{NewWorkspace, Polls};

use super::{ADDRESS, Stage, provider};

cli_test! {
    fn a_key_lives_and_dies_with_aws_credentials_alone(terraform: &Terraform) {
        for version in ["8.4", "9.4", "10.4", "12.4"] {
            let stage = Stage::new(version);
            let workspace = stage.directory(terraform);
            workspace.apply().expect("applies");
            assert_eq!(stage.ours(), [], "{version}");
            let key = workspace.state_attributes(ADDRESS).expect("a state").expect("is there");
            assert_eq!(key["name"], "ci");
            workspace.expect_no_changes().unwrap_or_else(|changes| panic!("{version}: {changes}"));
            let state = workspace.raw_state_file().expect("a state");
            assert!(!state.contains("terraform-provider-grafana-"), "{state}");

            workspace.destroy().expect("destroys");
            assert_eq!(stage.ours(), []);
            assert_eq!(stage.grafana.api_keys(1), []);
            // Only the account that all runs share stays.
            let accounts = stage.grafana.service_accounts(1).into_iter();
            let names: Vec<_> = accounts.map(|account| account.name).collect();
            let expected = ["terraform-provider-grafana-admin"];
            assert_eq!(names, if version == "8.4" { &[] } else { &expected[..] });
        }
    }
}

cli_test! {
    fn a_workspace_that_is_made_in_the_same_run_can_be_used(terraform: &Terraform) {
        let stage = Stage::new("10.4");
        let workspace = stage.directory(terraform);
        let made = format!("resource \"terraform_data\" \"workspace\" {{\n  input = \"{}\"\n}}\n", stage.amazon.workspace_id());
        workspace.write("workspace.tf", &made).expect("can be written");
        workspace.write("provider.tf", &provider("terraform_data.workspace.output")).expect("can be written");
        let plan = workspace.plan().expect("plans");
        assert_eq!(plan.summary().creates.len(), 2);
        assert!(stage.amazon.journal().entries().is_empty(), "nothing is known of it yet");
        workspace.apply_plan(&plan).expect("applies");
        workspace.expect_no_changes().unwrap();
        workspace.destroy().expect("destroys");
        assert_eq!(stage.ours(), []);
    }
}

cli_test! {
    fn keys_stay_in_the_state_while_their_workspace_is_replaced(terraform: &Terraform) {
        let stage = Stage::new("10.4");
        let second = stage.amazon.create_workspace(NewWorkspace::named("second")).expect("is made");
        let workspace = stage.directory(terraform);
        let made = |id: &str| {
            let made = format!("resource \"terraform_data\" \"workspace\" {{\n  input            = \"{id}\"\n  triggers_replace = \"{id}\"\n}}\n");
            workspace.write("workspace.tf", &made).expect("can be written");
        };
        made(stage.amazon.workspace_id());
        workspace.write("provider.tf", &provider("terraform_data.workspace.output")).expect("can be written");
        workspace.apply().expect("applies");

        made(&second);
        let plan = workspace.plan().expect("plans");
        assert!(plan.ui.warnings().iter().any(|it| it.detail.contains("Plan again")), "{:?}", plan.ui.warnings());
        workspace.apply_plan(&plan).expect("applies");
        assert_eq!(workspace.plan().expect("plans").summary().creates, [ADDRESS], "it is in the former one");
        workspace.apply().expect("applies");
        workspace.expect_no_changes().unwrap();
    }
}

cli_test! {
    fn a_license_and_keys_of_one_workspace_are_made_together(terraform: &Terraform) {
        let stage = Stage::new("10.4");
        stage.amazon.link_account(stage.amazon.region());
        stage.amazon.set_polls(Polls::Count(3));
        let workspace = stage.directory(terraform);
        let license = format!("resource \"managed_workspace_license\" \"main\" {{\n  provider     = grafana\n  workspace_id = \"{}\"\n}}\n", stage.amazon.workspace_id());
        workspace.write("license.tf", &license).expect("can be written");
        workspace.apply().expect("applies");
        workspace.expect_no_changes().unwrap();
        workspace.destroy().expect("destroys");
        assert_eq!(stage.ours(), []);
        assert_eq!(stage.amazon.workspace(stage.amazon.workspace_id()).expect("is there").license_type, None);
    }
}
