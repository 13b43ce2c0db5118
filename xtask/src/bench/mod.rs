//! Measures the release build: its start, memory and size, what Terraform does with API keys beside as many of its
//! built-in `terraform_data` and beside other providers of the same schema, and what the provider itself takes of it.

mod operations;
mod report;
mod start;
#[cfg(unix)]
mod usage;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use simulator::grafana::Generation;
use sysinfo::System;
use terraform_runner::Terraform;

use crate::{marked, release_build};
use operations::Subject;
use report::{Report, mebibytes, milliseconds};

/// The most keys that are created and destroyed again in each run: Terraform writes the whole state after each key.
const MOST_CREATED: usize = 1000;
/// How many keys `--large` adds.
const LARGE: usize = 5000;

/// What is measured, and how often.
#[derive(clap::Args)]
pub struct Options {
    /// How often each thing is measured.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
    /// How many keys, in organizations of a hundred.
    #[arg(long, value_delimiter = ',', default_value = "1,100,1000")]
    keys: Vec<usize>,
    /// Plans 5,000 keys as well, on the first Grafana. Terraform takes many minutes to create them.
    #[arg(long)]
    large: bool,
    /// Which Grafana. `10.4` has API keys, `12.4` service accounts. Creating, destroying and the other providers are
    /// measured on the first.
    #[arg(long, value_delimiter = ',', default_value = "10.4,12.4")]
    grafana: Vec<String>,
    /// The program to measure, instead of building the release first.
    #[arg(long)]
    provider: Option<PathBuf>,
    /// The program of `benches/idle`, instead of building its release first.
    #[arg(long)]
    idle: Option<PathBuf>,
    /// Another provider's program that has the same schema, to measure beside it: `benches/peer` is one.
    #[arg(long, value_name = "PROGRAM")]
    beside: Option<PathBuf>,
    /// Puts what was measured into BENCHMARKS.md.
    #[arg(long)]
    write: bool,
    /// Runs that provider and appends what it took to the file `usage`: how this program measures it under Terraform.
    #[cfg(unix)]
    #[arg(long, hide = true, requires = "usage")]
    parent_of: Option<PathBuf>,
    #[cfg(unix)]
    #[arg(long, hide = true)]
    usage: Option<PathBuf>,
}

/// A provider's program that is measured.
struct Program {
    name: &'static str,
    path: PathBuf,
}

/// Keys that are there, and managed by the provider.
struct Applied {
    generation: Generation,
    count: usize,
    keys: Subject,
}

/// Measures, and prints the tables.
///
/// # Errors
/// If a program cannot be built or a plan is not empty.
pub fn run(options: &Options) -> Result<()> {
    #[cfg(unix)]
    if let (Some(provider), Some(log)) = (&options.parent_of, &options.usage) {
        return usage::parent_of(provider, log);
    }
    let programs = programs(options)?;
    let generations =
        options.grafana.iter().map(|name| generation(name)).collect::<Result<Vec<_>>>()?;
    let terraform = Terraform::preferred(|release| println!("fetching {release}"))?;
    let mut report = Report::default();
    report.line(&format!("{terraform}; {}; medians of {} (least–most).", machine()?, options.runs));
    started(&mut report, options, &terraform, &programs[0].path)?;
    #[cfg_attr(not(unix), expect(unused_variables))]
    let applied = operations(&mut report, options, &generations, &terraform, &programs)?;
    #[cfg(unix)]
    processes(&mut report, options, &applied, &programs)?;
    if options.write {
        let file = crate::root().join("BENCHMARKS.md");
        let text = fs::read_to_string(&file)?;
        fs::write(&file, marked::inserted(&text, "bench", report.text())?)?;
    }
    Ok(())
}

/// The provider, the one that does nothing, and the other one, if there is one.
fn programs(options: &Options) -> Result<Vec<Program>> {
    let given = |program: &Option<PathBuf>, build: fn() -> Result<PathBuf>| {
        program.clone().map_or_else(build, Ok)
    };
    let provider = given(&options.provider, || release_build::provider(None))?;
    let idle = given(&options.idle, release_build::idle_provider)?;
    let mut named = vec![("the provider", provider), ("idle", idle)];
    named.extend(options.beside.clone().map(|path| ("other", path)));
    let located = named.into_iter().map(|(name, path)| {
        let path = path.canonicalize().with_context(|| path.display().to_string())?;
        Ok(Program { name, path })
    });
    located.collect()
}

fn generation(name: &str) -> Result<Generation> {
    let found = Generation::ALL.into_iter().find(|generation| generation.name() == name);
    found.with_context(|| format!("no Grafana {name}: {:?}", Generation::ALL.map(Generation::name)))
}

fn started(
    report: &mut Report,
    options: &Options,
    terraform: &Terraform,
    provider: &Path,
) -> Result<()> {
    let started = start::measure(terraform, provider, options.runs.into())?;
    report.table(&["the provider", ""]);
    report.row(&["start to handshake line", &milliseconds(&started.handshakes)]);
    report.row(&["`terraform version`, right after it", &milliseconds(&started.versions)]);
    report.row(&["memory after the start", &mebibytes(started.resident)]);
    report.row(&["program", &mebibytes(fs::metadata(provider)?.len())]);
    Ok(())
}

/// What Terraform takes, as the user who waits for it sees it. Returns the keys, which are applied then.
fn operations(
    report: &mut Report,
    options: &Options,
    generations: &[Generation],
    terraform: &Terraform,
    programs: &[Program],
) -> Result<Vec<Applied>> {
    let beside = ["`terraform_data`", "idle provider", "other provider"];
    let titles = [&["Grafana", "keys", "", "time", "requests"], &beside[..programs.len()]].concat();
    report.table(&titles);
    let mut applied = Vec::new();
    for (nth, generation) in generations.iter().enumerate() {
        let programs = if nth == 0 { programs } else { &programs[..1] };
        for count in counts(options, nth) {
            let keys = Subject::keys(terraform, &programs[0].path, *generation, count)?;
            let mut subjects = vec![keys, Subject::built_in(terraform, count)?];
            let mut measured = Vec::new();
            if nth == 0 && count <= MOST_CREATED {
                measured.extend(operations::life_cycles(&subjects, options.runs.into())?);
            }
            subjects.iter().try_for_each(Subject::apply)?;
            for program in &programs[1..] {
                subjects.push(subjects[0].managed_by(&program.path)?);
            }
            measured.push(operations::plans(&subjects, options.runs.into())?);
            for measured in measured {
                let mut row = vec![generation.name().to_owned(), count.to_string()];
                row.extend(measured.cells());
                row.resize(titles.len(), String::new());
                report.row(&row);
            }
            applied.push(Applied { generation: *generation, count, keys: subjects.swap_remove(0) });
        }
    }
    Ok(applied)
}

/// The least first.
fn counts(options: &Options, nth_grafana: usize) -> BTreeSet<usize> {
    let large = (options.large && nth_grafana == 0).then_some(LARGE);
    options.keys.iter().copied().chain(large).collect()
}

/// What the providers' own processes take in a plan of unchanged keys. The other programs are measured on the first
/// Grafana.
#[cfg(unix)]
fn processes(
    report: &mut Report,
    options: &Options,
    applied: &[Applied],
    programs: &[Program],
) -> Result<()> {
    report.table(&[
        "Grafana",
        "keys in a plan",
        "program",
        "its processor time",
        "for one more key",
        "most memory",
    ]);
    for same in applied.chunk_by(|one, next| one.generation == next.generation) {
        let first = same[0].generation == applied[0].generation;
        for program in if first { programs } else { &programs[..1] } {
            let mut least = None;
            for Applied { generation, count, keys } in same {
                let usage = usage::measure(keys, &program.path, options.runs.into())?;
                let time = report::median(&usage.processor);
                let (fewer, less) = *least.get_or_insert((*count, time));
                let more = match count - fewer {
                    0 => String::new(),
                    keys => format!(
                        "{:.0} µs",
                        (time.as_secs_f64() - less.as_secs_f64()) * 1e6 / keys as f64
                    ),
                };
                report.row(&[
                    generation.name(),
                    &count.to_string(),
                    program.name,
                    &milliseconds(&usage.processor),
                    &more,
                    &mebibytes(usage.memory),
                ]);
            }
        }
    }
    Ok(())
}

fn machine() -> Result<String> {
    let system = System::new_with_specifics(
        sysinfo::RefreshKind::nothing().with_cpu(sysinfo::CpuRefreshKind::nothing()),
    )?;
    let processor = system.cpus().first().map_or("an unknown processor", |cpu| cpu.brand().trim());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = System::load_average().map_or(0.0, |load| load.one);
    let name = System::long_os_version().unwrap_or_default();
    Ok(format!("{cores} cores of {processor}, {name}, load {load:.1} at the start"))
}
