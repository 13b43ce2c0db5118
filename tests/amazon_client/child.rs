//! Tests that need an environment of their own run a second time, in a process that has nothing
//! but it: the environment of the test process is shared by all tests in it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;
use terraform_provider_grafana::amazon::{Amazon, Error, ErrorKind, Settings};

const MARK: &str = "AMAZON_CLIENT_TEST_CHILD";

/// Far beyond the five seconds that a sign-in may take: a hang, and nothing else, is longer.
const HANG: Duration = Duration::from_secs(60);

/// Whether this process is the second one.
pub fn is_here() -> bool {
    std::env::var_os(MARK).is_some()
}

/// The second process before it runs: its variables and its home directory.
pub struct Child {
    home: TempDir,
    variables: Vec<(String, String)>,
}

impl Child {
    /// With a home directory without files, and without instance metadata.
    pub fn new(variables: Vec<(String, String)>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let child = Self { home, variables };
        child.set("AWS_EC2_METADATA_DISABLED", "true")
    }

    /// With this variable, in place of one of that name.
    pub fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.into(), value.into()));
        self
    }

    /// With all these variables.
    pub fn all(self, variables: Vec<(String, String)>) -> Self {
        let set = |child: Self, (name, value): (String, String)| child.set(&name, value);
        variables.into_iter().fold(self, set)
    }

    /// Without this variable.
    pub fn unset(mut self, name: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self
    }

    /// With this file below the home directory.
    pub fn file(self, path: &str, text: &str) -> Self {
        let path = self.home.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// The home directory.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs the test `name` there and demands that it passes.
    pub fn passes(self, name: &str) {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", name, "--nocapture"]).env_clear();
        command.env("HOME", self.home.path()).env(MARK, "1").envs(self.variables);
        let output = command.output().unwrap();
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "in the child:\n{stdout}\n{stderr}");
        assert!(stdout.contains("1 passed"), "no test is named {name}:\n{stdout}");
    }
}

/// Describes the workspace of `GRAFANA_WORKSPACE_ID`, here in the child.
pub fn describe(settings: Settings, region: Option<&str>) -> Result<String, Error> {
    let id = std::env::var("GRAFANA_WORKSPACE_ID").unwrap();
    wait_for(async {
        let client = Amazon::new(settings);
        let region = region.map(|name| name.parse().unwrap());
        Ok(client.describe_workspace(region.as_ref(), &id).await?.id.clone())
    })
}

/// Runs `work` to its end, which must come.
pub fn wait_for<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(HANG, work).await.expect("it hangs") })
}

/// Demands that describing fails with this kind and a text with these parts; the whole text.
pub fn fails(settings: Settings, kind: ErrorKind, parts: &[&str]) -> String {
    let error = describe(settings, None).expect_err("there is nothing to sign in with");
    println!("{error}");
    assert_eq!(error.kind(), &kind, "{error}");
    for part in parts {
        assert!(error.to_string().contains(part), "{part:?} in: {error}");
    }
    format!("{error} {error:?}")
}
