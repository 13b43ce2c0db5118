//! The zip of one platform.

use std::fs::{self, File};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::{NAME, platform};
use crate::release_build;

/// Builds the provider for `target`, or for this machine, and packs it. Returns the zip.
pub fn build(target: Option<&str>, directory: &Path) -> Result<PathBuf> {
    let platform = target.map_or_else(platform::host, platform::of)?;
    let program = fs::read(release_build::provider(target)?)?;
    let license = fs::read(crate::root().join("LICENSE"))?;
    let path = directory.join(format!("{NAME}_{platform}.zip"));
    let file = File::create(&path).with_context(|| format!("creating {}", path.display()))?;
    let suffix = if platform.starts_with("windows") { ".exe" } else { "" };
    let name = format!("terraform-provider-grafana_v{}{suffix}", env!("CARGO_PKG_VERSION"));
    pack(file, &[(&name, 0o755, &program), ("LICENSE.txt", 0o644, &license)])?;
    Ok(path)
}

/// Packs files with their permissions. The same files give the same bytes: all have the same time.
fn pack(target: impl Write + Seek, files: &[(&str, u32, &[u8])]) -> Result<()> {
    let mut zip = ZipWriter::new(target);
    for (name, permissions, content) in files {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(DateTime::default())
            .unix_permissions(*permissions);
        zip.start_file(*name, options)?;
        zip.write_all(content)?;
    }
    zip.finish()?.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use zip::ZipArchive;

    use super::*;

    fn packed() -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        pack(&mut bytes, &[("a_v1", 0o755, b"program"), ("b.txt", 0o644, b"text")]).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn the_same_files_give_the_same_bytes() {
        assert_eq!(packed(), packed());
    }

    #[test]
    fn the_program_can_be_run_once_unpacked() {
        let mut zip = ZipArchive::new(Cursor::new(packed())).unwrap();
        let mut file = zip.by_name("a_v1").unwrap();
        assert_eq!(file.unix_mode().map(|mode| mode & 0o777), Some(0o755));
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        assert_eq!(content, "program");
    }
}
