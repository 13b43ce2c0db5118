//! Data source, function, action and list.

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
        let soon = LicenseClaims { lexp: Some(now() + 13 * DAY), ..world.license() };
        world.grafana.set_license(Some(soon));
        assert_eq!(status(), "fail");
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
    needs(ProviderFunctions)
    fn a_token_is_decoded_offline(terraform: &Terraform) {
        let mut world = World::new(terraform);
        let token = world.mint(&world.license());
        world.workspace.env_remove("GRAFANA_URL").env_remove("GRAFANA_AUTH");
        let decoded = |token: &str| {
            format!("output \"claims\" {{\n  value = provider::grafana::decode_license_token(\"{token}\")\n}}\n")
        };
        world.write(&decoded(&token));
        world.apply();
        let outputs = world.workspace.outputs().expect("outputs");
        let claims = &outputs["claims"]["value"];
        assert_eq!((&claims["included_users"], &claims["trial_expires_at"]), (&15.into(), &Json::Null));
        world.write(&decoded("hunter2"));
        let plan = world.workspace.run_json(&["plan"]).expect("runs");
        assert!(plan.errors()[0].detail.contains("the token is no JWT"), "{:?}", plan.errors());
        assert!(world.grafana.journal().entries().is_empty());
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
        assert!(!run.success() && said.contains("needs a way out"), "{run}");
        assert!(world.grafana.license().is_some());
        world.grafana.drop_license();
        let run = world.workspace.run(&renew).expect("runs");
        assert!(!run.success() && run.stderr.contains("Nothing to renew"), "{run}");
    }
}

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
