use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, Severity},
    error::{self, Error},
    run::Run,
};

/// The warning that every command gives in a workspace with development overrides.
const OVERRIDES_WARNING: &str = "Provider development overrides are in effect";

/// A command that has ended and whose output was Terraform's machine-readable UI
/// (<https://developer.hashicorp.com/terraform/internals/machine-readable-ui>).
#[derive(Clone, Debug)]
pub struct JsonRun {
    /// The run.
    pub run: Run,
    /// Every message, in order. Output that is not JSON is in `run` only.
    pub lines: Vec<Value>,
    /// Every error and warning, without the warning that development overrides are in effect.
    pub diagnostics: Vec<Diagnostic>,
}

impl JsonRun {
    /// Reads the messages in a run's standard output.
    ///
    /// # Errors
    /// [`Error::Json`] if a diagnostic is not as documented.
    pub fn new(run: Run) -> Result<Self, Error> {
        let lines: Vec<Value> =
            run.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let mut diagnostics = Vec::new();
        for line in of_kind(&lines, "diagnostic") {
            diagnostics.push(error::json("a diagnostic", &line["diagnostic"].to_string())?);
        }
        Ok(Self { run, lines, diagnostics: without_overrides_warning(diagnostics) })
    }

    /// Whether the exit code is 0.
    pub fn success(&self) -> bool {
        self.run.success()
    }

    /// This run if its exit code is 0.
    ///
    /// # Errors
    /// [`Error::Failed`] with the whole output otherwise.
    pub fn expect_success(self) -> Result<Self, Error> {
        self.expect_code(&[0])
    }

    pub(crate) fn expect_code(self, codes: &[i32]) -> Result<Self, Error> {
        let Self { run, lines, diagnostics } = self;
        Ok(Self { run: run.expect_code(codes)?, lines, diagnostics })
    }

    /// The errors.
    pub fn errors(&self) -> Vec<&Diagnostic> {
        self.of_severity(Severity::Error)
    }

    /// The warnings. `apply` gives those of its plan twice.
    pub fn warnings(&self) -> Vec<&Diagnostic> {
        self.of_severity(Severity::Warning)
    }

    /// The messages whose `type` is `kind`, such as `apply_complete`.
    pub fn of_kind(&self, kind: &str) -> Vec<&Value> {
        of_kind(&self.lines, kind).collect()
    }

    /// What was to be done: address and action (`create`, `replace`, …) of each planned change.
    pub fn planned(&self) -> Vec<(&str, &str)> {
        changes(&self.lines, "planned_change", "change")
    }

    /// What was done: address and action of each change that is complete. A replacement is a `delete` and a `create`.
    pub fn applied(&self) -> Vec<(&str, &str)> {
        changes(&self.lines, "apply_complete", "hook")
    }

    /// The counts that the command ended with: `add`, `change`, `remove`, `import`, and `operation`.
    pub fn summary(&self) -> Option<&Value> {
        of_kind(&self.lines, "change_summary").last().map(|line| &line["changes"])
    }

    /// The root module's outputs after an apply: each name with `value`, `type` and `sensitive`. A sensitive one has no
    /// `value`.
    pub fn outputs(&self) -> Option<&Value> {
        of_kind(&self.lines, "outputs").last().map(|line| &line["outputs"])
    }

    fn of_severity(&self, severity: Severity) -> Vec<&Diagnostic> {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).collect()
    }
}

/// Leaves out what is there whatever the provider does.
pub(crate) fn without_overrides_warning(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.retain(|diagnostic| diagnostic.summary != OVERRIDES_WARNING);
    diagnostics
}

fn of_kind<'a>(lines: &'a [Value], kind: &str) -> impl Iterator<Item = &'a Value> {
    lines.iter().filter(move |line| line["type"] == kind)
}

fn changes<'a>(lines: &'a [Value], kind: &str, part: &str) -> Vec<(&'a str, &'a str)> {
    let change = |line: &'a Value| {
        let change = &line[part];
        Some((change["resource"]["addr"].as_str()?, change["action"].as_str()?))
    };
    of_kind(lines, kind).filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = r#"
{"type":"version","terraform":"1.15.5"}
{"type":"diagnostic","diagnostic":{"severity":"warning","summary":"Provider development overrides are in effect"}}
{"type":"diagnostic","diagnostic":{"severity":"warning","summary":"Soon over"}}
{"type":"diagnostic","diagnostic":{"severity":"error","summary":"Refused","address":"a.b"}}
{"type":"planned_change","change":{"resource":{"addr":"a.b"},"action":"replace"}}
{"type":"apply_complete","hook":{"resource":{"addr":"a.b"},"action":"delete"}}
{"type":"change_summary","changes":{"add":1,"operation":"plan"}}
{"type":"change_summary","changes":{"add":0,"operation":"apply"}}
{"type":"outputs","outputs":{"x":{"value":1}}}
not JSON
"#;

    fn run(stdout: &str) -> Run {
        Run {
            command: String::new(),
            code: Some(1),
            stdout: stdout.to_owned(),
            stderr: String::new(),
        }
    }

    #[test]
    fn messages_are_sorted_by_what_they_say() {
        let run = JsonRun::new(run(OUTPUT)).unwrap();
        assert_eq!(
            run.warnings().iter().map(|it| it.summary.as_str()).collect::<Vec<_>>(),
            ["Soon over"]
        );
        assert_eq!(run.errors()[0].address.as_deref(), Some("a.b"));
        assert_eq!(run.planned(), [("a.b", "replace")]);
        assert_eq!(run.applied(), [("a.b", "delete")]);
        assert_eq!(run.summary().unwrap()["operation"], "apply");
        assert_eq!(run.outputs().unwrap()["x"]["value"], 1);
        assert_eq!(run.lines.len(), 9);
    }

    #[test]
    fn a_diagnostic_of_another_shape_is_an_error() {
        let error =
            JsonRun::new(run(r#"{"type":"diagnostic","diagnostic":{"summary":1}}"#)).unwrap_err();
        assert!(matches!(error, Error::Json { .. }));
    }
}
