use simulator::faults::Fault;
use simulator::grafana::{ActiveUsers, LicenseClaims};

use super::*;

cli_test! {
    fn the_end_is_warned_about_once_per_plan(terraform: &Terraform) {
        let world = World::new(terraform);
        let soon = LicenseClaims { lexp: Some(now() + 20 * DAY), ..world.license() };
        world.write_with(&soon, "");
        let first = world.workspace.apply().expect("applies");
        assert_eq!(first.warnings().len(), 0, "{:?}", first.diagnostics);
        let plan = world.workspace.plan().expect("plans");
        assert!(plan.is_empty());
        let warnings = plan.ui.warnings();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert_eq!(warnings[0].summary, "The license expires soon");
        assert_eq!(world.workspace.validate().expect("validates").len(), 0);
    }
}

cli_test! {
    fn when_it_is_warned_about_is_set_by_the_claims_or_the_configuration(terraform: &Terraform) {
        let world = World::new(terraform);
        let claims = LicenseClaims {
            lexp: Some(now() + 20 * DAY),
            lic_exp_warn_days: Some(10),
            exp: Some(now() + 4 * DAY),
            tok_exp_warn_days: Some(5),
            ..world.license()
        };
        let token = "The license token is not being refreshed";
        world.write_with(&claims, "");
        world.apply();
        let plan = world.workspace.plan().expect("plans");
        assert_eq!((plan.is_empty(), warned(&plan.ui)), (true, vec![token]));

        world.write_with(&claims, "expiry_warning_days = 25");
        world.apply();
        world.grafana.set_license(Some(LicenseClaims { tok_exp_warn_days: None, ..claims.clone() }));
        let end = vec!["The license expires soon"];
        assert_eq!(warned(&world.workspace.plan().expect("plans").ui), end);
        let url = world.grafana.root_url();
        world.workspace.run(&["state", "rm", ADDRESS]).expect("removes");
        let import = format!("import {{\n  to = {ADDRESS}\n  id = \"{url}\"\n}}\n");
        world.workspace.write("import.tf", &import).expect("can be written");
        world.grafana.set_license(Some(LicenseClaims {
            lic_exp_warn_days: None,
            tok_exp_warn_days: None,
            ..claims
        }));
        assert_eq!(warned(&world.workspace.plan().expect("plans").ui), end);
        world.workspace.remove("import.tf").expect("removed");
        world.workspace.import(ADDRESS, &url).expect("imports");
        let destroyed = world.workspace.destroy().expect("destroys");
        assert_eq!(warned(&destroyed), ["This removes the Enterprise license"]);
    }
}

cli_test! {
    fn users_and_tokens_are_warned_about(terraform: &Terraform) {
        let world = World::new(terraform);
        world.write_with(&world.license(), "");
        world.apply();
        world.grafana.set_active_users(ActiveUsers { active_users: 16, ..ActiveUsers::default() });
        let claims = LicenseClaims { exp: Some(now() + DAY), ..world.license() };
        world.grafana.set_license(Some(claims));
        let plan = world.workspace.plan().expect("plans");
        assert!(plan.is_empty());
        let mut said: Vec<_> = plan.ui.warnings().iter().map(|w| w.summary.clone()).collect();
        said.sort();
        assert_eq!(
            said,
            ["More active users than the license includes", "The license token is not being refreshed"]
        );

        let count = "/api/licensing/refresh-stats";
        world.grafana.faults().push(Fault::on("GET", count).status(403).always());
        world.grafana.set_license(Some(world.license()));
        let plan = world.workspace.plan().expect("plans");
        assert_eq!((plan.is_empty(), warned(&plan.ui)), (true, vec![]));
    }
}
