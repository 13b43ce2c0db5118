use serde_json::json;
use simulator::grafana::{LicenseClaims, Options};

use super::*;

cli_test! {
    fn a_license_from_the_first_apply_to_destroy(terraform: &Terraform) {
        let world = World::new(terraform);
        world.write_with(&world.license(), "");
        let plan = world.workspace.plan().expect("plans");
        let change = plan.change(ADDRESS).expect("a change");
        assert_eq!(change.after["included_users"], 15);
        assert_eq!(change.after["company"], "Example");
        assert!(change.is_unknown("valid") && change.is_unknown("status"));
        world.workspace.apply_plan(&plan).expect("applies");
        assert_eq!(world.state()["valid"], true);
        world.assert_empty_plan();

        world.grafana.auto_refresh_with(|claims| LicenseClaims {
            included_users: Some(16),
            ..claims
        });
        world.assert_empty_plan();

        world.grafana.set_license(Some(world.with_id("666")));
        let plan = world.workspace.plan().expect("plans");
        assert_eq!(plan.summary().updates, [ADDRESS]);
        let change = plan.change(ADDRESS).expect("a change");
        assert_eq!((&change.before["license_id"], &change.after["license_id"]), (&json!("666"), &json!("10500")));
        world.workspace.apply_plan(&plan).expect("applies");
        assert_eq!(world.active().as_deref(), Some("10500"));
        world.assert_empty_plan();

        world.grafana.drop_license();
        assert_eq!(world.workspace.plan().expect("plans").summary().creates, [ADDRESS]);
        world.apply();
        world.assert_empty_plan();

        world.workspace.destroy().expect("destroys");
        assert_eq!(world.active(), None);
    }
}

cli_test! {
    fn a_renewed_contract_reads_as_from_and_to(terraform: &Terraform) {
        let world = World::new(terraform);
        world.write_with(&LicenseClaims { included_users: Some(150), ..world.license() }, "");
        world.apply();
        let renewed = LicenseClaims {
            included_users: Some(200),
            lexp: Some(now() + 700 * DAY),
            jti: Some("3".to_owned()),
            ..world.license()
        };
        world.write_with(&renewed, "");
        let plan = world.workspace.plan().expect("plans");
        let shown = world.workspace.run(&["plan", "-no-color"]).expect("plans").stdout;
        assert!(shown.contains("150 -> 200"), "{shown}");
        let expiry = shown.lines().find(|line| line.contains("~ expires_at")).expect("the expiry");
        assert!(expiry.contains("->") && !expiry.contains("known after apply"), "{expiry}");
        assert_eq!(plan.summary().updates, [ADDRESS]);
        world.workspace.apply_plan(&plan).expect("applies");
        world.assert_empty_plan();
        assert_eq!(world.count("DELETE"), 0);
    }
}

cli_test! {
    fn import_by_command_and_block(terraform: &Terraform) {
        let world = World::with(terraform, Options { licensed: true, ..Options::default() });
        let url = world.grafana.root_url();
        world.write("resource \"grafana_enterprise_license\" \"this\" {}\n");
        world.workspace.import(ADDRESS, &url).expect("imports");
        world.assert_empty_plan();

        world.workspace.run(&["state", "rm", ADDRESS]).expect("removes");
        let active = world.grafana.license().expect("one");
        world.write(&format!(
            "import {{\n  to = {ADDRESS}\n  id = \"{url}\"\n}}\nresource \"grafana_enterprise_license\" \"this\" {{\n  token = \"{}\"\n}}\n",
            world.mint(&active)
        ));
        world.apply();
        world.assert_empty_plan();
        assert_eq!((world.count("POST"), world.count("DELETE")), (0, 0));
    }
}

cli_test! {
    needs(IdentityImport)
    fn import_by_identity(terraform: &Terraform) {
        let world = World::with(terraform, Options { licensed: true, ..Options::default() });
        world.write(&format!(
            "import {{\n  to = {ADDRESS}\n  identity = {{ instance = \"{}\" }}\n}}\nresource \"grafana_enterprise_license\" \"this\" {{}}\n",
            world.grafana.root_url()
        ));
        world.apply();
        let resource = world.workspace.state_resource(ADDRESS).expect("a state").expect("the license");
        assert_eq!(resource["identity"]["instance"], world.grafana.root_url());
        world.assert_empty_plan();
    }
}

cli_test! {
    fn configuration_generated_for_an_import_plans_empty(terraform: &Terraform) {
        let world = World::with(terraform, Options { licensed: true, ..Options::default() });
        world.write(&format!("import {{\n  to = {ADDRESS}\n  id = \"{}\"\n}}\n", world.grafana.root_url()));
        let generated = world.workspace.run(&["plan", "-generate-config-out=generated.tf"]).expect("plans");
        assert!(generated.success(), "{generated}");
        world.apply();
        world.assert_empty_plan();
        assert_eq!(world.count("POST"), 0);
    }
}
