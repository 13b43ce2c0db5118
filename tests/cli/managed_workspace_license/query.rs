//! Finding the licenses of an account, and importing them in bulk.

use simulator::amazon::{Endpoint, NewWorkspace, Operation};

use super::stage;

const QUERY: &str = r#"
list "managed_workspace_license" "all" {
  provider         = grafana
  include_resource = true

  config {
    region = "eu-central-1"
  }
}
"#;

cli_test! {
    needs(ListResources)
    fn licenses_found_are_imported_with_generated_configuration(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let add = |name: &str, licensed: bool| {
            let new = NewWorkspace::named(name).endpoint(Endpoint::Nowhere).region("eu-central-1");
            let license_type = licensed.then(|| "ENTERPRISE".to_owned());
            amazon.create_workspace(new.with(|w| w.license_type = license_type)).expect("new")
        };
        let licensed = [add("metrics", true), add("traces", true)];
        let unlicensed = add("logs", false);
        workspace.write("licenses.tfquery.hcl", QUERY).expect("can be written");
        let query = workspace.run(&["query", "-generate-config-out=generated.tf"]).expect("runs");
        let query = query.expect_success().expect("finds");
        assert!(query.stdout.contains("metrics") && query.stdout.contains("traces"), "{query}");
        assert!(!query.stdout.contains("logs"), "{query}");

        let generated =
            std::fs::read_to_string(workspace.path().join("generated.tf")).expect("is there");
        assert!(licensed.iter().all(|id| generated.contains(id)), "{generated}");
        assert!(!generated.contains(&unlicensed), "{generated}");
        let plan = workspace.plan().expect("plans");
        let summary = plan.summary();
        assert!(summary.creates.is_empty() && summary.replaces.is_empty(), "{summary:?}");
        assert!(summary.updates.is_empty(), "{summary:?}");
        assert_eq!(plan.changes.iter().filter(|it| it.change.importing.is_some()).count(), 2);
        workspace.apply_plan(&plan).expect("applies");
        workspace.expect_no_changes().unwrap();
        let changing = [Operation::AssociateLicense, Operation::DisassociateLicense];
        assert!(!amazon.calls().iter().any(|call| changing.contains(&call.operation)));
    }
}
