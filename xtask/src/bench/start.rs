//! The provider's start, as Terraform sees it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, PKCS_ECDSA_P521_SHA512};
use sysinfo::{Pid, ProcessesToUpdate, System};
use terraform_runner::{Terraform, Workspace};

/// What HashiCorp's go-plugin asks for, so that nobody starts a plugin by mistake.
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// Starts, measured.
pub struct Started {
    /// From the start of the process to its first line, for each start.
    pub handshakes: Vec<Duration>,
    /// What `terraform version` took, right after each.
    pub versions: Vec<Duration>,
    /// Resident memory then, in bytes; the most of all starts.
    pub resident: u64,
}

/// Starts the provider `runs` times, and Terraform by turns with it.
pub fn measure(terraform: &Terraform, provider: &Path, runs: usize) -> Result<Started> {
    let certificate = client_certificate()?;
    let mut started = Started { handshakes: Vec::new(), versions: Vec::new(), resident: 0 };
    for _ in 0..runs {
        let (handshake, resident) = start(provider, &certificate)?;
        started.handshakes.push(handshake);
        started.resident = started.resident.max(resident);
        started.versions.push(version(terraform)?);
    }
    Ok(started)
}

fn version(terraform: &Terraform) -> Result<Duration> {
    let workspace = Workspace::unconfigured(terraform)?;
    let begin = Instant::now();
    workspace.run(&["version"])?.expect_success()?;
    Ok(begin.elapsed())
}

/// The time until the handshake line, and the resident memory then.
fn start(provider: &Path, certificate: &str) -> Result<(Duration, u64)> {
    let begin = Instant::now();
    let child = Command::new(provider)
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
        .env("PLUGIN_CLIENT_CERT", certificate)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting the provider")?;
    let mut child = Ended(child);
    let output = child.0.stdout.take().context("no output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    let handshake = begin.elapsed();
    ensure!(line.starts_with("1|6|"), "not a handshake line: {line}");
    Ok((handshake, resident(child.0.id())?))
}

/// A process that is ended when it is dropped.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn resident(process: u32) -> Result<u64> {
    let id = Pid::from_u32(process);
    let mut system = System::new()?;
    system.refresh_processes(ProcessesToUpdate::Some(&[id]), true);
    system.process(id).map(sysinfo::Process::memory).context("the provider has ended")
}

/// A certificate like the one that Terraform makes for each provider it starts.
fn client_certificate() -> Result<String> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512)?;
    let mut parameters = CertificateParams::new(["localhost".to_owned()])?;
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Ok(parameters.self_signed(&key)?.pem())
}
