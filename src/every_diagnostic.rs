//! Every diagnostic side by side, for whoever reads them: `tests/snapshots/diagnostics.snap`.

use std::fmt::Write;

use regex_lite::Regex;
use tfplugin::{Diagnostic, Severity};

use crate::{access, diagnostics, keys, license, provider, workspaces};

type Samples = Vec<(&'static str, Diagnostic)>;

/// The rooms and what each says. Calling it makes every diagnostic once.
fn rooms() -> Vec<(&'static str, Samples)> {
    vec![
        ("tfplugin", tfplugin::testing::diagnostics::samples()),
        ("waits that ended", diagnostics::ended::samples()),
        ("plans after a loss", diagnostics::loss::samples()),
        ("grafana", diagnostics::grafana::samples()),
        ("amazon", diagnostics::amazon::samples()),
        ("access", access::samples()),
        ("access: managed workspace", access::sign_in_samples()),
        ("provider", provider::samples()),
        ("keys", keys::diagnostics::samples::samples()),
        ("license", license::diagnostics::samples::samples()),
        ("license: plan", license::plan_diagnostics::samples::samples()),
        ("workspaces", workspaces::diagnostics::samples::samples()),
        ("workspaces: plan", workspaces::plan_diagnostics::samples::samples()),
    ]
}

#[test]
fn every_diagnostic() {
    let mut page = String::new();
    for (room, samples) in rooms() {
        writeln!(page, "# {room}\n").expect("a text");
        for (name, Diagnostic { severity, summary, detail, path, .. }) in samples {
            let severity = match severity {
                Severity::Error => "Error",
                Severity::Warning => "Warning",
            };
            let at = if path.steps().is_empty() { String::new() } else { format!(" at {path}") };
            writeln!(page, "{name}{at}\n{severity}: {summary}\n{detail}\n").expect("a text");
        }
    }
    insta::with_settings!({
        snapshot_path => "../tests/snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!("diagnostics", page);
    });
}

/// Every place that makes a diagnostic, and every function of a `diagnostics.rs` that returns one.
#[test]
fn none_is_forgotten() {
    let all: Vec<_> = rooms().into_iter().flat_map(|(_, samples)| samples).collect();
    let rendered = tfplugin::testing::diagnostics::places();
    let makes = Regex::new(r"^[^/]*Diagnostic::(error|warning)\(").expect("a regex");
    let returns = Regex::new(r"\npub\S* fn (\w+)\([^{]*-> (Option<)?Diagnostic").expect("a regex");
    for file in sources("src").into_iter().chain(sources("crates/tfplugin/src")) {
        let source = std::fs::read_to_string(&file).expect("a source");
        let source = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for (line, text) in (1..).zip(source.lines()).filter(|(_, text)| makes.is_match(text)) {
            assert!(rendered.contains(&(&*file, line)), "no sample of {file}:{line}: {text}");
        }
        for function in returns.captures_iter(source).filter(|_| file.ends_with("diagnostics.rs")) {
            let has_sample = all.iter().any(|(name, _)| *name == &function[1]);
            assert!(has_sample, "no sample of {} in {file}", &function[1]);
        }
    }
}

/// The Rust files below a directory, as the compiler names them.
fn sources(directory: &str) -> Vec<String> {
    let entries = std::fs::read_dir(directory).expect("a directory");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files = Vec::new();
    for path in paths {
        let name = path.to_str().expect("a name").to_owned();
        match path.extension() {
            _ if path.is_dir() => files.extend(sources(&name)),
            Some(extension) if extension == "rs" => files.push(name),
            _ => {}
        }
    }
    files
}
