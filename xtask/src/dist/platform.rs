//! Rust's targets as Terraform names them.

use anyhow::{Result, bail};

/// `linux_amd64` for `x86_64-unknown-linux-musl`, and so on.
///
/// # Errors
/// For targets that Terraform does not run on.
pub fn of(target: &str) -> Result<String> {
    let architecture = match target.split('-').next() {
        Some("x86_64") => "amd64",
        Some("aarch64") => "arm64",
        _ => bail!("{target} has no architecture that Terraform is released for"),
    };
    let systems = [("-linux-", "linux"), ("-apple-darwin", "darwin"), ("-windows-", "windows")];
    match systems.iter().find(|(part, _)| target.contains(part)) {
        Some((_, system)) => Ok(format!("{system}_{architecture}")),
        None => bail!("{target} has no system that Terraform is released for"),
    }
}

/// This machine, `linux_amd64`.
///
/// # Errors
/// As [`of`].
pub fn host() -> Result<String> {
    let system = match std::env::consts::OS {
        "linux" => "unknown-linux-gnu",
        "macos" => "apple-darwin",
        other => other,
    };
    of(&format!("{}-{system}-", std::env::consts::ARCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_have_terraforms_names() {
        assert_eq!(of("x86_64-unknown-linux-musl").unwrap(), "linux_amd64");
        assert_eq!(of("aarch64-apple-darwin").unwrap(), "darwin_arm64");
        assert_eq!(of("x86_64-pc-windows-msvc").unwrap(), "windows_amd64");
        assert!(of("riscv64gc-unknown-linux-gnu").is_err());
        assert!(of("x86_64-unknown-none").is_err());
    }

    #[test]
    fn this_machine_has_a_name() {
        assert!(host().unwrap().contains('_'));
    }
}
