use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// What is started to run Terraform.
#[derive(Clone, Debug)]
pub(crate) struct Launcher {
    pub(crate) program: PathBuf,
    /// What comes before Terraform's own arguments.
    pub(crate) arguments: Vec<PathBuf>,
}

impl Launcher {
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        command
    }

    /// The file that Terraform itself is in.
    pub(crate) fn source(&self) -> &Path {
        self.arguments.last().unwrap_or(&self.program)
    }
}
