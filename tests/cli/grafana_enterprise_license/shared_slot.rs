//! Several resources for the one license of an instance: in whatever order Terraform creates and deletes, the
//! instance keeps its license.

use super::*;

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
    fn a_rename_without_moved_to_a_renewed_license(terraform: &Terraform) {
        let world = World::new(terraform);
        let [one, two, three] = ["1", "2", "3"].map(|id| world.mint(&world.with_id(id)));
        world.write(&block("a", &one, "count = 1"));
        world.apply();
        world.write(&block("a", &two, "for_each = toset([\"b\"])"));
        let run = world.workspace.apply().expect("applies");
        assert!(warned(&run).contains(&"The instance keeps its license"), "{:?}", run.warnings());
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("2"), 0));
        world.assert_empty_plan();

        world.write(&block("c", &three, ""));
        let refused = simulator::faults::Fault::on("POST", "/api/licensing/token").status(400);
        world.grafana.faults().push(refused.always());
        assert!(error(&world, &APPLY).contains("still has license 2"));
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("2"), 0));
        world.grafana.faults().clear();
        world.write(&block("c", &three, "replace_existing = true"));
        world.apply();
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("3"), 0));
        world.assert_empty_plan();
    }
}

cli_test! {
    fn a_rename_to_a_renewed_license_while_the_removal_is_held_back(terraform: &Terraform) {
        let world = World::new(terraform);
        let [one, two] = ["1", "2"].map(|id| world.mint(&world.with_id(id)));
        let slow = |more: &str| {
            format!(
                "resource \"terraform_data\" \"slow\" {{\n  {more}\n  provisioner \"local-exec\" {{\n    when    = destroy\n    command = \"sleep 4\"\n  }}\n}}\n"
            )
        };
        world.write(&[block("a", &one, ""), slow("input = grafana_enterprise_license.a.id")].concat());
        world.apply();
        world.write(&[block("b", &two, ""), slow("count = 0")].concat());
        let run = world.workspace.run_json(&APPLY).expect("runs");
        let mut said: Vec<_> = run.errors().iter().map(|error| error.summary.clone()).collect();
        said.sort();
        assert_eq!(said, ["The instance has another license", "The instance keeps its license"]);
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("1"), 0));
        world.apply();
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("2"), 0));
        world.assert_empty_plan();
    }
}

cli_test! {
    fn a_rename_to_a_renewed_license_one_step_at_a_time(terraform: &Terraform) {
        let world = World::new(terraform);
        let [one, two] = ["1", "2"].map(|id| world.mint(&world.with_id(id)));
        world.write(&block("a", &one, ""));
        world.apply();
        world.write(&block("b", &two, ""));
        let mut applied = false;
        for _ in 0..3 {
            // Which of the two is planned and applied first is left to chance.
            let run = world.workspace.run_json(&["apply", "-auto-approve", "-parallelism=1"]).expect("runs");
            applied = run.success();
            assert_eq!(world.active().as_deref(), Some(if applied { "2" } else { "1" }));
            if applied {
                break;
            }
        }
        if !applied {
            world.apply();
        }
        assert_eq!(world.active().as_deref(), Some("2"));
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
