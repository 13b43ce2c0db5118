use std::{fs, io::ErrorKind, path::PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    error::{self, Doing, Error},
    json_run::{self, JsonRun},
    plan::Plan,
    run::Run,
    state,
    workspace::Workspace,
};

/// Terraform's commands. All of them fail with [`Error::Failed`] if Terraform does, and otherwise as
/// [`Workspace::run`]; to look at a failure, use [`Workspace::run`] or [`Workspace::run_json`].
impl Workspace {
    /// `init`. Needed only with a mirror, modules, a backend, or providers from the registry.
    ///
    /// # Errors
    /// As all commands.
    pub fn init(&self) -> Result<Run, Error> {
        self.run(&["init"])?.expect_success()
    }

    /// `validate`: every error and warning. An invalid configuration is no failure.
    ///
    /// # Errors
    /// As all commands.
    pub fn validate(&self) -> Result<Vec<Diagnostic>, Error> {
        #[derive(Deserialize)]
        struct Validation {
            diagnostics: Vec<Diagnostic>,
        }
        let run = self.run(&["validate", "-json"])?.expect_code(&[0, 1])?;
        let Validation { diagnostics } = error::json("the answer of validate", &run.stdout)?;
        Ok(json_run::without_overrides_warning(diagnostics))
    }

    /// `plan`, saved and read.
    ///
    /// # Errors
    /// As all commands.
    pub fn plan(&self) -> Result<Plan, Error> {
        self.plan_with(&[])
    }

    /// `plan` with more arguments, such as `-destroy`, `-refresh-only`, `-replace=…`, `-var=…`.
    ///
    /// # Errors
    /// As all commands.
    pub fn plan_with(&self, arguments: &[&str]) -> Result<Plan, Error> {
        let file = self.next_plan();
        let path = file.to_string_lossy();
        let out = format!("-out={path}");
        let arguments = [&["plan", "-detailed-exitcode", &out], arguments].concat();
        let ui = self.run_json(&arguments)?.expect_code(&[0, 2])?;
        let shown = self.run(&["show", "-json", &path])?.expect_success()?;
        Plan::new(ui, &shown.stdout, file.clone())
    }

    /// `plan`, not saved, which must find nothing to do: no change of a resource, an output, or the state.
    ///
    /// # Errors
    /// As all commands; [`Error::Failed`], with the changes, if there are any.
    pub fn expect_no_changes(&self) -> Result<JsonRun, Error> {
        self.run_json(&["plan", "-detailed-exitcode"])?.expect_success()
    }

    /// `apply` of the configuration as it is, approved.
    ///
    /// # Errors
    /// As all commands.
    pub fn apply(&self) -> Result<JsonRun, Error> {
        self.apply_with(&[])
    }

    /// `apply` with more arguments, such as `-replace=…`, `-var=…`, `-target=…`.
    ///
    /// # Errors
    /// As all commands.
    pub fn apply_with(&self, arguments: &[&str]) -> Result<JsonRun, Error> {
        self.run_json(&[&["apply", "-auto-approve"], arguments].concat())?.expect_success()
    }

    /// `apply` of a saved plan.
    ///
    /// # Errors
    /// As all commands.
    pub fn apply_plan(&self, plan: &Plan) -> Result<JsonRun, Error> {
        self.run_json(&["apply", &plan.file.to_string_lossy()])?.expect_success()
    }

    /// `destroy`, approved.
    ///
    /// # Errors
    /// As all commands.
    pub fn destroy(&self) -> Result<JsonRun, Error> {
        self.apply_with(&["-destroy"])
    }

    /// `import ADDRESS ID`. It has no JSON output: to see its diagnostics as values, plan an `import` block.
    ///
    /// # Errors
    /// As all commands.
    pub fn import(&self, address: &str, id: &str) -> Result<Run, Error> {
        self.run(&["import", address, id])?.expect_success()
    }

    /// `console`: the value of an expression, as Terraform writes it.
    ///
    /// # Errors
    /// As all commands.
    pub fn console(&self, expression: &str) -> Result<String, Error> {
        let run =
            self.run_with_input(&["console"], &format!("{expression}\n"))?.expect_success()?;
        Ok(run.stdout.trim_end().to_owned())
    }

    /// `providers schema`: the schemas of every provider in the configuration.
    ///
    /// # Errors
    /// As all commands.
    pub fn providers_schema(&self) -> Result<Value, Error> {
        self.json_of(&["providers", "schema", "-json"])
    }

    /// `output`: each output of the root module with `value`, `type` and `sensitive`. Sensitive ones have a value too.
    ///
    /// # Errors
    /// As all commands.
    pub fn outputs(&self) -> Result<Value, Error> {
        self.json_of(&["output", "-json"])
    }

    /// `show`: the state.
    ///
    /// # Errors
    /// As all commands.
    pub fn state(&self) -> Result<Value, Error> {
        self.json_of(&["show", "-json"])
    }

    /// A resource instance in the state, with `values`, `sensitive_values`, `tainted`, and on Terraform 1.12 and later
    /// `identity`. `None` if it is not there.
    ///
    /// # Errors
    /// As all commands.
    pub fn state_resource(&self, address: &str) -> Result<Option<Value>, Error> {
        Ok(state::resource(&self.state()?, address).cloned())
    }

    /// The attributes of a resource instance in the state file, secrets included. `None` if it is not there. It is read
    /// from the file, because `show` starts Terraform and every provider; for a state that a backend holds, there is
    /// [`state_resource`](Self::state_resource). An attribute of any type is an object of `type` and `value` there.
    ///
    /// # Errors
    /// [`Error::Io`], and [`Error::Json`] if the file is not a state.
    pub fn state_attributes(&self, address: &str) -> Result<Option<Value>, Error> {
        let text = self.raw_state_file()?;
        if text.is_empty() {
            return Ok(None);
        }
        Ok(state::attributes(error::json("the state file", &text)?, address))
    }

    /// The text of the state file; empty if there is none.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn raw_state_file(&self) -> Result<String, Error> {
        let path = self.state_path();
        match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
            read => read.doing(|| format!("reading {}", path.display())),
        }
    }

    /// Where the state file is, or will be.
    pub fn state_path(&self) -> PathBuf {
        self.path().join("terraform.tfstate")
    }

    fn json_of(&self, arguments: &[&str]) -> Result<Value, Error> {
        let run = self.run(arguments)?.expect_success()?;
        error::json(&format!("the answer of {}", arguments.join(" ")), &run.stdout)
    }
}
