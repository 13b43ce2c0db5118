//! What `cargo xtask dist` makes, installed by `init`: from a registry, and from directories.

mod directories;
mod installed;
mod refused;
mod server;

use std::fs;
use std::path::PathBuf;
use std::sync::{LazyLock, OnceLock};

use provider_release::{Compression, Key, Release};
use simulator::grafana::{Grafana, Options};
use tempfile::TempDir;
use terraform_runner::{Terraform, Workspace, platform};

use server::Registry;

const MANIFEST: &str = include_str!("../../../terraform-registry-manifest.json");
/// The versions there are, packed once for all tests.
const FIRST: &str = "1.0.0";
const SECOND: &str = "1.1.0";

static KEY: LazyLock<Key> =
    LazyLock::new(|| Key::throwaway("Release <release@example.com>").unwrap());

/// The zip of a version of the provider under test.
fn zip(version: &str) -> PathBuf {
    static PACKED: OnceLock<[(TempDir, PathBuf); 2]> = OnceLock::new();
    let packed = PACKED.get_or_init(|| {
        let program = fs::read(env!("CARGO_BIN_EXE_terraform-provider-grafana")).unwrap();
        [FIRST, SECOND].map(|version| {
            let directory = tempfile::tempdir().unwrap();
            let release = Release::new("grafana", version, directory.path());
            let zip = release.pack(&platform(), &program, &[], Compression::Fast).unwrap();
            (directory, zip)
        })
    });
    packed[usize::from(version == SECOND)].1.clone()
}

/// A registry, and the directories of the releases it has.
struct World {
    registry: Registry,
    grafana: Grafana,
    releases: TempDir,
}

impl World {
    fn new() -> Self {
        let grafana = Grafana::start(Options::default()).unwrap();
        Self { registry: Registry::start(), grafana, releases: tempfile::tempdir().unwrap() }
    }

    /// A release whose files are in a directory of their own, with this manifest, signed by this key.
    fn release(&self, version: &str, manifest: &str, key: &Key) -> Release {
        let directory = self.releases.path().join(version);
        fs::create_dir(&directory).unwrap();
        let release = Release::new("grafana", version, directory);
        fs::copy(zip(version), release.zip(&platform())).unwrap();
        release.list_checksums(manifest).unwrap();
        release.sign(key).unwrap();
        release
    }

    fn offer(&self, release: Release) {
        self.registry.offer(release, &platform(), &KEY);
    }

    /// Offers a version as it should be.
    fn publish(&self, version: &str) {
        self.offer(self.release(version, MANIFEST, &KEY));
    }

    fn source(&self) -> String {
        format!("{}/grafana-license/grafana", self.registry.host())
    }

    /// A directory whose configuration takes the provider from the registry, and which trusts that.
    fn workspace(&self, terraform: &Terraform) -> Workspace {
        let mut workspace = Workspace::unconfigured(terraform).unwrap();
        workspace.env("SSL_CERT_FILE", self.registry.authority());
        configure(&mut workspace, &self.grafana, &self.source());
        workspace
    }
}

/// One key of the simulated Grafana, with the provider from `source`.
fn configure(workspace: &mut Workspace, grafana: &Grafana, source: &str) {
    workspace.env("GRAFANA_URL", grafana.url()).env("GRAFANA_AUTH", "admin:admin");
    let text = format!(
        "terraform {{\n  required_providers {{\n    grafana = {{\n      source  = \"{source}\"\n      version = \"~> 1.0\"\n    }}\n  }}\n}}\n\n\
         resource \"grafana_api_key\" \"ci\" {{\n  name = \"ci\"\n  role = \"Viewer\"\n}}\n"
    );
    workspace.write("main.tf", &text).unwrap();
}

fn lock_file(workspace: &Workspace) -> String {
    fs::read_to_string(workspace.path().join(".terraform.lock.hcl")).unwrap_or_default()
}

/// Plans, applies, and plans nothing more.
fn assert_works(workspace: &Workspace) {
    let plan = workspace.plan().unwrap();
    assert_eq!(plan.summary().creates, ["grafana_api_key.ci"]);
    workspace.apply_plan(&plan).unwrap();
    workspace.expect_no_changes().unwrap();
}
