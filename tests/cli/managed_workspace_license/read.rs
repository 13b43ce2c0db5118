//! What configurations, plans and outputs show of the workspace.

use serde_json::{Value as Json, json};
use simulator::amazon::{Amazon, NetworkAccess, Vpc, WorkspaceDescription};
use terraform_runner::{Terraform, Workspace};

use super::{ADDRESS, license, stage};

/// Outputs of the nested values, and of what only the right types allow: a length, sums of times.
const OUTPUTS: &str = r#"
locals {
  workspace = managed_workspace_license.main.workspace
}

output "network" {
  value = local.workspace.network_access_control
}

output "open_to_everybody" {
  value = local.workspace.network_access_control == null
}

output "vpc" {
  value = local.workspace.vpc_configuration
}

output "authentication" {
  value = local.workspace.authentication
}

output "an_hour_old" {
  value = timeadd(local.workspace.created, "1h")
}

output "ends" {
  value = [local.workspace.license_expiration, managed_workspace_license.main.license_expiration]
}
"#;

/// A license in the state, of a workspace that `change` has made what it is.
fn applied(
    terraform: &Terraform,
    change: impl FnOnce(&mut WorkspaceDescription),
) -> (Amazon, Workspace) {
    let (amazon, workspace) = stage(terraform);
    amazon.change_workspace(amazon.workspace_id(), |w| {
        w.license_type = Some("ENTERPRISE".into());
        change(w);
    });
    workspace.write("main.tf", &(license(&amazon, "main", "") + OUTPUTS)).unwrap();
    workspace.apply().unwrap();
    (amazon, workspace)
}

fn vpc(security_groups: &[&str], subnets: &[&str]) -> Option<Vpc> {
    let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    Some(Vpc { security_group_ids: owned(security_groups), subnet_ids: owned(subnets) })
}

cli_test! {
    fn nested_values_are_typed_and_usable(terraform: &Terraform) {
        let (amazon, workspace) = applied(terraform, |w| {
            w.created = "2024-02-03T04:05:06.500Z".parse().unwrap();
            w.license_expiration = Some("2027-01-01T00:00:00Z".parse().unwrap());
            w.authentication.providers = vec!["SAML".into()];
            w.authentication.saml_configuration_status = Some("CONFIGURED".into());
            w.vpc_configuration = vpc(&["sg-2", "sg-1"], &["subnet-1", "subnet-2"]);
        });
        let outputs = workspace.outputs().unwrap();
        let value = |name: &str| outputs[name]["value"].clone();
        assert_eq!(value("an_hour_old"), "2024-02-03T05:05:06Z", "as Terraform writes times");
        assert_eq!(value("ends"), json!(["2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z"]));
        let saml = json!({ "providers": ["SAML"], "saml_configuration_status": "CONFIGURED" });
        assert_eq!(value("authentication"), saml);
        let vpc_now = json!({
            "security_group_ids": ["sg-1", "sg-2"], "subnet_ids": ["subnet-1", "subnet-2"],
        });
        assert_eq!(value("vpc"), vpc_now);
        let set = json!(["set", "string"]);
        assert_eq!(outputs["vpc"]["type"][1]["security_group_ids"], set);
        assert_eq!(outputs["vpc"]["type"][1]["subnet_ids"], set);
        let created = &workspace.state_attributes(ADDRESS).unwrap().unwrap()["workspace"]["created"];
        assert_eq!(created, "2024-02-03T04:05:06.5Z");

        // A set has no order: AWS may tell it in any.
        let reordered = vpc(&["sg-1", "sg-2"], &["subnet-2", "subnet-1"]);
        amazon.change_workspace(amazon.workspace_id(), |w| w.vpc_configuration = reordered);
        workspace.expect_no_changes().unwrap();
    }
}

cli_test! {
    fn a_plan_tells_nobody_from_everybody(terraform: &Terraform) {
        let (amazon, workspace) = applied(terraform, |w| {
            let nobody = NetworkAccess { prefix_list_ids: Some(vec![]), vpce_ids: Some(vec![]) };
            w.network_access_control = Some(nobody);
        });
        let nobody = json!({ "prefix_list_ids": [], "vpce_ids": [] });
        let outputs = workspace.outputs().unwrap();
        assert_eq!(outputs["network"]["value"], nobody);
        assert_eq!(outputs["open_to_everybody"]["value"], false);

        amazon.change_workspace(amazon.workspace_id(), |w| w.network_access_control = None);
        let plan = workspace.plan_with(&["-refresh-only"]).unwrap();
        let network = |state: &Json| state["workspace"]["network_access_control"].clone();
        let drift = &plan.drift[0].change;
        assert_eq!((network(&drift.before), network(&drift.after)), (nobody, Json::Null));
        workspace.apply_plan(&plan).unwrap();
        let outputs = workspace.outputs().unwrap();
        assert_eq!(outputs["open_to_everybody"]["value"], true);
        workspace.expect_no_changes().unwrap();
    }
}

cli_test! {
    fn values_of_tomorrow_pass_through(terraform: &Terraform) {
        let (amazon, workspace) = applied(terraform, |w| {
            w.account_access_type = Some("GALAXY".into());
            w.permission_type = Some("SELF_MANAGED".into());
            w.data_sources = vec!["ORACLE".into()];
            w.authentication.providers = vec!["PASSKEY".into()];
            w.authentication.saml_configuration_status = Some("PENDING".into());
        });
        // Nothing is asked of such a workspace; it is read all the same.
        amazon.change_workspace(amazon.workspace_id(), |w| w.status = "RESTORING".into());
        workspace.apply_with(&["-refresh-only"]).unwrap();
        let shown = workspace.state_attributes(ADDRESS).unwrap().unwrap()["workspace"].take();
        assert_eq!(shown["status"], "RESTORING");
        assert_eq!(shown["account_access_type"], "GALAXY");
        assert_eq!(shown["permission_type"], "SELF_MANAGED");
        assert_eq!(shown["data_sources"], json!(["ORACLE"]));
        let passkey = json!({ "providers": ["PASSKEY"], "saml_configuration_status": "PENDING" });
        assert_eq!(workspace.outputs().unwrap()["authentication"]["value"], passkey);
        workspace.expect_no_changes().unwrap();
    }
}

/// Another resource that uses what only AWS knows.
const DEPENDENT: &str = r#"
resource "terraform_data" "dependent" {
  input = {
    url     = "https://${managed_workspace_license.main.workspace.endpoint}/"
    version = managed_workspace_license.main.workspace.grafana_version
    status  = managed_workspace_license.main.workspace.status
  }
}
"#;

cli_test! {
    fn other_resources_follow_endpoint_version_and_status(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let id = amazon.workspace_id();
        workspace.write("main.tf", &(license(&amazon, "main", "") + DEPENDENT)).unwrap();
        let dependent = "terraform_data.dependent";
        let used = || workspace.state_attributes(dependent).unwrap().unwrap()["output"]["value"].take();
        workspace.apply().unwrap();
        let url = format!("https://{id}.grafana-workspace.us-east-1.amazonaws.com/");
        assert_eq!(used(), json!({ "url": url, "version": "10.4", "status": "ACTIVE" }));
        workspace.expect_no_changes().unwrap();

        amazon.degrade(id, "a data source is slow");
        amazon.change_workspace(id, |w| w.grafana_version = "12.4".into());
        assert_eq!(workspace.plan().unwrap().summary().updates, [dependent]);
        workspace.apply().unwrap();
        assert_eq!(used(), json!({ "url": url, "version": "12.4", "status": "DEGRADED" }));
        workspace.destroy().unwrap();
    }
}
