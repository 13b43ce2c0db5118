//! `Retry-After` is waited for, on every operation.

use simulator::amazon::{Amazon, Failure, Operation};
use simulator::journal::Entry;
use terraform_runner::{Terraform, Workspace};

use super::{license, stage};

/// Longer than the pauses that are made without being asked for.
const WAIT: u32 = 3;

fn licensed(terraform: &Terraform) -> (Amazon, Workspace) {
    let (amazon, workspace) = stage(terraform);
    workspace.write("main.tf", &license(&amazon, "main", "")).unwrap();
    (amazon, workspace)
}

/// Lets AWS ask for a pause at the next call.
fn throttle(amazon: &Amazon, operation: Operation) {
    amazon.fail_next(operation, Failure::throttling().retry_after(WAIT));
}

/// The only request that was throttled was followed by another one like it, not earlier than asked.
fn assert_waited(amazon: &Amazon) {
    let entries = amazon.journal().entries();
    let is_throttled = |entry: &&Entry| entry.status() == Some(429);
    let throttled: Vec<_> = entries.iter().filter(is_throttled).collect();
    assert_eq!(throttled.len(), 1);
    let asked = throttled[0];
    let is_again = |entry: &&Entry| {
        (&entry.method, &entry.path) == (&asked.method, &asked.path) && entry.id > asked.id
    };
    let again = entries.iter().find(is_again).expect("is sent again");
    let waited = again.time.duration_since(asked.time);
    assert!(waited.as_secs() >= i64::from(WAIT), "{waited}");
}

cli_test! {
    fn before_an_association(terraform: &Terraform) {
        let (amazon, workspace) = licensed(terraform);
        throttle(&amazon, Operation::AssociateLicense);
        workspace.apply().unwrap();
        assert_waited(&amazon);
    }
}

cli_test! {
    fn before_a_refresh(terraform: &Terraform) {
        let (amazon, workspace) = licensed(terraform);
        workspace.apply().unwrap();
        throttle(&amazon, Operation::DescribeWorkspace);
        workspace.expect_no_changes().unwrap();
        assert_waited(&amazon);
    }
}

cli_test! {
    fn before_a_removal(terraform: &Terraform) {
        let (amazon, workspace) = licensed(terraform);
        workspace.apply().unwrap();
        throttle(&amazon, Operation::DisassociateLicense);
        workspace.destroy().unwrap();
        assert_waited(&amazon);
        assert_eq!(amazon.workspace(amazon.workspace_id()).unwrap().license_type, None);
    }
}
