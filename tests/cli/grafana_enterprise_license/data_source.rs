use simulator::grafana::{LicenseClaims, Options};

use super::*;

const CHECK: &str =
    include_str!("../../../examples/data-sources/grafana_enterprise_license/data-source.tf");

cli_test! {
    fn a_check_fails_fourteen_days_before_the_end(terraform: &Terraform) {
        let world = World::new(terraform);
        world.write(CHECK);
        let status = || {
            let plan = world.workspace.plan().expect("plans");
            plan.checks()[0]["status"].as_str().unwrap_or_default().to_owned()
        };
        assert_eq!(status(), "fail", "no license");
        world.grafana.set_license(Some(world.license()));
        assert_eq!(status(), "pass");
        for (left, expected) in [(14 * DAY + 600, "pass"), (14 * DAY - 1, "fail")] {
            let soon = LicenseClaims { lexp: Some(now() + left), ..world.license() };
            world.grafana.set_license(Some(soon));
            assert_eq!(status(), expected, "{left}");
        }
    }
}

cli_test! {
    fn the_data_source_reads_the_license(terraform: &Terraform) {
        let world = World::with(terraform, Options { licensed: true, ..Options::default() });
        world.write(
            "data \"grafana_enterprise_license\" \"a\" {}\noutput \"a\" {\n  value = data.grafana_enterprise_license.a\n}\n",
        );
        world.apply();
        let outputs = world.workspace.outputs().expect("outputs");
        let license = &outputs["a"]["value"];
        assert_eq!(license["license_id"], "10500");
        assert_eq!(license["instance"], world.grafana.root_url());
        assert_eq!((&license["valid"], &license["licensed"]), (&true.into(), &true.into()));
        assert_eq!(license["days_left"], 364);
    }
}

cli_test! {
    fn a_precondition_holds_back_what_needs_a_license(terraform: &Terraform) {
        let world = World::new(terraform);
        world.write(
            "data \"grafana_enterprise_license\" \"a\" {}\nresource \"terraform_data\" \"needs\" {\n  lifecycle {\n    precondition {\n      \
             condition     = coalesce(data.grafana_enterprise_license.a.included_users, 0) >= 10\n      \
             error_message = \"A license for 10 users is needed.\"\n    }\n  }\n}\n",
        );
        let said = error(&world, &["plan"]);
        assert!(said.contains("A license for 10 users is needed."), "{said}");
        world.grafana.set_license(Some(world.license()));
        world.apply();
    }
}
