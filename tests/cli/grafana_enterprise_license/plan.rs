use simulator::grafana::{LicenseClaims, Options};

use super::*;

cli_test! {
    fn what_grafana_would_refuse(terraform: &Terraform) {
        let world = World::new(terraform);
        let sample = serde_json::json!({"this": "is", "not": "a", "valid": "license"});
        let sample = world.grafana.issuer().mint(&sample).expect("can be signed");
        let good = world.license();
        let bad = [
            ("Bearer e30.e30.e30".to_owned(), "not a JWT"),
            (sample, "without any claim of a Grafana license"),
            (world.mint(&LicenseClaims { lexp: Some(now() - 1), ..good.clone() }), "Get the token of the renewed license"),
            (world.mint(&LicenseClaims { nbf: Some(now() + DAY), ..good.clone() }), "Apply after that time"),
            (world.mint(&LicenseClaims { prod: Some(vec!["grafana-cloud".to_owned()]), ..good }), "grafana-cloud"),
        ];
        let blocks: Vec<_> =
            bad.iter().enumerate().map(|(number, (token, _))| block(&format!("r{number}"), token, "")).collect();
        world.write(&blocks.concat());
        let run = world.workspace.run_json(&["plan"]).expect("runs");
        let errors = run.errors();
        assert_eq!(errors.len(), bad.len(), "{errors:?}");
        for (_, part) in &bad {
            let error = errors.iter().find(|error| error.detail.contains(part));
            assert_eq!(error.and_then(|error| error.attribute()), Some("token"), "{part}: {errors:?}");
        }
        assert_eq!(world.count("POST"), 0);
    }
}

cli_test! {
    fn what_grafana_might_accept(terraform: &Terraform) {
        let world = World::with(terraform, Options { licensed: true, ..Options::default() });
        let active = world.grafana.license().expect("one");
        let over = LicenseClaims { included_users: Some(99), exp: Some(now() - 1), ..active.clone() };
        let older = LicenseClaims { included_users: Some(99), iat: Some(now() - DAY), ..active };
        let url = world.grafana.root_url().replace("http://", "HTTP://");
        let spelled = LicenseClaims { sub: Some(url.trim_end_matches('/').to_owned()), ..world.license() };
        let [over, older, spelled] = [over, older, spelled].map(|claims| world.mint(&claims));
        world.write(&[block("over", &over, ""), block("older", &older, ""), block("spelled", &spelled, "")].concat());
        let plan = world.workspace.plan().expect("plans");
        let mut said: Vec<_> =
            plan.ui.warnings().iter().map(|w| (w.summary.clone(), w.attribute().map(str::to_owned))).collect();
        said.sort();
        let at_token = |summary: &str| (summary.to_owned(), Some("token".to_owned()));
        assert_eq!(
            said,
            [
                at_token("The license is already installed"),
                at_token("The license token has expired"),
                at_token("The license token is older than the active one"),
            ]
        );
    }
}

cli_test! {
    fn an_unchanged_token_is_not_judged_and_a_plan_needs_no_instance(terraform: &Terraform) {
        let mut world = World::new(terraform);
        world.write_with(&world.license(), "");
        world.workspace.env("GRAFANA_URL", "http://127.0.0.1:9/");
        let plan = world.workspace.plan().expect("plans");
        let change = plan.change(ADDRESS).expect("a change");
        assert_eq!(change.after["license_id"], "10500");
        assert_eq!(warned(&plan.ui), ["The instance could not be checked"]);
        world.workspace.env("GRAFANA_URL", world.grafana.url());

        let past = Some(now() - DAY);
        world.write_with(&LicenseClaims { exp: past, lexp: past, ..world.license() }, "");
        world.grafana.set_license(Some(LicenseClaims { jti: Some("9".to_owned()), ..world.license() }));
        let mut adopted = world.workspace.apply().expect("adopts").diagnostics;
        adopted.dedup_by(|one, other| one.summary == other.summary);
        assert_eq!(adopted[0].summary, "The license is already installed", "{adopted:?}");
        assert_eq!(adopted.len(), 1, "{adopted:?}");
        let plan = world.workspace.plan().expect("plans");
        assert_eq!((plan.is_empty(), warned(&plan.ui)), (true, vec![]));
        world.grafana.set_license(Some(world.with_id("666")));
        assert!(error(&world, &["plan"]).contains("has expired"), "now it would be sent");
        assert_eq!(world.count("POST"), 0);
    }
}

cli_test! {
    fn a_bad_token_is_refused_at_plan_on_its_line(terraform: &Terraform) {
        let world = World::new(terraform);
        world.write_with(&LicenseClaims::for_instance("https://elsewhere.example/"), "");
        let run = world.workspace.run_json(&["plan"]).expect("runs");
        let errors = run.errors();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].detail.contains("https://elsewhere.example/"));
        assert!(errors[0].detail.contains(&world.grafana.root_url()));
        assert_eq!(errors[0].attribute(), Some("token"));
    }
}

cli_test! {
    fn a_bad_token_known_only_at_apply_is_refused_there(terraform: &Terraform) {
        let world = World::new(terraform);
        let token = world.mint(&LicenseClaims::for_instance("https://elsewhere.example/"));
        world.write(&format!(
            "resource \"terraform_data\" \"source\" {{\n  input = \"{token}\"\n}}\n\
             resource \"grafana_enterprise_license\" \"this\" {{\n  token = terraform_data.source.output\n}}\n"
        ));
        let plan = world.workspace.plan().expect("plans");
        let change = plan.change(ADDRESS).expect("a change");
        assert!(change.is_unknown("license_id") && change.is_unknown("company"));
        let run = world.workspace.run_json(&["apply", "-auto-approve"]).expect("runs");
        let errors = run.errors();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].detail.contains("https://elsewhere.example/"), "{errors:?}");
        assert_eq!((world.active(), world.count("POST")), (None, 0));
    }
}
