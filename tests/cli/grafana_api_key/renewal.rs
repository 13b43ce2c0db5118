use simulator::grafana::Generation;
use terraform_runner::Action;

use super::{assert_empty, attributes, grafana, workspace, write};

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
            let end: jiff::Timestamp = old["expiration"].as_str().unwrap().parse().unwrap();
            while jiff::Timestamp::now() <= end {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
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
