//! How many requests many keys take.

use simulator::grafana::{Generation, Grafana, Migration, Role};
use terraform_runner::{Terraform, Workspace};

use super::{assert_empty, grafana, workspace, write};

/// Ten keys in each of four organizations.
const FORTY: &str = r#"
resource "grafana_api_key" "ci" {
  count  = 40
  org_id = tostring(1 + count.index % 4)
  name   = "key ${count.index}"
  role   = "Viewer"
}
"#;

fn forty(terraform: &Terraform, generation: Generation) -> (Grafana, Workspace) {
    let grafana = grafana(generation);
    for name in ["Second", "Third", "Fourth"] {
        grafana.create_organization(name).expect("new");
    }
    let workspace = workspace(terraform, &grafana);
    write(&workspace, FORTY);
    workspace.apply().expect("applies");
    (grafana, workspace)
}

const GETS: [&str; 3] =
    ["/api/auth/keys", "/api/serviceaccounts/search", "/api/serviceaccounts/*/tokens"];

/// Plans, expects no change, and gives the number of requests to each of `GETS`, and of all.
fn requests_of_a_plan(grafana: &Grafana, workspace: &Workspace) -> ([usize; 3], usize) {
    let journal = grafana.journal();
    journal.clear();
    assert_empty(workspace);
    (GETS.map(|path| journal.count("GET", path)), journal.entries().len())
}

cli_test! {
    fn a_plan_lists_the_keys_of_each_organization_once(terraform: &Terraform) {
        let (grafana, workspace) = forty(terraform, Generation::V9_4);
        assert_eq!(requests_of_a_plan(&grafana, &workspace), ([4, 0, 0], 4));
        let mut orgs: Vec<_> = grafana
            .journal()
            .entries()
            .iter()
            .map(|entry| entry.org().unwrap_or_default().to_owned())
            .collect();
        orgs.sort();
        assert_eq!(orgs, ["1", "2", "3", "4"]);
    }
}

/// A thousand keys in ten organizations, imported.
const THOUSAND: &str = r#"
locals {
  keys = { for number in range(1000) : number => IDS[number] }
}

import {
  for_each = local.keys
  to       = grafana_api_key.ci[each.key]
  id       = each.value
}

resource "grafana_api_key" "ci" {
  for_each = local.keys
  org_id   = split(":", each.value)[0]
  name     = "key ${each.key}"
  role     = "Viewer"
}
"#;

cli_test! {
    fn a_thousand_keys_in_ten_organizations_are_ten_requests(terraform: &Terraform) {
        let grafana = grafana(Generation::V10_4);
        let mut ids = Vec::new();
        for organization in 1..=10 {
            if organization > 1 {
                grafana.create_organization(&format!("Organization {organization}")).expect("new");
            }
            for _ in 0..100 {
                let name = format!("key {}", ids.len());
                let key = grafana.create_api_key(organization, &name, Role::Viewer, None);
                ids.push(format!("{organization}:{}", key.expect("new").id));
            }
        }
        let workspace = workspace(terraform, &grafana);
        write(&workspace, &THOUSAND.replace("IDS", &format!("{ids:?}")));
        workspace.apply().expect("imports");
        assert_eq!(requests_of_a_plan(&grafana, &workspace), ([10, 0, 0], 10));
    }
}

cli_test! {
    fn a_plan_searches_each_organization_and_reads_each_account_once(terraform: &Terraform) {
        let (grafana, workspace) = forty(terraform, Generation::V12_1);
        assert_eq!(requests_of_a_plan(&grafana, &workspace), ([0, 4, 40], 44));
    }
}

cli_test! {
    fn after_a_migration_a_plan_reads_no_more_than_that(terraform: &Terraform) {
        let (grafana, workspace) = forty(terraform, Generation::V9_4);
        grafana.upgrade(Generation::V12_1, Migration::AtStart);
        workspace.apply_with(&["-refresh-only"]).expect("refreshes");
        assert_eq!(requests_of_a_plan(&grafana, &workspace), ([0, 4, 40], 44));
    }
}
