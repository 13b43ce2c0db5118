//! Grafana, or what stands in front of it, repeats whatever it is sent: no secret is shown or written anywhere.

use std::fs;

use serde_json::Value as Json;
use simulator::faults::Fault;
use simulator::grafana::{Generation, Grafana, Role};
use terraform_runner::{Feature, Terraform, Workspace};

use super::grafana;
use crate::leaks::{self, Secrets};
use crate::setup;

const LOGIN: &str = "licensor";
const PASSWORD: &str = "Zq7#vT2!mXw9 Lk\"4%/p+B\u{f6}d";
const HEADER: &str = "hdr-5Kx0Qw8Zr3Yb7Nf2";

/// Everything that talks to Grafana, but for lists and actions.
const EVERYTHING: &str = r#"
variable "token" {
  type      = string
  ephemeral = true
}

resource "grafana_enterprise_license" "this" {
  token_wo         = var.token
  token_wo_version = 1
}

resource "grafana_api_key" "ci" {
  name            = "ci"
  role            = "Viewer"
  seconds_to_live = 3600
}

ephemeral "grafana_api_key" "run" {
  name_prefix     = "run-"
  role            = "Viewer"
  seconds_to_live = 600
}

data "grafana_api_keys" "all" {}

data "grafana_enterprise_license" "this" {}
"#;

const QUERY: &str = r#"
list "grafana_api_key" "all" {
  provider = grafana
}

list "grafana_enterprise_license" "this" {
  provider = grafana
}
"#;

const ACTION: &str = r#"
action "grafana_enterprise_license_renew" "this" {}
"#;

/// What the server answers to the requests of a kind.
const ANSWERS: [(&str, u16); 7] =
    [("*", 200), ("*", 302), ("*", 403), ("GET", 404), ("POST", 400), ("POST", 409), ("*", 500)];

struct World {
    grafana: Grafana,
    workspace: Workspace,
    secrets: Secrets,
    redacted: usize,
}

impl World {
    fn new(terraform: &Terraform, generation: Generation) -> Self {
        let grafana = grafana(generation);
        grafana.create_user(LOGIN, PASSWORD).expect("new");
        grafana.set_server_admin(LOGIN, true).expect("there");
        // The organization it is in already.
        let _ = grafana.add_member(1, LOGIN, Role::Admin);
        let token = grafana.mint_license().expect("can be signed");
        let mut workspace = setup::workspace(terraform);
        let log = workspace_log(&workspace);
        workspace
            .env("GRAFANA_URL", grafana.url())
            .env("GRAFANA_AUTH", format!("{LOGIN}:{PASSWORD}"))
            .env("GRAFANA_HTTP_HEADERS", format!(r#"{{"X-Team": "{HEADER}"}}"#))
            .env("GRAFANA_RETRIES", "0")
            .env("TF_VAR_token", &token)
            .env("TF_LOG", "TRACE")
            .env("TF_LOG_PATH", log);
        workspace.write("main.tf", EVERYTHING).expect("can be written");
        // Of the claims, parts are ordinary words.
        let signature = token.rsplit('.').next().expect("a JWT");
        let secrets = Secrets::new([PASSWORD, HEADER, signature]);
        World { grafana, workspace, secrets, redacted: 0 }
    }

    /// Runs a command, and looks at all that it says and leaves.
    fn run(&mut self, arguments: &[&str]) {
        let run = self.workspace.run(arguments).expect("runs");
        let place = format!("{arguments:?}");
        self.secrets.assert_none_in(&place, &run.stdout);
        self.secrets.assert_none_in(&place, &run.stderr);
        let log = fs::read(workspace_log(&self.workspace)).unwrap_or_default();
        self.secrets.assert_none_in(&format!("log of {place}"), &log);
        let shown = [run.stdout.as_bytes(), run.stderr.as_bytes(), &log].concat();
        let mark = b"[redacted]";
        self.redacted += shown.windows(mark.len()).filter(|part| part == mark).count();
        let _ = fs::remove_file(workspace_log(&self.workspace));
        for entry in fs::read_dir(self.workspace.path()).expect("a directory") {
            let path = entry.expect("a file").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name == "tfplan" {
                leaks::assert_none_in_zip(&self.secrets, &place, &path);
            } else if name.contains("tfstate") && path.is_file() {
                self.secrets.assert_none_in(&name, fs::read(&path).expect("can be read"));
            }
        }
    }

    fn run_all(&mut self) {
        let plan = self.workspace.path().join("tfplan");
        let _ = fs::remove_file(&plan);
        self.run(&["validate", "-json"]);
        self.run(&["plan", "-out=tfplan"]);
        if plan.exists() {
            self.run(&["show", "-json", "tfplan"]);
        }
        self.run(&["apply", "-auto-approve"]);
        self.run(&["apply", "-auto-approve", "-json"]);
        self.run(&["show", "-json"]);
        self.run(&["import", "grafana_api_key.imported", "1:1"]);
        let supports = |feature| self.workspace.terraform().supports(feature);
        if supports(Feature::ListResources) {
            self.workspace.write("all.tfquery.hcl", QUERY).expect("can be written");
            self.run(&["query"]);
            self.run(&["query", "-json"]);
            self.workspace.remove("all.tfquery.hcl").expect("is there");
        }
        if self.workspace.terraform().supports(Feature::Actions) {
            self.workspace.write("action.tf", ACTION).expect("can be written");
            self.run(&[
                "apply",
                "-auto-approve",
                "-invoke=action.grafana_enterprise_license_renew.this",
            ]);
            self.workspace.remove("action.tf").expect("is there");
        }
    }

    fn echo(&self, method: &str, status: u16) {
        self.grafana.faults().clear();
        for path in ["/api/**", "/**"] {
            self.grafana.faults().push(Fault::on(method, path).status(status).echo().always());
        }
    }
}

fn workspace_log(workspace: &Workspace) -> std::path::PathBuf {
    workspace.home().join("trace.log")
}

fn drive(terraform: &Terraform, generation: Generation) {
    let mut world = World::new(terraform, generation);
    for (method, status) in ANSWERS {
        world.echo(method, status);
        world.run_all();
    }
    world.grafana.faults().clear();
    world.workspace.apply().expect("applies");
    world.run_all();
    for (method, status) in ANSWERS {
        world.echo(method, status);
        world.run(&["plan"]);
        world.run(&["destroy", "-auto-approve"]);
        world.run(&["destroy", "-auto-approve", "-refresh=false"]);
    }
    assert!(world.redacted > 50, "what is sent is echoed: {}", world.redacted);
    world.grafana.faults().clear();
    world.run(&["destroy", "-auto-approve"]);
    let state: Json = world.workspace.state().unwrap_or_default();
    assert!(state["values"].is_null(), "{state}");
}

cli_test! {
    needs(Ephemeral, WriteOnly)
    fn no_secret_is_shown_that_a_server_repeats(terraform: &Terraform) {
        drive(terraform, Generation::V9_4);
        drive(terraform, Generation::V12_1);
    }
}
