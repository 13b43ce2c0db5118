//! The files of a release, named and made as the registry wants them:
//! <https://developer.hashicorp.com/terraform/registry/providers/publishing>.

mod checksums;
mod package;
mod platform;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

/// Which files to make, and where.
#[derive(clap::Args)]
pub struct Options {
    /// Where the files go.
    #[arg(long, default_value = "target/dist")]
    directory: PathBuf,
    /// The Rust target to build for; this machine's if absent.
    #[arg(long)]
    target: Option<String>,
    /// Only the zip, on one of several machines: the checksums come when all are together.
    #[arg(long, conflicts_with = "checksums_only")]
    package_only: bool,
    /// Only the manifest, the checksums of the zips in the directory, and the signature.
    #[arg(long)]
    checksums_only: bool,
    /// No signature. A registry takes no release without one.
    #[arg(long)]
    unsigned: bool,
}

/// The name with which every file of a release begins.
const NAME: &str = concat!("terraform-provider-grafana_", env!("CARGO_PKG_VERSION"));

/// Makes the files, and names them.
///
/// # Errors
/// If the provider cannot be built, or there is no key to sign with.
pub fn run(options: &Options) -> Result<()> {
    let directory = &options.directory;
    fs::create_dir_all(directory).with_context(|| format!("creating {}", directory.display()))?;
    if !options.checksums_only {
        let zip = package::build(options.target.as_deref(), directory)?;
        println!("{}", zip.display());
    }
    if !options.package_only {
        for path in checksums::write(directory, !options.unsigned)? {
            println!("{}", path.display());
        }
    }
    Ok(())
}
