//! The token is in no log.

use simulator::amazon::Operation;

use super::Stage;

cli_test! {
    fn no_log_holds_the_token(terraform: &Terraform) {
        let stage = Stage::new("10.4");
        let mut workspace = stage.directory(terraform);
        workspace.write("main.tf", "data \"grafana_api_keys\" \"all\" {}\n").expect("can be written");
        workspace.env("TF_LOG", "TRACE");
        let run = workspace.run(&["apply", "-auto-approve"]).expect("runs").expect_success().expect("applies");
        let said = run.stdout + &run.stderr;
        assert!(said.contains("signs in with a token of its own"), "it is a log of the provider too");
        assert!(!said.contains("glsa_"));
        assert_eq!(stage.amazon.calls().iter().filter(|call| call.operation == Operation::CreateWorkspaceServiceAccountToken).count(), 1);
    }
}
