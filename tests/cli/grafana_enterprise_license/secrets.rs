use std::fs;

use simulator::grafana::LicenseClaims;

use super::*;

cli_test! {
    needs(Ephemeral, WriteOnly)
    fn a_write_only_token_is_nowhere(terraform: &Terraform) {
        let mut world = World::new(terraform);
        let license = world.license();
        let token = world.mint(&license);
        let log = world.workspace.home().join("trace.log");
        world.workspace.env("TF_LOG", "TRACE").env("TF_LOG_PATH", &log).env("TF_VAR_token", &token);
        world.write(
            "variable \"token\" {\n  type      = string\n  ephemeral = true\n}\n\
             resource \"grafana_enterprise_license\" \"this\" {\n  token_wo         = var.token\n  token_wo_version = 1\n}\n",
        );
        let post = simulator::faults::Fault::on("POST", "/api/licensing/token").status(500);
        world.grafana.faults().push(post.always());
        assert!(error(&world, &APPLY).contains("500"));
        world.grafana.faults().clear();
        let plan = world.workspace.plan().expect("plans");
        let change = plan.change(ADDRESS).expect("a change");
        assert_eq!(change.after["license_id"], "10500");
        assert!(change.is_unknown("token_id"));
        let fresh = LicenseClaims { jti: Some("fresh".to_owned()), ..license };
        world.workspace.env("TF_VAR_token", world.mint(&fresh));
        world.workspace.apply_plan(&plan).expect("applies what the source gives by now");
        assert_eq!(world.state()["token_id"], "fresh");
        world.assert_empty_plan();
        let log = fs::read_to_string(&log).expect("a log");
        let state = world.workspace.raw_state_file().expect("a state");
        let signature = token.rsplit('.').next().expect("a signature");
        for (place, text) in [("plan", plan.json.to_string()), ("state", state), ("log", log)] {
            assert!(text.contains("grafana_enterprise_license"), "{place}");
            assert!(!text.contains(&token) && !text.contains(signature), "{place}");
        }
    }
}

cli_test! {
    fn a_stored_token_is_hidden_and_in_no_log(terraform: &Terraform) {
        let mut world = World::new(terraform);
        world.write_with(&world.license(), "");
        let token = world.mint(&world.license());
        let provider_log = world.workspace.home().join("provider.log");
        world.workspace.env("TF_LOG_PROVIDER", "TRACE").env("TF_LOG_PATH", &provider_log);
        let shown = world.workspace.run(&["plan"]).expect("plans").stdout;
        assert!(shown.contains("(sensitive value)"), "{shown}");
        world.apply();
        let log = fs::read_to_string(&provider_log).expect("a log");
        let payload = token.split('.').nth(1).expect("claims");
        assert!(log.contains("/api/licensing/token"), "{log}");
        assert!(!log.contains(payload) && !shown.contains(payload));
    }
}
