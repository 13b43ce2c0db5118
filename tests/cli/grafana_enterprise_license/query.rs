use simulator::grafana::Options;

use super::*;

cli_test! {
    needs(ListResources)
    fn the_license_is_listed(terraform: &Terraform) {
        let world = World::with(terraform, Options { licensed: true, ..Options::default() });
        let query = include_str!(
            "../../../examples/list-resources/grafana_enterprise_license/list-resource.tfquery.hcl"
        );
        world.workspace.write("license.tfquery.hcl", query).expect("can be written");
        let run = world.workspace.run(&["query", "-generate-config-out=generated.tf"]).expect("runs");
        assert!(run.success(), "{run}");
        assert!(run.stdout.contains("License 10500 (Example)"), "{run}");
        assert!(run.stdout.contains(&world.grafana.root_url()), "{run}");
        world.workspace.remove("license.tfquery.hcl").expect("removed");
        world.apply();
        world.assert_empty_plan();
        assert_eq!(world.count("POST"), 0);
    }
}
