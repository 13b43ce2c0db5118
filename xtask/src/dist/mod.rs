//! The files of a release.

mod limits;

use std::env;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use provider_release::{Compression, Key, Release};

use crate::release_build;

/// Which files to make, and where.
#[derive(clap::Args)]
pub struct Options {
    /// Where the files go.
    #[arg(long, default_value = "target/dist")]
    directory: PathBuf,
    /// The Rust target to build for; this machine's if absent.
    #[arg(long)]
    target: Option<String>,
    /// A program that is built already, to be packed as it is, however large.
    #[arg(long)]
    binary: Option<PathBuf>,
    /// The version in all names.
    #[arg(long, default_value = env!("CARGO_PKG_VERSION"))]
    version: semver::Version,
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

/// Makes the files, and names them.
///
/// # Errors
/// If the provider cannot be built or is too large, or there is no key to sign with.
pub fn run(options: &Options) -> Result<()> {
    let directory = &options.directory;
    fs::create_dir_all(directory).with_context(|| format!("creating {}", directory.display()))?;
    let release = Release::new("grafana", options.version.to_string(), directory);
    if !options.checksums_only {
        println!("{}", package(options, &release)?.display());
    }
    if !options.package_only {
        for path in seal(&release, !options.unsigned)? {
            println!("{}", path.display());
        }
    }
    Ok(())
}

/// The zip for the target, or for this machine.
fn package(options: &Options, release: &Release) -> Result<PathBuf> {
    let target = options.target.as_deref();
    let platform = match target {
        Some(target) => provider_release::of_target(target)?,
        None => terraform_runner::platform(),
    };
    let binary = match &options.binary {
        Some(binary) => binary.clone(),
        None => release_build::provider(target)?,
    };
    let program = fs::read(&binary).with_context(|| format!("reading {}", binary.display()))?;
    let license = fs::read(crate::root().join("LICENSE"))?;
    let others: [(&str, &[u8]); 1] = [("LICENSE.txt", &license)];
    let zip = release.pack(&platform, &program, &others, Compression::Best)?;
    if options.binary.is_none() {
        limits::check(program.len(), fs::metadata(&zip)?.len() as usize)?;
    }
    Ok(zip)
}

/// Manifest, checksums, and the signature if it is wanted.
fn seal(release: &Release, signed: bool) -> Result<Vec<PathBuf>> {
    let key = signed.then(key).transpose()?;
    let manifest = fs::read_to_string(crate::root().join("terraform-registry-manifest.json"))?;
    let checksums = release.list_checksums(&manifest)?;
    let mut written = vec![release.manifest(), checksums];
    if let Some(key) = key {
        written.push(release.sign(&key)?);
    }
    Ok(written)
}

/// The key in the environment.
fn key() -> Result<Key> {
    let armored = env::var("GPG_PRIVATE_KEY").ok().filter(|armored| !armored.is_empty());
    let armored =
        armored.context("no key to sign with: set GPG_PRIVATE_KEY (armored), or say --unsigned")?;
    let passphrase = env::var("GPG_PASSPHRASE").unwrap_or_default();
    Ok(Key::from_armored(&armored, &passphrase)?)
}
