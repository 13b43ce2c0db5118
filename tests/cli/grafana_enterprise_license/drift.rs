//! A refresh right after an apply finds nothing new.

use simulator::grafana::{Lag, LicenseClaims, Options};

use super::*;
use crate::setup::assert_no_drift_with;

cli_test! {
    fn after_create_update_and_import(terraform: &Terraform) {
        let world = World::new(terraform);
        let larger = LicenseClaims { included_users: Some(99), jti: Some("3".to_owned()), ..world.license() };
        let [first, larger, other] = [world.license(), larger, world.with_id("2")].map(|claims| world.mint(&claims));
        let apply = |token: &str, more: &str, options: &[&str]| {
            world.write(&block("this", token, more));
            world.workspace.apply_with(options).expect("applies");
            world.assert_no_drift();
        };
        apply(&first, "", &[]);
        apply(&first, "expiry_warning_days = 3", &[]);
        apply(&larger, "", &[]);
        apply(&other, "", &[]);
        apply(&other, "", &[&format!("-replace={ADDRESS}")]);
        apply(&other, "renew_triggers = { contract = 1 }", &[]);
        world.workspace.run(&["state", "rm", ADDRESS]).expect("removes");
        world.workspace.import(ADDRESS, &world.grafana.root_url()).expect("imports");
        world.assert_no_drift();
        world.apply();
        world.assert_no_drift();
    }
}

cli_test! {
    fn with_two_resources_for_one_instance(terraform: &Terraform) {
        let world = World::new(terraform);
        let token = world.mint(&world.license());
        world.write(&[block("a", &token, ""), block("b", &token, "")].concat());
        world.apply();
        world.assert_no_drift();
        assert_no_drift_with(&world.workspace, &["-parallelism=1"]);
        world.write(&block("b", &token, ""));
        world.workspace.apply_with(&["-parallelism=1"]).expect("applies");
        world.assert_no_drift();
        assert_no_drift_with(&world.workspace, &["-parallelism=1"]);
    }
}

cli_test! {
    fn in_a_cluster(terraform: &Terraform) {
        let lag = Lag::Time(std::time::Duration::from_millis(300));
        let world = World::with(terraform, Options { nodes: 3, lag, ..Options::default() });
        let [first, other] = [world.license(), world.with_id("2")].map(|claims| world.mint(&claims));
        for token in [&first, &other] {
            world.write(&block("this", token, ""));
            world.apply();
            world.assert_no_drift();
        }
    }
}
