//! What a reviewer learns from a plan: its warnings, and what is known of the result.

use jiff::{SignedDuration, Timestamp};
use simulator::amazon::{Amazon, Endpoint, Failure, NewWorkspace, Operation};
use terraform_runner::{Plan, Workspace};

use super::{ADDRESS, license, stage};

const COSTS: &str = "Amazon Managed Grafana Enterprise costs extra";
const TAKEN_OVER: &str = "The Enterprise license is taken over";
const REMOVED: &str = "The Enterprise license is removed";
const UNCHECKED: &str = "The workspace could not be checked";
const EXPIRES: &str = "The Enterprise license expires soon";
const TRIAL_EXPIRES: &str = "The free trial of Enterprise expires soon";

/// Summaries of the warnings of a plan, in order of the alphabet.
fn summaries(plan: &Plan) -> Vec<&str> {
    let mut summaries: Vec<_> =
        plan.ui.warnings().into_iter().map(|said| said.summary.as_str()).collect();
    summaries.sort_unstable();
    summaries
}

/// Plans this configuration, and expects these warnings.
#[track_caller]
fn assert_plan(workspace: &Workspace, config: &str, expected: &[&str]) -> Plan {
    assert_plan_with(workspace, config, &[], expected)
}

#[track_caller]
fn assert_plan_with(
    workspace: &Workspace,
    config: &str,
    options: &[&str],
    expected: &[&str],
) -> Plan {
    workspace.write("main.tf", config).unwrap();
    let plan = workspace.plan_with(options).unwrap();
    assert_eq!(summaries(&plan), expected, "{:?}", plan.ui.warnings());
    plan
}

/// The details of all warnings of a plan.
fn details(plan: &Plan) -> String {
    let warnings = plan.ui.warnings().into_iter();
    warnings.map(|said| said.detail.as_str()).collect::<Vec<_>>().join("\n")
}

fn add(amazon: &Amazon, name: &str, license_type: Option<&str>) -> String {
    let license_type = license_type.map(str::to_owned);
    let new = NewWorkspace::named(name).endpoint(Endpoint::Nowhere);
    amazon.create_workspace(new.with(|workspace| workspace.license_type = license_type)).unwrap()
}

/// The license of another workspace.
fn of(amazon: &Amazon, id: &str, name: &str) -> String {
    license(amazon, name, "").replace(amazon.workspace_id(), id)
}

cli_test! {
    fn a_creation_says_what_it_costs_or_takes_over(terraform: &Terraform) {
        let (amazon, mut workspace) = stage(terraform);
        let plan = assert_plan(&workspace, &license(&amazon, "main", ""), &[COSTS]);
        let place = format!("workspace {} (simulator) in us-east-1", amazon.workspace_id());
        assert!(details(&plan).contains(&place), "{}", details(&plan));
        let after = &plan.change(ADDRESS).unwrap().after;
        assert_eq!((&after["id"], &after["region"]), (&amazon.workspace_id().into(), &"us-east-1".into()));

        let both = license(&amazon, "main", "") + &license(&amazon, "other", "");
        assert_plan(&workspace, &both, &[COSTS]);
        let two = license(&amazon, "main", "") + &of(&amazon, &add(&amazon, "logs", None), "other");
        assert_plan(&workspace, &two, &[COSTS, COSTS]);

        let later = "resource \"terraform_data\" \"id\" {\n  input = \"g-0123456789\"\n}\n";
        let of_later = license(&amazon, "main", "").replace(
            &format!("\"{}\"", amazon.workspace_id()),
            "terraform_data.id.output",
        );
        let plan = assert_plan(&workspace, &(later.to_owned() + &of_later), &[COSTS]);
        assert!(details(&plan).contains("of the workspace in us-east-1"), "{}", details(&plan));

        let licensed = add(&amazon, "licensed", Some("ENTERPRISE"));
        let plan = assert_plan(&workspace, &of(&amazon, &licensed, "main"), &[TAKEN_OVER]);
        assert!(details(&plan).contains("destroying this resource removes it"), "{}", details(&plan));
        let trial = add(&amazon, "trial", Some("ENTERPRISE_FREE_TRIAL"));
        assert_plan(&workspace, &of(&amazon, &trial, "main"), &[COSTS]);

        amazon.fail_next(Operation::DescribeWorkspace, Failure::access_denied("not you"));
        let plan = assert_plan(&workspace, &license(&amazon, "main", ""), &[COSTS, UNCHECKED]);
        assert!(details(&plan).contains("grafana:DescribeWorkspace"), "{}", details(&plan));
        workspace.env("AWS_ENDPOINT_URL_GRAFANA", "http://127.0.0.1:9");
        let plan = assert_plan(&workspace, &license(&amazon, "main", ""), &[COSTS, UNCHECKED]);
        assert!(details(&plan).contains("connection"), "{}", details(&plan));
    }
}

cli_test! {
    fn a_change_that_costs_nothing_says_nothing(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let plain = license(&amazon, "main", "");
        workspace.write("main.tf", &plain).unwrap();
        workspace.apply().unwrap();
        assert_plan(&workspace, &plain, &[]);
        assert_plan_with(&workspace, &plain, &["-refresh-only"], &[]);
        assert_plan_with(&workspace, &plain, &["-replace", ADDRESS], &[]);
        for change in [
            "  grafana_token = \"labs-token-1\"",
            "  expiry_warning_days = 5",
            "  region = \"us-east-1\"",
            "  timeouts {\n    create = \"20m\"\n  }",
        ] {
            assert_plan(&workspace, &license(&amazon, "main", change), &[]);
        }
        let moved = "moved {\n  from = managed_workspace_license.main\n  to = managed_workspace_license.renamed\n}\n";
        assert_plan(&workspace, &(license(&amazon, "renamed", "") + moved), &[]);
    }
}

cli_test! {
    fn a_replacement_and_a_removal_say_what_stops(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let plain = license(&amazon, "main", "");
        workspace.write("main.tf", &plain).unwrap();
        workspace.apply().unwrap();
        let place = format!("workspace {} (simulator) in us-east-1", amazon.workspace_id());
        let next = add(&amazon, "next", None);
        let plan = assert_plan(&workspace, &of(&amazon, &next, "main"), &[COSTS, REMOVED]);
        for part in [&place, &format!("workspace {next} (next) in us-east-1")] {
            assert!(details(&plan).contains(part), "{part}: {}", details(&plan));
        }
        let licensed = add(&amazon, "licensed", Some("ENTERPRISE"));
        assert_plan(&workspace, &of(&amazon, &licensed, "main"), &[REMOVED, TAKEN_OVER]);

        let plan = assert_plan_with(&workspace, &plain, &["-destroy"], &[REMOVED]);
        for part in [&place, "plugins", "charge"] {
            assert!(details(&plan).contains(part), "{part}: {}", details(&plan));
        }
        let both = plain + &license(&amazon, "other", "");
        workspace.write("main.tf", &both).unwrap();
        workspace.apply().unwrap();
        assert_plan_with(&workspace, &both, &["-destroy"], &[REMOVED]);
        amazon.drop_license(amazon.workspace_id());
        assert_plan(&workspace, &both, &[COSTS]);
    }
}

cli_test! {
    fn the_end_of_a_license_is_in_sight(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let id = amazon.workspace_id();
        let plain = license(&amazon, "main", "");
        workspace.write("main.tf", &plain).unwrap();
        workspace.apply().unwrap();
        let ends_in = |days: i64| Some(Timestamp::now() + SignedDuration::from_hours(24 * days + 1));
        amazon.change_workspace(id, |w| w.license_expiration = ends_in(40));
        assert_plan(&workspace, &plain, &[]);
        amazon.change_workspace(id, |w| w.license_expiration = ends_in(20));
        let plan = assert_plan(&workspace, &plain, &[EXPIRES]);
        for part in [id, "in 20 days", "AWS Marketplace", "`expiry_warning_days`"] {
            assert!(details(&plan).contains(part), "{part}: {}", details(&plan));
        }
        let later = license(&amazon, "main", "  expiry_warning_days = 5");
        workspace.write("main.tf", &later).unwrap();
        workspace.apply().unwrap();
        assert_plan(&workspace, &later, &[]);
        amazon.change_workspace(id, |w| w.license_expiration = ends_in(-1));
        assert_plan(&workspace, &later, &["The Enterprise license has expired"]);

        amazon.change_workspace(id, |w| {
            w.license_expiration = None;
            w.license_type = Some("ENTERPRISE_FREE_TRIAL".into());
            w.free_trial_expiration = ends_in(3);
        });
        let plan = assert_plan(&workspace, &later, &[COSTS, TRIAL_EXPIRES]);
        assert_eq!(plan.summary().updates, [ADDRESS], "in place");
        workspace.apply_plan(&plan).unwrap();
        assert_eq!(amazon.workspace(id).unwrap().license_type.as_deref(), Some("ENTERPRISE"));
        assert_plan(&workspace, &later, &[]);
    }
}
