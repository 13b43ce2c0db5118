//! The action `grafana_enterprise_license_renew`.

use simulator::grafana::Options;

use super::*;

cli_test! {
    needs(Actions)
    fn the_action_is_triggered_on_a_cluster_and_names_a_missing_permission(terraform: &Terraform) {
        let mut world = World::with(terraform, Options { nodes: 3, ..Options::default() });
        let action = "action \"grafana_enterprise_license_renew\" \"now\" {}\n";
        let trigger = "lifecycle {\n    action_trigger {\n      events  = [after_create]\n      actions = [action.grafana_enterprise_license_renew.now]\n    }\n  }";
        world.write_with(&world.license(), trigger);
        world.workspace.write("action.tf", action).expect("can be written");
        world.apply();
        let renewed = world.grafana.license().expect("one");
        assert_ne!(renewed.jti, world.license().jti);
        world.assert_empty_plan();

        world.grafana.create_user("reader", "pw12345").expect("a user");
        world.grafana.set_permissions("reader", &["licensing:read"]).expect("permissions");
        world.workspace.env("GRAFANA_AUTH", "reader:pw12345");
        let invoke = "-invoke=action.grafana_enterprise_license_renew.now";
        assert!(error(&world, &["apply", "-auto-approve", invoke]).contains("licensing:write"));
        assert_eq!(world.grafana.license().expect("one").jti, renewed.jti);
    }
}

cli_test! {
    needs(Actions)
    fn the_action_renews_and_reads_again(terraform: &Terraform) {
        let world = World::with(terraform, Options { licensed: true, ..Options::default() });
        let before = world.grafana.license().expect("one").jti;
        world.write("action \"grafana_enterprise_license_renew\" \"now\" {}\n");
        let renew = ["apply", "-auto-approve", "-invoke=action.grafana_enterprise_license_renew.now"];
        let run = world.workspace.run(&renew).expect("runs");
        assert!(run.success(), "{run}");
        for line in ["asks its issuer for a fresh token", "reading its claims again", "has a fresh token, valid until"] {
            assert!(run.stdout.contains(line), "{line}: {run}");
        }
        assert_ne!(world.grafana.license().expect("one").jti, before);

        world.grafana.set_issuer_reachable(false);
        let run = world.workspace.run(&renew).expect("runs");
        let said = format!("{}{}", run.stdout, run.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(!run.success() && said.contains("must be able to reach https://grafana.com"), "{run}");
        assert!(world.grafana.license().is_some());
        world.grafana.drop_license();
        let run = world.workspace.run(&renew).expect("runs");
        assert!(!run.success() && run.stderr.contains("Nothing to renew"), "{run}");
    }
}
