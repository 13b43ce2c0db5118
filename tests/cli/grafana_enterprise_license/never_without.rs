//! Whatever order Terraform creates and deletes in, the instance keeps its license.

use super::*;

fn block(name: &str, token: &str, more: &str) -> String {
    format!(
        "resource \"grafana_enterprise_license\" \"{name}\" {{\n  token = \"{token}\"\n  {more}\n}}\n"
    )
}

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

cli_test! {
    fn replace(terraform: &Terraform) {
        let world = World::new(terraform);
        world.write_with(&world.license(), "");
        world.apply();
        world.workspace.apply_with(&[&format!("-replace={ADDRESS}")]).expect("applies");
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("10500"), 0));
        world.assert_empty_plan();
        world.write_with(&world.with_id("2"), "");
        world.workspace.apply_with(&[&format!("-replace={ADDRESS}")]).expect("applies");
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
        let run = world.workspace.run_json(&["apply", "-auto-approve", &replace]).expect("runs");
        assert!(!run.success());
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("10500"), 0));
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

cli_test! {
    fn a_rename_without_moved(terraform: &Terraform) {
        let world = World::new(terraform);
        let token = world.mint(&world.license());
        world.write(&block("a", &token, ""));
        world.apply();
        world.write(&block("b", &token, ""));
        world.apply();
        assert_eq!(world.active().as_deref(), Some("10500"));
        world.assert_empty_plan();
    }
}

cli_test! {
    fn two_resources_for_one_instance(terraform: &Terraform) {
        let world = World::new(terraform);
        let token = world.mint(&world.license());
        let both = [block("a", &token, ""), block("b", &token, "")].concat();
        world.write(&both);
        world.apply();
        world.assert_empty_plan();
        world.write(&block("a", &token, ""));
        world.apply();
        assert_eq!(world.active().as_deref(), Some("10500"));
        world.assert_empty_plan();
        world.write(&both);
        world.apply();
        world.workspace.destroy().expect("destroys");
        assert_eq!(world.active(), None, "the last one removes it");
    }
}

cli_test! {
    fn two_resources_one_after_another(terraform: &Terraform) {
        let world = World::new(terraform);
        let token = world.mint(&world.license());
        let both = [block("a", &token, ""), block("b", &token, "")].concat();
        for remaining in ["a", "b", "a", "b"] {
            world.write(&both);
            world.apply();
            world.write(&block(remaining, &token, ""));
            world.workspace.apply_with(&["-parallelism=1"]).expect("applies");
            assert_eq!(world.active().as_deref(), Some("10500"), "{remaining} remains");
            world.assert_empty_plan();
        }
    }
}

cli_test! {
    fn without_a_token_the_other_resource_cannot_go(terraform: &Terraform) {
        let world = World::new(terraform);
        let token = world.mint(&world.license());
        world.write(&[block("a", &token, ""), block("b", &token, "")].concat());
        world.apply();
        let without = "resource \"grafana_enterprise_license\" \"a\" {\n}\n";
        world.write(&[without, &block("b", &token, "")].concat());
        world.apply();
        world.write(without);
        let run = world.workspace.run_json(&["apply", "-auto-approve", "-parallelism=1"]).expect("runs");
        // Which of the two is planned first is left to chance.
        if !run.success() {
            assert!(run.errors()[0].summary.contains("Two resources"), "{run:?}");
        }
        assert_eq!(world.active().as_deref(), Some("10500"));
    }
}
