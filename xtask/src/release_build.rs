//! The build that is released, and measured.

use std::env;
use std::path::{self, PathBuf};

use anyhow::{Context, Result};

/// Builds the provider as it is released, for `target` or for this machine, and returns the program.
///
/// Paths of this machine are taken out of it, so that two checkouts, or two target directories, give the same program.
pub fn provider(target: Option<&str>) -> Result<PathBuf> {
    program("terraform-provider-grafana", target)
}

/// Builds the provider of `benches/idle` in the same way.
pub fn idle_provider() -> Result<PathBuf> {
    program("idle-provider", None)
}

fn program(package: &str, target: Option<&str>) -> Result<PathBuf> {
    let build = escargot::CargoBuild::new()
        .manifest_path(crate::root().join("Cargo.toml"))
        .package(package)
        .bin(package)
        .release()
        .arg("--locked")
        .env("CARGO_ENCODED_RUSTFLAGS", flags(target)?.join("\u{1f}"));
    let build = match target {
        Some(target) => build.target(target),
        None => build,
    };
    let built = build.run().with_context(|| format!("building the release of {package}"))?;
    Ok(built.path().to_owned())
}

/// The flags of the compiler.
fn flags(target: Option<&str>) -> Result<Vec<String>> {
    let mut flags = remapped()?;
    if target.is_some_and(|target| target.ends_with("windows-msvc")) {
        // Without it, a machine needs Visual C++'s runtime library.
        flags.push("-Ctarget-feature=+crt-static".to_owned());
    }
    Ok(flags)
}

/// The flags that replace directories in what the compiler writes.
fn remapped() -> Result<Vec<String>> {
    let root = crate::root().canonicalize()?;
    // The compiler does not write Windows' long form of a path.
    let root = root.display().to_string();
    let root = root.trim_start_matches(r"\\?\");
    let mut flags = vec![format!("--remap-path-prefix={root}=.")];
    if let Some(target) = env::var_os("CARGO_TARGET_DIR") {
        flags.push(format!("--remap-path-prefix={}=target", path::absolute(target)?.display()));
    }
    if let Some(home) = cargo_home() {
        flags.push(format!("--remap-path-prefix={}=cargo", home.display()));
    }
    Ok(flags)
}

fn cargo_home() -> Option<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    home.or_else(|| env::home_dir().map(|home| home.join(".cargo")))
}
