//! Going back to the official providers: what leaves the state stays where it is.

use libtest_mimic::{Failed, Trial};

use crate::policies::block;
use crate::stage::Stage;

const CONFIGURATION: &str = r#"
variable "license_token" {}

resource "grafana_enterprise_license" "this" {
  token = var.license_token
}

resource "grafana_api_key" "ci" {
  name = "ci"
  role = "Viewer"
}

resource "managed_workspace_license" "this" {
  provider     = grafana
  workspace_id = "g-0123456789"
}
"#;

/// A test of the blocks in the guide.
pub fn trials() -> Vec<Trial> {
    vec![Trial::test("leaving::what_the_guide_removes_from_the_state_stays", leave)]
}

fn leave() -> Result<(), Failed> {
    let stage = Stage::new("resources/grafana_enterprise_license/resource.tf");
    let workspace = stage.workspace();
    workspace.write("main.tf", CONFIGURATION)?;
    workspace.apply()?;
    workspace.write("main.tf", &block("going-back", "from = grafana_enterprise_license.this")?)?;
    workspace.apply()?;
    assert_eq!(workspace.run(&["state", "list"])?.expect_success()?.stdout, "");
    assert!(stage.grafana.license().is_some());
    assert_eq!(stage.grafana.api_keys(1).len(), 1);
    let managed = stage.amazon.workspace("g-0123456789").ok_or("a workspace")?;
    assert!(managed.license_type.is_some());
    Ok(())
}
