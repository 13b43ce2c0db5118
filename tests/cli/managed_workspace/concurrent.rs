//! Runs, and providers of one configuration, at the same time.

use simulator::amazon::{Amazon, NewWorkspace, Operation};
use simulator::faults::Fault;
use simulator::grafana::{Grafana, Role};
use simulator::journal::Entry;
use terraform_runner::Workspace;

use super::{KEY, LONG, Stage, hang};

/// A provider block of that name, in a workspace, with these lines more.
fn provider(alias: &str, id: &str, lines: &str) -> String {
    format!(
        "provider \"grafana\" {{\n  alias = \"{alias}\"\n  managed_workspace = {{\n    workspace_id = \"{id}\"\n{lines}\n  }}\n}}\n"
    )
}

fn key(alias: &str) -> String {
    format!(
        "resource \"grafana_api_key\" \"{alias}\" {{\n  provider = grafana.{alias}\n  name     = \"{alias}\"\n  role     = \"Viewer\"\n  seconds_to_live = 86400\n}}\n"
    )
}

fn write(workspace: &Workspace, providers: &[String], main: &[String]) {
    workspace.write("provider.tf", &providers.concat()).expect("can be written");
    workspace.write("main.tf", &main.concat()).expect("can be written");
}

/// The service accounts with their roles.
fn accounts(stage: &Stage) -> Vec<(String, Role)> {
    let accounts = stage.grafana.service_accounts(1).into_iter();
    accounts.map(|account| (account.name, account.role)).collect()
}

cli_test! {
    fn two_aliases_of_one_workspace_and_role_share_the_account(terraform: &Terraform) {
        let stage = Stage::new("10.4");
        let workspace = stage.directory(terraform);
        let id = stage.amazon.workspace_id();
        let providers = ["one", "other"].map(|alias| provider(alias, id, ""));
        write(&workspace, &providers, &["one", "other"].map(key));
        // Both find no account, and both make it.
        stage.amazon.faults().push(Fault::on("POST", "/workspaces/*/serviceaccounts").times(2).hang());
        let running = workspace.spawn(&["apply", "-auto-approve"]).expect("starts");
        let both = |entries: &[Entry]| {
            entries.iter().filter(|entry| entry.is("POST", "/workspaces/*/serviceaccounts")).count() == 2
        };
        assert!(stage.amazon.journal().wait_for(both, LONG));
        stage.amazon.faults().release();
        running.wait().expect("ends").expect_success().expect("applies");

        let conflicts = stage.amazon.calls().into_iter().filter(|call| call.status == 409);
        let conflicts: Vec<_> = conflicts.map(|call| call.operation).collect();
        assert_eq!(conflicts, [Operation::CreateWorkspaceServiceAccount]);
        assert_eq!(accounts(&stage), [("terraform-provider-grafana-admin".to_owned(), Role::Admin)]);
        let mut names: Vec<_> = stage.grafana.api_keys(1).into_iter().map(|key| key.name).collect();
        names.sort();
        assert_eq!(names, ["one", "other"]);
        assert_eq!(stage.ours(), []);
        workspace.expect_no_changes().unwrap();
        workspace.destroy().expect("destroys");
        assert_eq!((stage.ours(), stage.grafana.api_keys(1)), (vec![], vec![]));
    }
}

cli_test! {
    fn each_alias_has_the_role_that_it_names(terraform: &Terraform) {
        let stage = Stage::new("10.4");
        let workspace = stage.directory(terraform);
        let id = stage.amazon.workspace_id();
        let providers = ["Admin", "Editor", "Viewer"].map(|role| {
            provider(&role.to_lowercase(), id, &format!("    role         = \"{role}\""))
        });
        write(&workspace, &providers, &["admin", "editor", "viewer"].map(key));
        let run = workspace.run_json(&["apply", "-auto-approve"]).expect("runs");
        let mut refused: Vec<_> = run.errors().into_iter().filter_map(|error| error.address.as_deref()).collect();
        refused.sort_unstable();
        assert_eq!(refused, ["grafana_api_key.editor", "grafana_api_key.viewer"], "keys are for admins");
        let keys: Vec<_> = stage.grafana.api_keys(1).into_iter().map(|key| key.name).collect();
        assert_eq!(keys, ["admin"]);
        let mut accounts = accounts(&stage);
        accounts.sort();
        let account = |role: &str| format!("terraform-provider-grafana-{role}");
        let expected = [("admin", Role::Admin), ("editor", Role::Editor), ("viewer", Role::Viewer)];
        assert_eq!(accounts, expected.map(|(name, role)| (account(name), role)));
        assert_eq!(stage.ours(), []);
    }
}

/// Another workspace with a Grafana of its own.
fn second(amazon: &Amazon, region: &str) -> String {
    amazon.create_workspace(NewWorkspace::named("second").region(region)).expect("starts")
}

cli_test! {
    fn each_alias_works_in_the_workspace_and_region_that_it_names(terraform: &Terraform) {
        let stage = Stage::new("10.4");
        let workspace = stage.directory(terraform);
        let here = stage.amazon.workspace_id();
        let there = second(&stage.amazon, "eu-central-1");
        let providers = [
            provider("here", here, ""),
            provider("there", &there, "    region       = \"eu-central-1\""),
        ];
        write(&workspace, &providers, &["here", "there"].map(key));
        workspace.apply().expect("applies");
        let grafana = stage.amazon.grafana(&there).expect("is there");
        let names = |grafana: &Grafana| -> Vec<String> {
            grafana.api_keys(1).into_iter().map(|key| key.name).collect()
        };
        assert_eq!((names(&stage.grafana), names(&grafana)), (vec!["here".to_owned()], vec!["there".to_owned()]));
        for call in stage.amazon.calls() {
            let region = if call.workspace_id.as_deref() == Some(here) { "us-east-1" } else { "eu-central-1" };
            assert_eq!((call.region.as_str(), call.error), (region, None), "{}", call.operation);
        }
        workspace.expect_no_changes().unwrap();
        workspace.destroy().expect("destroys");
        assert_eq!(stage.ours(), []);
        assert_eq!(names(&grafana), [""; 0]);
    }
}

cli_test! {
    fn runs_at_once_do_not_disturb_each_other(terraform: &Terraform) {
        let stage = Stage::new("10.4");
        let (one, other) = (stage.directory(terraform), stage.directory(terraform));
        let renamed = KEY.replace("\"ci\"\n", "\"other\"\n");
        other.write("main.tf", &renamed).expect("can be written");
        stage.grafana.faults().push(hang());
        let running = one.spawn(&["apply", "-auto-approve"]).expect("starts");
        stage.wait_for_posts(1);
        other.apply().expect("applies while the other runs");
        other.expect_no_changes().unwrap();
        assert_eq!(stage.ours().len(), 1, "of the run that is under way");
        stage.grafana.faults().release();
        assert!(running.wait().expect("ends").success());
        assert_eq!(stage.ours(), []);
        let names: Vec<_> = stage.grafana.api_keys(1).into_iter().map(|key| key.name).collect();
        assert_eq!(names, ["ci", "other"]);
    }
}
