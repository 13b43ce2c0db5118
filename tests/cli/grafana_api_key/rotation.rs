//! Keys that have expired or soon will are replaced.

use simulator::grafana::Generation;
use terraform_runner::Action;

use super::{assert_empty, attributes, grafana, wait_until_past, workspace, write};

const ROTATING: &str = r#"
resource "grafana_api_key" "ci" {
  name_prefix                   = "ci-"
  role                          = "Viewer"
  seconds_to_live               = LIFE
  early_rotation_window_seconds = WINDOW

  lifecycle {
    create_before_destroy = true
  }
}
"#;

fn rotating(life: i64, window: i64) -> String {
    ROTATING.replace("LIFE", &life.to_string()).replace("WINDOW", &window.to_string())
}

cli_test! {
    fn a_key_that_expired_is_replaced_by_the_next_plan(terraform: &Terraform) {
        for generation in [Generation::V9_4, Generation::V12_1] {
            let grafana = grafana(generation);
            let workspace = workspace(terraform, &grafana);
            write(&workspace, &rotating(2, 1));
            workspace.apply().expect("applies");
            let old = attributes(&workspace, "grafana_api_key.ci");
            wait_until_past(old["expiration"].as_str().unwrap().parse().unwrap());
            let plan = workspace.plan().expect("plans");
            let change = plan.change("grafana_api_key.ci").expect("a change");
            assert_eq!(change.actions, Action::CreateThenDelete);
            assert_eq!(change.replace_paths, [["has_expired"]]);
            workspace.apply_plan(&plan).expect("applies");
            let new = attributes(&workspace, "grafana_api_key.ci");
            assert_ne!((&new["name"], &new["key"]), (&old["name"], &old["key"]));
            write(&workspace, &rotating(3600, 60));
            workspace.apply().expect("applies");
            assert_empty(&workspace);
            workspace.destroy().expect("destroys");
            assert!(grafana.api_keys(1).is_empty() && grafana.service_accounts(1).is_empty());
        }
    }
}

cli_test! {
    fn a_key_within_its_window_is_replaced_and_the_plan_says_why(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        let workspace = workspace(terraform, &grafana);
        write(&workspace, &rotating(3600, 60));
        workspace.apply().expect("applies");
        assert_empty(&workspace);
        let old = attributes(&workspace, "grafana_api_key.ci");
        write(&workspace, &rotating(3600, 3599));
        workspace.apply().expect("applies");
        assert_eq!(attributes(&workspace, "grafana_api_key.ci")["key"], old["key"]);
        let plan = loop {
            let plan = workspace.plan().expect("plans");
            if !plan.is_empty() {
                break plan;
            }
        };
        let change = plan.change("grafana_api_key.ci").expect("a change");
        assert_eq!(change.replace_paths, [["ready_for_rotation"]]);
        assert!(change.is_unknown("name") && change.is_unknown("key"));
        workspace.apply_plan(&plan).expect("applies");
        assert_ne!(attributes(&workspace, "grafana_api_key.ci")["key"], old["key"]);
        assert_eq!(grafana.api_keys(1).len(), 1);
    }
}

cli_test! {
    fn a_plan_made_in_time_is_applied_as_it_was_shown(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        let workspace = workspace(terraform, &grafana);
        let other = "resource \"terraform_data\" \"other\" {\n}\n";
        write(&workspace, &rotating(3, 0));
        workspace.apply().expect("applies");
        let old = attributes(&workspace, "grafana_api_key.ci");
        write(&workspace, &[&rotating(3, 0), other].concat());
        let plan = workspace.plan().expect("plans");
        wait_until_past(old["expiration"].as_str().unwrap().parse().unwrap());
        workspace.apply_plan(&plan).expect("applies");
        let replaced = workspace.plan_with(&["-refresh=false"]).expect("plans").summary().replaces;
        let was_due = !plan.summary().replaces.is_empty();
        assert_eq!(attributes(&workspace, "grafana_api_key.ci")["key"] != old["key"], was_due);
        assert!(replaced.is_empty(), "without a refresh nothing is due");
    }
}
