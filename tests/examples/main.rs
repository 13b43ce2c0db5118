//! Every example is formatted, valid with the built provider, and applied to simulated servers; so is what pages show.

mod applied;
mod guides;
mod leaving;
mod permissions;
mod plans;
mod policies;
mod stage;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};
use terraform_provider_grafana::provider::ADDRESS;
use terraform_runner::{ProviderUnderTest, Release, Terraform, Workspace};

fn main() -> ExitCode {
    let checks = [
        Trial::test("every_example_is_formatted", || {
            every_example_is_formatted();
            Ok(())
        }),
        Trial::test("every_example_is_valid", || {
            every_example_is_valid();
            Ok(())
        }),
    ];
    let shown = guides::trials().into_iter().chain(plans::trials()).chain(policies::trials());
    let shown = shown.chain(permissions::trials()).chain(leaving::trials());
    let trials = checks.into_iter().chain(applied::trials()).chain(shown).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn every_example_is_formatted() {
    let terraform = newest();
    let run = terraform
        .command()
        .args(["fmt", "-check", "-diff", "-recursive"])
        .args([examples(), top().join("tests/acceptance")])
        .output()
        .expect("Terraform starts");
    let told = String::from_utf8_lossy(&run.stdout) + String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{told}");
}

fn every_example_is_valid() {
    let terraform = newest();
    let configurations: Vec<_> = directories(&examples()).iter().flat_map(configurations).collect();
    assert!(configurations.len() >= 5, "examples have moved: {configurations:?}");
    let wrong: Vec<_> =
        configurations.iter().filter_map(|files| complaint(&terraform, files)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What Terraform says against a configuration of these files; nothing if it is valid.
fn complaint(terraform: &Terraform, files: &[PathBuf]) -> Option<String> {
    let workspace = Workspace::new(terraform, &[provider()]).expect("a workspace");
    let mut names_the_provider = false;
    let mut is_query = false;
    for file in files {
        let text = fs::read_to_string(file).expect("an example can be read");
        let name = file.file_name().and_then(|name| name.to_str()).expect("a name");
        names_the_provider |= text.contains("required_providers");
        is_query |= name.ends_with(".tfquery.hcl");
        workspace.write(name, &text).expect("can be written");
    }
    if !names_the_provider {
        workspace.write("versions.tf", &required_providers()).expect("can be written");
    }
    let arguments: &[&str] = if is_query { &["validate", "-query"] } else { &["validate"] };
    let run = workspace.run(arguments).expect("Terraform runs");
    (!run.success()).then(|| format!("{files:?}\n{run}"))
}

/// The configurations in a directory: each file that stands alone, and each import with the first of them.
fn configurations(directory: &PathBuf) -> Vec<Vec<PathBuf>> {
    let mut files: Vec<_> = fs::read_dir(directory)
        .expect("a directory")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| is_configuration(path))
        .collect();
    files.sort();
    if directory.ends_with("quickstart") {
        return vec![files];
    }
    let (imports, main): (Vec<_>, Vec<_>) = files.into_iter().partition(|path| is_import(path));
    // The one whose name is shortest: resource.tf, before resource-….tf.
    let first = main.iter().min_by_key(|path| path.as_os_str().len()).cloned();
    let imports = imports.into_iter().map(|import| first.iter().cloned().chain([import]).collect());
    main.iter().map(|file| vec![file.clone()]).chain(imports).collect()
}

fn is_configuration(path: &Path) -> bool {
    let name = path.to_string_lossy();
    name.ends_with(".tf") || name.ends_with(".tfquery.hcl")
}

fn is_import(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("import"))
}

/// Every directory below, itself included.
fn directories(directory: &Path) -> Vec<PathBuf> {
    let below = fs::read_dir(directory).expect("a directory");
    let below = below.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir());
    below.flat_map(|path| directories(&path)).chain([directory.to_owned()]).collect()
}

fn examples() -> PathBuf {
    top().join("examples")
}

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn newest() -> Terraform {
    Terraform::fetched(Release::NEWEST).expect("Terraform can be fetched")
}

fn provider() -> ProviderUnderTest {
    let binary = env!("CARGO_BIN_EXE_terraform-provider-grafana");
    ProviderUnderTest::new(ADDRESS, binary).expect("a valid address")
}

fn required_providers() -> String {
    format!(
        "terraform {{\n  required_providers {{\n    grafana = {{\n      source = \"{ADDRESS}\"\n    }}\n  }}\n}}\n"
    )
}
