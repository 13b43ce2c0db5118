use std::time::Duration;

use simulator::grafana::{Lag, Options, Routing};

use super::*;

cli_test! {
    fn mixed_answers_keep_the_state(terraform: &Terraform) {
        let world = World::with(terraform, divided(3));
        world.grafana.set_license(Some(world.license()));
        world.write_with(&world.license(), "");
        world.apply();
        for told in [Some(world.mint(&world.with_id("2"))), None] {
            tell_one_node(&world.grafana, told.as_deref());
            for _ in 0..2 {
                let plan = world.workspace.plan().expect("plans");
                assert!(plan.is_empty(), "{:?}", plan.ui.run);
            }
            world.grafana.set_license(Some(world.license()));
        }
    }
}

cli_test! {
    fn nodes_that_lag_in_time(terraform: &Terraform) {
        let lag = Lag::Time(Duration::from_millis(700));
        let options = Options { nodes: 3, routing: Routing::PerConnection, lag, ..Options::default() };
        let world = World::with(terraform, options);
        world.write_with(&world.license(), "");
        assert_eq!(warned(&world.workspace.apply().expect("applies")), [""; 0]);
        world.write_with(&world.with_id("2"), "");
        assert_only_replaces(&world.workspace.apply().expect("applies"));
        world.assert_empty_plan();
        assert_eq!(warned(&world.workspace.destroy().expect("destroys")), ["This removes the Enterprise license"]);
        assert_eq!(world.active(), None);
    }
}

cli_test! {
    fn everything_else_on_a_cluster(terraform: &Terraform) {
        let options = Options { nodes: 3, licensed: true, ..Options::default() };
        let world = World::with(terraform, options);
        let data = "data \"grafana_enterprise_license\" \"a\" {}\noutput \"id\" {\n  value = data.grafana_enterprise_license.a.license_id\n}\n";
        let token = world.mint(&world.grafana.license().expect("one"));
        let block = |name, token: &str, more: &str| {
            format!("resource \"grafana_enterprise_license\" \"{name}\" {{\n  token = \"{token}\"\n  {more}\n}}\n")
        };
        world.write(&[data, &block("this", &token, "")].concat());
        world.workspace.import(ADDRESS, &world.grafana.root_url()).expect("imports");
        world.apply();
        assert_eq!((world.count("POST"), world.count("DELETE")), (0, 0));
        assert_eq!(world.workspace.outputs().expect("outputs")["id"]["value"], "10500");

        world.grafana.set_license(Some(world.with_id("666")));
        world.apply();
        assert_eq!(world.active().as_deref(), Some("10500"), "drift");

        let second = world.mint(&world.with_id("2"));
        world.write(&block("this", &second, ""));
        world.workspace.apply_with(&[&format!("-replace={ADDRESS}")]).expect("applies");
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("2"), 0));

        world.write(&[block("this", &second, "expiry_warning_days = 400"), block("that", &second, "")].concat());
        world.apply();
        world.write(&block("this", &second, "expiry_warning_days = 400"));
        let run = world.workspace.apply().expect("applies");
        assert!(warned(&run).contains(&"The license expires soon"), "{:?}", run.warnings());
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("2"), 0));
        world.workspace.destroy().expect("destroys");
        assert_eq!(world.active(), None);
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
