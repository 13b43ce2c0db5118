use std::{
    io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use sysinfo::{Pid, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System, UpdateKind};

use crate::error::{Doing, Error};

/// How often a process is looked at while its end is awaited.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// How the file name of every provider's program begins.
const PROVIDER: &str = "terraform-provider-";

/// A provider that a running Terraform has started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderProcess {
    /// Its process id.
    pub id: u32,
    /// Its program's file name, such as `terraform-provider-grafana`.
    pub name: String,
    /// Seconds since 1970, to tell it from a later process with the same id.
    started: u64,
}

impl ProviderProcess {
    /// Whether it still runs; one that only waits to be collected by its parent does not.
    ///
    /// # Errors
    /// [`Error::Io`] where processes cannot be listed.
    pub fn is_running(&self) -> Result<bool, Error> {
        self.look(|process| {
            !matches!(process.status(), ProcessStatus::Zombie | ProcessStatus::Dead)
        })
    }

    /// Kills it (SIGKILL), as a crash would. Nothing happens if it has ended.
    ///
    /// # Errors
    /// [`Error::Io`] where processes cannot be listed.
    pub fn kill(&self) -> Result<(), Error> {
        self.look(sysinfo::Process::kill).map(drop)
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// [`Error::TimedOut`] if it still runs after `timeout`.
    pub fn wait_for_end(&self, timeout: Duration) -> Result<(), Error> {
        let deadline = Instant::now() + timeout;
        while self.is_running()? {
            if Instant::now() >= deadline {
                let run = crate::Run {
                    command: self.name.clone(),
                    code: None,
                    stdout: String::new(),
                    stderr: String::new(),
                };
                let awaited = format!("the end of process {}", self.id);
                return Err(Error::TimedOut { awaited, after: timeout, so_far: Box::new(run) });
            }
            thread::sleep(LOOK_AGAIN);
        }
        Ok(())
    }

    fn look(&self, ask: impl FnOnce(&sysinfo::Process) -> bool) -> Result<bool, Error> {
        let id = Pid::from_u32(self.id);
        let mut system = system()?;
        system.refresh_processes_specifics(
            ProcessesToUpdate::Some(&[id]),
            true,
            ProcessRefreshKind::nothing(),
        );
        Ok(system
            .process(id)
            .filter(|process| process.start_time() == self.started)
            .is_some_and(ask))
    }
}

/// The providers whose parent is the process `parent`.
pub(crate) fn children_of(parent: u32) -> Result<Vec<ProviderProcess>, Error> {
    let parent = Pid::from_u32(parent);
    let mut system = system()?;
    let kind = ProcessRefreshKind::nothing().with_cmd(UpdateKind::Always).without_tasks();
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, kind);
    let children = system.processes().values().filter(|process| process.parent() == Some(parent));
    Ok(children.filter_map(provider).collect())
}

fn system() -> Result<System, Error> {
    System::new().map_err(io::Error::other).doing(|| "listing processes".to_owned())
}

fn provider(process: &sysinfo::Process) -> Option<ProviderProcess> {
    // A provider can be a script, whose interpreter comes first then.
    let file_names =
        process.cmd().iter().take(2).filter_map(|word| Path::new(word).file_name()?.to_str());
    let name = file_names.into_iter().find(|name| name.starts_with(PROVIDER))?.to_owned();
    Some(ProviderProcess { id: process.pid().as_u32(), name, started: process.start_time() })
}
