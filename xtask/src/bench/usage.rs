//! What the provider itself takes while Terraform plans: processor time and memory of its processes.
//!
//! Terraform starts a script in the provider's place, which runs `cargo xtask bench` as the provider's parent: only a
//! parent is told what a process that has ended took.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};

use super::operations::Subject;

/// What the processes of plans took.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// Processor time of all processes of a plan, once for each plan.
    pub processor: Vec<Duration>,
    /// The most memory that one of them had, in bytes.
    pub memory: u64,
}

/// Plans `keys`, which are applied, `runs` times with `provider`.
///
/// # Errors
/// If Terraform fails or a process of the provider was killed.
pub fn measure(keys: &Subject, provider: &Path, runs: usize) -> Result<Usage> {
    let directory = tempfile::tempdir()?;
    let log = directory.path().join("usage");
    let script = directory.path().join("provider");
    let parent = std::env::current_exe()?;
    fs::write(
        &script,
        format!(
            "#!/bin/sh\nexec '{}' bench --parent-of '{}' --usage '{}'\n",
            parent.display(),
            provider.display(),
            log.display()
        ),
    )?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    let keys = keys.managed_by(&script)?;
    let mut usage = Usage::default();
    for _ in 0..runs {
        keys.plan()?;
        usage.add(&fs::read_to_string(&log).context("the provider's processes left no usage")?)?;
        fs::remove_file(&log)?;
    }
    Ok(usage)
}

impl Usage {
    /// Adds the plan whose processes have left this log.
    fn add(&mut self, log: &str) -> Result<()> {
        let mut processor = Duration::ZERO;
        for line in log.lines() {
            let (microseconds, bytes) = line.split_once(' ').context("an incomplete line")?;
            processor += Duration::from_micros(microseconds.parse()?);
            self.memory = self.memory.max(bytes.parse()?);
        }
        ensure!(!processor.is_zero(), "no process of the provider has ended");
        self.processor.push(processor);
        Ok(())
    }
}

/// Runs the provider as Terraform would, and writes what it took into `log` when it has ended.
///
/// # Errors
/// If it cannot be started, or the file not be written.
pub fn parent_of(provider: &Path, log: &Path) -> Result<()> {
    Command::new(provider).status().context("starting the provider")?;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let processor = [usage.user_time(), usage.system_time()].map(|time| {
        let seconds = Duration::from_secs(time.tv_sec().unsigned_abs());
        seconds + Duration::from_micros(time.tv_usec().unsigned_abs())
    });
    let microseconds = (processor[0] + processor[1]).as_micros();
    let mut file = OpenOptions::new().append(true).create(true).open(log)?;
    // Linux counts in KiB. One write, so that processes that end together do not mix their lines.
    file.write_all(format!("{microseconds} {}\n", usage.max_rss() * 1024).as_bytes())?;
    Ok(())
}
