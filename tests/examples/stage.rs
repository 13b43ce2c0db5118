//! Simulated servers as the examples describe them.

use std::fs;
use std::path::Path;

use libtest_mimic::Failed;
use simulator::amazon::{self, Amazon, Endpoint, NewWorkspace, Role, Sts};
use simulator::grafana::{self, Generation, Grafana, LicenseClaims};
use terraform_runner::Workspace;

use crate::{newest, provider, required_providers};

/// What the examples say, and the simulated servers are.
pub const URL: &str = "https://grafana.example.com/";
const REGION: &str = "eu-central-1";
const ROLE: &str = "arn:aws:iam::123456789012:role/grafana-administrator";
const KEY: i64 = 42;

/// The servers as the examples describe them.
pub struct Stage {
    pub grafana: Grafana,
    pub amazon: Amazon,
    sts: Sts,
}

impl Stage {
    /// `name` is that of the example's file, which says what is there already.
    pub fn new(name: &str) -> Self {
        let grafana = Grafana::start(grafana::Options {
            generation: Generation::V10_4,
            root_url: Some(URL.to_owned()),
            ..grafana::Options::default()
        });
        let options = amazon::Options {
            region: REGION.to_owned(),
            endpoint: Endpoint::Nowhere,
            ..amazon::Options::default()
        };
        let amazon = Amazon::start(options).expect("Amazon starts");
        let sts = Sts::start(&amazon).expect("STS starts");
        sts.add_role(Role::new(ROLE));
        let stage = Self { grafana: grafana.expect("Grafana starts"), amazon, sts };
        stage.furnish(name);
        stage
    }

    /// The license, the keys and the workspaces that examples read or import.
    fn furnish(&self, name: &str) {
        if !name.starts_with("resources/grafana_enterprise_license/resource") {
            self.grafana.set_license(Some(self.license()));
        }
        if name.contains("import") {
            for number in 1..=KEY {
                let name = if number == KEY { "ci".to_owned() } else { format!("key {number}") };
                let life = Some(2_592_000);
                let made = self.grafana.create_api_key(1, &name, grafana::Role::Viewer, life);
                assert_eq!(made.expect("a new name").id, number);
            }
        }
        let licensed = name.contains("import");
        for (name, region, id) in
            [("metrics", REGION, "g-0123456789"), ("ireland", "eu-west-1", "g-abcdef0123")]
        {
            self.amazon.link_account(region);
            let new = NewWorkspace::named(name).region(region).endpoint(Endpoint::Nowhere);
            let new = new.with(move |workspace| {
                workspace.id = id.to_owned();
                workspace.endpoint = format!("{id}.grafana-workspace.{region}.amazonaws.com");
                workspace.created = "2026-01-01T00:00:00Z".parse().expect("a time");
                workspace.license_type = licensed.then(|| "ENTERPRISE".to_owned());
            });
            self.amazon.create_workspace(new).expect("a workspace");
        }
    }

    pub fn license(&self) -> LicenseClaims {
        LicenseClaims::for_instance(URL)
    }

    /// An empty configuration, whose environment leads to the servers and answers every variable.
    pub fn workspace(&self) -> Workspace {
        let mut workspace = Workspace::new(&newest(), &[provider()]).expect("a workspace");
        for (name, value) in self.amazon.exports().into_iter().chain(self.sts.exports()) {
            workspace.env(name, value);
        }
        workspace.write("versions.tf", &required_providers()).expect("can be written");
        workspace.env("GRAFANA_URL", self.grafana.url()).env("GRAFANA_AUTH", "admin:admin");
        self.hand_out(&mut workspace, &self.license());
        workspace.env("TF_VAR_grafana_password", "admin");
        workspace.env("TF_VAR_grafana_labs_token", "an-account-at-grafana-labs");
        workspace
    }

    /// Makes the license the value of every variable that holds one.
    pub fn hand_out(&self, workspace: &mut Workspace, license: &LicenseClaims) {
        let license = self.grafana.issuer().mint(license).expect("can be signed");
        for name in
            ["license_token", "renewed_license_token", "next_license_token", "new_license_token"]
        {
            workspace.env(format!("TF_VAR_{name}"), &license);
        }
    }

    /// Adds a file of the examples, in which `url` is where the simulated Grafana really is.
    pub fn add(&self, workspace: &Workspace, path: &Path) -> Result<(), Failed> {
        let here = |line: &str| match line.trim_start().starts_with("url ") {
            true => line.replace(URL, &self.grafana.url()),
            false => line.to_owned(),
        };
        let text: Vec<_> = fs::read_to_string(path)?.lines().map(here).collect();
        let name = path.file_name().and_then(|name| name.to_str()).ok_or("a name")?;
        workspace.write(name, &text.join("\n"))?;
        if text.iter().any(|line| line.contains("required_providers")) {
            workspace.remove("versions.tf")?;
        }
        Ok(())
    }
}
