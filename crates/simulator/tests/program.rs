//! The program, as people run it.

#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn told_to_end_it_leaves_no_certificate_behind() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_simulator"));
    let mut simulator = command.arg("--tls").stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(simulator.stdout.take().unwrap()).lines();
    let value = |line: String| {
        line.strip_prefix("export GRAFANA_CA_CERT=").map(|path| path.trim_matches('\'').to_owned())
    };
    // Kept, so that what is written after this line has a reader.
    let mut lines = lines.map(Result::unwrap);
    let certificate = lines.by_ref().find_map(value).unwrap();
    lines.by_ref().find(|line| line.starts_with("export GRAFANA_WORKSPACE_ID=")).unwrap();
    assert!(Path::new(&certificate).exists());
    let id = simulator.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(simulator.wait().unwrap().success());
    assert!(!Path::new(&certificate).exists());
}
