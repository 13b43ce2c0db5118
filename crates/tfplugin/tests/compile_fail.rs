//! Mistakes in a schema do not compile, and the errors point at the field.
//!
//! `INSTA_UPDATE=always cargo test -p tfplugin --test compile_fail` records what the compiler says.
//! It is asked directly: `trybuild` would build every dependency once more.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use escargot::format::Message;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/compile_fail");

/// The crate as cargo has built it for this test.
fn library() -> PathBuf {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    // An example is built with the features that tests have; its library is the one wanted.
    let build =
        escargot::CargoBuild::new().manifest_path(manifest).arg("--workspace").example("minimal");
    for message in build.exec().expect("cargo runs") {
        let message = message.expect("cargo answers");
        let Message::CompilerArtifact(artifact) = message.decode().expect("cargo answers") else {
            continue;
        };
        let is_library = |path: &&Path| path.extension().is_some_and(|it| it == "rlib");
        let mut files = artifact.filenames.iter().map(AsRef::as_ref);
        if artifact.target.name == "tfplugin"
            && let Some(file) = files.find(is_library)
        {
            return file.to_owned();
        }
    }
    panic!("cargo has built no library")
}

/// What the compiler says of a case: a line for each error, with its place.
fn errors(case: &Path, library: &Path) -> String {
    let out = tempfile::tempdir().unwrap();
    let dependencies = library.parent().unwrap();
    let dependencies = match dependencies.join("deps") {
        within if within.is_dir() => within,
        _ => dependencies.to_owned(),
    };
    let output = Command::new("rustc")
        .current_dir(CASES)
        .args(["--edition=2024", "--emit=metadata", "--error-format=short", "--out-dir"])
        .arg(out.path())
        .arg(format!("-Ldependency={}", dependencies.display()))
        .arg(format!("--extern=tfplugin={}", library.display()))
        .arg(case.file_name().unwrap())
        .output()
        .expect("rustc runs");
    assert!(!output.status.success(), "{} compiles", case.display());
    let said = String::from_utf8(output.stderr).unwrap();
    let errors = said.lines().filter(|line| line.contains(": error"));
    errors.map(|line| format!("{line}\n")).collect()
}

#[test]
fn mistakes_do_not_compile() {
    let library = library();
    let mut cases: Vec<PathBuf> =
        std::fs::read_dir(CASES).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let mut all = String::new();
    for case in cases {
        writeln!(all, "{}", errors(&case, &library)).unwrap();
    }
    insta::assert_snapshot!(all);
}
