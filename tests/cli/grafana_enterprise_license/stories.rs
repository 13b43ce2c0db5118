use serde_json::json;
use simulator::grafana::{Lag, LicenseClaims, Options};

use super::*;

cli_test! {
    fn a_different_license_is_warned_about_and_stops_the_apply(terraform: &Terraform) {
        let world = World::with(terraform, Options { licensed: true, ..Options::default() });
        world.write_with(&world.with_id("2"), "");
        let plan = world.workspace.plan().expect("plans");
        assert_eq!(plan.ui.warnings().len(), 1, "{:?}", plan.ui.diagnostics);
        let run = world.workspace.run_json(&["apply", "-auto-approve"]).expect("runs");
        assert!(run.errors()[0].detail.contains("replace_existing = true"), "{:?}", run.errors());
        assert_eq!(world.active().as_deref(), Some("10500"));
        world.write_with(&world.with_id("2"), "replace_existing = true");
        world.apply();
        assert_eq!(world.active().as_deref(), Some("2"));
        world.assert_empty_plan();
    }
}

cli_test! {
    fn a_bad_token_is_refused_at_plan_on_its_line(terraform: &Terraform) {
        let world = World::new(terraform);
        world.write_with(&LicenseClaims::for_instance("https://elsewhere.example/"), "");
        let run = world.workspace.run_json(&["plan"]).expect("runs");
        let errors = run.errors();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].detail.contains("https://elsewhere.example/"));
        assert!(errors[0].detail.contains(&world.grafana.root_url()));
        assert_eq!(errors[0].attribute(), Some("token"));
    }
}

cli_test! {
    fn a_bad_token_known_only_at_apply_is_refused_there(terraform: &Terraform) {
        let world = World::new(terraform);
        let token = world.mint(&LicenseClaims::for_instance("https://elsewhere.example/"));
        world.write(&format!(
            "resource \"terraform_data\" \"source\" {{\n  input = \"{token}\"\n}}\n\
             resource \"grafana_enterprise_license\" \"this\" {{\n  token = terraform_data.source.output\n}}\n"
        ));
        let plan = world.workspace.plan().expect("plans");
        let change = plan.change(ADDRESS).expect("a change");
        assert!(change.is_unknown("license_id") && change.is_unknown("company"));
        let run = world.workspace.run_json(&["apply", "-auto-approve"]).expect("runs");
        let errors = run.errors();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].detail.contains("https://elsewhere.example/"), "{errors:?}");
        assert_eq!((world.active(), world.count("POST")), (None, 0));
    }
}

cli_test! {
    fn a_cluster_that_notices_late(terraform: &Terraform) {
        let options = Options { nodes: 3, lag: Lag::Requests(9), ..Options::default() };
        let world = World::with(terraform, options);
        world.write_with(&world.license(), "");
        let run = world.workspace.apply().expect("applies");
        assert_eq!(run.warnings().len(), 0, "{:?}", run.diagnostics);
        world.assert_empty_plan();
        world.workspace.destroy().expect("destroys");
        assert_eq!(world.active(), None);
    }
}

cli_test! {
    fn time_that_runs_out_does_not_taint(terraform: &Terraform) {
        let options = Options { nodes: 2, lag: Lag::Requests(100_000), ..Options::default() };
        let world = World::with(terraform, options);
        world.write_with(&world.license(), "timeouts {\n    create = \"2s\"\n  }");
        let run = world.workspace.apply().expect("applies");
        let warnings = run.warnings();
        assert!(warnings.iter().any(|w| w.detail.contains("×")), "{warnings:?}");
        let resource = world.workspace.state_resource(ADDRESS).expect("a state").expect("there");
        assert_ne!(resource["tainted"], json!(true));
        let summary = world.workspace.plan().expect("plans").summary();
        assert!(summary.deletes.is_empty() && summary.replaces.is_empty(), "{summary:?}");
    }
}

cli_test! {
    fn the_end_is_warned_about_once_per_plan(terraform: &Terraform) {
        let world = World::new(terraform);
        let soon = LicenseClaims { lexp: Some(now() + 20 * DAY), ..world.license() };
        world.write_with(&soon, "");
        let first = world.workspace.apply().expect("applies");
        assert_eq!(first.warnings().len(), 0, "{:?}", first.diagnostics);
        let plan = world.workspace.plan().expect("plans");
        assert!(plan.is_empty());
        let warnings = plan.ui.warnings();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert_eq!(warnings[0].summary, "The license ends soon");
        assert_eq!(world.workspace.validate().expect("validates").len(), 0);
    }
}
