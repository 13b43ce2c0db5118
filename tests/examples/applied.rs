//! Every file of the examples, applied with as little around it as it needs.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Completion, Failed, Trial};
use terraform_runner::{Action, Workspace};

use crate::stage::Stage;
use crate::{directories, examples};

/// A test for each file, named after it.
pub fn trials() -> Vec<Trial> {
    let files = directories(&examples()).into_iter().flat_map(|directory| {
        fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path())
    });
    let mut files: Vec<_> = files.filter(|path| is_example(path)).collect();
    files.sort();
    assert!(files.len() > 20, "examples have moved: {files:?}");
    files.into_iter().map(trial).collect()
}

fn is_example(path: &Path) -> bool {
    [".tf", ".hcl", ".sh"].iter().any(|ending| path.to_string_lossy().ends_with(ending))
}

fn trial(path: PathBuf) -> Trial {
    let name = path.strip_prefix(examples()).unwrap_or(&path).to_string_lossy().replace('\\', "/");
    Trial::ignorable_test(format!("applied::{name}"), move || applied(&path, &name))
}

fn applied(path: &Path, name: &str) -> Result<Completion, Failed> {
    if name.starts_with("quickstart/") {
        let by = "cargo run --example quickstart applies it, with all around it";
        return Ok(Completion::ignored_with(by));
    }
    let stage = Stage::new(name);
    let workspace = stage.workspace();
    let text = fs::read_to_string(path)?;
    if name.ends_with(".sh") {
        return import(&stage, path, &text);
    }
    stage.add(&workspace, path)?;
    for other in needed(path, name) {
        stage.add(&workspace, &other)?;
    }
    workspace.write("around.tf", around(name))?;
    if name.ends_with(".tfquery.hcl") {
        workspace.run(&["query"])?.expect_success()?;
        return Ok(Completion::Completed);
    }
    if let Some(action) = text.strip_prefix("# terraform apply -invoke=") {
        let invoke = format!("-invoke={}", action.lines().next().unwrap_or_default());
        workspace.run(&["apply", "-auto-approve", &invoke])?.expect_success()?;
        return Ok(Completion::Completed);
    }
    workspace.apply()?;
    settled(&workspace)
}

/// Each command of the file, beside the resource that it imports.
fn import(stage: &Stage, path: &Path, text: &str) -> Result<Completion, Failed> {
    let commands: Vec<_> =
        text.lines().filter_map(|line| line.strip_prefix("terraform import ")).collect();
    assert!(!commands.is_empty(), "{text}");
    for command in commands {
        let workspace = stage.workspace();
        stage.add(&workspace, &path.with_file_name("resource.tf"))?;
        let (address, id) = command.split_once(' ').ok_or("an address and an id")?;
        workspace.import(address, id)?;
        workspace.apply()?;
        settled(&workspace)?;
    }
    Ok(Completion::Completed)
}

/// There is nothing more to do.
fn settled(workspace: &Workspace) -> Result<Completion, Failed> {
    let plan = workspace.plan()?;
    // Not `is_empty`: the data source of a `check` is read again by every apply.
    let more = plan.changes.iter().filter(|it| it.mode == "managed");
    let more: Vec<_> = more.filter(|it| it.change.actions != Action::NoOp).collect();
    if more.is_empty() {
        Ok(Completion::Completed)
    } else {
        Err(format!("more to do: {more:?}").into())
    }
}

/// The files of the examples that belong to this one.
fn needed(path: &Path, name: &str) -> Vec<PathBuf> {
    let of_resource =
        |file: &str| file.starts_with("import").then(|| path.with_file_name("resource.tf"));
    match name {
        "provider/provider.tf" => vec![examples().join("resources/grafana_api_key/resource.tf")],
        _ => path.file_name().and_then(|file| of_resource(file.to_str()?)).into_iter().collect(),
    }
}

/// What an example needs so that something happens.
fn around(name: &str) -> &'static str {
    match name {
        "provider/provider-amazon.tf" => {
            "data \"managed_workspace\" \"metrics\" {\n  provider = grafana.amazon\n  name     = \"metrics\"\n}\n"
        }
        _ => "",
    }
}
