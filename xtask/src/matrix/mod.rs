//! The CLI suite on every Terraform, and the table of what passed.

mod table;

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::marked;
use table::Table;

/// Every Terraform that can be fetched, and whatever else is installed.
const VERSIONS: &str = "all,installed";

/// What to run, and where the table goes.
#[derive(clap::Args)]
pub struct Options {
    /// Puts the table into README.md.
    #[arg(long, conflicts_with = "filter")]
    write: bool,
    /// On which Terraforms, as `TERRAFORM_VERSIONS` lists them.
    #[arg(long, default_value = VERSIONS)]
    versions: String,
    /// Only tests whose names have this in them.
    filter: Vec<String>,
}

/// Runs the suite, shows its output and the table.
///
/// # Errors
/// If a test fails, or none runs.
pub fn run(options: &Options) -> Result<()> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(crate::root()).args(["test", "--locked", "--test", "cli", "--"]);
    command.args(&options.filter).env("TERRAFORM_VERSIONS", &options.versions);
    let mut child = command.stdout(Stdio::piped()).spawn().context("starting cargo test")?;
    let output = child.stdout.take().context("cargo test has no output")?;
    let mut table = Table::default();
    for line in BufReader::new(output).lines() {
        let line = line?;
        println!("{line}");
        table.add(&line);
    }
    let status = child.wait()?;
    let text = table.to_string();
    println!("\n{text}");
    if !status.success() || table.is_empty() {
        bail!("the suite did not pass: {status}");
    }
    if options.write {
        let readme = crate::root().join("README.md");
        fs::write(&readme, marked::inserted(&fs::read_to_string(&readme)?, "matrix", &text)?)?;
    }
    Ok(())
}
