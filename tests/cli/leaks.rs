//! Looks for secrets where none may be.

use std::fs::File;
use std::io::Read;
use std::path::Path;

#[path = "../support/secrets.rs"]
mod secrets;

pub use secrets::Secrets;

/// Fails if a part of a secret is in a file of a zip, such as a saved plan.
pub fn assert_none_in_zip(secrets: &Secrets, place: &str, path: &Path) {
    let mut zip = zip::ZipArchive::new(File::open(path).expect("a file")).expect("a zip");
    for number in 0..zip.len() {
        let mut file = zip.by_index(number).expect("a file in the zip");
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("can be read");
        secrets.assert_none_in(&format!("{place}: file {number}"), content);
    }
}
