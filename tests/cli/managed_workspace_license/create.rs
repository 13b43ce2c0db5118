//! Putting a license on a workspace, or taking over the one that is there.

use simulator::amazon::{Endpoint, Failure, NewWorkspace, Operation, Polls};

use super::{ADDRESS, LINKING, calls, license, plain, stage, token_at_aws, unlinked, write_only};

cli_test! {
    fn a_license_lives_and_dies(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        amazon.set_polls(Polls::Count(2));
        let output = "output \"endpoint\" {\n  value = managed_workspace_license.main.workspace.endpoint\n}\n";
        workspace.write("main.tf", &(license(&amazon, "main", "") + output)).unwrap();
        let plan = workspace.plan().unwrap();
        assert_eq!(plan.change(ADDRESS).unwrap().after_unknown["workspace"]["status"], true);
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
    fn a_license_that_is_there_is_taken_over(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let id = amazon.workspace_id();
        amazon.change_workspace(id, |w| w.license_type = Some("ENTERPRISE".into()));
        workspace.write("main.tf", &license(&amazon, "main", "")).unwrap();
        workspace.apply().unwrap();
        let state = workspace.state_attributes(ADDRESS).unwrap().expect("is there");
        assert_eq!(state["workspace"]["license_type"], "ENTERPRISE");
        workspace.expect_no_changes().unwrap();
        assert_eq!(amazon.journal().count("POST", "/**"), 0);
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
    fn throttling_a_busy_workspace_and_a_degraded_one_are_no_failures(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let id = amazon.workspace_id();
        workspace.write("main.tf", &license(&amazon, "main", "")).unwrap();
        let throttled = Failure::throttling().retry_after(1);
        amazon.fail_next(Operation::AssociateLicense, throttled);
        amazon.make_busy(id, "UPDATING", Polls::Count(2));
        workspace.apply().unwrap();
        assert!(amazon.workspace(id).unwrap().license_type.is_some());

        amazon.degrade(id, "a data source is slow");
        let plan = workspace.plan().unwrap();
        let warnings = plan.ui.warnings();
        assert!(warnings.iter().any(|it| it.detail.contains("a data source is slow")), "{warnings:?}");
        workspace.destroy().unwrap();
    }
}

cli_test! {
    fn an_unlinked_account_is_told_to_get_a_token(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let new = NewWorkspace::named("new").endpoint(Endpoint::Nowhere).region("eu-west-1");
        let id = amazon.create_workspace(new).unwrap();
        let block = |token: &str| {
            let region = format!("  region = \"eu-west-1\"\n{token}");
            license(&amazon, "main", &region).replace(amazon.workspace_id(), &id)
        };
        workspace.write("main.tf", &block("")).unwrap();
        let failed = workspace.run_json(&["apply", "-auto-approve"]).unwrap();
        let errors = failed.errors();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].detail.contains("AMG-workspace-register-enterprise.html"), "{errors:?}");
        assert!(errors[0].detail.contains("`grafana_token`"), "{errors:?}");

        workspace.write("main.tf", &block("  grafana_token = \"labs-token-1\"")).unwrap();
        workspace.apply().unwrap();
        workspace.expect_no_changes().unwrap();
        workspace.write("main.tf", &block("  grafana_token = \"labs-token-2\"")).unwrap();
        assert_eq!(workspace.plan().unwrap().summary().updates, [ADDRESS], "in place");
        workspace.apply().unwrap();
        workspace.expect_no_changes().unwrap();
    }
}

cli_test! {
    fn an_account_that_is_not_linked_is_told_how_to(terraform: &Terraform) {
        let (amazon, workspace) = unlinked(terraform);
        workspace.write("main.tf", &license(&amazon, "main", "")).unwrap();
        let failed = workspace.run_json(&["apply", "-auto-approve"]).unwrap();
        let errors = failed.errors();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(errors[0].address.as_deref(), Some(ADDRESS));
        for part in [LINKING, "`grafana_token`", "`grafana_token_wo`", "register for support"] {
            assert!(errors[0].detail.contains(part), "{part}: {errors:?}");
        }
        assert_eq!(workspace.state_resource(ADDRESS).unwrap(), None);
        assert_eq!(calls(&amazon, Operation::AssociateLicense), 1, "asking again does not help");
    }
}

cli_test! {
    fn a_token_that_is_refused_is_told_at_its_attribute(terraform: &Terraform) {
        let (amazon, workspace) = unlinked(terraform);
        amazon.accept_only_grafana_tokens(["labs-token-1"]);
        workspace.write("main.tf", &plain(&amazon, "nobodys-token")).unwrap();
        let failed = workspace.run_json(&["apply", "-auto-approve"]).unwrap();
        let errors = failed.errors();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(errors[0].attribute(), Some("grafana_token"), "{errors:?}");
        assert!(errors[0].detail.contains(LINKING), "{errors:?}");
        assert!(!errors[0].detail.contains("nobodys-token"), "{errors:?}");

        // A license that is there stays as it is.
        workspace.write("main.tf", &plain(&amazon, "labs-token-1")).unwrap();
        workspace.apply().unwrap();
        workspace.write("main.tf", &plain(&amazon, "nobodys-token")).unwrap();
        assert!(!workspace.run(&["apply", "-auto-approve"]).unwrap().success());
        assert_eq!(token_at_aws(&amazon), "labs-token-1");
        assert_eq!(workspace.plan().unwrap().summary().updates, [ADDRESS], "it is not taken for done");
        workspace.write("main.tf", &plain(&amazon, "labs-token-1")).unwrap();
        workspace.expect_no_changes().unwrap();
    }
}

cli_test! {
    needs(WriteOnly)
    fn a_write_only_token_that_is_refused_is_told_at_its_attribute(terraform: &Terraform) {
        let (amazon, workspace) = unlinked(terraform);
        amazon.accept_only_grafana_tokens(["labs-token-1"]);
        workspace.write("main.tf", &write_only(&amazon, "nobodys-token", 1)).unwrap();
        let failed = workspace.run_json(&["apply", "-auto-approve"]).unwrap();
        let errors = failed.errors();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(errors[0].attribute(), Some("grafana_token_wo"), "{errors:?}");
        assert!(errors[0].detail.contains(LINKING), "{errors:?}");
    }
}

cli_test! {
    fn an_output_that_shows_the_token_fails_before_the_license_is_bought(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let output = "output \"workspace\" {\n  value = managed_workspace_license.main.workspace\n}\n";
        let config = [&license(&amazon, "main", ""), output].concat();
        workspace.write("main.tf", &config).unwrap();
        let error = workspace.plan().unwrap_err().to_string();
        assert!(error.contains("refers to sensitive values"), "{error}");
        assert_eq!(calls(&amazon, Operation::AssociateLicense), 0);
        let named = config.replace(".workspace\n", ".workspace.endpoint\n");
        workspace.write("main.tf", &named).unwrap();
        workspace.apply().unwrap();
        workspace.expect_no_changes().unwrap();
    }
}
