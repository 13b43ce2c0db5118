//! The program, as people run it.

#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

fn simulator(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_simulator"));
    command.args(arguments).stdout(Stdio::piped());
    command
}

/// What is exported next with that name.
fn exported(lines: &mut impl Iterator<Item = String>, name: &str) -> String {
    let start = format!("export {name}=");
    let value =
        |line: String| line.strip_prefix(&start).map(|value| value.trim_matches('\'').to_owned());
    lines.find_map(value).unwrap()
}

fn terminate(simulator: &mut Child) {
    let id = simulator.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(simulator.wait().unwrap().success());
}

#[test]
fn told_to_end_it_leaves_no_certificate_behind() {
    let mut simulator = simulator(&["--tls"]).spawn().unwrap();
    // Kept, so that what is written after this line has a reader.
    let mut lines = BufReader::new(simulator.stdout.take().unwrap()).lines().map(Result::unwrap);
    let certificate = exported(&mut lines, "GRAFANA_CA_CERT");
    exported(&mut lines, "GRAFANA_WORKSPACE_ID");
    assert!(Path::new(&certificate).exists());
    terminate(&mut simulator);
    assert!(!Path::new(&certificate).exists());
}

#[test]
fn a_sub_path_may_be_written_without_its_slash_and_a_port_in_use_is_told() {
    let mut first = simulator(&["--sub-path", "grafana/"]).spawn().unwrap();
    let mut lines = BufReader::new(first.stdout.take().unwrap()).lines().map(Result::unwrap);
    let url = exported(&mut lines, "GRAFANA_URL");
    exported(&mut lines, "GRAFANA_WORKSPACE_ID");
    let port = url.strip_prefix("http://127.0.0.1:").unwrap().strip_suffix("/grafana").unwrap();
    let second = simulator(&["--port", port]).output().unwrap();
    terminate(&mut first);
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(!second.status.success());
    assert!(said.starts_with("The simulator cannot run: Address already in use"), "{said}");
}
