use super::*;

cli_test! {
    fn a_license_of_somebody_else_is_not_removed(terraform: &Terraform) {
        let world = World::new(terraform);
        let keeps = "The instance keeps its license";
        world.write_with(&world.license(), "");
        world.apply();
        world.grafana.set_license(Some(world.with_id("99")));
        let run = world.workspace.destroy().expect("destroys");
        assert_eq!(warned(&run), [keeps]);
        assert!(run.warnings()[0].detail.contains("license 99"), "{:?}", run.warnings());

        world.workspace.import(ADDRESS, &world.grafana.root_url()).expect("imports");
        world.grafana.set_license(Some(world.license()));
        world.workspace.apply_with(&["-refresh-only"]).expect("refreshes");
        assert_eq!(world.state()["license_id"], "10500");
        world.write("");
        assert_eq!(warned(&world.workspace.apply().expect("applies")), [keeps]);
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("10500"), 0));
    }
}
