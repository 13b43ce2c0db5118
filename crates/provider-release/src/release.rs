use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    checksums,
    error::{At, Error},
    key::Key,
    package::{self, Compression},
};

/// One version of one provider, and the directory where its files are.
#[derive(Clone, Debug)]
pub struct Release {
    provider: String,
    version: String,
    directory: PathBuf,
}

impl Release {
    /// The release `version` (`1.2.3`, without `v`) of `terraform-provider-PROVIDER`.
    pub fn new(
        provider: impl Into<String>,
        version: impl Into<String>,
        directory: impl Into<PathBuf>,
    ) -> Self {
        Self { provider: provider.into(), version: version.into(), directory: directory.into() }
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Writes the zip of `platform` (`linux_amd64`): the program as `terraform-provider-NAME_vVERSION`, executable,
    /// and other files beside it. The same content gives the same bytes.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::Zip`].
    pub fn pack(
        &self,
        platform: &str,
        program: &[u8],
        others: &[(&str, &[u8])],
        compression: Compression,
    ) -> Result<PathBuf, Error> {
        let suffix = if platform.starts_with("windows_") { ".exe" } else { "" };
        let name = format!("terraform-provider-{}_v{}{suffix}", self.provider, self.version);
        let program = [(name.as_str(), package::PROGRAM, program)];
        let others = others.iter().map(|(name, content)| (*name, package::TEXT, *content));
        let files: Vec<_> = program.into_iter().chain(others).collect();
        let path = self.zip(platform);
        package::write(&path, &files, compression)?;
        Ok(path)
    }

    /// Writes the manifest, and `SHA256SUMS` of it and of every zip of this release in the directory. Returns the
    /// latter.
    ///
    /// # Errors
    /// [`Error::NoZip`] and [`Error::Io`].
    pub fn list_checksums(&self, manifest: &str) -> Result<PathBuf, Error> {
        // That of other checksums would be taken for one of these.
        match fs::remove_file(self.signature()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).at(self.signature());
            }
            _ => {}
        }
        let path = self.manifest();
        fs::write(&path, manifest).at(&path)?;
        let list = checksums::list(&self.directory, &self.name())?;
        let sums = self.checksums();
        fs::write(&sums, list).at(&sums)?;
        Ok(sums)
    }

    /// Writes the detached binary signature of `SHA256SUMS`, and returns its path.
    ///
    /// # Errors
    /// [`Error::Io`] if there are no checksums yet, [`Error::Sign`].
    pub fn sign(&self, key: &Key) -> Result<PathBuf, Error> {
        let sums = self.checksums();
        let signature = key.sign(&fs::read(&sums).at(&sums)?)?;
        let path = self.signature();
        fs::write(&path, signature).at(&path)?;
        Ok(path)
    }

    /// Where the zip of `platform` is, or will be.
    pub fn zip(&self, platform: &str) -> PathBuf {
        self.path(&format!("{platform}.zip"))
    }

    /// Where the manifest is, or will be.
    pub fn manifest(&self) -> PathBuf {
        self.path("manifest.json")
    }

    /// Where `SHA256SUMS` is, or will be.
    pub fn checksums(&self) -> PathBuf {
        self.path("SHA256SUMS")
    }

    /// Where the signature is, or will be.
    pub fn signature(&self) -> PathBuf {
        self.path("SHA256SUMS.sig")
    }

    /// Where all of it is.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What every file's name begins with, up to the underscore.
    fn name(&self) -> String {
        format!("terraform-provider-{}_{}", self.provider, self.version)
    }

    fn path(&self, rest: &str) -> PathBuf {
        self.directory.join(format!("{}_{rest}", self.name()))
    }
}
