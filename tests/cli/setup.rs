//! What a test is, and a workspace with the provider under test.

use terraform_provider_grafana::provider::ADDRESS;
use terraform_runner::{Feature, ProviderUnderTest, Terraform, Workspace};

/// A test that runs on every Terraform that has what it needs.
pub struct Case {
    /// Module path and name.
    pub name: &'static str,
    pub needs: &'static [Feature],
    pub run: fn(&Terraform),
}

inventory::collect!(Case);

/// Defines a [`Case`]: `needs(FEATURE, ...)`, if it needs any, and a function.
macro_rules! cli_test {
    ($(needs($($feature:ident),+))? fn $name:ident($terraform:ident: &Terraform) $body:block) => {
        const _: () = {
            fn $name($terraform: &terraform_runner::Terraform) $body

            inventory::submit! {
                $crate::setup::Case {
                    name: concat!(module_path!(), "::", stringify!($name)),
                    needs: &[$($(terraform_runner::Feature::$feature),+)?],
                    run: $name,
                }
            }
        };
    };
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

/// Expects that a refresh finds nothing new, neither in the state nor beside it: by the exit status, at which
/// pipelines look. On a Terraform whose status tells nothing, by what it says.
pub fn assert_no_drift(workspace: &Workspace) {
    assert_no_drift_with(workspace, &[]);
}

/// The same, with more options.
pub fn assert_no_drift_with(workspace: &Workspace, options: &[&str]) {
    let refresh =
        [&["plan", "-refresh-only", "-detailed-exitcode", "-input=false"], options].concat();
    let run = workspace.run(&refresh).expect("runs");
    if workspace.terraform().supports(Feature::RefreshOnlyExitCode) {
        run.expect_success().unwrap_or_else(|drift| panic!("{drift}"));
    } else {
        assert!(run.stdout.contains("No changes."), "{run}");
    }
}
