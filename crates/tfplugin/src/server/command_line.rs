//! The command line: what a person may say to a provider, and what a provider says to a person.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::{Arg, ArgAction, Command};
use serde_json::json;

use super::handshake::Endpoint;
use super::service::note_panics;
use super::{StartError, exit_code, logging, serve_debug, serve_parent};
use crate::provider::Provider;

/// The registries of Terraform and OpenTofu.
const REGISTRIES: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];

/// Runs a provider's program: serves the Terraform that started it, or with `--debug` any that comes.
///
/// `targets` are the names of the provider's own crates: only they are logged. The exit code is 0
/// after a served run, and 1 with an explanation on stderr if there was none.
pub fn serve<P: Provider>(provider: P, targets: &[&'static str]) -> ExitCode {
    let arguments = command(&provider).get_matches();
    let logs =
        logging::init(short_name(provider.address()), targets, |name| std::env::var(name).ok());
    note_panics();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let address = provider.address().to_owned();
    let result = match arguments.get_flag("debug") {
        true => runtime.block_on(serve_debug(provider)),
        false => runtime.block_on(serve_parent(provider)),
    };
    // Work that nobody waits for any more must not keep the process.
    runtime.shutdown_background();
    if let Some(logs) = logs {
        logs.flush();
    }
    if let Err(StartError::ByHand) = result {
        eprintln!("{}", by_hand(&address));
        return ExitCode::FAILURE;
    }
    exit_code(result)
}

fn command<P: Provider>(provider: &P) -> Command {
    let name = format!("terraform-provider-{}", short_name(provider.address()));
    let debug = Arg::new("debug")
        .long("debug")
        .action(ArgAction::SetTrue)
        .help("Serve without Terraform starting it, and print the TF_REATTACH_PROVIDERS to use");
    Command::new(name)
        .version(provider.version().to_owned())
        .about(by_hand(provider.address()))
        .arg(debug)
}

fn short_name(address: &str) -> &str {
    address.rsplit('/').next().unwrap_or(address)
}

fn by_hand(address: &str) -> String {
    let name = short_name(address);
    format!(
        "This is a Terraform provider: Terraform and OpenTofu start it, people do not.\n\
         Name it in a configuration, and run `terraform init` there:\n\n\
         terraform {{\n  required_providers {{\n    {name} = {{\n      source = \"{address}\"\n    }}\n  }}\n}}\n\n\
         To attach a debugger, start it with --debug."
    )
}

/// The line that a user copies to attach Terraform, or OpenTofu, to this process. Each takes a source
/// without a host for one of its own registry.
pub(super) fn reattach_line(address: &str, endpoint: &Endpoint) -> String {
    let attach = json!({
        "Protocol": "grpc",
        "ProtocolVersion": 6,
        "Pid": std::process::id(),
        "Test": true,
        "Addr": { "Network": endpoint.network, "String": endpoint.address },
    });
    let source = address.split_once('/').map_or(address, |(_host, source)| source);
    let addresses = REGISTRIES.iter().map(|host| format!("{host}/{source}"));
    let all: BTreeMap<_, _> =
        addresses.chain([address.to_owned()]).map(|address| (address, &attach)).collect();
    format!("TF_REATTACH_PROVIDERS='{}'", json!(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_programs_can_be_attached() {
        let endpoint = Endpoint { network: "unix", address: "/tmp/p.sock".to_owned() };
        let line = reattach_line("registry.terraform.io/example/minimal", &endpoint);
        for registry in REGISTRIES {
            assert!(line.contains(&format!("\"{registry}/example/minimal\":{{")), "{line}");
        }
        assert!(reattach_line("local.example/a/b", &endpoint).contains("\"local.example/a/b\":{"));
    }
}
