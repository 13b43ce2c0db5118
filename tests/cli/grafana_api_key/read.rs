//! A refresh finds what vanished, and takes a key for gone only where that is proven.

use simulator::grafana::{Generation, Grafana, Role};
use terraform_runner::{Terraform, Workspace};

use super::{ONE_DAY, assert_empty, attributes, grafana, workspace, write};

cli_test! {
    fn a_key_is_made_seen_drifting_and_destroyed(terraform: &Terraform) {
        for generation in [Generation::V8_4, Generation::V12_4] {
            let grafana = grafana(generation);
            let workspace = workspace(terraform, &grafana);
            write(&workspace, ONE_DAY);
            workspace.apply().expect("applies");
            let key = attributes(&workspace, "grafana_api_key.ci");
            assert_eq!(key["org_id"], "1");
            assert!(key["expiration"].is_string());
            assert_empty(&workspace);

            match key["service_account_id"].as_i64() {
                Some(account) => grafana.delete_service_account(1, account).expect("is there"),
                None => grafana.delete_api_key(1, 1).expect("is there"),
            }
            let plan = workspace.plan().expect("plans");
            assert_eq!(plan.summary().creates, ["grafana_api_key.ci"]);
            workspace.apply_plan(&plan).expect("applies");
            assert_empty(&workspace);

            workspace.destroy().expect("destroys");
            assert!(grafana.api_keys(1).is_empty() && grafana.service_accounts(1).is_empty());
        }
    }
}

/// Keys of others; with the two of `TWO` there are 250.
const OTHERS: usize = 248;

/// Lists are sorted by name and end after a hundred rows.
const TWO: &str = r#"
resource "grafana_api_key" "shown" {
  name = "a"
  role = "Viewer"
}

resource "grafana_api_key" "hidden" {
  name = "zz"
  role = "Viewer"
}
"#;

fn crowded(terraform: &Terraform, generation: Generation) -> (Grafana, Workspace) {
    let grafana = grafana(generation);
    for number in 0..OTHERS {
        let name = format!("other {number:03}");
        grafana.create_api_key(1, &name, Role::Viewer, None).expect("new");
    }
    let workspace = workspace(terraform, &grafana);
    write(&workspace, TWO);
    workspace.apply().expect("applies");
    assert_eq!(grafana.api_keys(1).len(), 250);
    (grafana, workspace)
}

fn remove(grafana: &Grafana, names: &[&str]) {
    for key in grafana.api_keys(1).into_iter().filter(|key| names.contains(&key.name.as_str())) {
        grafana.delete_api_key(1, key.id).expect("is there");
    }
}

cli_test! {
    fn a_key_that_no_list_shows_is_refreshed_and_destroyed(terraform: &Terraform) {
        for generation in [Generation::V8_4, Generation::V9_4, Generation::V10_4] {
            let (grafana, workspace) = crowded(terraform, generation);
            let before = attributes(&workspace, "grafana_api_key.hidden");
            workspace.apply_with(&["-refresh-only"]).expect("refreshes");
            assert_eq!(attributes(&workspace, "grafana_api_key.hidden"), before, "{generation}");
            assert_empty(&workspace);
            workspace.destroy().expect("destroys");
            let left = grafana.api_keys(1);
            assert_eq!(left.len(), OTHERS, "{generation}");
            assert!(left.iter().all(|key| key.name.starts_with("other ")), "{generation}: {left:?}");
        }
    }
}

cli_test! {
    fn a_key_is_gone_only_where_that_is_proven(terraform: &Terraform) {
        let (grafana, proving) = crowded(terraform, Generation::V9_4);
        remove(&grafana, &["zz"]);
        let plan = proving.plan().expect("plans");
        assert_eq!(plan.summary().creates, ["grafana_api_key.hidden"]);
        proving.apply_plan(&plan).expect("applies");
        assert_empty(&proving);

        // Newer Grafana does not tell a key that is gone from a request without one.
        let (grafana, silent) = crowded(terraform, Generation::V10_4);
        remove(&grafana, &["zz"]);
        let plan = silent.plan().expect("plans");
        assert!(plan.is_empty(), "{:?}", plan.summary());
        let warnings = plan.ui.warnings();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert_eq!(warnings[0].address.as_deref(), Some("grafana_api_key.hidden"));
        let run = silent.run_json(&["apply", "-auto-approve", "-destroy"]).expect("runs");
        let errors = run.errors();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].detail.contains("Nothing was deleted"), "{errors:?}");
        assert_eq!(grafana.api_keys(1).len(), OTHERS);
    }
}

/// Every fifth of 250 keys, so that the lists show some of them.
const FIFTY: &str = r#"
resource "grafana_api_key" "ci" {
  count = 50
  name  = format("key %03d", 5 * count.index)
  role  = "Viewer"
}
"#;

cli_test! {
    fn of_250_keys_only_those_that_vanished_are_made_again(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        for number in (0..250).filter(|number| number % 5 != 0) {
            let name = format!("key {number:03}");
            grafana.create_api_key(1, &name, Role::Viewer, None).expect("new");
        }
        let workspace = workspace(terraform, &grafana);
        write(&workspace, FIFTY);
        workspace.apply().expect("applies");
        assert_eq!(grafana.api_keys(1).len(), 250);
        assert_empty(&workspace);
        remove(&grafana, &["key 010", "key 240"]);
        let plan = workspace.plan().expect("plans");
        let summary = plan.summary();
        assert_eq!(summary.creates, ["grafana_api_key.ci[2]", "grafana_api_key.ci[48]"]);
        assert!(summary.updates.is_empty() && summary.replaces.is_empty(), "{summary:?}");
        workspace.apply_plan(&plan).expect("applies");
        assert_eq!(grafana.api_keys(1).len(), 250);
        workspace.destroy().expect("destroys");
        assert_eq!(grafana.api_keys(1).len(), 200);
    }
}
