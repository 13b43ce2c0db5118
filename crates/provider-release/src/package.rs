//! The zip of one platform.

use std::{
    fs::File,
    io::{Seek, Write},
    path::Path,
};

use zip::{
    CompressionMethod, DateTime, ZipWriter,
    result::{ZipError, ZipResult},
    write::SimpleFileOptions,
};

use crate::error::Error;

/// Permissions of the program, and of what lies beside it.
pub(crate) const PROGRAM: u32 = 0o755;
pub(crate) const TEXT: u32 = 0o644;

/// How much time to spend on a small zip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// For what people download.
    Best,
    /// For tests, which pack programs that are not optimized.
    Fast,
}

impl Compression {
    fn level(self) -> i64 {
        match self {
            Self::Best => 9,
            Self::Fast => 1,
        }
    }
}

/// Packs files, in this order, with their permissions.
pub(crate) fn write(
    path: &Path,
    files: &[(&str, u32, &[u8])],
    compression: Compression,
) -> Result<(), Error> {
    let packed =
        File::create(path).map_err(ZipError::from).and_then(|file| pack(file, files, compression));
    packed.map_err(|source| Error::Zip { path: path.to_owned(), source })
}

/// The same files give the same bytes: no time, and no permission, comes from the disk.
fn pack(
    target: impl Write + Seek,
    files: &[(&str, u32, &[u8])],
    compression: Compression,
) -> ZipResult<()> {
    let mut zip = ZipWriter::new(target);
    for (name, permissions, content) in files {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(compression.level()))
            .last_modified_time(DateTime::default())
            .unix_permissions(*permissions);
        zip.start_file(*name, options)?;
        zip.write_all(content)?;
    }
    zip.finish()?.flush()?;
    Ok(())
}
