//! The provider's configuration as its users meet it.

mod echo;
mod organization;
mod retries;
mod validate;

use simulator::grafana::{Generation, Grafana, Options};
use terraform_runner::{Terraform, Workspace};

use crate::setup;

fn grafana(generation: Generation) -> Grafana {
    Grafana::start(Options { generation, ..Options::default() }).expect("starts")
}

/// A workspace whose `provider` block has these lines beside `url` and `auth`, and this text below it.
fn workspace(terraform: &Terraform, grafana: &Grafana, provider: &str, text: &str) -> Workspace {
    let workspace = setup::workspace(terraform);
    let url = grafana.url();
    let block = format!(
        "provider \"grafana\" {{\n  url = \"{url}\"\n  auth = \"admin:admin\"\n{provider}\n}}\n"
    );
    workspace.write("main.tf", &(block + text)).expect("can be written");
    workspace
}
