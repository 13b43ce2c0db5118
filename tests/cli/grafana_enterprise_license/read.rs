use std::time::Duration;

use simulator::grafana::LicenseClaims;

use super::*;

cli_test! {
    fn what_grafana_refreshes_arrives_and_stays(terraform: &Terraform) {
        let world = World::new(terraform);
        let refreshed = LicenseClaims { included_users: Some(40), jti: Some("9".to_owned()), ..world.license() };
        world.grafana.set_license(Some(refreshed));
        world.write_with(&world.license(), "");
        let plan = world.workspace.plan().expect("plans");
        world.workspace.apply_plan(&plan).expect("applies");
        assert_eq!(world.count("POST"), 0, "the same license is adopted");
        assert_eq!((&world.state()["included_users"], &world.state()["token_id"]), (&40.into(), &"9".into()));
        world.assert_empty_plan();

        world.grafana.advance(Duration::from_secs(400 * 86_400));
        let plan = world.workspace.plan().expect("plans");
        assert!(plan.is_empty(), "{:?}", plan.ui.run);
        assert_eq!(warned(&plan.ui), ["The license is not valid"]);
        assert_eq!(world.count("POST"), 0);
    }
}

cli_test! {
    fn a_license_from_disk_is_told_and_not_looped_on(terraform: &Terraform) {
        let world = World::new(terraform);
        world.write_with(&world.license(), "");
        world.apply();
        world.grafana.put_license_on_disk(Some(world.license()));
        let from_disk = ["The instance still has a license", "This removes the Enterprise license"];
        assert_eq!(warned(&world.workspace.destroy().expect("destroys")), from_disk);
        let plan = world.workspace.plan().expect("plans");
        assert_eq!((plan.summary().creates, warned(&plan.ui)), (vec![ADDRESS.to_owned()], vec!["The license is already installed"]));
        world.workspace.apply_plan(&plan).expect("applies");
        assert_eq!(world.count("POST"), 1, "it is adopted");
        world.assert_empty_plan();
        assert_eq!(warned(&world.workspace.destroy().expect("destroys")), from_disk);
    }
}
