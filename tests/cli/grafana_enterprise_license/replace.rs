//! Replacements: the instance keeps its license.

use super::*;

const FIRST: &str = "lifecycle {\n    create_before_destroy = true\n  }";

cli_test! {
    fn create_before_destroy(terraform: &Terraform) {
        let world = World::new(terraform);
        world.write_with(&world.license(), FIRST);
        world.apply();
        world.workspace.apply_with(&[&format!("-replace={ADDRESS}")]).expect("applies");
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("10500"), 0));
        world.assert_empty_plan();
        let replace = format!("-replace={ADDRESS}");
        world.write_with(&world.with_id("2"), FIRST);
        let run = world.workspace.run_json(&["apply", "-auto-approve", &replace]).expect("runs");
        assert!(run.errors()[0].detail.contains("create_before_destroy"), "{:?}", run.errors());
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("10500"), 0));
        world.write_with(&world.with_id("2"), &format!("replace_existing = true\n  {FIRST}"));
        world.workspace.apply_with(&[&replace]).expect("applies");
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("2"), 0));
        world.assert_empty_plan();
    }
}

/// A replacement whose dependent fails leaves the former object behind, and the next run removes it.
fn leaves_a_deposed_object(terraform: &Terraform, options: &[&str]) {
    let world = World::new(terraform);
    let license = block("this", &world.mint(&world.license()), FIRST);
    let dependent = "resource \"terraform_data\" \"after\" {\n  provisioner \"local-exec\" {\n    command = \"test ! -e broken\"\n  }\n  lifecycle {\n    replace_triggered_by = [grafana_enterprise_license.this]\n  }\n}\n";
    world.write(&(license + dependent));
    world.apply();
    world.workspace.write("broken", "").expect("can be written");
    let replace = format!("-replace={ADDRESS}");
    let failed = world.workspace.run(&["apply", "-auto-approve", "-no-color", &replace]);
    assert!(!failed.expect("runs").success());
    std::fs::remove_file(world.workspace.path().join("broken")).expect("can be removed");

    let run = world.workspace.apply_with(options).expect("applies");
    assert!(
        warned(&run).contains(&"The instance keeps its license"),
        "the former object was there"
    );
    assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("10500"), 0));
    world.assert_empty_plan();
    world.workspace.destroy().expect("destroys");
    assert_eq!(world.active(), None);
}

cli_test! {
    fn a_former_object_left_behind(terraform: &Terraform) {
        leaves_a_deposed_object(terraform, &[]);
    }
}

cli_test! {
    fn a_former_object_left_behind_one_step_at_a_time(terraform: &Terraform) {
        leaves_a_deposed_object(terraform, &["-parallelism=1"]);
    }
}

cli_test! {
    fn replace(terraform: &Terraform) {
        let world = World::new(terraform);
        world.write_with(&world.license(), "");
        world.apply();
        world.workspace.apply_with(&[&format!("-replace={ADDRESS}")]).expect("applies");
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("10500"), 0));
        world.assert_empty_plan();
        world.write_with(&world.with_id("2"), "");
        let run = world.workspace.apply_with(&[&format!("-replace={ADDRESS}")]).expect("applies");
        let mut said = warned(&run);
        said.dedup();
        assert_eq!(said, ["The instance keeps its license", "This replaces another license"]);
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("2"), 0));
        world.assert_empty_plan();
        world.workspace.destroy().expect("destroys");
        assert_eq!(world.active(), None);
    }
}

cli_test! {
    fn a_replacement_that_fails_leaves_the_license(terraform: &Terraform) {
        let world = World::new(terraform);
        world.write_with(&world.license(), "");
        world.apply();
        let refused = simulator::faults::Fault::on("POST", "/api/licensing/token").status(500);
        world.grafana.faults().push(refused.always());
        world.write_with(&world.with_id("2"), "");
        let replace = format!("-replace={ADDRESS}");
        let said = error(&world, &["apply", "-auto-approve", &replace]);
        let import = format!("terraform import ADDRESS {}", world.grafana.root_url());
        assert!(said.contains("still has license 10500") && said.contains(&import), "{said}");
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("10500"), 0));

        world.grafana.faults().clear();
        // On one line, however narrow: Terraform wraps the rest.
        let refused = world.workspace.run(&["apply", "-auto-approve", "-no-color"]).expect("runs");
        let mut lines = refused.stderr.lines().map(|line| line.trim_start_matches('│').trim());
        assert!(lines.any(|line| line == import), "{refused}");
        world.workspace.import(ADDRESS, &world.grafana.root_url()).expect("imports");
        assert_eq!(world.workspace.plan().expect("plans").summary().updates, [ADDRESS]);
        world.apply();
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("2"), 0));
        world.assert_empty_plan();
    }
}

cli_test! {
    fn taint(terraform: &Terraform) {
        let world = World::new(terraform);
        world.write_with(&world.license(), "");
        world.apply();
        world.workspace.run(&["taint", ADDRESS]).expect("taints");
        world.apply();
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("10500"), 0));
        world.assert_empty_plan();
    }
}
