//! What developers and releases do with this repository. `cargo xtask --help` lists it.

mod bench;
mod dist;
mod docs;
mod marked;
mod matrix;
mod release_build;

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What developers and releases do with this repository.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Measures the release build: start, memory, size, and what Terraform does with keys beside `terraform_data`.
    Bench(bench::Options),
    /// Makes the files of a release: zip, manifest, checksums, signature.
    Dist(dist::Options),
    /// Writes docs/ from the provider's schemas, examples/ and templates/.
    Docs {
        /// Writes nothing; fails if docs/ is not what would be written, or a link leads nowhere.
        #[arg(long)]
        check: bool,
    },
    /// Runs the CLI suite on every Terraform from 1.8 on, and prints the table of what passed.
    Matrix(matrix::Options),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Bench(options) => bench::run(&options),
        Task::Dist(options) => dist::run(&options),
        Task::Docs { check } => docs::run(root(), check),
        Task::Matrix(options) => matrix::run(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The repository's top directory.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
