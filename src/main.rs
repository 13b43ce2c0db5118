//! The provider's program: Terraform starts it, or a developer does with `--debug`.

use std::process::ExitCode;

use terraform_provider_grafana::provider::Grafana;

fn main() -> ExitCode {
    tfplugin::serve(Grafana, &["terraform_provider_grafana"])
}
