//! `SHA256SUMS`.

use std::{fs, path::Path};

use sha2::{Digest, Sha256};

use crate::error::{At, Error};

/// The SHA-256 of `bytes`, in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One line for each zip of `release` and for its manifest, sorted by name, as `sha256sum` writes them.
pub(crate) fn list(directory: &Path, release: &str) -> Result<String, Error> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).at(directory)? {
        let name = entry.at(directory)?.file_name();
        names.extend(name.into_string().ok().filter(|name| is_listed(name, release)));
    }
    names.sort();
    if !names.iter().any(|name| name.ends_with(".zip")) {
        let release = release.to_owned();
        return Err(Error::NoZip { release, directory: directory.to_owned() });
    }
    let mut lines = String::new();
    for name in names {
        let path = directory.join(&name);
        lines += &format!("{}  {name}\n", sha256(&fs::read(&path).at(&path)?));
    }
    Ok(lines)
}

fn is_listed(name: &str, release: &str) -> bool {
    let rest = name.strip_prefix(release).and_then(|rest| rest.strip_prefix('_'));
    rest.is_some_and(|rest| rest.ends_with(".zip") || rest == "manifest.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RELEASE: &str = "terraform-provider-example_1.2.3";

    #[test]
    fn checksums_are_of_this_release_only() {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str| fs::write(directory.path().join(name), "x").unwrap();
        write(&format!("{RELEASE}_linux_amd64.zip"));
        write(&format!("{RELEASE}_manifest.json"));
        write(&format!("{RELEASE}_SHA256SUMS"));
        write("terraform-provider-example_1.2.30_linux_amd64.zip");
        write("terraform-provider-example_0.0.1_linux_amd64.zip");
        let digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
        let lines = [
            format!("{digest}  {RELEASE}_linux_amd64.zip\n"),
            format!("{digest}  {RELEASE}_manifest.json\n"),
        ];
        assert_eq!(list(directory.path(), RELEASE).unwrap(), lines.concat());
    }

    #[test]
    fn without_a_zip_there_is_nothing_to_release() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(format!("{RELEASE}_manifest.json")), "{}").unwrap();
        let error = list(directory.path(), RELEASE).unwrap_err();
        assert!(matches!(&error, Error::NoZip { release, .. } if release == RELEASE), "{error}");
    }
}
