//! What AWS may say, and what users then see.

use simulator::amazon::{Endpoint, Failure, NewWorkspace, Operation, Polls};

use super::{license, stage};

const ADDRESS: &str = "managed_workspace_license.main";

cli_test! {
    fn time_that_runs_out_after_acceptance_is_a_warning(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let timeouts = "  timeouts {\n    create = \"1s\"\n  }";
        workspace.write("main.tf", &license(&amazon, "main", timeouts)).unwrap();
        amazon.set_polls(Polls::UntilReleased);
        let applied = workspace.apply().unwrap();
        let warnings = applied.warnings();
        let unfinished = warnings.iter().find(|it| it.summary.contains("is not installed yet"));
        assert!(unfinished.is_some_and(|it| it.detail.contains("UPGRADING")), "{warnings:?}");

        amazon.release(amazon.workspace_id());
        assert!(workspace.plan().unwrap().is_empty(), "neither tainted nor to be made again");
        let status = &workspace.state_attributes(ADDRESS).unwrap().unwrap()["workspace"]["status"];
        assert_eq!(status, "UPGRADING", "until the next refresh is kept");
        workspace.apply_with(&["-refresh-only"]).unwrap();
        let status = &workspace.state_attributes(ADDRESS).unwrap().unwrap()["workspace"]["status"];
        assert_eq!(status, "ACTIVE");
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
        assert!(workspace.plan().unwrap().is_empty());
        workspace.write("main.tf", &block("  grafana_token = \"labs-token-2\"")).unwrap();
        assert_eq!(workspace.plan().unwrap().summary().updates, [ADDRESS], "in place");
        workspace.apply().unwrap();
        assert!(workspace.plan().unwrap().is_empty());
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
    fn a_failed_removal_keeps_the_state(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        workspace.write("main.tf", &license(&amazon, "main", "")).unwrap();
        workspace.apply().unwrap();
        amazon.fail_next_removal("LICENSE_REMOVAL_FAILED");
        let failed = workspace.run_json(&["destroy", "-auto-approve"]).unwrap();
        assert!(failed.errors()[0].detail.contains("LICENSE_REMOVAL_FAILED"), "{:?}", failed.errors());
        assert!(workspace.state_attributes(ADDRESS).unwrap().is_some());
        amazon.change_workspace(amazon.workspace_id(), |w| w.status = "ACTIVE".into());
        workspace.destroy().unwrap();
    }
}

cli_test! {
    fn a_workspace_is_found_by_its_name(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let named = "data \"managed_workspace\" \"main\" {\n  provider = grafana\n  name     = \"simulator\"\n}\n";
        let block = license(&amazon, "main", "").replace(
            &format!("\"{}\"", amazon.workspace_id()),
            "data.managed_workspace.main.id",
        );
        workspace.write("main.tf", &(named.to_owned() + &block)).unwrap();
        workspace.apply().unwrap();
        assert!(amazon.workspace(amazon.workspace_id()).unwrap().license_type.is_some());
        assert!(workspace.plan().unwrap().is_empty());
    }
}
