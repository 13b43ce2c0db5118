use std::{io, path::PathBuf};

/// Why a release's file could not be made. It never holds a key or a passphrase.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The zip could not be written.
    #[error("packing {}: {source}", path.display())]
    Zip {
        /// The zip.
        path: PathBuf,
        /// The reason.
        source: zip::result::ZipError,
    },
    /// There is nothing to list: checksums are made after the zips.
    #[error("no zip of {release} in {}", directory.display())]
    NoZip {
        /// The release's name and version.
        release: String,
        /// Where it was looked for.
        directory: PathBuf,
    },
    /// The text is no armored OpenPGP private key.
    #[error("the signing key cannot be read, an armored OpenPGP private key is needed: {0}")]
    Key(String),
    /// The key does not sign; the passphrase is wrong, for instance.
    #[error("signing failed (is the passphrase right?): {0}")]
    Sign(String),
    /// A Rust target for which Terraform is not released.
    #[error("{target} has no {missing} that Terraform is released for")]
    Target {
        /// The target.
        target: String,
        /// `architecture` or `system`.
        missing: &'static str,
    },
}

/// Names the file at which the operating system refused.
pub(crate) trait At<T> {
    fn at(self, path: impl Into<PathBuf>) -> Result<T, Error>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: impl Into<PathBuf>) -> Result<T, Error> {
        self.map_err(|source| Error::Io { path: path.into(), source })
    }
}
