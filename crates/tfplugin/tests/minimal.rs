//! The example providers with real Terraform: the installed one, and the newest from PyPI.
#![cfg(unix)]

mod programs;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use terraform_runner::{ProviderUnderTest, Release, Running, Terraform, Workspace};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(120);

macro_rules! with_each_terraform {
    ($($case:ident),+ $(,)?) => {
        mod installed {
            $(#[test] fn $case() { super::$case(&super::installed()) })+
        }
        mod newest {
            $(#[test] fn $case() { super::$case(&super::newest()) })+
        }
    };
}

with_each_terraform!(
    a_file_lives_and_dies,
    a_file_is_imported,
    mistakes_point_at_their_attribute,
    debug_serves_runs_and_aliases,
    a_stopped_create_keeps_its_state,
    a_panic_is_a_diagnostic,
    a_provider_ends_with_its_terraform,
);

fn installed() -> Terraform {
    Terraform::preferred(|release| eprintln!("fetching Terraform {release}")).unwrap()
}

fn newest() -> Terraform {
    Terraform::fetched(Release::NEWEST).unwrap()
}

/// A provider, a directory for it to work in, and a workspace.
struct Site {
    workspace: Workspace,
    directory: TempDir,
    provider: &'static str,
}

impl Site {
    fn new(terraform: &Terraform, provider: &'static str) -> Self {
        let address = format!("registry.terraform.io/example/{provider}");
        let under_test = ProviderUnderTest::new(&address, programs::example(provider)).unwrap();
        let workspace = Workspace::new(terraform, &[under_test]).unwrap();
        let site = Site { workspace, directory: tempfile::tempdir().unwrap(), provider };
        let configuration = format!(
            "terraform {{\n  required_providers {{\n    {provider} = {{\n      source = \"example/{provider}\"\n    }}\n  }}\n}}\n\
             provider \"{provider}\" {{\n  directory = {:?}\n}}\n",
            site.path(),
        );
        site.workspace.write("provider.tf", &configuration).unwrap();
        site
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn file(&self, name: &str, content: &str) {
        let text = format!(
            "resource \"minimal_file\" \"a\" {{\n  name    = {name:?}\n  content = {content:?}\n}}\n\
             output \"words\" {{\n  value = provider::minimal::count_words(minimal_file.a.content)\n}}\n"
        );
        self.workspace.write("main.tf", &text).unwrap();
    }

    fn order(&self, arguments: &str) {
        let text =
            format!("resource \"workshop_order\" \"a\" {{\n  name = \"a\"\n{arguments}\n}}\n");
        self.workspace.write("main.tf", &text).unwrap();
    }

    /// An apply that waits for its order to be done.
    fn waiting(&self) -> Running {
        let mut running = self.workspace.spawn(&["apply", "-auto-approve"]).unwrap();
        running.wait_for_output("workshop_order.a: Creating", LONG).unwrap();
        until(|| self.path().join("a.accepted").exists());
        running
    }
}

/// Waits for a condition.
fn until(condition: impl Fn() -> bool) {
    let deadline = std::time::Instant::now() + LONG;
    while !condition() {
        assert!(std::time::Instant::now() < deadline, "it never came true");
        std::thread::sleep(Duration::from_millis(10));
    }
}

const FILE: &str = "minimal_file.a";

fn a_file_lives_and_dies(terraform: &Terraform) {
    let site = Site::new(terraform, "minimal");
    site.file("one", "two words");
    let plan = site.workspace.plan().unwrap();
    assert!(plan.change(FILE).unwrap().is_unknown("bytes"));
    let applied = site.workspace.apply().unwrap();
    assert_eq!(applied.outputs().unwrap()["words"]["value"], json!(2));
    assert_eq!(fs::read_to_string(site.path().join("one")).unwrap(), "two words");
    site.workspace.expect_no_changes().unwrap();

    site.file("one", "three more words");
    let plan = site.workspace.plan().unwrap();
    assert_eq!(plan.summary().updates, [FILE]);
    assert!(!plan.change(FILE).unwrap().is_unknown("id"));
    site.workspace.apply_plan(&plan).unwrap();
    let state = site.workspace.state_attributes(FILE).unwrap().unwrap();
    assert_eq!(state["bytes"], json!(16));

    site.file("other", "three more words");
    let plan = site.workspace.plan().unwrap();
    assert_eq!(plan.summary().replaces, [FILE]);
    assert_eq!(plan.change(FILE).unwrap().replace_paths, [[json!("name")]]);
    site.workspace.apply_plan(&plan).unwrap();
    assert!(!site.path().join("one").exists());

    drifts(&site);
    site.workspace.destroy().unwrap();
    assert!(!site.path().join("other").exists());
}

fn drifts(site: &Site) {
    fs::write(site.path().join("other"), "drift").unwrap();
    let plan = site.workspace.plan().unwrap();
    assert_eq!(plan.summary().updates, [FILE]);
    assert_eq!(plan.drift[0].change.after["content"], "drift");
    site.workspace.apply().unwrap();
    fs::remove_file(site.path().join("other")).unwrap();
    assert_eq!(site.workspace.plan().unwrap().summary().creates, [FILE]);
    site.workspace.apply().unwrap();
    site.workspace.expect_no_changes().unwrap();
}

fn a_file_is_imported(terraform: &Terraform) {
    let site = Site::new(terraform, "minimal");
    site.file("there", "already");
    fs::write(site.path().join("there"), "already").unwrap();
    site.workspace.import(FILE, "there").unwrap();
    assert!(
        site.workspace.plan().unwrap().changes.iter().all(|it| it.change.before == it.change.after)
    );
    assert!(site.workspace.import("minimal_file.b", "there").is_err());
}

fn mistakes_point_at_their_attribute(terraform: &Terraform) {
    let site = Site::new(terraform, "minimal");
    site.file("a/b", "x");
    let found = site.workspace.validate().unwrap();
    assert_eq!(found[0].attribute(), Some("name"), "{found:?}");
    assert!(found[0].detail.contains("without directories"), "{found:?}");
    site.file("", "x");
    let found = site.workspace.validate().unwrap();
    assert!(
        found.iter().any(|it| it.detail.contains("not empty") || it.detail.contains("1 to 255"))
    );
}

/// A provider that serves without a parent.
struct Served(Child);

impl Served {
    fn start(name: &str) -> (Self, String) {
        let mut child = Command::new(programs::example(name))
            .arg("--debug")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let attach = line.trim().strip_prefix("TF_REATTACH_PROVIDERS='").unwrap();
        (Served(child), attach.strip_suffix('\'').unwrap().to_owned())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn debug_serves_runs_and_aliases(terraform: &Terraform) {
    let mut site = Site::new(terraform, "minimal");
    let (mut served, attach) = Served::start("minimal");
    site.workspace.env("TF_REATTACH_PROVIDERS", &attach);
    let other = tempfile::tempdir().unwrap();
    let aliased = format!(
        "provider \"minimal\" {{\n  alias     = \"other\"\n  directory = {:?}\n}}\n\
         resource \"minimal_file\" \"b\" {{\n  provider = minimal.other\n  name     = \"b\"\n  content  = \"b\"\n}}\n",
        other.path(),
    );
    site.workspace.write("alias.tf", &aliased).unwrap();
    site.file("a", "x");
    site.workspace.apply().unwrap();
    assert!(site.path().join("a").exists() && other.path().join("b").exists());
    assert!(!site.path().join("b").exists());
    site.workspace.expect_no_changes().unwrap();
    site.workspace.destroy().unwrap();
    assert_eq!(served.0.try_wait().unwrap(), None);

    let address: serde_json::Value = serde_json::from_str(&attach).unwrap();
    let attach = &address[format!("registry.terraform.io/example/{}", site.provider)];
    let socket = Path::new(attach["Addr"]["String"].as_str().unwrap());
    assert!(socket.exists());
    Command::new("kill").args(["-INT", &served.0.id().to_string()]).status().unwrap();
    assert!(served.0.wait().unwrap().success());
    assert!(!socket.exists());
}

fn a_stopped_create_keeps_its_state(terraform: &Terraform) {
    for (patient, tainted) in [(true, false), (false, true)] {
        let site = Site::new(terraform, "workshop");
        site.order(&format!("  patient = {patient}"));
        let running = site.waiting();
        running.interrupt_group().unwrap();
        let run = running.wait().unwrap();
        let said = if patient { "accepted but not done" } else { "asked to stop" };
        assert!(format!("{}{}", run.stdout, run.stderr).contains(said), "{run}");
        let state = site.workspace.state_resource("workshop_order.a").unwrap().unwrap();
        assert_eq!(state["tainted"] == true, tainted, "{state}");
        assert_eq!(state["values"]["done"], false);
    }
}

fn a_panic_is_a_diagnostic(terraform: &Terraform) {
    let site = Site::new(terraform, "workshop");
    fs::write(site.path().join("b.done"), "").unwrap();
    let second = "resource \"workshop_order\" \"b\" {\n  name       = \"b\"\n  depends_on = [terraform_data.later]\n}\n\
                  resource \"terraform_data\" \"later\" {\n  provisioner \"local-exec\" {\n    command = \"sleep 1\"\n  }\n}\n";
    site.workspace.write("second.tf", second).unwrap();
    site.order("  cursed = true\n  pin    = \"4711-secret\"");
    let run = site.workspace.run_json(&["apply", "-auto-approve"]).unwrap();
    let [error] = run.errors()[..] else { panic!("{}", run.run) };
    assert_eq!(error.address.as_deref(), Some("workshop_order.a"));
    assert!(
        error.detail.contains("ApplyResourceChange of workshop_order panicked at"),
        "{error:?}"
    );
    assert!(!run.run.to_string().contains("4711-secret"), "{}", run.run);
    // The server has lived on.
    assert!(run.applied().contains(&("workshop_order.b", "create")), "{}", run.run);
}

fn a_provider_ends_with_its_terraform(terraform: &Terraform) {
    for killed in [false, true] {
        let mut site = Site::new(terraform, "workshop");
        let temporary = tempfile::Builder::new().prefix("t").tempdir_in("/tmp").unwrap();
        site.workspace.env("TMPDIR", temporary.path());
        site.order("");
        let mut running = site.waiting();
        let provider = running.wait_for_provider(LONG).unwrap();
        assert!(has_socket(temporary.path()));
        if killed {
            running.kill().unwrap();
            running.wait().unwrap();
        } else {
            fs::write(site.path().join("a.done"), "").unwrap();
            assert!(running.wait().unwrap().success());
        }
        provider.wait_for_end(LONG).unwrap();
        assert!(!has_socket(temporary.path()));
    }
}

/// Whether a socket is anywhere in a directory.
fn has_socket(directory: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => has_socket(&entry.path()),
        Ok(kind) => kind.is_socket(),
        Err(_) => false,
    })
}
