//! What README, guides and pages show: every block is formatted and valid, and every message is one that exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};
use regex_lite::Regex;
use simulator::grafana::LicenseClaims;
use terraform_provider_grafana::provider::ADDRESS;
use terraform_runner::{ProviderUnderTest, Workspace};

use crate::stage::{Stage, URL};
use crate::{newest, top};

/// A test for each rule.
pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("guides::every_block_is_formatted", every_block_is_formatted),
        Trial::test("guides::every_block_is_valid", every_block_is_valid),
        Trial::test("guides::every_message_is_one_of_the_provider", every_message_is_known),
    ]
}

/// The pages that are written by hand.
pub fn pages() -> Vec<PathBuf> {
    let mut pages = vec![top().join("README.md")];
    let mut directories = vec![top().join("templates")];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { directories.push(path) } else { pages.push(path) }
        }
    }
    pages.sort();
    pages
}

/// The language and the text of each fenced block.
pub fn fences(markdown: &str) -> impl Iterator<Item = (&str, String)> {
    let mut lines = markdown.lines();
    std::iter::from_fn(move || {
        let opening = lines.find_map(|line| line.strip_prefix("```"))?;
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        Some((opening, block.join("\n") + "\n"))
    })
}

/// The blocks of Terraform on all pages, with a name for each.
fn blocks() -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        let path = page.strip_prefix(top()).unwrap_or(&page).with_extension("");
        let name = path.to_string_lossy().replace(|c: char| !c.is_alphanumeric(), "_");
        let terraform = fences(&text).filter(|(language, _)| *language == "terraform");
        let numbered = terraform.enumerate().map(|(n, (_, block))| (format!("{name}_{n}"), block));
        blocks.extend(numbered);
    }
    assert!(blocks.len() > 20, "pages have moved: {blocks:?}");
    blocks
}

fn every_block_is_formatted() -> Result<(), Failed> {
    let workspace = Workspace::new(&newest(), &[])?;
    for (name, block) in blocks() {
        workspace.write(format!("{name}.tf"), &block)?;
    }
    workspace.run(&["fmt", "-check", "-diff"])?.expect_success()?;
    Ok(())
}

/// Each block is a module of one configuration, so that Terraform starts once. `import` is only allowed at the top, and
/// `hashicorp/aws` is not at hand.
fn every_block_is_valid() -> Result<(), Failed> {
    let binary = env!("CARGO_BIN_EXE_terraform-provider-grafana");
    // It has all that the blocks for `grafana/grafana` show.
    let providers = [
        ProviderUnderTest::new(ADDRESS, binary)?,
        ProviderUnderTest::new("registry.terraform.io/grafana/grafana", binary)?,
    ];
    let workspace = Workspace::new(&newest(), &providers)?;
    let stage = Stage::new("guides");
    let license = stage.grafana.issuer().mint(&LicenseClaims::for_instance(URL))?;
    workspace.write("license.jwt", &license)?;
    let skipped = ["import {", "hashicorp/aws", "aws_grafana_"];
    let mut calls = String::new();
    for (name, block) in blocks() {
        if skipped.iter().any(|word| block.contains(word)) {
            continue;
        }
        workspace.write(format!("{name}/main.tf"), &(block.clone() + &missing(&block)?))?;
        let variables = names("variable \"([a-z_]+)\"", &block)?;
        let values: String =
            variables.iter().map(|name| format!("  {name} = \"{license}\"\n")).collect();
        calls += &format!("module \"{name}\" {{\n  source = \"./{name}\"\n{values}}}\n");
    }
    workspace.write("main.tf", &calls)?;
    workspace.run(&["get"])?.expect_success()?;
    workspace.run(&["validate"])?.expect_success()?;
    Ok(())
}

/// What a block leaves to the reader: where its providers come from, and variables.
fn missing(block: &str) -> Result<String, Failed> {
    let mut around = String::new();
    if !block.contains("required_providers") {
        let mut locals = names("provider += ([a-z]+)\n", block)?;
        if locals.is_empty() {
            locals.insert("grafana".to_owned());
        }
        let entries: String = locals
            .iter()
            .map(|local| format!("    {local} = {{ source = \"{ADDRESS}\" }}\n"))
            .collect();
        around += &format!("terraform {{\n  required_providers {{\n{entries}  }}\n}}\n");
    }
    let declared = names("variable \"([a-z_]+)\"", block)?;
    for name in names(r"\bvar\.([a-z_]+)", block)?.difference(&declared) {
        around += &format!("variable \"{name}\" {{\n  default = \"x\"\n}}\n");
    }
    Ok(around)
}

/// What the group of the pattern matches, each once.
fn names(pattern: &str, text: &str) -> Result<BTreeSet<String>, Failed> {
    let pattern = Regex::new(pattern)?;
    Ok(pattern.captures_iter(text).map(|found| found[1].to_owned()).collect())
}

/// The titles that guides list are those of `tests/snapshots/diagnostics.snap`.
fn every_message_is_known() -> Result<(), Failed> {
    let snapshot = fs::read_to_string(top().join("tests/snapshots/diagnostics.snap"))?;
    let titles: BTreeSet<_> = snapshot
        .lines()
        .filter_map(|line| line.strip_prefix("Error: ").or_else(|| line.strip_prefix("Warning: ")))
        .collect();
    let guide =
        |name: &str| fs::read_to_string(Path::new(top()).join("templates/guides").join(name));
    let review = guide("licenses-in-code-review.md")?;
    let listed = review.lines().filter_map(|line| line.strip_prefix("| **")?.split_once("** |"));
    let trouble = guide("troubleshooting.md")?;
    let headings = trouble.lines().filter_map(|line| line.strip_prefix("### "));
    let named: Vec<_> = listed.map(|(title, _)| title).chain(headings).collect();
    assert!(named.len() > 15, "{named:?}");
    let plain = |title: &str| title.replace('`', "");
    let unknown: Vec<_> = named
        .into_iter()
        .filter(|it| !titles.iter().any(|title| plain(title) == plain(it)))
        .collect();
    if unknown.is_empty() { Ok(()) } else { Err(format!("no such message: {unknown:?}").into()) }
}
