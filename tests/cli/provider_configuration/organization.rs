//! A token of one organization, and what asks for another one.

use simulator::grafana::{Generation, Grafana, Role};
use terraform_runner::{Feature, Terraform, Workspace};

use super::grafana;
use crate::setup;

const OTHER: &str = "The sign-in belongs to another organization";

/// A token of organization 1 of two, and a workspace that signs in with it.
fn with_token(terraform: &Terraform, generation: Generation) -> (Grafana, Workspace) {
    let grafana = grafana(generation);
    grafana.create_organization("Second").expect("new");
    let key = match generation {
        Generation::V8_4 => grafana.create_api_key(1, "terraform", Role::Admin, None).expect("new"),
        _ => {
            let account = grafana.create_service_account(1, "robot", Role::Admin).expect("new").id;
            grafana.create_token(1, account, "terraform", None).expect("new")
        }
    };
    let mut workspace = setup::workspace(terraform);
    workspace.env("GRAFANA_URL", grafana.url()).env("GRAFANA_AUTH", &key.key);
    (grafana, workspace)
}

fn write(workspace: &Workspace, text: &str) {
    workspace.write("main.tf", text).expect("can be written");
}

fn key(name: &str, more: &str) -> String {
    format!(
        "resource \"grafana_api_key\" \"{name}\" {{\n  name = \"{name}\"\n  role = \"Viewer\"\n{more}}}\n"
    )
}

/// Runs it, and expects one error: that of the organization.
fn assert_other_organization(workspace: &Workspace, arguments: &[&str]) {
    let run = workspace.run_json(arguments).expect("runs");
    let errors = run.errors();
    assert_eq!(errors.len(), 1, "{arguments:?}: {errors:?}");
    assert_eq!(errors[0].summary, OTHER);
    assert!(errors[0].detail.contains("organization 2"), "{}", errors[0].detail);
}

cli_test! {
    fn only_the_resource_of_another_organization_fails(terraform: &Terraform) {
        for generation in Generation::ALL {
            let (grafana, workspace) = with_token(terraform, generation);
            write(&workspace, &(key("a", "") + &key("b", "  org_id = \"1\"\n") + &key("c", "  org_id = \"2\"\n")));
            assert_other_organization(&workspace, &["apply", "-auto-approve"]);
            let state = workspace.raw_state_file().expect("a state");
            assert!(state.contains("\"name\": \"a\"") && state.contains("\"name\": \"b\""), "{generation}");
            assert!(grafana.api_keys(2).is_empty() && grafana.service_accounts(2).is_empty());
            write(&workspace, &(key("a", "") + &key("b", "  org_id = \"1\"\n")));
            workspace.expect_no_changes().unwrap_or_else(|changes| panic!("{generation}: {changes}"));
        }
    }
}

cli_test! {
    fn no_other_organization_answers_in_its_place(terraform: &Terraform) {
        for generation in Generation::ALL {
            let (_grafana, mut workspace) = with_token(terraform, generation);
            let data = "data \"grafana_api_keys\" \"all\" {\n  org_id = \"2\"\n}\n";
            write(&workspace, data);
            assert_other_organization(&workspace, &["plan"]);
            write(&workspace, &key("imported", "  org_id = \"2\"\n"));
            let imported = workspace.import("grafana_api_key.imported", "2:1").expect_err("refused");
            assert!(imported.to_string().contains("organization 2"), "{imported}");
            if terraform.supports(Feature::Ephemeral) {
                write(
                    &workspace,
                    "ephemeral \"grafana_api_key\" \"run\" {\n  org_id = \"2\"\n  name_prefix = \"run-\"\n  role = \"Viewer\"\n  seconds_to_live = 60\n}\n",
                );
                assert_other_organization(&workspace, &["plan"]);
            }
            if terraform.supports(Feature::ListResources) {
                write(&workspace, "");
                let list = "list \"grafana_api_key\" \"all\" {\n  provider = grafana\n  config {\n    org_id = \"2\"\n  }\n}\n";
                workspace.write("all.tfquery.hcl", list).expect("can be written");
                let run = workspace.run(&["query"]).expect("runs");
                assert!(!run.success() && run.stderr.contains("organization 2"), "{run}");
                workspace.remove("all.tfquery.hcl").expect("is there");
            }
            // The same for the organization of the provider.
            workspace.env("GRAFANA_ORG_ID", "2");
            write(&workspace, &key("a", ""));
            assert_other_organization(&workspace, &["apply", "-auto-approve"]);
        }
    }
}
