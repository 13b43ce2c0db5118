//! The example providers as programs.

use std::path::PathBuf;

/// Builds an example of this crate and returns its path.
pub fn example(name: &str) -> PathBuf {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let build =
        escargot::CargoBuild::new().manifest_path(manifest).arg("--workspace").example(name);
    build.run().expect("the example builds").path().to_owned()
}
