//! However a run ends, it leaves no token, or one that expires.

use std::time::Duration;

use simulator::faults::Fault;
use simulator::grafana::Key;
use terraform_runner::Workspace;

use super::{KEY, Stage, hang};

/// Kills the provider of a run that makes a key; what the run leaves, which ends by itself.
fn kill_a_run(stage: &Stage, workspace: &Workspace) -> Vec<Key> {
    stage.grafana.faults().push(hang());
    let running = workspace.spawn(&["apply", "-auto-approve"]).expect("starts");
    stage.wait_for_posts(1);
    for provider in running.providers().expect("runs") {
        provider.kill().expect("is killed");
    }
    stage.grafana.faults().release();
    assert!(!running.wait().expect("ends").success());
    let left = stage.ours();
    assert_eq!(left.len(), 1);
    let ends = left[0].expires.expect("ends").duration_since(left[0].created);
    assert!(ends.as_secs() <= 900, "{ends}");
    left
}

cli_test! {
    fn a_killed_run_leaves_a_token_that_ends_and_the_next_one_removes_it(terraform: &Terraform) {
        let stage = Stage::new("10.4");
        let workspace = stage.directory(terraform);
        kill_a_run(&stage, &workspace);

        workspace.write("main.tf", "data \"grafana_api_keys\" \"all\" {}\n").expect("can be written");
        workspace.apply().expect("applies");
        assert_eq!(stage.ours().len(), 1, "it may be a run's that is under way");
        stage.grafana.advance(Duration::from_secs(901));
        workspace.apply().expect("applies");
        assert_eq!(stage.ours(), []);
    }
}

cli_test! {
    fn a_killed_run_on_8_4_does_not_disturb_the_next(terraform: &Terraform) {
        let stage = Stage::new("8.4");
        let workspace = stage.directory(terraform);
        let left = kill_a_run(&stage, &workspace);

        workspace.write("main.tf", "data \"grafana_api_keys\" \"all\" {}\n").expect("can be written");
        workspace.apply().expect("applies beside the key that is left");
        assert_eq!(stage.ours(), left, "it is left alone, and the run's own is removed");
        stage.grafana.advance(Duration::from_secs(901));
        workspace.write("main.tf", &KEY.replace("\"ci\"\n", "\"after\"\n")).expect("can be written");
        workspace.apply().expect("applies after it has ended");
        assert_eq!(stage.ours(), [], "and has removed it");
        workspace.expect_no_changes().unwrap();
        workspace.destroy().expect("destroys");
    }
}

cli_test! {
    fn ctrl_c_leaves_no_token(terraform: &Terraform) {
        for version in ["8.4", "10.4"] {
            let stage = Stage::new(version);
            let workspace = stage.directory(terraform);
            stage.grafana.faults().push(hang());
            let running = workspace.spawn(&["apply", "-auto-approve"]).expect("starts");
            stage.wait_for_posts(1);
            assert_eq!(stage.ours().len(), 1);
            running.interrupt_group().expect("is interrupted");
            stage.grafana.faults().release();
            running.wait().expect("ends");
            assert_eq!(stage.ours(), []);
        }
    }
}

cli_test! {
    fn a_failed_apply_leaves_no_token(terraform: &Terraform) {
        let stage = Stage::new("10.4");
        let workspace = stage.directory(terraform);
        stage.grafana.faults().push(Fault::on("POST", "/api/auth/keys").status(403));
        assert!(!workspace.run(&["apply", "-auto-approve"]).expect("runs").success());
        assert_eq!(stage.ours(), []);
    }
}
