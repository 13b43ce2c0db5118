//! Measures the release build: its start, memory and size, and plans of unchanged API keys beside as many of
//! Terraform's built-in `terraform_data`.

mod plans;
mod start;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use sysinfo::System;
use terraform_runner::Terraform;

use crate::release_build;

/// What is measured, and how often.
#[derive(clap::Args)]
pub struct Options {
    /// How often each thing is measured; the median counts.
    #[arg(long, default_value_t = 7)]
    runs: usize,
    /// How many keys the large plan has, in ten organizations.
    #[arg(long, default_value_t = 1000)]
    keys: usize,
    /// The program to measure, instead of building the release first.
    #[arg(long)]
    provider: Option<PathBuf>,
}

/// Measures, and prints a table.
///
/// # Errors
/// If the provider cannot be built or a plan is not empty.
pub fn run(options: &Options) -> Result<()> {
    let provider = options.provider.clone().map_or_else(|| release_build::provider(None), Ok)?;
    let terraform = Terraform::preferred(|release| println!("fetching {release}"))?;
    println!("{terraform}, {}, median of {} runs\n", machine(), options.runs);
    println!("| what | measured |\n| --- | --- |");

    let started = start::measure(&provider, options.runs)?;
    row("start to handshake line", &milliseconds(started.handshake));
    row("resident memory after it", &megabytes(started.resident));
    row("binary", &megabytes(fs::metadata(&provider)?.len()));

    for count in [1, options.keys] {
        let keys = plans::keys(&terraform, &provider, count, options.runs)?;
        let built_in = plans::built_in(&terraform, count, options.runs)?;
        let ratio = keys.time.as_secs_f64() / built_in.as_secs_f64();
        row(&format!("plan of {count} grafana_api_key"), &milliseconds(keys.time));
        row(&format!("plan of {count} terraform_data"), &milliseconds(built_in));
        row("ratio", &format!("{ratio:.2}"));
        row("HTTP requests in one plan", &keys.requests.to_string());
    }
    Ok(())
}

fn row(what: &str, measured: &str) {
    println!("| {what} | {measured} |");
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let system = System::long_os_version().unwrap_or_default();
    format!(
        "{cores} cores, {system}, load {:.1}",
        System::load_average().map_or(0.0, |load| load.one)
    )
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn megabytes(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
    let megabytes = bytes as f64 / f64::from(1 << 20);
    format!("{megabytes:.1} MiB")
}

/// The middle of the measured values.
fn median<T: Ord + Copy>(mut measured: Vec<T>) -> Option<T> {
    measured.sort_unstable();
    measured.get(measured.len() / 2).copied()
}
