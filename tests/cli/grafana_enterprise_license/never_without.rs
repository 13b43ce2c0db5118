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
