//! The manifest, `SHA256SUMS`, and its signature.

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::NAME;

/// Writes manifest and checksums beside the zips in `directory`, and signs if `signed`. Returns the files.
///
/// # Errors
/// If there is no zip, or no key in `GPG_PRIVATE_KEY`.
pub fn write(directory: &Path, signed: bool) -> Result<Vec<PathBuf>> {
    let manifest = directory.join(format!("{NAME}_manifest.json"));
    fs::copy(crate::root().join("terraform-registry-manifest.json"), &manifest)?;
    let sums = directory.join(format!("{NAME}_SHA256SUMS"));
    fs::write(&sums, list(directory)?)?;
    let mut written = vec![manifest, sums.clone()];
    if signed {
        let key = std::env::var("GPG_PRIVATE_KEY");
        let key =
            key.context("no key to sign with: set GPG_PRIVATE_KEY (armored), or say --unsigned")?;
        written.push(sign(&sums, &key)?);
    }
    Ok(written)
}

/// One line for each file of the release, as `sha256sum` writes it.
fn list(directory: &Path) -> Result<String> {
    let entries = fs::read_dir(directory)?.map(|entry| Ok(entry?.path()));
    let mut files: Vec<PathBuf> = entries.collect::<Result<_>>()?;
    files.retain(|path| is_listed(path));
    files.sort();
    ensure!(
        files.iter().any(|path| path.extension().is_some_and(|e| e == "zip")),
        "no zip of {NAME} in {}",
        directory.display()
    );
    let mut lines = String::new();
    for path in files {
        let digest = Sha256::digest(fs::read(&path)?);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(lines, "{hex}  {name}")?;
    }
    Ok(lines)
}

fn is_listed(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(&format!("{NAME}_"))
        && (name.ends_with(".zip") || name.ends_with("_manifest.json"))
}

/// A detached binary signature beside `file`, by a key that only this call knows.
fn sign(file: &Path, key: &str) -> Result<PathBuf> {
    let home = TempDir::new()?;
    gpg(&home, &["--import"], key)?;
    let signature = PathBuf::from(format!("{}.sig", file.display()));
    let passphrase = std::env::var("GPG_PASSPHRASE").unwrap_or_default();
    let output = signature.to_string_lossy();
    let file = file.to_string_lossy();
    let arguments = [
        "--yes",
        "--pinentry-mode",
        "loopback",
        "--passphrase-fd",
        "0",
        "--output",
        &output,
        "--detach-sign",
        &file,
    ];
    gpg(&home, &arguments, &passphrase)?;
    Ok(signature)
}

/// Runs gpg with a home of its own, and `input` on its standard input: secrets are on no command line.
fn gpg(home: &TempDir, arguments: &[&str], input: &str) -> Result<()> {
    let mut child = Command::new("gpg")
        .args(["--batch", "--quiet", "--homedir"])
        .arg(home.path())
        .args(arguments)
        .stdin(Stdio::piped())
        .spawn()
        .context("starting gpg")?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("gpg {} failed: {status}", arguments.first().unwrap_or(&""));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_of_this_release_only() {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str| fs::write(directory.path().join(name), "x").unwrap();
        write(&format!("{NAME}_linux_amd64.zip"));
        write(&format!("{NAME}_SHA256SUMS"));
        write("terraform-provider-grafana_0.0.1_linux_amd64.zip");
        let digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
        assert_eq!(list(directory.path()).unwrap(), format!("{digest}  {NAME}_linux_amd64.zip\n"));
    }

    #[test]
    fn without_a_zip_there_is_nothing_to_release() {
        let directory = tempfile::tempdir().unwrap();
        assert!(list(directory.path()).unwrap_err().to_string().contains("no zip"));
    }
}
