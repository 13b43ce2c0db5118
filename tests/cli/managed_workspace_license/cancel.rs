//! Runs that end early, by Ctrl-C or `timeouts`: before AWS has accepted a license there is none, neither in the
//! state nor at AWS; afterwards it is in the state.

use std::time::Duration;

use simulator::amazon::{Amazon, Failure, Operation, Polls};
use terraform_runner::{Diagnostic, JsonRun, Terraform, Workspace};

use super::{ADDRESS, calls, license, stage, wait_for};

/// The pause that AWS asks for.
const WAIT: Duration = Duration::from_secs(30);

/// A workspace that is busy as long as nobody releases it.
fn busy(terraform: &Terraform) -> (Amazon, Workspace) {
    let (amazon, workspace) = stage(terraform);
    amazon.make_busy(amazon.workspace_id(), "VERSION_UPDATING", Polls::UntilReleased);
    (amazon, workspace)
}

/// A service that asks to wait before a license is associated.
fn throttled(terraform: &Terraform) -> (Amazon, Workspace) {
    let (amazon, workspace) = stage(terraform);
    let seconds = u32::try_from(WAIT.as_secs()).unwrap();
    amazon.fail_next(Operation::AssociateLicense, Failure::throttling().retry_after(seconds));
    (amazon, workspace)
}

/// The error of an apply that Ctrl-C ends once so many requests with this method have come.
fn stopped(amazon: &Amazon, workspace: &Workspace, method: &str, requests: usize) -> Diagnostic {
    workspace.write("main.tf", &license(amazon, "main", "")).unwrap();
    let running = workspace.spawn(&["apply", "-auto-approve", "-json"]).unwrap();
    wait_for(amazon, method, requests);
    running.interrupt_group().unwrap();
    let run = JsonRun::new(running.wait().unwrap()).unwrap();
    assert!(!run.success());
    error_of_license(&run)
}

/// The error of an apply that may take five seconds.
fn timed_out(amazon: &Amazon, workspace: &Workspace) -> Diagnostic {
    let limit = "  timeouts {\n    create = \"5s\"\n  }";
    workspace.write("main.tf", &license(amazon, "main", limit)).unwrap();
    let run = workspace.run_json(&["apply", "-auto-approve"]).unwrap();
    assert!(!run.success());
    error_of_license(&run)
}

fn error_of_license(run: &JsonRun) -> Diagnostic {
    let errors = run.errors();
    let ours = errors.iter().find(|error| error.address.as_deref() == Some(ADDRESS));
    (*ours.unwrap_or_else(|| panic!("{errors:?}"))).clone()
}

/// Nothing is in the state, and nothing is at AWS when it has time again: this many were asked for.
fn assert_nothing_is_left(amazon: &Amazon, workspace: &Workspace, asked: usize) {
    assert_eq!(workspace.state_resource(ADDRESS).unwrap(), None);
    amazon.release(amazon.workspace_id());
    assert_eq!(amazon.workspace(amazon.workspace_id()).unwrap().license_type, None);
    assert_eq!(calls(amazon, Operation::AssociateLicense), asked);
    assert_eq!(workspace.plan().unwrap().summary().creates, [ADDRESS]);
    workspace.apply().unwrap();
    assert_eq!(calls(amazon, Operation::AssociateLicense), asked + 1);
    assert_eq!(calls(amazon, Operation::DisassociateLicense), 0, "nothing was tainted");
}

cli_test! {
    fn ctrl_c_while_the_workspace_is_busy(terraform: &Terraform) {
        let (amazon, workspace) = busy(terraform);
        let error = stopped(&amazon, &workspace, "GET", 4);
        assert!(error.detail.contains("busy") && error.detail.contains("VERSION_UPDATING"), "{error:?}");
        assert!(error.summary.contains("cannot be installed"), "{error:?}");
        assert!(error.detail.contains("asked to stop"), "{error:?}");
        assert_nothing_is_left(&amazon, &workspace, 0);
    }
}

cli_test! {
    fn time_that_runs_out_while_the_workspace_is_busy(terraform: &Terraform) {
        let (amazon, workspace) = busy(terraform);
        let error = timed_out(&amazon, &workspace);
        assert!(error.detail.contains("busy") && error.detail.contains("VERSION_UPDATING"), "{error:?}");
        assert!(error.detail.contains("within 5s") && error.detail.contains("`timeouts`"), "{error:?}");
        assert_nothing_is_left(&amazon, &workspace, 0);
    }
}

cli_test! {
    fn ctrl_c_while_aws_throttles(terraform: &Terraform) {
        let (amazon, workspace) = throttled(terraform);
        let error = stopped(&amazon, &workspace, "POST", 1);
        assert!(!error.detail.contains("busy"), "it was not: {error:?}");
        assert!(error.detail.contains("asked to stop"), "{error:?}");
        assert_nothing_is_left(&amazon, &workspace, 1);
    }
}

cli_test! {
    fn a_pause_beyond_the_time_limit_ends_the_run_at_once(terraform: &Terraform) {
        let (amazon, workspace) = throttled(terraform);
        let began = std::time::Instant::now();
        let error = timed_out(&amazon, &workspace);
        assert!(began.elapsed() < WAIT, "it is not waited for in vain");
        assert!(error.detail.contains("asks to wait 30 seconds"), "{error:?}");
        assert_nothing_is_left(&amazon, &workspace, 1);
    }
}

cli_test! {
    fn time_that_runs_out_after_acceptance_is_a_warning(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let timeouts = "  timeouts {\n    create = \"5s\"\n  }";
        workspace.write("main.tf", &license(&amazon, "main", timeouts)).unwrap();
        amazon.set_polls(Polls::UntilReleased);
        let applied = workspace.apply().unwrap();
        let warnings = applied.warnings();
        let unfinished = warnings.iter().find(|it| it.summary.contains("is not installed yet"));
        assert!(unfinished.is_some_and(|it| it.detail.contains("UPGRADING")), "{warnings:?}");

        amazon.release(amazon.workspace_id());
        workspace.expect_no_changes().expect("neither tainted nor to be made again");
        let status = &workspace.state_attributes(ADDRESS).unwrap().unwrap()["workspace"]["status"];
        assert_eq!(status, "UPGRADING", "until the next refresh is kept");
        workspace.apply_with(&["-refresh-only"]).unwrap();
        let status = &workspace.state_attributes(ADDRESS).unwrap().unwrap()["workspace"]["status"];
        assert_eq!(status, "ACTIVE");
    }
}

cli_test! {
    fn an_interrupted_upgrade_is_completed_by_the_next_run(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        workspace.write("main.tf", &license(&amazon, "main", "")).unwrap();
        amazon.set_polls(Polls::UntilReleased);
        let running = workspace.spawn(&["apply", "-auto-approve", "-no-color"]).unwrap();
        wait_for(&amazon, "POST", 1);
        running.interrupt().unwrap();
        let run = running.wait().unwrap();
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains("is not installed yet"), "{said}");

        amazon.release(amazon.workspace_id());
        workspace.expect_no_changes().expect("neither tainted nor to be made again");
        assert_eq!(calls(&amazon, Operation::AssociateLicense), 1);
        assert_eq!(calls(&amazon, Operation::DisassociateLicense), 0);
    }
}
