#![cfg(unix)]

use std::time::Duration;

use terraform_runner::{Error, Running, Terraform, Workspace};

crate::with_each_terraform!(
    an_interrupt_ends_an_apply_gracefully,
    an_interrupt_of_the_group_does_too,
    a_command_that_takes_too_long_is_killed,
    the_end_is_noticed_while_output_is_awaited,
);

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

/// An apply that has begun to create something that takes an hour.
fn creating(terraform: &Terraform) -> (Workspace, Running) {
    let workspace = Workspace::new(terraform, &[]).unwrap();
    // The text that is awaited is not in the command that Terraform announces.
    let command = "printf 'is-%s\\n' up; exec sleep 3600";
    let configuration = format!(
        "resource \"terraform_data\" \"a\" {{\n  provisioner \"local-exec\" {{\n    command = {command:?}\n  }}\n}}\n"
    );
    workspace.write("main.tf", &configuration).unwrap();
    let mut running = workspace.spawn(&["apply", "-auto-approve"]).unwrap();
    running.wait_for_output("is-up", LONG).unwrap();
    (workspace, running)
}

fn is_tainted(workspace: &Workspace) -> bool {
    workspace
        .state_resource("terraform_data.a")
        .unwrap()
        .is_some_and(|resource| resource["tainted"] == true)
}

pub fn an_interrupt_ends_an_apply_gracefully(terraform: &Terraform) {
    let (workspace, running) = creating(terraform);
    running.interrupt().unwrap();
    assert_eq!(running.wait().unwrap().code, Some(1));
    assert!(is_tainted(&workspace));
}

fn an_interrupt_of_the_group_does_too(terraform: &Terraform) {
    let (workspace, running) = creating(terraform);
    running.interrupt_group().unwrap();
    assert_eq!(running.wait().unwrap().code, Some(1));
    assert!(is_tainted(&workspace));
}

fn a_command_that_takes_too_long_is_killed(terraform: &Terraform) {
    let (mut workspace, running) = creating(terraform);
    drop(running);
    workspace.timeout(Duration::from_millis(1));
    let error = workspace.run(&["plan"]).unwrap_err();
    assert!(matches!(&error, Error::TimedOut { so_far, .. } if so_far.code.is_none()), "{error}");
    assert!(error.to_string().contains("plan"), "{error}");
}

fn the_end_is_noticed_while_output_is_awaited(terraform: &Terraform) {
    let workspace = Workspace::new(terraform, &[]).unwrap();
    let mut running = workspace.spawn(&["version"]).unwrap();
    running.wait_for_output("Te", LONG).ok();
    let error = running.wait_for_output("nothing like this", LONG).unwrap_err();
    assert!(
        matches!(error, Error::Ended { run, .. } if run.success() && run.stdout.contains(" v1."))
    );
}
