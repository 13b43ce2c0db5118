//! Coming from AWS's own provider, which a stand-in plays.

use simulator::amazon::{Amazon, Endpoint, Operation, Options};
use terraform_provider_grafana::provider::ADDRESS;
use terraform_runner::{ProviderUnderTest, Terraform, Workspace};

use crate::setup::provider;

const FORMER: &str = "registry.terraform.io/hashicorp/aws";

fn former_provider() -> ProviderUnderTest {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let build = escargot::CargoBuild::new().manifest_path(manifest).example("former-aws");
    let program = build.run().expect("the stand-in builds").path().to_owned();
    ProviderUnderTest::new(FORMER, program).expect("a valid address")
}

/// A license that was put on the workspace by the former provider, in a directory where both are
/// installed.
fn begun(terraform: &Terraform) -> (Amazon, Workspace) {
    let options = Options { endpoint: Endpoint::Nowhere, ..Options::default() };
    let amazon = Amazon::start(options).unwrap();
    amazon.change_workspace(amazon.workspace_id(), |w| w.license_type = Some("ENTERPRISE".into()));
    let mut workspace = Workspace::new(terraform, &[provider(), former_provider()]).unwrap();
    for (name, value) in amazon.exports() {
        workspace.env(name, value);
    }
    let providers = format!(
        "terraform {{\n  required_providers {{\n    aws = {{\n      source = \"{FORMER}\"\n    }}\n    \
         grafana = {{\n      source = \"{ADDRESS}\"\n    }}\n  }}\n}}\n"
    );
    workspace.write("versions.tf", &providers).unwrap();
    workspace.write("main.tf", &block(&amazon, "aws_grafana_license_association", "")).unwrap();
    workspace.apply().unwrap();
    (amazon, workspace)
}

fn block(amazon: &Amazon, type_name: &str, more: &str) -> String {
    format!(
        "resource \"{type_name}\" \"main\" {{\n  workspace_id = \"{}\"\n  license_type = \"ENTERPRISE\"\n{more}\n  \
         timeouts {{\n    create = \"20m\"\n  }}\n}}\n",
        amazon.workspace_id()
    )
}

fn ours(amazon: &Amazon) -> String {
    block(amazon, "managed_workspace_license", "  provider = grafana\n")
}

fn assert_nothing_was_changed(amazon: &Amazon) {
    let changes = [Operation::AssociateLicense, Operation::DisassociateLicense];
    assert!(!amazon.calls().iter().any(|call| changes.contains(&call.operation)));
}

cli_test! {
    needs(MovedAcrossTypes)
    fn a_moved_block_takes_the_license_over(terraform: &Terraform) {
        let (amazon, workspace) = begun(terraform);
        let moved = "moved {\n  from = aws_grafana_license_association.main\n  to   = managed_workspace_license.main\n}\n";
        workspace.write("main.tf", &(ours(&amazon) + moved)).unwrap();
        let plan = workspace.plan().unwrap();
        let change = plan.change("managed_workspace_license.main").unwrap();
        assert_eq!(change.before, change.after);
        assert_eq!(plan.summary().creates.len() + plan.summary().updates.len(), 0);
        workspace.apply().unwrap();
        workspace.write("main.tf", &ours(&amazon)).unwrap();
        workspace.expect_no_changes().unwrap();
        assert_nothing_was_changed(&amazon);
    }
}

cli_test! {
    needs(MovedAcrossTypes, WriteOnly)
    fn a_write_only_token_stays_out_of_the_state_that_is_moved(terraform: &Terraform) {
        let (amazon, workspace) = begun(terraform);
        amazon.change_workspace(amazon.workspace_id(), |w| w.grafana_token = Some("labs-token-1".into()));
        let moved = "moved {\n  from = aws_grafana_license_association.main\n  to   = managed_workspace_license.main\n}\n";
        let token = "  provider = grafana\n  grafana_token_wo = \"labs-token-1\"\n";
        let ours = block(&amazon, "managed_workspace_license", token);
        workspace.write("main.tf", &(ours + moved)).unwrap();
        workspace.apply().unwrap();
        workspace.expect_no_changes().unwrap();
        assert!(!workspace.raw_state_file().unwrap().contains("labs-token"));
        assert_nothing_was_changed(&amazon);
    }
}

cli_test! {
    needs(MovedAcrossTypes)
    fn a_state_without_region_is_not_taken_for_gone_in_another(terraform: &Terraform) {
        let (amazon, mut workspace) = begun(terraform);
        // Older versions of that provider have no region in the state.
        let state = workspace.raw_state_file().unwrap();
        let without = state.replace("\"region\": \"us-east-1\"", "\"region\": null");
        assert_ne!(without, state);
        std::fs::write(workspace.state_path(), without).unwrap();
        workspace.env("AWS_REGION", "eu-west-1");
        let moved = "moved {\n  from = aws_grafana_license_association.main\n  to   = managed_workspace_license.main\n}\n";
        workspace.write("main.tf", &(ours(&amazon) + moved)).unwrap();
        let applied = workspace.apply().unwrap();
        let kept = applied.warnings().into_iter().find(|it| it.summary == "The workspace was not found");
        assert!(kept.is_some_and(|it| it.detail.contains("eu-west-1")), "{:?}", applied.warnings());
        let destroyed = workspace.run_json(&["destroy", "-auto-approve"]).unwrap();
        assert!(!destroyed.success());
        assert!(destroyed.errors()[0].detail.contains("was not removed"), "{:?}", destroyed.errors());

        let region = "  provider = grafana\n  region = \"us-east-1\"\n";
        workspace.write("main.tf", &block(&amazon, "managed_workspace_license", region)).unwrap();
        workspace.apply().unwrap();
        workspace.expect_no_changes().unwrap();
        assert_nothing_was_changed(&amazon);
        workspace.destroy().unwrap();
        assert_eq!(amazon.workspace(amazon.workspace_id()).unwrap().license_type, None);
    }
}

cli_test! {
    fn removing_and_importing_takes_the_license_over(terraform: &Terraform) {
        let (amazon, workspace) = begun(terraform);
        let removed = "removed {\n  from = aws_grafana_license_association.main\n  lifecycle {\n    destroy = false\n  }\n}\n";
        let import = format!(
            "import {{\n  to       = managed_workspace_license.main\n  provider = grafana\n  id       = \"{}\"\n}}\n",
            amazon.workspace_id()
        );
        workspace.write("main.tf", &(ours(&amazon) + removed + &import)).unwrap();
        workspace.apply().unwrap();
        workspace.write("main.tf", &ours(&amazon)).unwrap();
        workspace.expect_no_changes().unwrap();
        assert_nothing_was_changed(&amazon);
    }
}
