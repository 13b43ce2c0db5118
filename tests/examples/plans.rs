//! What plans look like: the samples that pages show, as real Terraform prints them.
//!
//! `INSTA_UPDATE=always cargo test --test examples plans` writes them anew; `cargo xtask docs` puts them into the pages.

use std::fs;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use libtest_mimic::{Failed, Trial};
use regex_lite::{Captures, Regex};
use simulator::grafana::LicenseClaims;
use terraform_runner::Workspace;

use crate::examples;
use crate::policies::{self, Judged};
use crate::stage::{Stage, URL};

/// The year that samples are of, whenever they are made.
const YEAR: i16 = 2026;

/// A test for each group of samples.
pub fn trials() -> Vec<Trial> {
    let resources = ["grafana_api_key", "grafana_enterprise_license", "managed_workspace_license"];
    let creations =
        resources.map(|name| Trial::test(format!("plans::{name}"), move || creation(name)));
    let others = [
        Trial::test("plans::a_license_changes", license),
        Trial::test("plans::a_key_rotates", rotation),
    ];
    creations.into_iter().chain(others).collect()
}

/// The main example of a resource, planned where nothing is there yet.
fn creation(name: &str) -> Result<(), Failed> {
    let example = format!("resources/{name}/resource.tf");
    let stage = Stage::new(&example);
    let mut workspace = stage.workspace();
    stage.hand_out(&mut workspace, &license_of(50, 1));
    stage.add(&workspace, &examples().join(&example))?;
    let planned = plan(&workspace, &[])?;
    compare(&format!("resources/{name}/plan.txt"), &planned)
}

/// The plans of a license that reviewers meet, and what the policy of the guide says to each.
fn license() -> Result<(), Failed> {
    let example = "resources/grafana_enterprise_license/resource.tf";
    let stage = Stage::new(example);
    let mut workspace = stage.workspace();
    stage.add(&workspace, &examples().join(example))?;
    stage.hand_out(&mut workspace, &license_of(50, 1));
    policies::judge(&workspace, &[], Judged::Passes)?;
    let replacing =
        "resource \"grafana_enterprise_license\" \"this\" {\n  replace_existing = true\n}\n";
    workspace.write("override.tf", replacing)?;
    policies::judge(&workspace, &[], Judged::Refused)?;
    workspace.remove("override.tf")?;
    workspace.apply()?;
    policies::judge(&workspace, &["-destroy"], Judged::Refused)?;
    compare("plans/removal.txt", &plan(&workspace, &["-destroy"])?)?;

    stage.hand_out(&mut workspace, &license_of(80, 2));
    compare("plans/renewal.txt", &plan(&workspace, &[])?)?;
    policies::judge(&workspace, &[], Judged::Passes)?;

    stage.hand_out(&mut workspace, &license_of(15, 2));
    compare("plans/reduced.txt", &plan(&workspace, &[])?)?;
    policies::judge(&workspace, &[], Judged::Refused)?;

    let other = LicenseClaims { lid: Some("777".to_owned()), ..license_of(80, 2) };
    stage.hand_out(&mut workspace, &other);
    policies::judge(&workspace, &[], Judged::Refused)
}

/// A key that is due, and is left to its expiry.
fn rotation() -> Result<(), Failed> {
    let stage = Stage::new("plans/rotation.txt");
    let workspace = stage.workspace();
    // Due after a second, by a window that is nearly as long as the key lives.
    let key = policies::block("two-keys-during-a-rotation", "delete_on_destroy")?;
    workspace.write("main.tf", &key.replace(" 604800", " 2591999"))?;
    workspace.apply()?;
    let planned = loop {
        if let Ok(planned) = plan(&workspace, &[]) {
            break planned;
        }
    };
    let planned = planned.replace(" 2591999", " 604800");
    let planned = replaced(&planned, "ci-[0-9]{14}[a-z0-9]{10}", "ci-20261124093000k3v9x1m2qa");
    let planned = replaced(&planned, "20[0-9-]{8}T[0-9:]{8}Z", "2026-12-24T09:30:00Z");
    compare("plans/rotation.txt", &planned)
}

/// License 10001 of Example Inc for so many users, which ends with the year so many years from now.
fn license_of(users: i64, years: i16) -> LicenseClaims {
    let this_year = this_year();
    let first = |year: i16| {
        let date = jiff::civil::date(year, 1, 1).to_zoned(TimeZone::UTC);
        date.expect("a date").timestamp().as_second()
    };
    LicenseClaims {
        lid: Some("10001".to_owned()),
        company: Some("Example Inc".to_owned()),
        iat: Some(first(this_year)),
        nbf: Some(first(this_year)),
        exp: Some(first(this_year + years + 1) - 86_400),
        lexp: Some(first(this_year + years + 1) - 86_400),
        included_users: Some(users),
        ..LicenseClaims::for_instance(URL)
    }
}

fn this_year() -> i16 {
    Timestamp::now().to_zoned(TimeZone::UTC).year()
}

/// What Terraform prints of the changes, and the provider's warnings.
fn plan(workspace: &Workspace, arguments: &[&str]) -> Result<String, Failed> {
    let run = workspace.run(&[&["plan", "-no-color"], arguments].concat())?.expect_success()?;
    let (_, changes) = run.stdout.split_once("following actions:\n\n").ok_or("no actions")?;
    let end = changes.find("\n─────").unwrap_or(changes.len());
    let lines: Vec<_> = changes[..end].lines().map(str::trim_end).collect();
    let years = Regex::new("20[0-9]{2}-")?;
    let shift = YEAR - this_year();
    let changes = lines.join("\n");
    let planned = years.replace_all(changes.trim_end(), |year: &Captures<'_>| {
        let year: i16 = year[0].trim_end_matches('-').parse().unwrap_or_default();
        format!("{}-", year + shift)
    });
    Ok(planned.into_owned())
}

fn replaced(text: &str, pattern: &str, by: &str) -> String {
    Regex::new(pattern).expect("a pattern").replace_all(text, by).into_owned()
}

/// Compares with the sample in that file, or writes it.
fn compare(file: &str, planned: &str) -> Result<(), Failed> {
    let path = examples().join(file);
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::create_dir_all(path.parent().ok_or("a directory")?)?;
        fs::write(&path, format!("{planned}\n"))?;
    }
    let sample = fs::read_to_string(&path).unwrap_or_default();
    if sample.trim_end() == planned {
        return Ok(());
    }
    Err(format!("{file} is not what Terraform prints (INSTA_UPDATE=always writes it):\n{planned}")
        .into())
}
