use simulator::faults::Fault;
use simulator::grafana::{Generation, Options, Role};

use super::*;

cli_test! {
    fn each_failure_is_clear_and_loses_nothing(terraform: &Terraform) {
        let mut world = World::new(terraform);
        world.write_with(&world.license(), "");
        world.grafana.create_user("reader", "pw12345").expect("a user");
        world.grafana.add_member(1, "reader", Role::Viewer).expect("a member");
        world.grafana.set_permissions("reader", &["licensing:read"]).expect("permissions");
        world.workspace.env("GRAFANA_AUTH", "reader:pw12345");
        assert!(error(&world, &APPLY).contains("licensing:write"));
        let key = world.grafana.create_api_key(1, "k", Role::Admin, None).expect("a key");
        world.workspace.env("GRAFANA_AUTH", key.key);
        assert!(error(&world, &["plan"]).contains("user:password"));
        world.workspace.env("GRAFANA_AUTH", "admin:admin");
        world.apply();

        world.workspace.env("GRAFANA_AUTH", "admin:wrong");
        assert!(error(&world, &["plan"]).contains("authentication failed"));
        world.workspace.env("GRAFANA_AUTH", "reader:pw12345");
        assert!(error(&world, &DESTROY).contains("licensing:delete"));
        world.workspace.env("GRAFANA_AUTH", "admin:admin");

        let token = "/api/licensing/token";
        for (fault, part) in [
            (Fault::on("GET", token).html(200), "Check `url`"),
            (Fault::on("GET", token).status(500), "500"),
        ] {
            world.grafana.faults().push(fault.always());
            assert!(error(&world, &["plan"]).contains(part), "{part}");
            world.grafana.faults().clear();
        }
        world.grafana.faults().push(Fault::on("DELETE", token).status(422).always());
        let said = error(&world, &DESTROY);
        assert!(said.matches(&world.grafana.root_url()).count() >= 2, "{said}");
        world.grafana.faults().clear();
        world.grafana.faults().push(Fault::on("DELETE", token).status(500).always());
        assert!(error(&world, &DESTROY).contains("still there"));
        world.grafana.faults().clear();
        world.grafana.faults().push(Fault::on("DELETE", token).html(502).always());
        assert!(error(&world, &DESTROY).contains("Check `url`"));
        world.grafana.faults().clear();
        world.assert_empty_plan();
        assert_eq!(world.active().as_deref(), Some("10500"));

        let oss = Grafana::start(Options { enterprise: false, ..Options::default() }).expect("starts");
        world.workspace.env("GRAFANA_URL", oss.url());
        assert!(error(&world, &["plan"]).contains("Open Source"));
        world.workspace.env("GRAFANA_URL", world.grafana.url());
        world.assert_empty_plan();
    }
}

cli_test! {
    fn an_installation_that_fails_is_clear_and_is_done_the_next_time(terraform: &Terraform) {
        let world = World::with(terraform, Options { generation: Generation::V8_4, ..Options::default() });
        world.write_with(&world.license().with_admins_and_viewers(3, 4), "");
        let token = "/api/licensing/token";
        for (fault, part) in [
            (Fault::on("POST", token).status(500), "has no license now"),
            (Fault::on("POST", token).html(502), "Check `url`"),
            (Fault::on("POST", token).status(403).body("application/json", r#"{"message":"Permission denied"}"#), "licensing:update"),
            (Fault::on("GET", "/api/frontend/settings").skip(1).html(200), "Check `url`"),
        ] {
            world.grafana.faults().push(fault.always());
            assert!(error(&world, &APPLY).contains(part), "{part}");
            world.grafana.faults().clear();
        }
        world.apply();
        world.assert_empty_plan();
    }
}

cli_test! {
    fn grafana_oss_says_so_wherever_it_is_asked(terraform: &Terraform) {
        let world = World::with(terraform, Options { enterprise: false, ..Options::default() });
        world.write("data \"grafana_enterprise_license\" \"a\" {}\n");
        assert!(error(&world, &["plan"]).contains("Open Source"));
        let input = world.mint(&world.license());
        world.write(&format!(
            "resource \"terraform_data\" \"source\" {{\n  input = \"{input}\"\n}}\n\
             resource \"grafana_enterprise_license\" \"this\" {{\n  token = terraform_data.source.output\n}}\n"
        ));
        assert!(error(&world, &APPLY).contains("Open Source"));
    }
}

cli_test! {
    needs(Actions, ListResources)
    fn grafana_oss_says_so_to_the_action_and_the_list(terraform: &Terraform) {
        let world = World::with(terraform, Options { enterprise: false, ..Options::default() });
        world.write("action \"grafana_enterprise_license_renew\" \"now\" {}\n");
        let invoke = "-invoke=action.grafana_enterprise_license_renew.now";
        assert!(error(&world, &["apply", "-auto-approve", invoke]).contains("Open Source"));
        let list = "list \"grafana_enterprise_license\" \"all\" {\n  provider = grafana\n}\n";
        world.workspace.write("license.tfquery.hcl", list).expect("can be written");
        let run = world.workspace.run(&["query", "-no-color"]).expect("runs");
        assert!(format!("{}{}", run.stdout, run.stderr).contains("Open Source"), "{run}");
    }
}
