use std::{
    io::{self, Write},
    process::{Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use shared_child::SharedChild;

use crate::{
    capture::{Awaited, Capture},
    error::{Doing, Error},
    provider_process::{self, ProviderProcess},
    run::Run,
};

/// How long after a command's end its last output may take to arrive.
const LAST_OUTPUT: Duration = Duration::from_secs(5);
/// How often processes are listed while one is awaited.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A Terraform command that runs. It leads a process group of its own, in which the providers it starts are too.
/// Dropped before [`wait`](Self::wait), it kills the whole group.
pub struct Running {
    child: SharedChild,
    capture: Capture,
    command: String,
    timeout: Duration,
    ended: bool,
}

impl Running {
    /// Starts `command` with both outputs captured and `input` as its standard input.
    pub(crate) fn start(
        mut command: Command,
        input: &str,
        timeout: Duration,
    ) -> Result<Self, Error> {
        let line = command_line(&command);
        let starting = || format!("starting {line}");
        let (stdout, stdout_end) = io::pipe().doing(starting)?;
        let (stderr, stderr_end) = io::pipe().doing(starting)?;
        command.stdin(if input.is_empty() { Stdio::null() } else { Stdio::piped() });
        command.stdout(stdout_end).stderr(stderr_end);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = SharedChild::spawn(&mut command).doing(starting)?;
        // The command holds the pipes' writing ends: open, they would hide the end of the output.
        drop(command);
        let running = Self {
            child,
            capture: Capture::start(stdout, stderr),
            command: line,
            timeout,
            ended: false,
        };
        if let Some(mut stdin) = running.child.take_stdin() {
            // A command that ends without reading its input is judged by its exit code.
            let _ = stdin.write_all(input.as_bytes());
        }
        Ok(running)
    }

    /// The process id of Terraform itself, which is also its process group's.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What has been written so far; without exit code.
    pub fn so_far(&self) -> Run {
        let (stdout, stderr) = self.capture.text();
        Run { command: self.command.clone(), code: None, stdout, stderr }
    }

    /// Waits until `text` has been written to standard output or standard error, the past included.
    ///
    /// # Errors
    /// [`Error::Ended`] if the command ends without it, [`Error::TimedOut`] if it takes longer than `timeout`; the
    /// command goes on then.
    pub fn wait_for_output(&mut self, text: &str, timeout: Duration) -> Result<(), Error> {
        let awaited = || format!("the output {text:?}");
        match self.capture.wait_for(text, timeout) {
            Awaited::Seen => Ok(()),
            Awaited::TimedOut => Err(Error::TimedOut {
                awaited: awaited(),
                after: timeout,
                so_far: Box::new(self.so_far()),
            }),
            Awaited::Closed => {
                Err(Error::Ended { awaited: awaited(), run: Box::new(self.finish()?) })
            }
        }
    }

    /// Waits until this command has started a provider, a `terraform-provider-…`, and returns it.
    ///
    /// # Errors
    /// [`Error::Ended`] if the command ends first, [`Error::TimedOut`] if it takes longer than `timeout`.
    pub fn wait_for_provider(&mut self, timeout: Duration) -> Result<ProviderProcess, Error> {
        let deadline = Instant::now() + timeout;
        let awaited = || "the start of a provider".to_owned();
        loop {
            if let Some(provider) = self.providers()?.into_iter().next() {
                return Ok(provider);
            }
            if self.try_wait()?.is_some() {
                return Err(Error::Ended { awaited: awaited(), run: Box::new(self.finish()?) });
            }
            if Instant::now() >= deadline {
                let so_far = Box::new(self.so_far());
                return Err(Error::TimedOut { awaited: awaited(), after: timeout, so_far });
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }

    /// The providers that this command has started and that run now.
    ///
    /// # Errors
    /// [`Error::Io`] where processes cannot be listed.
    pub fn providers(&self) -> Result<Vec<ProviderProcess>, Error> {
        provider_process::children_of(self.id())
    }

    /// Sends SIGINT to Terraform alone, as `kill -INT` does: it asks its providers to stop and ends.
    ///
    /// # Errors
    /// [`Error::Io`] if the process cannot be signalled, and on Windows, where there is no such signal.
    pub fn interrupt(&self) -> Result<(), Error> {
        #[cfg(unix)]
        let sent = shared_child::unix::SharedChildExt::send_signal(&self.child, SIGINT);
        #[cfg(not(unix))]
        let sent = Err(io::ErrorKind::Unsupported.into());
        sent.doing(|| format!("interrupting {}", self.command))
    }

    /// Sends SIGINT to the whole process group, providers included, as Ctrl-C in a terminal does.
    ///
    /// # Errors
    /// As [`interrupt`](Self::interrupt).
    pub fn interrupt_group(&self) -> Result<(), Error> {
        #[cfg(unix)]
        let sent = self.signal_group(rustix::process::Signal::INT);
        #[cfg(not(unix))]
        let sent = Err(io::ErrorKind::Unsupported.into());
        sent.doing(|| format!("interrupting {} and its children", self.command))
    }

    /// Kills Terraform alone (SIGKILL); the providers it started are left to themselves.
    ///
    /// # Errors
    /// [`Error::Io`] if the operating system refuses. A process that has ended is no error.
    pub fn kill(&self) -> Result<(), Error> {
        self.child.kill().doing(|| format!("killing {}", self.command))
    }

    /// Waits for the end and returns all output.
    ///
    /// # Errors
    /// [`Error::TimedOut`] after the workspace's time limit, counted from this call; the whole process group is
    /// killed then.
    pub fn wait(mut self) -> Result<Run, Error> {
        self.finish()
    }

    fn finish(&mut self) -> Result<Run, Error> {
        let Some(status) = self
            .child
            .wait_timeout(self.timeout)
            .doing(|| format!("waiting for {}", self.command))?
        else {
            self.kill_group();
            self.capture.wait_for_end(LAST_OUTPUT);
            let so_far = Box::new(self.so_far());
            return Err(Error::TimedOut {
                awaited: "the command's end".to_owned(),
                after: self.timeout,
                so_far,
            });
        };
        self.ended = true;
        self.capture.wait_for_end(LAST_OUTPUT);
        Ok(Run { code: status.code(), ..self.so_far() })
    }

    fn try_wait(&mut self) -> Result<Option<ExitStatus>, Error> {
        let status = self.child.try_wait().doing(|| format!("waiting for {}", self.command))?;
        self.ended |= status.is_some();
        Ok(status)
    }

    fn kill_group(&mut self) {
        #[cfg(unix)]
        let _ = self.signal_group(rustix::process::Signal::KILL);
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.ended = true;
    }

    #[cfg(unix)]
    fn signal_group(&self, signal: rustix::process::Signal) -> io::Result<()> {
        let leader = i32::try_from(self.id()).ok().and_then(rustix::process::Pid::from_raw);
        let leader = leader.ok_or(io::ErrorKind::NotFound)?;
        Ok(rustix::process::kill_process_group(leader, signal)?)
    }
}

#[cfg(unix)]
const SIGINT: i32 = rustix::process::Signal::INT.as_raw();

impl Drop for Running {
    fn drop(&mut self) {
        if !self.ended {
            self.kill_group();
        }
    }
}

fn command_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
