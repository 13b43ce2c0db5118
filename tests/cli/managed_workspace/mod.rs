//! Working in a managed workspace with AWS credentials alone, as users meet it.

mod cancel;
mod concurrent;
mod ephemeral;
mod errors;
mod plan;
mod secrets;
mod sign_in;

use std::sync::Arc;
use std::time::Duration;

use simulator::amazon::{Amazon, Options};
use simulator::faults::Fault;
use simulator::grafana::{Grafana, Key};
use simulator::journal::Entry;
use terraform_runner::{Terraform, Workspace};

/// Far beyond what anything here takes: a hang, and nothing else, is longer.
const LONG: Duration = Duration::from_secs(120);

/// Its address in the configuration of every test here.
const ADDRESS: &str = "grafana_api_key.ci";

const KEY: &str = r#"
resource "grafana_api_key" "ci" {
  name            = "ci"
  role            = "Viewer"
  seconds_to_live = 86400
}
"#;

/// A service with one workspace, and that one's Grafana.
struct Stage {
    amazon: Amazon,
    grafana: Arc<Grafana>,
}

impl Stage {
    fn new(version: &str) -> Self {
        let options = Options { grafana_version: version.to_owned(), ..Options::default() };
        let amazon = Amazon::start(options).expect("starts");
        let grafana = amazon.grafana(amazon.workspace_id()).expect("is there");
        Stage { amazon, grafana }
    }

    /// A directory with a key of that workspace in its configuration, and an environment with AWS
    /// credentials. What the environment says of another Grafana must not count.
    fn directory(&self, terraform: &Terraform) -> Workspace {
        let mut workspace = crate::setup::workspace(terraform);
        for (name, value) in self.amazon.exports() {
            workspace.env(name, value);
        }
        workspace.env("GRAFANA_URL", "http://127.0.0.1:9/").env("GRAFANA_AUTH", "admin:admin");
        let id = format!("\"{}\"", self.amazon.workspace_id());
        workspace.write("provider.tf", &provider(&id)).expect("can be written");
        workspace.write("main.tf", KEY).expect("can be written");
        workspace
    }

    /// The tokens that runs have made for themselves.
    fn ours(&self) -> Vec<Key> {
        let accounts = self.grafana.service_accounts(1).into_iter();
        let tokens = accounts.flat_map(|account| self.grafana.tokens(1, account.id));
        let keys = self.grafana.api_keys(1).into_iter();
        tokens.chain(keys).filter(|key| key.name.starts_with("terraform-provider")).collect()
    }

    /// Waits until that many requests have come to make a key.
    fn wait_for_posts(&self, posts: usize) {
        let enough = |entries: &[Entry]| {
            entries.iter().filter(|entry| entry.is("POST", "/api/auth/keys")).count() == posts
        };
        assert!(self.grafana.journal().wait_for(enough, LONG));
    }
}

/// A fault that keeps a run from ending: the key is not made before it is released.
fn hang() -> Fault {
    Fault::on("POST", "/api/auth/keys").hang()
}

/// The provider's block, for a workspace with this id.
fn provider(id: &str) -> String {
    format!(
        "provider \"grafana\" {{\n  managed_workspace = {{\n    workspace_id = {id}\n  }}\n}}\n"
    )
}
