//! `terraform query`, and importing what it finds.

use simulator::grafana::{Generation, Role};

use super::{assert_empty, grafana, workspace};

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
    needs(ListResources)
    fn a_query_finds_tokens_of_newer_grafana_and_leaves_out_what_has_expired(terraform: &Terraform) {
        let grafana = grafana(Generation::V12_1);
        let account = grafana.create_service_account(1, "robot", Role::Editor).expect("new").id;
        grafana.create_token(1, account, "ci-one", Some(86400)).expect("new");
        grafana.create_token(1, account, "ci-old", Some(60)).expect("new");
        grafana.advance(std::time::Duration::from_secs(120));
        let workspace = workspace(terraform, &grafana);
        let query = |more: &str| {
            let text = QUERY.replace("name_regex", &format!("{more}\n    name_regex"));
            workspace.write("keys.tfquery.hcl", &text).expect("can be written");
            workspace.run(&["query"]).expect("runs").expect_success().expect("finds").stdout
        };
        let found = query("");
        assert!(found.contains("ci-one") && !found.contains("ci-old"), "{found}");
        let found = query("include_expired = true");
        assert!(found.contains("ci-one") && found.contains("ci-old"), "{found}");
    }
}
