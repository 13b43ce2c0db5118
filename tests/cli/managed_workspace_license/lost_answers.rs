//! Answers that never come, or say nothing: what AWS has begun is in the state all the same.

use simulator::amazon::{Amazon, Operation};
use simulator::faults::Fault;
use terraform_runner::{Terraform, Workspace};

use super::{ADDRESS, calls, license, stage};

/// The path of a license.
const LICENSE: &str = "/workspaces/*/licenses/*";

/// Applies with this fault on AssociateLicense, which AWS carries out.
fn associated_with(terraform: &Terraform, fault: Fault) -> (Amazon, Workspace) {
    let (amazon, workspace) = stage(terraform);
    workspace.write("main.tf", &license(&amazon, "main", "")).unwrap();
    amazon.faults().push(fault);
    workspace.apply().unwrap();
    assert_eq!(amazon.faults().unused(), [""; 0]);
    (amazon, workspace)
}

/// The license is in the state, complete and not tainted, and was asked for once.
fn assert_associated_once(amazon: &Amazon, workspace: &Workspace) {
    let resource = workspace.state_resource(ADDRESS).unwrap().expect("is there");
    assert_ne!(resource["tainted"], true);
    assert_eq!(resource["values"]["workspace"]["status"], "ACTIVE");
    assert_eq!(resource["values"]["workspace"]["license_type"], "ENTERPRISE");
    workspace.expect_no_changes().unwrap();
    assert_eq!(calls(amazon, Operation::AssociateLicense), 1);
    assert_eq!(calls(amazon, Operation::DisassociateLicense), 0);
}

cli_test! {
    fn a_connection_that_is_cut_after_acceptance(terraform: &Terraform) {
        let (amazon, workspace) = associated_with(terraform, Fault::on("POST", LICENSE).reset_after());
        assert_associated_once(&amazon, &workspace);
    }
}

cli_test! {
    fn an_answer_that_ends_halfway(terraform: &Terraform) {
        let (amazon, workspace) = associated_with(terraform, Fault::on("POST", LICENSE).truncate());
        assert_associated_once(&amazon, &workspace);
    }
}

cli_test! {
    fn an_acceptance_that_cannot_be_read(terraform: &Terraform) {
        for (content_type, body) in [
            ("text/html", "<html><body>Please wait</body></html>"),
            ("application/json", "{\"workspace\": {\"id\": 7}}"),
            ("application/json", "{}"),
            ("application/json", ""),
        ] {
            let unreadable = Fault::on("POST", LICENSE).status(202).body(content_type, body).carried_out();
            let (amazon, workspace) = associated_with(terraform, unreadable);
            assert_associated_once(&amazon, &workspace);
        }
    }
}

cli_test! {
    fn a_gateway_that_loses_patience(terraform: &Terraform) {
        let (amazon, workspace) = associated_with(terraform, Fault::on("POST", LICENSE).html(504).carried_out());
        assert_associated_once(&amazon, &workspace);
    }
}

cli_test! {
    fn a_request_that_is_lost_on_its_way_is_not_sent_again(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        workspace.write("main.tf", &license(&amazon, "main", "")).unwrap();
        amazon.faults().push(Fault::on("POST", LICENSE).reset_before());
        let failed = workspace.run_json(&["apply", "-auto-approve"]).unwrap();
        assert_eq!(failed.errors().len(), 1, "{:?}", failed.errors());
        assert_eq!(workspace.state_resource(ADDRESS).unwrap(), None);
        assert_eq!(amazon.journal().count("POST", LICENSE), 1);
        workspace.apply().unwrap();
        assert_associated_once(&amazon, &workspace);
    }
}

cli_test! {
    fn a_removal_whose_answer_is_lost(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        workspace.write("main.tf", &license(&amazon, "main", "")).unwrap();
        workspace.apply().unwrap();
        amazon.faults().push(Fault::on("DELETE", LICENSE).reset_after());
        workspace.destroy().unwrap();
        assert_eq!(amazon.journal().count("DELETE", LICENSE), 1);
        assert_eq!(amazon.workspace(amazon.workspace_id()).unwrap().license_type, None);
        assert_eq!(workspace.state_resource(ADDRESS).unwrap(), None);
    }
}
