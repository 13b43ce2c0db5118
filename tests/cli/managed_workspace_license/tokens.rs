//! Tokens from Grafana Labs: handed over, changed in place, and refused.

use secrecy::ExposeSecret;
use simulator::amazon::{Amazon, Endpoint, Failure, Operation, Options};
use terraform_runner::{Terraform, Workspace};

use super::{calls, license, stage};

const ADDRESS: &str = "managed_workspace_license.main";

const LINKING: &str =
    "https://docs.aws.amazon.com/grafana/latest/userguide/AMG-workspace-register-enterprise.html";

/// A service whose account is not linked with Grafana Labs yet.
fn unlinked(terraform: &Terraform) -> (Amazon, Workspace) {
    let (_, mut workspace) = stage(terraform);
    let options = Options { endpoint: Endpoint::Nowhere, ..Options::default() };
    let amazon = Amazon::start(options).unwrap();
    for (name, value) in amazon.exports() {
        workspace.env(name, value);
    }
    (amazon, workspace)
}

fn plain(amazon: &Amazon, token: &str) -> String {
    license(amazon, "main", &format!("  grafana_token = \"{token}\""))
}

fn write_only(amazon: &Amazon, token: &str, version: u8) -> String {
    let lines =
        format!("  grafana_token_wo         = \"{token}\"\n  grafana_token_wo_version = {version}");
    license(amazon, "main", &lines)
}

/// The token that AWS has got.
fn token_at_aws(amazon: &Amazon) -> String {
    let workspace = amazon.workspace(amazon.workspace_id()).unwrap();
    workspace.grafana_token.expect("one").expose_secret().to_owned()
}

cli_test! {
    fn another_token_is_handed_over_in_place(terraform: &Terraform) {
        let (amazon, workspace) = unlinked(terraform);
        workspace.write("main.tf", &plain(&amazon, "labs-token-1")).unwrap();
        workspace.apply().unwrap();
        assert_eq!(token_at_aws(&amazon), "labs-token-1");
        assert!(workspace.plan().unwrap().is_empty());

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
        assert!(workspace.plan().unwrap().is_empty());
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
        assert!(workspace.plan().unwrap().is_empty());
    }
}

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
        assert!(workspace.plan().unwrap().is_empty(), "only the version tells");

        workspace.write("main.tf", &write_only(&amazon, "labs-token-2", 2)).unwrap();
        let plan = workspace.plan().unwrap();
        assert_eq!((plan.summary().updates, plan.summary().replaces), (vec![ADDRESS.to_owned()], vec![]));
        assert!(!format!("{:?}", plan.changes).contains("labs-token"));
        workspace.apply_plan(&plan).unwrap();
        assert_eq!(token_at_aws(&amazon), "labs-token-2");
        assert_eq!(calls(&amazon, Operation::AssociateLicense), 2);
        assert!(workspace.plan().unwrap().is_empty());
        assert!(!workspace.raw_state_file().unwrap().contains("labs-token"));
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
        assert!(workspace.plan().unwrap().is_empty());
        assert!(!workspace.raw_state_file().unwrap().contains("labs-token"));
        assert_eq!(calls(&amazon, Operation::AssociateLicense), 1, "nothing is sent for that");
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
        assert!(workspace.plan().unwrap().is_empty());
    }
}
