use std::env;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Builds the binary `binary` of this workspace with cargo, in the profile this program was built in, and returns its
/// path. Integration tests of the binary's package need no build: they have `env!("CARGO_BIN_EXE_…")`.
///
/// The workspace is that of the package which cargo runs, or else of the current directory.
///
/// # Errors
/// [`Error::Build`] with cargo's words.
pub fn provider_binary(binary: &str) -> Result<PathBuf, Error> {
    let mut build = escargot::CargoBuild::new().bin(binary).arg("--workspace");
    if let Some(package) = env::var_os("CARGO_MANIFEST_DIR") {
        build = build.manifest_path(Path::new(&package).join("Cargo.toml"));
    }
    let build = if cfg!(debug_assertions) {
        // Examples have the features of the tests, so that no dependency is compiled a second time.
        build.arg("--examples")
    } else {
        build.release()
    };
    let built = build
        .run()
        .map_err(|error| Error::Build { binary: binary.to_owned(), reason: error.to_string() })?;
    Ok(built.path().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binary_that_is_not_there_is_an_error_with_cargos_words() {
        let error = provider_binary("no-such-binary").unwrap_err().to_string();
        assert!(error.contains("did not build no-such-binary"), "{error}");
        assert!(error.contains("no bin target named"), "{error}");
    }
}
