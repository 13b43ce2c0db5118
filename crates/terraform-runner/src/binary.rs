use std::path::{Path, PathBuf};

use crate::error::Error;

/// This workspace's top directory.
pub(crate) fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Builds the binary `binary` of the workspace's package `package` with cargo, in the profile this program was built
/// in, and returns its path. Integration tests of that package need no build: they have
/// `env!("CARGO_BIN_EXE_…")`.
///
/// # Errors
/// [`Error::Build`] with cargo's words.
pub fn provider_binary(package: &str, binary: &str) -> Result<PathBuf, Error> {
    let build = escargot::CargoBuild::new().manifest_path(workspace_root().join("Cargo.toml"));
    let build = build.package(package).bin(binary);
    let build = if cfg!(debug_assertions) {
        // Examples have the features of the tests, so that no dependency is compiled a second time.
        build.arg("--examples")
    } else {
        build.release()
    };
    let built = build.run().map_err(|error| Error::Build {
        package: package.to_owned(),
        binary: binary.to_owned(),
        reason: error.to_string(),
    })?;
    Ok(built.path().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_is_not_there_is_an_error_with_cargos_words() {
        let error = provider_binary("no-such-package", "x").unwrap_err().to_string();
        assert!(error.contains("did not build x of package no-such-package"), "{error}");
        assert!(error.contains("did not match any packages"), "{error}");
    }
}
