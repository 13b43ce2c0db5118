//! Old and new keys overlap.

use simulator::grafana::{Generation, Grafana};
use terraform_runner::Terraform;

use super::{assert_empty, attributes, grafana, wait_until_past, workspace, write};

const KEY: &str = r#"
resource "grafana_api_key" "ci" {
  name_prefix       = "ci-"
  role              = "Viewer"
  seconds_to_live   = LIFE
  delete_on_destroy = false

  lifecycle {
    create_before_destroy = FIRST
  }
}
"#;

fn key(life: i64, is_created_first: bool) -> String {
    KEY.replace("LIFE", &life.to_string()).replace("FIRST", &is_created_first.to_string())
}

/// How many keys are there, and how many service accounts.
fn count(grafana: &Grafana) -> (usize, usize) {
    let accounts = grafana.service_accounts(1);
    let tokens: usize = accounts.iter().map(|account| grafana.tokens(1, account.id).len()).sum();
    (tokens + grafana.api_keys(1).len(), accounts.len())
}

cli_test! {
    fn a_replaced_key_works_until_it_expires_and_is_deleted_then(terraform: &Terraform) {
        for generation in [Generation::V9_4, Generation::V12_1] {
            for is_created_first in [true, false] {
                replaced(terraform, generation, is_created_first);
            }
        }
    }
}

fn replaced(terraform: &Terraform, generation: Generation, is_created_first: bool) {
    let grafana = grafana(generation);
    let workspace = workspace(terraform, &grafana);
    write(&workspace, &key(20, is_created_first));
    workspace.apply().expect("applies");
    let old = attributes(&workspace, "grafana_api_key.ci");
    let end = old["expiration"].as_str().expect("an end").to_owned();

    write(&workspace, &key(3600, is_created_first));
    let plan = workspace.plan().expect("plans");
    let warnings = plan.ui.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].detail.contains(&end), "{warnings:?}");
    workspace.apply_plan(&plan).expect("applies");
    assert_empty(&workspace);
    assert_eq!(count(&grafana).0, 2, "{generation}");

    // The next rotation takes away the account of a key that has expired.
    wait_until_past(end.parse().expect("a time"));
    workspace.apply_with(&["-replace=grafana_api_key.ci"]).expect("applies");
    let left = if generation.makes_api_keys() { (3, 0) } else { (2, 2) };
    assert_eq!(count(&grafana), left, "{generation}");
    assert_empty(&workspace);

    let run = workspace.destroy().expect("destroys");
    assert!(
        run.warnings().iter().any(|said| said.summary.contains("stays valid")),
        "{:?}",
        run.warnings()
    );
    assert_eq!(count(&grafana), left, "{generation}");
}

cli_test! {
    fn an_end_is_needed_and_a_name_of_its_own(terraform: &Terraform) {
        let grafana = grafana(Generation::V12_1);
        let workspace = workspace(terraform, &grafana);
        let errors = |text: &str| {
            write(&workspace, text);
            let run = workspace.run_json(&["plan"]).expect("runs");
            run.errors().iter().map(|error| error.summary.clone()).collect::<Vec<_>>()
        };
        let endless = key(60, false).replace("  seconds_to_live   = 60\n", "");
        assert_eq!(errors(&endless), ["The key never expires"]);
        let named = key(3600, false).replace("name_prefix      ", "name             ");
        write(&workspace, &named);
        workspace.apply().expect("applies");
        assert_eq!(errors(&named.replace("3600", "7200")), ["The name is taken until the old key expires"]);
        let rotating = named.replace("  role", "  early_rotation_window_seconds = 60\n  role");
        assert_eq!(errors(&rotating), ["A fixed name prevents the rotation"]);
    }
}
