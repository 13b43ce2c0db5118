//! Measures the release build: its start, memory and size, and what Terraform does with API keys beside as many of its
//! built-in `terraform_data`.

mod operations;
mod start;
#[cfg(unix)]
mod usage;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use simulator::grafana::Generation;
use sysinfo::System;
use terraform_runner::Terraform;

use crate::release_build;

/// What is measured, and how often.
#[derive(clap::Args)]
pub struct Options {
    /// How often each thing is measured.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// How many keys, in organizations of a hundred.
    #[arg(long, value_delimiter = ',', default_value = "1,100,1000")]
    keys: Vec<usize>,
    /// Which Grafana. `10.4` has API keys, `12.4` service accounts.
    #[arg(long, value_delimiter = ',', default_value = "10.4,12.4")]
    grafana: Vec<String>,
    /// The program to measure, instead of building the release first.
    #[arg(long)]
    provider: Option<PathBuf>,
    /// Runs that provider and appends what it took to the file `usage`: how this program measures it under Terraform.
    #[cfg(unix)]
    #[arg(long, hide = true, requires = "usage")]
    parent_of: Option<PathBuf>,
    #[cfg(unix)]
    #[arg(long, hide = true)]
    usage: Option<PathBuf>,
}

/// Measures, and prints two tables.
///
/// # Errors
/// If the provider cannot be built or a plan is not empty.
pub fn run(options: &Options) -> Result<()> {
    #[cfg(unix)]
    if let (Some(provider), Some(log)) = (&options.parent_of, &options.usage) {
        return usage::parent_of(provider, log);
    }
    let generations =
        options.grafana.iter().map(|name| generation(name)).collect::<Result<Vec<_>>>()?;
    let provider = options.provider.clone().map_or_else(|| release_build::provider(None), Ok)?;
    let provider = provider.canonicalize().context("the provider's program")?;
    let terraform = Terraform::preferred(|release| println!("fetching {release}"))?;
    println!("{terraform}, {}; medians of {} (least to most)\n", machine(), options.runs);

    println!("| the provider | |\n| --- | --- |");
    let started = start::measure(&provider, options.runs)?;
    println!("| start to handshake line | {} |", milliseconds(&started.handshakes));
    println!("| memory after it | {} |", mebibytes(started.resident));
    println!("| program | {} |\n", mebibytes(fs::metadata(&provider)?.len()));

    println!("| Grafana | keys | | ratio | keys take | `terraform_data` takes | requests |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for generation in &generations {
        for count in &options.keys {
            let measured =
                operations::measure(&terraform, &provider, *generation, *count, options.runs)?;
            for measured in &measured {
                compared(generation.name(), *count, measured);
            }
        }
    }
    #[cfg(unix)]
    processes(options, &generations, &terraform, &provider)?;
    Ok(())
}

fn generation(name: &str) -> Result<Generation> {
    let found = Generation::ALL.into_iter().find(|generation| generation.name() == name);
    found.with_context(|| format!("no Grafana {name}: {:?}", Generation::ALL.map(Generation::name)))
}

fn compared(grafana: &str, count: usize, measured: &operations::Measured) {
    let (keys, built_in): (Vec<_>, Vec<_>) = measured.pairs.iter().copied().unzip();
    let ratios = measured.pairs.iter().map(|(key, other)| key.as_secs_f64() / other.as_secs_f64());
    let [least, ratio, most] = spread(ratios.collect());
    println!(
        "| {grafana} | {count} | {} | {ratio:.2} ({least:.2}–{most:.2}) | {} | {} | {} |",
        measured.operation,
        milliseconds(&keys),
        milliseconds(&built_in),
        measured.requests
    );
}

/// What the provider's own processes take in a plan of unchanged keys.
#[cfg(unix)]
fn processes(
    options: &Options,
    generations: &[Generation],
    terraform: &Terraform,
    provider: &std::path::Path,
) -> Result<()> {
    println!(
        "\n| Grafana | keys in a plan | provider's processor time | for one more key | memory |"
    );
    println!("| --- | --- | --- | --- | --- |");
    for generation in generations {
        let one = usage::measure(terraform, provider, *generation, 1)?.processor;
        for count in options.keys.iter().copied().filter(|count| *count > 1) {
            let usage = usage::measure(terraform, provider, *generation, count)?;
            let more = usage.processor.saturating_sub(one).as_secs_f64() / (count - 1) as f64;
            println!(
                "| {} | {count} | {} | {:.0} µs | {} |",
                generation.name(),
                milliseconds(&[usage.processor]),
                more * 1e6,
                mebibytes(usage.memory)
            );
        }
    }
    Ok(())
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let system = System::long_os_version().unwrap_or_default();
    format!(
        "{cores} cores, {system}, load {:.1}",
        System::load_average().map_or(0.0, |load| load.one)
    )
}

/// The median with the least and the most, or the only one.
fn milliseconds(times: &[Duration]) -> String {
    let [least, median, most] = spread(times.iter().map(|time| time.as_secs_f64() * 1e3).collect());
    let digits = usize::from(median < 100.0);
    match times {
        [_] => format!("{median:.digits$} ms"),
        _ => format!("{median:.digits$} ms ({least:.digits$}–{most:.digits$})"),
    }
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

/// The least, the median and the most; zeros if there are none.
fn spread(mut measured: Vec<f64>) -> [f64; 3] {
    measured.sort_by(f64::total_cmp);
    let at = |index: usize| measured.get(index).copied().unwrap_or_default();
    [at(0), at(measured.len() / 2), at(measured.len().saturating_sub(1))]
}
