use crate::error::Error;

/// A Rust target as Terraform names it: `linux_amd64` for `x86_64-unknown-linux-musl`.
///
/// # Errors
/// [`Error::Target`] for what Terraform does not run on.
pub fn of_target(target: &str) -> Result<String, Error> {
    let error = |missing| Error::Target { target: target.to_owned(), missing };
    let architecture = match target.split('-').next() {
        Some("x86_64") => "amd64",
        Some("aarch64") => "arm64",
        _ => return Err(error("architecture")),
    };
    let systems = [("-linux-", "linux"), ("-apple-darwin", "darwin"), ("-windows-", "windows")];
    let system = systems.iter().find(|(part, _)| target.contains(part));
    let (_, system) = system.ok_or_else(|| error("system"))?;
    Ok(format!("{system}_{architecture}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_have_terraforms_names() {
        assert_eq!(of_target("x86_64-unknown-linux-musl").unwrap(), "linux_amd64");
        assert_eq!(of_target("aarch64-apple-darwin").unwrap(), "darwin_arm64");
        assert_eq!(of_target("x86_64-pc-windows-msvc").unwrap(), "windows_amd64");
        assert!(of_target("riscv64gc-unknown-linux-gnu").is_err());
        assert!(of_target("x86_64-unknown-none").is_err());
    }
}
