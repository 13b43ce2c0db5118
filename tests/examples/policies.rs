//! The jq policies of the guides, run on the plans that they are about.

use std::fs;

use jaq_core::data::JustLut;
use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, unwrap_valr};
use jaq_json::{Val, read};
use libtest_mimic::{Failed, Trial};
use terraform_runner::Workspace;

use crate::guides::{fences, pages};
use crate::stage::Stage;

const GUIDE: &str = "licenses-in-code-review";

/// What a policy says to a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    Passes,
    Refused,
}

/// A test of the `check` that the guide shows, and of what it reads from a run.
pub fn trials() -> Vec<Trial> {
    vec![Trial::test("policies::the_check_and_the_warnings_of_a_run", check)]
}

/// The only block of that guide which has `word` in it.
pub fn block(guide: &str, word: &str) -> Result<String, Failed> {
    let page = pages().into_iter().find(|page| page.file_stem().is_some_and(|stem| stem == guide));
    let text = fs::read_to_string(page.ok_or(guide)?)?;
    let found: Vec<_> = fences(&text).filter(|(_, block)| block.contains(word)).collect();
    match found.as_slice() {
        [(_, block)] => Ok(block.clone()),
        more => Err(format!("{} blocks of {guide} have {word:?}", more.len()).into()),
    }
}

/// Plans with these arguments, and expects that of the guide's policy.
pub fn judge(workspace: &Workspace, arguments: &[&str], expected: Judged) -> Result<(), Failed> {
    let plan = workspace.plan_with(arguments)?;
    let filter = filter("resource_changes")?;
    let judged = match jq(&filter, &plan.json.to_string())?.as_slice() {
        [passes] if passes == "true" => Judged::Passes,
        _ => Judged::Refused,
    };
    if judged == expected {
        return Ok(());
    }
    Err(format!("{arguments:?}: {judged:?}, not {expected:?}: {:#?}", plan.changes).into())
}

/// A license that ends in a year passes the check, in ten days it does not; a warning is read from the log.
fn check() -> Result<(), Failed> {
    let stage = Stage::new("resources/grafana_enterprise_license/resource.tf");
    for (days, state) in [(365, "true"), (10, "false")] {
        let workspace = stage.workspace();
        workspace.write("main.tf", &block(GUIDE, "check \"license\"")?)?;
        let now = jiff::Timestamp::now().as_second();
        let license = simulator::grafana::LicenseClaims {
            lexp: Some(now + days * 86_400),
            exp: Some(now + days * 86_400),
            ..stage.license()
        };
        let token = stage.grafana.issuer().mint(&license)?;
        workspace.write("license.jwt", &token)?;
        let plan = workspace.plan()?;
        let told = jq(&filter(".checks[]?")?, &plan.json.to_string())?;
        if told != [state] {
            return Err(format!("in {days} days: {told:?}, {}", plan.checks()).into());
        }
        let warnings = jq(&filter(".diagnostic |")?, &plan.ui.run.stdout)?;
        let ends = "warning: Check block assertion failed. The Grafana license ends";
        let is_told = warnings.iter().any(|it| it.starts_with(ends));
        if is_told == (state == "true") {
            return Err(format!("in {days} days: {warnings:?}").into());
        }
    }
    Ok(())
}

/// The jq filter of the guide that has `word` in it: what its command has between quotes.
fn filter(word: &str) -> Result<String, Failed> {
    let page = pages().into_iter().find(|page| page.ends_with(format!("{GUIDE}.md")));
    let text = fs::read_to_string(page.ok_or(GUIDE)?)?;
    let found = fences(&text)
        .flat_map(|(_, block)| {
            block.split('\'').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()
        })
        .find(|filter| filter.contains(word));
    Ok(found.ok_or(format!("no filter has {word:?}"))?)
}

/// What `jq FILTER` prints for JSON values one after the other, a string as it is (`-r`).
fn jq(filter: &str, input: &str) -> Result<Vec<String>, Failed> {
    let wrong = |error: &dyn std::fmt::Debug| Failed::from(format!("{filter}: {error:?}"));
    let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let arena = Arena::default();
    let program = File { code: filter, path: () };
    let modules = Loader::new(definitions).load(&arena, program).map_err(|e| wrong(&e))?;
    let compiled =
        Compiler::default().with_funs(functions).compile(modules).map_err(|e| wrong(&e))?;
    let mut printed = Vec::new();
    for value in read::parse_many(input.as_bytes()) {
        let value = value.map_err(|error| wrong(&error))?;
        let context = Ctx::<JustLut<Val>>::new(&compiled.lut, Vars::new([]));
        for output in compiled.id.run((context, value)).map(unwrap_valr) {
            let output = output.map_err(|error| wrong(&error.to_string()))?.to_string();
            printed.push(serde_json::from_str(&output).unwrap_or(output));
        }
    }
    Ok(printed)
}
