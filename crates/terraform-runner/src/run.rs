use std::fmt;

use crate::error::Error;

/// A command that has ended: how, and all it wrote.
#[derive(Clone, Debug)]
pub struct Run {
    /// The command line, for messages.
    pub command: String,
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// All of standard output. Bytes that are not UTF-8 are replaced.
    pub stdout: String,
    /// All of standard error, likewise.
    pub stderr: String,
}

impl Run {
    /// Whether the exit code is 0.
    pub fn success(&self) -> bool {
        self.code == Some(0)
    }

    /// The run itself if its exit code is 0.
    ///
    /// # Errors
    /// [`Error::Failed`] with the whole output otherwise.
    pub fn expect_success(self) -> Result<Self, Error> {
        self.expect_code(&[0])
    }

    /// The run itself if its exit code is one of `codes`.
    ///
    /// # Errors
    /// [`Error::Failed`] with the whole output otherwise.
    pub fn expect_code(self, codes: &[i32]) -> Result<Self, Error> {
        match self.code {
            Some(code) if codes.contains(&code) => Ok(self),
            _ => Err(Error::Failed(Box::new(self))),
        }
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ {}", self.command)?;
        match self.code {
            Some(code) => writeln!(f, "exit code {code}")?,
            None => writeln!(f, "no exit code")?,
        }
        write!(f, "--- stdout\n{}\n--- stderr\n{}", self.stdout.trim_end(), self.stderr.trim_end())
    }
}
