//! Every file of the examples, applied with as little around it as it needs.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Completion, Failed, Trial};
use simulator::amazon::{self, Amazon, Endpoint, NewWorkspace, Role, Sts};
use simulator::grafana::{self, Generation, Grafana, LicenseClaims};
use terraform_runner::{Action, Workspace};

use crate::{directories, examples, newest, provider, required_providers};

/// What the examples say, and the simulated servers are.
const URL: &str = "https://grafana.example.com/";
const REGION: &str = "eu-central-1";
const ROLE: &str = "arn:aws:iam::123456789012:role/grafana-administrator";
const KEY: i64 = 42;

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

/// The servers as the examples describe them.
struct Stage {
    grafana: Grafana,
    amazon: Amazon,
    sts: Sts,
}

impl Stage {
    fn new(name: &str) -> Self {
        let grafana = Grafana::start(grafana::Options {
            generation: Generation::V10_4,
            root_url: Some(URL.to_owned()),
            ..grafana::Options::default()
        });
        let options = amazon::Options {
            region: REGION.to_owned(),
            endpoint: Endpoint::Nowhere,
            ..amazon::Options::default()
        };
        let amazon = Amazon::start(options).expect("Amazon starts");
        let sts = Sts::start(&amazon).expect("STS starts");
        sts.add_role(Role::new(ROLE));
        let stage = Self { grafana: grafana.expect("Grafana starts"), amazon, sts };
        stage.furnish(name);
        stage
    }

    /// The license, the keys and the workspaces that examples read or import.
    fn furnish(&self, name: &str) {
        if !name.starts_with("resources/grafana_enterprise_license/resource") {
            self.grafana.set_license(Some(self.license()));
        }
        if name.contains("import") {
            for number in 1..=KEY {
                let name = if number == KEY { "ci".to_owned() } else { format!("key {number}") };
                let life = Some(2_592_000);
                let made = self.grafana.create_api_key(1, &name, grafana::Role::Viewer, life);
                assert_eq!(made.expect("a new name").id, number);
            }
        }
        let licensed = name.contains("import");
        for (name, region, id) in
            [("metrics", REGION, "g-0123456789"), ("ireland", "eu-west-1", "g-abcdef0123")]
        {
            self.amazon.link_account(region);
            let new = NewWorkspace::named(name).region(region).endpoint(Endpoint::Nowhere);
            let new = new.with(move |workspace| {
                workspace.id = id.to_owned();
                workspace.license_type = licensed.then(|| "ENTERPRISE".to_owned());
            });
            self.amazon.create_workspace(new).expect("a workspace");
        }
    }

    fn license(&self) -> LicenseClaims {
        LicenseClaims::for_instance(URL)
    }

    /// An empty configuration, whose environment leads to the servers and answers every variable.
    fn workspace(&self) -> Workspace {
        let mut workspace = Workspace::new(&newest(), &[provider()]).expect("a workspace");
        for (name, value) in self.amazon.exports().into_iter().chain(self.sts.exports()) {
            workspace.env(name, value);
        }
        workspace.write("versions.tf", &required_providers()).expect("can be written");
        workspace.env("GRAFANA_URL", self.grafana.url()).env("GRAFANA_AUTH", "admin:admin");
        let license = self.grafana.issuer().mint(&self.license()).expect("can be signed");
        for name in
            ["license_token", "renewed_license_token", "next_license_token", "new_license_token"]
        {
            workspace.env(format!("TF_VAR_{name}"), &license);
        }
        workspace.env("TF_VAR_grafana_password", "admin");
        workspace.env("TF_VAR_grafana_labs_token", "an-account-at-grafana-labs");
        workspace
    }

    /// Adds a file of the examples, in which `url` is where the simulated Grafana really is.
    fn add(&self, workspace: &Workspace, path: &Path) -> Result<(), Failed> {
        let here = |line: &str| match line.trim_start().starts_with("url ") {
            true => line.replace(URL, &self.grafana.url()),
            false => line.to_owned(),
        };
        let text: Vec<_> = fs::read_to_string(path)?.lines().map(here).collect();
        let name = path.file_name().and_then(|name| name.to_str()).ok_or("a name")?;
        workspace.write(name, &text.join("\n"))?;
        if text.iter().any(|line| line.contains("required_providers")) {
            workspace.remove("versions.tf")?;
        }
        Ok(())
    }
}
