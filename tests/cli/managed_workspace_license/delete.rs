//! Taking a license off its workspace.

use simulator::amazon::{AbsentLicense, Amazon, Operation, Options};
use simulator::faults::Fault;
use terraform_runner::{Terraform, Workspace};

use super::{ADDRESS, calls, license, stage, stage_with, wait_for};

/// A license in the state.
fn applied(terraform: &Terraform, options: Options) -> (Amazon, Workspace) {
    let (amazon, workspace) = stage_with(terraform, options);
    workspace.write("main.tf", &license(&amazon, "main", "")).unwrap();
    workspace.apply().unwrap();
    (amazon, workspace)
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

/// Destroys what is gone already, which is in the state all the same, with and without a refresh that finds it gone.
fn assert_gone(terraform: &Terraform, removed: fn(&Amazon)) {
    for arguments in [&["-destroy", "-refresh=false"][..], &["-destroy"]] {
        let (amazon, workspace) = applied(terraform, Options::default());
        removed(&amazon);
        workspace.apply_with(arguments).unwrap();
        assert_eq!(workspace.state_resource(ADDRESS).unwrap(), None);
        assert_eq!(calls(&amazon, Operation::DisassociateLicense), 0);
    }
}

cli_test! {
    fn a_license_that_somebody_has_removed_is_gone(terraform: &Terraform) {
        assert_gone(terraform, |amazon| amazon.drop_license(amazon.workspace_id()));
    }
}

cli_test! {
    fn a_license_whose_workspace_is_gone_is_gone(terraform: &Terraform) {
        assert_gone(terraform, |amazon| amazon.delete_workspace(amazon.workspace_id()));
    }
}

cli_test! {
    fn a_license_that_vanishes_while_it_is_removed_is_gone(terraform: &Terraform) {
        for absent_license in [AbsentLicense::Invalid, AbsentLicense::NotFound, AbsentLicense::Accepted] {
            let (amazon, workspace) = applied(terraform, Options { absent_license, ..Options::default() });
            amazon.faults().push(Fault::on("DELETE", "/workspaces/*/licenses/*").hang());
            let running = workspace.spawn(&["destroy", "-auto-approve"]).unwrap();
            wait_for(&amazon, "DELETE", 1);
            amazon.drop_license(amazon.workspace_id());
            amazon.faults().release();
            running.wait().unwrap().expect_success().unwrap();
            assert_eq!(workspace.state_resource(ADDRESS).unwrap(), None, "{absent_license:?}");
        }
    }
}
