//! The action `grafana_enterprise_license_renew`, and `renew_triggers`.

use simulator::grafana::{LicenseClaims, Options};

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

/// How often Grafana was asked to renew.
fn renewals(world: &World) -> usize {
    world.grafana.journal().count("POST", "/api/licensing/token/renew")
}

fn triggers(value: &str) -> String {
    format!("renew_triggers = {{ contract = {value} }}")
}

cli_test! {
    fn changed_triggers_fetch_a_fresh_token(terraform: &Terraform) {
        for nodes in [1, 3] {
            let world = World::with(terraform, Options { nodes, ..Options::default() });
            let token = world.mint(&LicenseClaims { iat: Some(now() - DAY), ..world.license() });
            world.write(&block("this", &token, &triggers("2026")));
            world.apply();
            assert_eq!((renewals(&world), world.state()["renew_triggers"]["contract"].as_str()), (0, Some("2026")));
            world.assert_empty_plan();

            world.write(&block("this", &token, &triggers("2027")));
            let plan = world.workspace.plan().expect("plans");
            let change = plan.change(ADDRESS).expect("a change");
            assert_eq!((plan.summary().updates, warned(&plan.ui)), (vec![ADDRESS.to_owned()], vec![]));
            for moved in ["token_id", "issued_at", "token_expires_at", "expires_at", "included_users", "valid", "status"] {
                assert!(change.is_unknown(moved), "{moved}");
            }
            for lasting in ["license_id", "subject", "instance", "id"] {
                assert!(!change.is_unknown(lasting), "{lasting}");
            }
            let applied = world.workspace.apply_plan(&plan).expect("applies");
            assert_eq!(warned(&applied), [""; 0]);
            assert_eq!((renewals(&world), world.count("POST")), (1, 1));
            assert_eq!(world.state()["token_id"].as_str().map(str::to_owned), world.grafana.license().and_then(|l| l.jti));
            world.assert_empty_plan();
            world.assert_no_drift();

            world.grafana.auto_refresh_with(|claims| LicenseClaims { included_users: Some(20), ..claims });
            world.assert_empty_plan();
            assert_eq!(renewals(&world), 1, "what was renewed elsewhere asks for nothing");
        }
    }
}

cli_test! {
    fn a_renewal_that_fails_is_tried_again(terraform: &Terraform) {
        let world = World::new(terraform);
        let token = world.mint(&world.license());
        world.write(&block("this", &token, &triggers("1")));
        world.apply();
        let before = world.state();
        world.write(&block("this", &token, &triggers("2")));
        world.grafana.set_issuer_reachable(false);
        assert!(error(&world, &APPLY).contains("must be able to reach https://grafana.com"));
        assert_eq!((world.state(), world.count("DELETE")), (before, 0));
        world.grafana.set_issuer_reachable(true);
        let asked = renewals(&world);
        world.apply();
        assert_eq!((renewals(&world), world.state()["renew_triggers"]["contract"].as_str()), (asked + 1, Some("2")));
        world.assert_empty_plan();
    }
}

cli_test! {
    fn what_renews_and_what_does_not(terraform: &Terraform) {
        let world = World::new(terraform);
        let larger = LicenseClaims { included_users: Some(99), jti: Some("9".to_owned()), ..world.license() };
        let [first, larger, other] = [world.license(), larger, world.with_id("7")].map(|claims| world.mint(&claims));
        let apply = |token: &str, more: &str, renewed: usize| {
            let before = renewals(&world);
            let source = "resource \"terraform_data\" \"source\" {\n  input = \"known later\"\n}\n";
            world.write(&(block("this", token, more) + source));
            world.apply();
            assert_eq!(renewals(&world) - before, renewed, "{more}");
            world.assert_empty_plan();
        };
        apply(&first, "", 0);
        apply(&first, &triggers("1"), 1);
        apply(&first, &triggers("null"), 1);
        apply(&first, "", 0);
        apply(&first, &triggers("terraform_data.source.output"), 1);
        apply(&first, "renew_triggers = {}\n  expiry_warning_days = 3", 1);
        apply(&larger, &triggers("2"), 0);
        apply(&other, &triggers("3"), 0);

        world.grafana.set_license(Some(world.with_id("99")));
        apply(&other, &triggers("4"), 1);
        assert_eq!(world.active().as_deref(), Some("7"), "put back, and renewed");

        world.workspace.run(&["state", "rm", ADDRESS]).expect("removes");
        world.write(&format!("resource \"grafana_enterprise_license\" \"this\" {{\n  {}\n}}\n", triggers("5")));
        world.workspace.import(ADDRESS, &world.grafana.root_url()).expect("imports");
        let before = renewals(&world);
        world.apply();
        assert_eq!(renewals(&world) - before, 1, "without a token");
        world.grafana.set_license(Some(world.with_id("99")));
        world.write(&format!("resource \"grafana_enterprise_license\" \"this\" {{\n  {}\n}}\n", triggers("6")));
        assert!(error(&world, &["plan"]).contains("Nothing has been renewed"));
        assert_eq!(renewals(&world) - before, 1, "not that of somebody else");
    }
}
