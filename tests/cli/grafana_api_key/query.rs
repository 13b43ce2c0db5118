//! Finding keys that are there, and importing them in bulk.

use simulator::grafana::{Generation, Role};

use super::{assert_empty, attributes, grafana, workspace, write};

const QUERY: &str = r#"
list "grafana_api_key" "ci" {
  provider         = grafana
  include_resource = true

  config {
    name_regex = "^ci-"
  }
}
"#;

cli_test! {
    needs(ListResources)
    fn keys_found_are_imported_with_generated_configuration(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        grafana.create_api_key(1, "ci-one", Role::Viewer, None).expect("new");
        grafana.create_api_key(1, "other", Role::Viewer, None).expect("new");
        let account = grafana.create_service_account(1, "robot", Role::Editor).expect("new").id;
        grafana.create_token(1, account, "ci-two", Some(86400)).expect("new");
        let workspace = workspace(terraform, &grafana);
        workspace.write("keys.tfquery.hcl", QUERY).expect("can be written");
        let query = workspace.run(&["query", "-generate-config-out=generated.tf"]).expect("runs");
        let query = query.expect_success().expect("finds");
        assert!(query.stdout.contains("ci-one") && query.stdout.contains("ci-two"), "{query}");
        assert!(!query.stdout.contains("other"), "{query}");
        let plan = workspace.plan().expect("plans");
        let summary = plan.summary();
        assert!(summary.creates.is_empty() && summary.replaces.is_empty(), "{summary:?}");
        assert!(summary.updates.is_empty(), "{summary:?}");
        assert_eq!(plan.changes.iter().filter(|it| it.change.importing.is_some()).count(), 2);
        workspace.apply_plan(&plan).expect("applies");
        assert_empty(&workspace);
    }
}

cli_test! {
    fn the_data_source_shows_keys_of_both_kinds(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        grafana.create_api_key(1, "ci-one", Role::Viewer, None).expect("new");
        let account = grafana.create_service_account(1, "robot", Role::Editor).expect("new").id;
        grafana.create_token(1, account, "ci-two", Some(86400)).expect("new");
        let workspace = workspace(terraform, &grafana);
        write(&workspace, "data \"grafana_api_keys\" \"all\" {\n  name_regex = \"^ci-\"\n}\n");
        workspace.apply().expect("applies");
        let all = attributes(&workspace, "data.grafana_api_keys.all");
        let backends: Vec<_> = all["keys"].as_array().unwrap().iter().map(|k| k["backend"].clone()).collect();
        assert_eq!(backends, ["api_key", "service_account"]);
        assert_eq!((&all["org_id"], &all["is_complete"]), (&"1".into(), &true.into()));
    }
}
