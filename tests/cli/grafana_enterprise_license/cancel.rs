//! What ends an operation early: Ctrl-C, `timeouts`.

use std::time::Duration;

use serde_json::json;
use simulator::grafana::{Lag, Options};
use simulator::journal::Entry;

use super::*;

/// Runs a command, and interrupts it as soon as Grafana has answered such a request.
fn interrupted(world: &World, command: &[&str], method: &str) -> String {
    let before = world.count(method);
    let running = world.workspace.spawn(command).expect("starts");
    let answered =
        |entry: &Entry| entry.is(method, "/api/licensing/token") && entry.status().is_some();
    let seen = world.grafana.journal().wait_for(
        |entries| entries.iter().filter(|entry| answered(entry)).count() > before,
        Duration::from_secs(60),
    );
    assert!(seen, "{}", running.so_far());
    running.interrupt().expect("interrupts");
    let run = running.wait().expect("ends");
    format!("{}{}", run.stdout, run.stderr)
}

cli_test! {
    fn a_stop_loses_nothing_that_was_accepted(terraform: &Terraform) {
        let world = World::with(terraform, divided(2));
        world.write_with(&world.license(), "");
        let said = interrupted(&world, &APPLY, "POST");
        assert!(said.contains("Not every node shows the license yet"), "{said}");
        let resource = world.workspace.state_resource(ADDRESS).expect("a state").expect("there");
        assert_ne!(resource["tainted"], serde_json::json!(true));

        world.grafana.set_license(Some(world.license()));
        world.write_with(&world.with_id("2"), "");
        let said = interrupted(&world, &APPLY, "POST");
        assert!(said.contains("Not every node shows the license yet"), "{said}");
        assert_eq!(world.state()["license_id"], "2");

        world.grafana.set_license(Some(world.with_id("2")));
        let said = interrupted(&world, &DESTROY, "DELETE");
        assert!(said.contains("Not every node has dropped the license yet"), "{said}");
        assert_eq!(world.active(), None);
    }
}

cli_test! {
    fn time_that_runs_out_is_a_warning(terraform: &Terraform) {
        let world = World::with(terraform, divided(2));
        world.grafana.set_license(Some(world.license()));
        let timeouts = "timeouts {\n    update = \"5s\"\n    delete = \"5s\"\n  }";
        world.write_with(&world.license(), timeouts);
        world.apply();
        world.write_with(&world.with_id("2"), timeouts);
        let run = world.workspace.apply().expect("applies");
        assert!(warned(&run).contains(&"Not every node shows the license yet"), "{:?}", run.warnings());
        assert!(run.warnings().iter().any(|w| w.detail.contains("× license 2 (Example)")), "{:?}", run.warnings());
        world.grafana.set_license(Some(world.with_id("2")));
        let run = world.workspace.destroy().expect("destroys");
        assert_eq!(warned(&run), ["Not every node has dropped the license yet", "This removes the Enterprise license"]);
        assert!(run.warnings().iter().any(|w| w.detail.contains("×")), "{:?}", run.warnings());
    }
}

cli_test! {
    fn time_that_runs_out_does_not_taint(terraform: &Terraform) {
        let options = Options { nodes: 2, lag: Lag::Requests(100_000), ..Options::default() };
        let world = World::with(terraform, options);
        world.write_with(&world.license(), "timeouts {\n    create = \"5s\"\n  }");
        let run = world.workspace.apply().expect("applies");
        let warnings = run.warnings();
        assert!(warnings.iter().any(|w| w.detail.contains("×")), "{warnings:?}");
        let resource = world.workspace.state_resource(ADDRESS).expect("a state").expect("there");
        assert_ne!(resource["tainted"], json!(true));
        let summary = world.workspace.plan().expect("plans").summary();
        assert!(summary.deletes.is_empty() && summary.replaces.is_empty(), "{summary:?}");
    }
}
