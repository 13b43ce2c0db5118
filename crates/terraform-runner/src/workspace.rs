use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use tempfile::TempDir;

use crate::{
    cli_config::{self, Installation},
    environment,
    error::{Doing, Error},
    json_run::JsonRun,
    provider::ProviderUnderTest,
    run::Run,
    running::Running,
    terraform::Terraform,
};

/// How long a command may take unless [`Workspace::timeout`] says otherwise.
const TIMEOUT: Duration = Duration::from_secs(180);

/// A temporary directory with a configuration, its state, and a way to run Terraform on them.
///
/// Nothing of the user's environment reaches Terraform or the provider but the PATH and the like: no `GRAFANA_*`,
/// `AWS_*` or `TF_*`, and a home directory of its own. [`env`](Self::env) adds what a test wants.
pub struct Workspace {
    terraform: Terraform,
    directory: TempDir,
    environment: BTreeMap<OsString, Option<OsString>>,
    timeout: Duration,
    plans: AtomicUsize,
}

impl Workspace {
    /// A workspace in which the providers are development overrides: no `init` is needed by any command, as long as
    /// the configuration has no modules, no backend and no other providers.
    ///
    /// # Errors
    /// [`Error::Io`] if a provider's program is not there, or the directory cannot be made.
    pub fn new(terraform: &Terraform, providers: &[ProviderUnderTest]) -> Result<Self, Error> {
        Self::with_installation(terraform, providers, Installation::Overrides)
    }

    /// A workspace in which the providers are installed by [`init`](Self::init) from a mirror on disk, as from a
    /// registry: with a version, a lock file and checksums.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_mirror(
        terraform: &Terraform,
        providers: &[ProviderUnderTest],
    ) -> Result<Self, Error> {
        Self::with_installation(terraform, providers, Installation::Mirror)
    }

    /// A workspace whose providers come from where a user's do who has configured nothing: [`home`](Self::home) and
    /// registries. [`cli_config`](Self::cli_config) configures more.
    ///
    /// # Errors
    /// [`Error::Io`] if the directory cannot be made.
    pub fn unconfigured(terraform: &Terraform) -> Result<Self, Error> {
        let workspace = Self::empty(terraform)?;
        workspace.cli_config("")?;
        Ok(workspace)
    }

    fn with_installation(
        terraform: &Terraform,
        providers: &[ProviderUnderTest],
        installation: Installation,
    ) -> Result<Self, Error> {
        let workspace = Self::empty(terraform)?;
        let providers_directory = workspace.part("providers");
        let opentofu = terraform.is_opentofu();
        let config = cli_config::lay_out(installation, providers, &providers_directory, opentofu)?;
        workspace.cli_config(&config)?;
        Ok(workspace)
    }

    fn empty(terraform: &Terraform) -> Result<Self, Error> {
        let directory = tempfile::Builder::new()
            .prefix("terraform-")
            .tempdir()
            .doing(|| "creating a temporary directory".to_owned())?;
        let workspace = Self {
            terraform: terraform.clone(),
            directory,
            environment: BTreeMap::new(),
            timeout: TIMEOUT,
            plans: AtomicUsize::new(0),
        };
        for part in [workspace.path(), workspace.home(), workspace.part("plans")] {
            fs::create_dir_all(&part).doing(|| format!("creating {}", part.display()))?;
        }
        Ok(workspace)
    }

    /// Makes `text` the CLI configuration, in place of the one there was.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn cli_config(&self, text: &str) -> Result<(), Error> {
        write(&self.cli_config_file(), text)
    }

    /// Sets an environment variable for every later command.
    pub fn env(&mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> &mut Self {
        self.environment.insert(name.as_ref().to_owned(), Some(value.as_ref().to_owned()));
        self
    }

    /// Takes an environment variable away from every later command, be it one that every workspace sets.
    pub fn env_remove(&mut self, name: impl AsRef<OsStr>) -> &mut Self {
        self.environment.insert(name.as_ref().to_owned(), None);
        self
    }

    /// How long a command may take from now on; three minutes otherwise.
    pub fn timeout(&mut self, timeout: Duration) -> &mut Self {
        self.timeout = timeout;
        self
    }

    /// Writes a file of the configuration; `name` may have directories in it.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write(&self, name: impl AsRef<Path>, text: &str) -> Result<(), Error> {
        write(&self.path().join(name), text)
    }

    /// Removes a file of the configuration.
    ///
    /// # Errors
    /// [`Error::Io`], also if it is not there.
    pub fn remove(&self, name: impl AsRef<Path>) -> Result<(), Error> {
        let path = self.path().join(name);
        fs::remove_file(&path).doing(|| format!("removing {}", path.display()))
    }

    /// The configuration's directory, in which commands run.
    pub fn path(&self) -> PathBuf {
        self.part("configuration")
    }

    /// The home directory that commands have.
    pub fn home(&self) -> PathBuf {
        self.part("home")
    }

    /// The Terraform that runs here.
    pub fn terraform(&self) -> &Terraform {
        &self.terraform
    }

    /// A command with this workspace's directory and environment, for callers that want its output as it comes.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.terraform.command();
        environment::isolate(&mut command, &self.home());
        command
            .args(arguments)
            .current_dir(self.path())
            .env("TF_CLI_CONFIG_FILE", self.cli_config_file());
        for (name, value) in &self.environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    /// Starts a command and lets it run.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be started.
    pub fn spawn(&self, arguments: &[&str]) -> Result<Running, Error> {
        Running::start(self.command(arguments), "", self.timeout)
    }

    /// Runs a command to its end, whatever its exit code.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be started, [`Error::TimedOut`] with the output so far if it takes too long.
    pub fn run(&self, arguments: &[&str]) -> Result<Run, Error> {
        self.spawn(arguments)?.wait()
    }

    /// Runs a command with `input` as its standard input.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Result<Run, Error> {
        Running::start(self.command(arguments), input, self.timeout)?.wait()
    }

    /// Runs a command that has a machine-readable UI (`plan`, `apply`, `refresh`, `test`, `query`), with `-json`
    /// added, to its end, whatever its exit code.
    ///
    /// # Errors
    /// As [`run`](Self::run), and [`Error::Json`] if a diagnostic is not as documented.
    pub fn run_json(&self, arguments: &[&str]) -> Result<JsonRun, Error> {
        let mut arguments = arguments.to_vec();
        if !arguments.contains(&"-json") {
            arguments.insert(arguments.len().min(1), "-json");
        }
        JsonRun::new(self.run(&arguments)?)
    }

    /// A path for the next saved plan, outside the configuration.
    pub(crate) fn next_plan(&self) -> PathBuf {
        let number = self.plans.fetch_add(1, Ordering::Relaxed);
        self.part("plans").join(format!("{number}.tfplan"))
    }

    fn cli_config_file(&self) -> PathBuf {
        self.part("terraform.rc")
    }

    fn part(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    let writing = || format!("writing {}", path.display());
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).doing(writing)?;
    }
    fs::write(path, text).doing(writing)
}
