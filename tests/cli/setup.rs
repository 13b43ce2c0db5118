//! Which Terraform the tests run on, and a workspace with the provider under test.

use terraform_provider_grafana::provider::ADDRESS;
use terraform_runner::{ProviderUnderTest, Release, Terraform, Workspace};

/// Defines a test that runs on the Terraform that is installed (named by `TERRAFORM_CLI`, or on the
/// PATH) and on the newest that can be fetched. Where none is installed it runs on the newest only.
macro_rules! cli_test {
    ($(#[$meta:meta])* fn $name:ident($terraform:ident: &Terraform) $body:block) => {
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            fn run($terraform: &terraform_runner::Terraform) $body

            #[test]
            fn installed() {
                if let Some(terraform) = $crate::setup::installed() {
                    run(&terraform);
                }
            }

            #[test]
            fn newest() {
                run(&$crate::setup::newest());
            }
        }
    };
}

/// The Terraform that is installed, if one is.
pub fn installed() -> Option<Terraform> {
    let terraform = Terraform::on_path().expect("TERRAFORM_CLI names a Terraform");
    if terraform.is_none() {
        eprintln!("no Terraform is installed: this test runs on the fetched one only");
    }
    terraform
}

/// The newest Terraform that can be fetched.
pub fn newest() -> Terraform {
    Terraform::fetched(Release::NEWEST).expect("Terraform can be fetched")
}

/// The provider under test.
pub fn provider() -> ProviderUnderTest {
    let binary = env!("CARGO_BIN_EXE_terraform-provider-grafana");
    ProviderUnderTest::new(ADDRESS, binary).expect("a valid address")
}

/// A workspace with the provider under test, and the block that names it.
pub fn workspace(terraform: &Terraform) -> Workspace {
    let workspace = Workspace::new(terraform, &[provider()]).expect("a workspace");
    let required = format!(
        "terraform {{\n  required_providers {{\n    grafana = {{\n      source = \"{ADDRESS}\"\n    }}\n  }}\n}}\n"
    );
    workspace.write("versions.tf", &required).expect("can be written");
    workspace
}
