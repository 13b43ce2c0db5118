//! Steps in plain words, with Terraform's own output between them.

use std::io::{IsTerminal, stdout};
use std::path::Path;

use serde_json::Value;
use terraform_runner::Workspace;

use crate::Failure;

/// The plan that [`Narrator::plan`] saves.
const SAVED: &str = "tour.tfplan";

/// What a plan should find.
pub enum Wanted<'a> {
    /// Nothing to do.
    NoChanges,
    /// Changes to exactly these resources.
    ChangesTo(&'a [&'a str]),
}

/// Runs Terraform in a workspace and tells what happens.
pub struct Narrator {
    workspace: Workspace,
    steps: usize,
}

impl Narrator {
    pub fn new(mut workspace: Workspace) -> Self {
        if stdout().is_terminal() {
            workspace.env_remove("TF_CLI_ARGS");
        }
        Narrator { workspace, steps: 0 }
    }

    pub fn workspace(&mut self) -> &mut Workspace {
        &mut self.workspace
    }

    /// Announces the next step.
    pub fn step(&mut self, title: &str, explanation: &str) {
        self.steps += 1;
        println!("\n=== {}. {title}\n{explanation}", self.steps);
    }

    /// Runs a command that has to succeed, its output shown as it comes.
    pub fn run(&self, arguments: &[&str]) -> Result<(), Failure> {
        match self.exit_code(arguments)? {
            0 => Ok(()),
            code => Err(format!("{} ended with exit code {code}", self.spoken(arguments)).into()),
        }
    }

    /// Plans, and checks that the plan is the one that is wanted.
    pub fn plan(&self, wanted: Wanted<'_>) -> Result<(), Failure> {
        let saved = format!("-out={SAVED}");
        let arguments = ["plan", "-detailed-exitcode", &saved];
        let code = self.exit_code(&arguments)?;
        match (code, wanted) {
            (0, Wanted::NoChanges) => Ok(()),
            (2, Wanted::ChangesTo(addresses)) => self.compare(addresses),
            (0, Wanted::ChangesTo(_)) => Err("the plan did not find the changes".into()),
            (2, Wanted::NoChanges) => Err("the plan should have been empty".into()),
            (code, _) => {
                Err(format!("{} ended with exit code {code}", self.spoken(&arguments)).into())
            }
        }
    }

    /// Applies the plan that was made last.
    pub fn apply_plan(&self) -> Result<(), Failure> {
        self.run(&["apply", SAVED])
    }

    fn compare(&self, wanted: &[&str]) -> Result<(), Failure> {
        let shown = self.workspace.run(&["show", "-json", SAVED])?.expect_success()?;
        let plan: Value = serde_json::from_str(&shown.stdout)?;
        let changes = plan["resource_changes"].as_array().into_iter().flatten();
        let changed: Vec<_> = changes
            .filter(|change| change["change"]["actions"] != serde_json::json!(["no-op"]))
            .filter_map(|change| change["address"].as_str())
            .collect();
        let missing: Vec<_> = wanted.iter().filter(|address| !changed.contains(address)).collect();
        if missing.is_empty() && changed.len() == wanted.len() {
            return Ok(());
        }
        Err(format!("the plan should have changed {wanted:?}, but it changes {changed:?}").into())
    }

    fn exit_code(&self, arguments: &[&str]) -> Result<i32, Failure> {
        println!("\n$ {}", self.spoken(arguments));
        let status = self.workspace.command(arguments).status()?;
        status.code().ok_or_else(|| "Terraform was ended by a signal".into())
    }

    fn spoken(&self, arguments: &[&str]) -> String {
        let program = self.workspace.terraform().command();
        let name = Path::new(program.get_program()).file_stem().and_then(|name| name.to_str());
        let name = name.filter(|name| *name == "tofu").unwrap_or("terraform");
        format!("{name} {}", arguments.join(" "))
    }
}
