//! Many at once, through the real Terraform: many keys, two runs, and Ctrl-C in the middle. `MANY=all` takes every
//! generation of Grafana.

use std::time::{Duration, Instant};

use simulator::grafana::{Generation, Grafana, Options, Role};
use terraform_runner::{Terraform, Workspace};

use crate::setup;

/// Keys of three organizations, some with generated names: a hundred.
const KEYS: &str = r#"
resource "grafana_api_key" "named" {
  count  = 60
  org_id = tostring(1 + count.index % 3)
  name   = "named ${count.index}"
  role   = "Viewer"
}

resource "grafana_api_key" "generated" {
  count           = 40
  org_id          = tostring(1 + count.index % 3)
  name_prefix     = "generated"
  role            = "Editor"
  seconds_to_live = 86400
}
"#;

/// A Grafana of three organizations, and in each a key, or an account, of somebody else.
fn grafana(generation: Generation) -> Grafana {
    let grafana = Grafana::start(Options { generation, ..Options::default() }).expect("starts");
    for organization in 1..=3 {
        if organization > 1 {
            grafana.create_organization(&format!("Organization {organization}")).expect("new");
        }
        if generation.makes_api_keys() {
            grafana.create_api_key(organization, "theirs", Role::Admin, None).expect("new");
        } else {
            grafana.create_service_account(organization, "theirs", Role::Admin).expect("new");
        }
    }
    grafana
}

fn workspace(terraform: &Terraform, grafana: &Grafana, main: &str) -> Workspace {
    let workspace = setup::workspace(terraform);
    let url = grafana.url();
    let provider =
        format!("provider \"grafana\" {{\n  url  = \"{url}\"\n  auth = \"admin:admin\"\n}}\n");
    workspace.write("provider.tf", &provider).expect("can be written");
    workspace.write("main.tf", main).expect("can be written");
    workspace
}

/// How many keys there are, and how many service accounts.
fn count(grafana: &Grafana) -> (usize, usize) {
    let (mut keys, mut accounts) = (0, 0);
    for organization in 1..=3 {
        let all = grafana.service_accounts(organization);
        keys += grafana.api_keys(organization).len();
        keys += all.iter().map(|it| grafana.tokens(organization, it.id).len()).sum::<usize>();
        accounts += all.len();
    }
    (keys, accounts)
}

cli_test! {
    fn a_hundred_at_a_time_are_created_refreshed_and_destroyed(terraform: &Terraform) {
        let all = std::env::var("MANY").is_ok_and(|which| which == "all");
        let generations: &[Generation] =
            if all { &Generation::ALL } else { &[Generation::V12_1] };
        for generation in generations.iter().copied() {
            let grafana = grafana(generation);
            let before = count(&grafana);
            let workspace = workspace(terraform, &grafana, KEYS);
            workspace.apply_with(&["-parallelism=100"]).expect("applies");
            let (keys, accounts) = count(&grafana);
            let in_accounts = if generation.makes_api_keys() { 0 } else { 100 };
            assert_eq!((keys - before.0, accounts - before.1), (100, in_accounts));
            let plan = ["plan", "-parallelism=100", "-detailed-exitcode", "-input=false"];
            workspace.run(&plan).expect("runs").expect_success().expect("nothing to change");
            let destroy = ["destroy", "-auto-approve", "-parallelism=100"];
            workspace.run(&destroy).expect("runs").expect_success().expect("destroys");
            assert_eq!(count(&grafana), before, "what is somebody else's");
        }
    }
}

cli_test! {
    fn ctrl_c_in_the_middle_of_many_loses_nothing(terraform: &Terraform) {
        let grafana = grafana(Generation::V12_1);
        let before = count(&grafana);
        let workspace = workspace(terraform, &grafana, KEYS);
        let running =
            workspace.spawn(&["apply", "-auto-approve", "-parallelism=100"]).expect("starts");
        let give_up = Instant::now() + Duration::from_secs(120);
        while grafana.journal().count("POST", "/api/serviceaccounts/*/tokens") < 20 {
            assert!(Instant::now() < give_up, "it does not begin");
            std::thread::sleep(Duration::from_millis(5));
        }
        running.interrupt_group().expect("is interrupted");
        let stopped = Instant::now();
        running.wait().expect("ends");
        println!("ended {:?} after Ctrl-C", stopped.elapsed());
        assert!(stopped.elapsed() < Duration::from_secs(30), "{:?}", stopped.elapsed());
        // What was made is in the state: the next apply makes the rest, and the destruction leaves nothing.
        workspace.apply_with(&["-parallelism=100"]).expect("applies");
        assert_eq!(count(&grafana).0 - before.0, 100);
        workspace.destroy().expect("destroys");
        assert_eq!(count(&grafana), before);
    }
}

cli_test! {
    fn two_applies_on_one_organization_have_what_is_theirs(terraform: &Terraform) {
        let grafana = grafana(Generation::V12_1);
        let before = count(&grafana);
        let keys = |own: &str| {
            format!(
                "resource \"grafana_api_key\" \"own\" {{\n  count = 20\n  name  = \"{own} ${{count.index}}\"\n  role  = \"Viewer\"\n}}\n\n\
                 resource \"grafana_api_key\" \"both\" {{\n  count = 10\n  name  = \"both ${{count.index}}\"\n  role  = \"Viewer\"\n}}\n"
            )
        };
        let workspaces = ["one", "other"].map(|own| workspace(terraform, &grafana, &keys(own)));
        let apply = ["apply", "-auto-approve", "-parallelism=30"];
        let running = workspaces.each_ref().map(|it| it.spawn(&apply).expect("starts"));
        for running in running {
            let ended = running.wait().expect("ends");
            // Each has what the other one did not get; a name that is taken is an error.
            assert!(ended.success() || ended.stderr.contains("taken"), "{ended}");
        }
        assert_eq!(count(&grafana).0 - before.0, 50, "both have their own, and one of them each that both want");
        let destroy = ["destroy", "-auto-approve", "-parallelism=30"];
        let running = workspaces.each_ref().map(|it| it.spawn(&destroy).expect("starts"));
        for running in running {
            running.wait().expect("ends").expect_success().expect("destroys");
        }
        assert_eq!(count(&grafana), before);
    }
}
