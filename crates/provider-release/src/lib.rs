//! The files of a provider's release, named and made as a registry requires them
//! (<https://developer.hashicorp.com/terraform/registry/providers/publishing>): a zip for each platform, the manifest,
//! `SHA256SUMS` and its detached signature.
//!
//! It knows no particular provider, and asks for nothing but a file system: no `gpg`, no `zip`.
//!
//! ```
//! use provider_release::{Compression, Key, Release};
//!
//! # fn main() -> Result<(), provider_release::Error> {
//! # let directory = tempfile::tempdir().unwrap();
//! let release = Release::new("example", "1.2.3", directory.path());
//! release.pack("linux_amd64", b"the program", &[("LICENSE.txt", b"free")], Compression::Best)?;
//! let sums = release.list_checksums(r#"{"version":1,"metadata":{"protocol_versions":["6.0"]}}"#)?;
//! let signature = release.sign(&Key::throwaway("Example <example@example.com>")?)?;
//! assert!(sums.ends_with("terraform-provider-example_1.2.3_SHA256SUMS"));
//! assert!(signature.ends_with("terraform-provider-example_1.2.3_SHA256SUMS.sig"));
//! # Ok(())
//! # }
//! ```

mod checksums;
mod error;
mod key;
mod package;
mod platform;
mod release;

pub use crate::{
    checksums::sha256, error::Error, key::Key, package::Compression, platform::of_target,
    release::Release,
};
