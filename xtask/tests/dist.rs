//! `cargo xtask dist` on a program that is built already.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output};

use provider_release::{Key, sha256};
use zip::ZipArchive;

fn dist(directory: &Path, more: &[&str], key: Option<&Key>) -> Output {
    let binary = directory.join("program");
    fs::write(&binary, "a program").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["dist", "--version", "1.2.3", "--target", "x86_64-unknown-linux-musl"]);
    command.arg("--binary").arg(binary).arg("--directory").arg(directory.join("dist")).args(more);
    command.env_remove("GPG_PRIVATE_KEY").env_remove("GPG_PASSPHRASE");
    if let Some(key) = key {
        command.env("GPG_PRIVATE_KEY", key.secret_armored().unwrap());
    }
    command.output().unwrap()
}

fn made(output: &Output) -> Vec<String> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let paths = String::from_utf8_lossy(&output.stdout);
    let name = |path: &str| Path::new(path).file_name().unwrap().to_str().unwrap().to_owned();
    paths.lines().map(name).collect()
}

#[test]
fn a_release_is_packed_listed_and_signed() {
    let directory = tempfile::tempdir().unwrap();
    let key = Key::throwaway("Test <test@example.com>").unwrap();
    let made = made(&dist(directory.path(), &[], Some(&key)));
    let name = "terraform-provider-grafana_1.2.3";
    let expected = ["linux_amd64.zip", "manifest.json", "SHA256SUMS", "SHA256SUMS.sig"]
        .map(|rest| format!("{name}_{rest}"));
    assert_eq!(made, expected);
    let read = |name: &String| fs::read(directory.path().join("dist").join(name)).unwrap();
    let sums = String::from_utf8(read(&made[2])).unwrap();
    let line = |name: &String| format!("{}  {name}\n", sha256(&read(name)));
    assert_eq!(sums, line(&made[0]) + &line(&made[1]));

    let zip = File::open(directory.path().join("dist").join(&made[0])).unwrap();
    let mut zip = ZipArchive::new(zip).unwrap();
    let program = zip.by_name("terraform-provider-grafana_v1.2.3").unwrap();
    assert_eq!(program.unix_mode().map(|mode| mode & 0o777), Some(0o755));
    let manifest = String::from_utf8(read(&made[1])).unwrap();
    assert!(manifest.contains("\"protocol_versions\": [\"6.0\"]"), "{manifest}");
}

#[test]
fn the_same_program_is_packed_to_the_same_bytes() {
    let [once, twice] = [(); 2].map(|()| {
        let directory = tempfile::tempdir().unwrap();
        let made = made(&dist(directory.path(), &["--package-only"], None));
        assert_eq!(made.len(), 1);
        fs::read(directory.path().join("dist").join(&made[0])).unwrap()
    });
    assert_eq!(once, twice);
}

#[test]
fn without_a_key_nothing_is_signed() {
    let directory = tempfile::tempdir().unwrap();
    let output = dist(directory.path(), &[], None);
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("GPG_PRIVATE_KEY") && told.contains("--unsigned"), "{told}");
    assert_eq!(made(&dist(directory.path(), &["--unsigned"], None)).len(), 3);
}
