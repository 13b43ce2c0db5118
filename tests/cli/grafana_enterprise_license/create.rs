use serde_json::json;
use simulator::grafana::{LicenseClaims, Options};

use super::*;

cli_test! {
    fn a_license_from_the_first_apply_to_destroy(terraform: &Terraform) {
        let world = World::new(terraform);
        world.write_with(&world.license(), "");
        let plan = world.workspace.plan().expect("plans");
        let change = plan.change(ADDRESS).expect("a change");
        assert_eq!(change.after["included_users"], 15);
        assert_eq!(change.after["company"], "Example");
        assert!(change.is_unknown("valid") && change.is_unknown("status"));
        world.workspace.apply_plan(&plan).expect("applies");
        assert_eq!(world.state()["valid"], true);
        world.assert_empty_plan();

        world.grafana.auto_refresh_with(|claims| LicenseClaims {
            included_users: Some(16),
            ..claims
        });
        world.assert_empty_plan();

        world.grafana.set_license(Some(world.with_id("666")));
        let plan = world.workspace.plan().expect("plans");
        assert_eq!(plan.summary().updates, [ADDRESS]);
        let change = plan.change(ADDRESS).expect("a change");
        assert_eq!((&change.before["license_id"], &change.after["license_id"]), (&json!("666"), &json!("10500")));
        world.workspace.apply_plan(&plan).expect("applies");
        assert_eq!(world.active().as_deref(), Some("10500"));
        world.assert_empty_plan();

        world.grafana.drop_license();
        assert_eq!(world.workspace.plan().expect("plans").summary().creates, [ADDRESS]);
        world.apply();
        world.assert_empty_plan();

        world.workspace.destroy().expect("destroys");
        assert_eq!(world.active(), None);
    }
}

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
