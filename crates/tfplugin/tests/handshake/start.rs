//! From the command line to the handshake line, and the end.

use std::process::{Command, Output, Stdio};

use tfplugin::testing::host::{Started, command};

use super::programs::example;

fn by_hand(arguments: &[&str]) -> Output {
    let mut command = Command::new(example("minimal"));
    command.env_remove("TF_PLUGIN_MAGIC_COOKIE").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn started_by_hand_it_explains_itself() {
    let output = by_hand(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let said = text(&output.stderr);
    assert!(said.contains("Terraform and OpenTofu start it"), "{said}");
    assert!(said.contains("source = \"registry.terraform.io/example/minimal\""), "{said}");
}

#[test]
fn it_tells_its_version_and_how_it_is_used() {
    let output = by_hand(&["--version"]);
    assert!(output.status.success());
    let version = format!("terraform-provider-minimal {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(text(&output.stdout), version);
    let output = by_hand(&["--help"]);
    assert!(output.status.success());
    assert!(text(&output.stdout).contains("--debug"));
    assert_eq!(by_hand(&["--nonsense"]).status.code(), Some(2));
}

#[test]
fn a_client_of_other_protocols_is_told_which_one_is_spoken() {
    let mut command = command(&example("minimal"));
    command.env("PLUGIN_PROTOCOL_VERSIONS", "5");
    let started = Started::with(command);
    assert!(started.line.starts_with("1|6|unix|"), "{}", started.line);
}

#[test]
fn a_certificate_that_is_none_is_told() {
    let output =
        command(&example("minimal")).env("PLUGIN_CLIENT_CERT", "rubbish").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("PLUGIN_CLIENT_CERT"));
}

#[test]
fn one_line_says_where_to_connect() {
    let mut started = Started::new(&example("minimal"));
    let fields: Vec<String> = started.line.trim_end().split('|').map(str::to_owned).collect();
    assert_eq!(fields.len(), 6, "{fields:?}");
    assert_eq!(
        (&fields[..3], fields[4].as_str()),
        (&["1", "6", "unix"].map(str::to_owned)[..], "grpc")
    );
    assert!(!fields[5].ends_with('='), "padded");
    assert!(started.socket().exists());
    terminate(started.child.id());
    assert_eq!(started.rest_of_stdout(), "");
    let socket = started.socket();
    assert!(started.ended().0.success());
    assert!(!socket.exists());
}

#[test]
fn the_directory_of_a_killed_run_is_swept_by_the_next() {
    let temporary = tempfile::tempdir().unwrap();
    let start = || {
        let mut command = command(&example("minimal"));
        command.env("TMPDIR", temporary.path());
        Started::with_sockets_of_its_own(command)
    };
    let mut killed = start();
    let left = killed.socket();
    killed.child.kill().unwrap();
    killed.child.wait().unwrap();
    assert!(left.exists());
    let next = start();
    let swept = std::time::Instant::now();
    while left.parent().unwrap().exists() {
        assert!(swept.elapsed() < std::time::Duration::from_secs(60), "not swept");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(next.socket().exists());
}

fn terminate(id: u32) {
    assert!(Command::new("kill").args(["-TERM", &id.to_string()]).status().unwrap().success());
}

#[test]
fn an_interrupt_is_terraforms_affair() {
    let mut started = Started::new(&example("minimal"));
    let id = started.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    assert!(runtime.block_on(started.tls(Some(&started.identity))).is_ok());
    assert_eq!(started.child.try_wait().unwrap(), None);
}

#[test]
fn it_ends_when_its_parent_dies() {
    // A shell in between is the parent, as Terraform would be.
    let provider = command(&example("minimal"));
    let program = provider.get_program().to_owned();
    let mut shell = Command::new("sh");
    shell.args(["-c", "\"$0\" & wait"]).arg(program).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, value) in provider.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    let mut started = Started::with(shell);
    let socket = started.socket();
    assert!(socket.exists());
    started.child.kill().unwrap();
    // Its end closes stdout.
    assert_eq!(started.rest_of_stdout(), "");
    assert!(!socket.exists());
}
