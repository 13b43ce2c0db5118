use simulator::grafana::Options;

use super::*;

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

cli_test! {
    needs(WriteOnly)
    fn a_write_only_token_of_another_license_replaces_the_imported_one(terraform: &Terraform) {
        let world = World::with(terraform, Options { licensed: true, ..Options::default() });
        let token = world.mint(&world.with_id("3"));
        world.write(&format!(
            "resource \"grafana_enterprise_license\" \"this\" {{\n  token_wo         = \"{token}\"\n  token_wo_version = 1\n}}\n"
        ));
        world.workspace.import(ADDRESS, &world.grafana.root_url()).expect("imports");
        let plan = world.workspace.plan().expect("plans");
        assert_eq!(plan.summary().updates, [ADDRESS]);
        assert_only_replaces(&plan.ui);
        world.workspace.apply_plan(&plan).expect("applies");
        assert_eq!((world.active().as_deref(), world.count("DELETE")), (Some("3"), 0));
        world.assert_empty_plan();
    }
}
