#![cfg(unix)]

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, time::Duration};

use tempfile::TempDir;
use terraform_runner::{ProviderUnderTest, Terraform, Workspace};

crate::with_each_terraform!(
    an_override_is_started_without_init,
    a_mirrored_provider_is_installed_by_init,
    a_provider_outlives_a_killed_terraform,
);

const ADDRESS: &str = "registry.terraform.io/example/stub";
const CONFIGURATION: &str = "terraform {\n  required_providers {\n    stub = {\n      source = \"example/stub\"\n    }\n  }\n}\nresource \"stub_thing\" \"a\" {}\n";
/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

/// A program that Terraform starts as a provider: it leaves a mark with what Terraform told it, and then does `then`.
struct Stub {
    directory: TempDir,
}

impl Stub {
    fn new(then: &str) -> Self {
        let stub = Self { directory: tempfile::tempdir().unwrap() };
        let mark = stub.mark().display().to_string();
        let script =
            format!("#!/bin/sh\necho \"$TF_PLUGIN_MAGIC_COOKIE $STUB\" >> '{mark}'\n{then}\n");
        fs::write(stub.program(), script).unwrap();
        fs::set_permissions(stub.program(), fs::Permissions::from_mode(0o755)).unwrap();
        stub
    }

    fn program(&self) -> PathBuf {
        self.directory.path().join("stub")
    }

    fn mark(&self) -> PathBuf {
        self.directory.path().join("mark")
    }

    fn provider(&self) -> ProviderUnderTest {
        ProviderUnderTest::new(ADDRESS, self.program()).unwrap()
    }

    /// What the provider was told, each time it was started.
    fn starts(&self) -> Vec<String> {
        let mark = fs::read_to_string(self.mark()).unwrap_or_default();
        mark.lines().map(str::to_owned).collect()
    }
}

fn an_override_is_started_without_init(terraform: &Terraform) {
    let (stub, other) = (Stub::new("exit 1"), Stub::new("exit 1"));
    let elsewhere = ProviderUnderTest::new("example/other", other.program()).unwrap();
    let mut workspace = Workspace::new(terraform, &[elsewhere, stub.provider()]).unwrap();
    workspace.env("STUB", "set").write("main.tf", CONFIGURATION).unwrap();
    let run = workspace.run_json(&["plan"]).unwrap();
    assert!(!run.errors().is_empty() && run.warnings().is_empty(), "{}", run.run);
    let starts = stub.starts();
    assert!(
        !starts.is_empty() && starts.iter().all(|start| start.len() == 64 + " set".len()),
        "{starts:?}"
    );
    assert!(other.starts().is_empty());
}

fn a_mirrored_provider_is_installed_by_init(terraform: &Terraform) {
    let stub = Stub::new("exit 1");
    let workspace = Workspace::with_mirror(terraform, &[stub.provider().version("2.3.4")]).unwrap();
    workspace.write("main.tf", CONFIGURATION).unwrap();
    workspace.init().unwrap();
    let lock = fs::read_to_string(workspace.path().join(".terraform.lock.hcl")).unwrap();
    assert!(lock.contains("2.3.4"), "{lock}");
    assert!(!workspace.run(&["plan"]).unwrap().success());
    assert!(!stub.starts().is_empty());
}

fn a_provider_outlives_a_killed_terraform(terraform: &Terraform) {
    let stub = Stub::new("while :; do sleep 1; done");
    let workspace = Workspace::new(terraform, &[stub.provider()]).unwrap();
    workspace.write("main.tf", CONFIGURATION).unwrap();
    let mut running = workspace.spawn(&["plan"]).unwrap();
    let provider = running.wait_for_provider(LONG).unwrap();
    assert_eq!(provider.name, "terraform-provider-stub");
    assert!(running.providers().unwrap().contains(&provider));

    running.kill().unwrap();
    assert_eq!(running.wait().unwrap().code, None);
    assert!(provider.is_running().unwrap());
    assert!(provider.wait_for_end(Duration::from_millis(1)).is_err());
    provider.kill().unwrap();
    provider.wait_for_end(LONG).unwrap();
}
