use std::time::Duration;

use simulator::faults::Fault;
use simulator::grafana::{ActiveUsers, Lag, LicenseClaims, Options, Role};
use simulator::journal::Entry;

use super::*;

/// The one error of a command that fails.
fn error(world: &World, command: &[&str]) -> String {
    let run = world.workspace.run_json(command).expect("runs");
    assert!(!run.success(), "{:?}", run.run);
    let errors = run.errors();
    assert_eq!(errors.len(), 1, "{errors:?}");
    format!("{}: {}", errors[0].summary, errors[0].detail)
}

const APPLY: [&str; 2] = ["apply", "-auto-approve"];

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

        let token = "/api/licensing/token";
        for (fault, part) in [
            (Fault::on("GET", token).html(200), "Is `url` right"),
            (Fault::on("GET", token).status(500), "500"),
        ] {
            world.grafana.faults().push(fault.always());
            assert!(error(&world, &["plan"]).contains(part), "{part}");
            world.grafana.faults().clear();
        }
        world.grafana.faults().push(Fault::on("DELETE", token).status(422).always());
        let said = error(&world, &["apply", "-auto-approve", "-destroy"]);
        assert!(said.matches(&world.grafana.root_url()).count() >= 2, "{said}");
        world.grafana.faults().clear();
        world.assert_empty_plan();

        let oss = Grafana::start(Options { enterprise: false, ..Options::default() }).expect("starts");
        world.workspace.env("GRAFANA_URL", oss.url());
        assert!(error(&world, &["plan"]).contains("Open Source"));
        world.workspace.env("GRAFANA_URL", world.grafana.url());
        world.assert_empty_plan();
    }
}

cli_test! {
    fn a_stopped_apply_keeps_the_license_in_the_state(terraform: &Terraform) {
        let options = Options { nodes: 2, lag: Lag::Requests(1_000_000), ..Options::default() };
        let world = World::with(terraform, options);
        world.write_with(&world.license(), "");
        let apply = world.workspace.spawn(&["apply", "-auto-approve"]).expect("starts");
        let posted = |entry: &Entry| entry.is("POST", "/api/licensing/token") && entry.status().is_some();
        let seen = world.grafana.journal().wait_for(
            |entries| entries.iter().any(posted),
            Duration::from_secs(60),
        );
        assert!(seen, "{}", apply.so_far());
        apply.interrupt().expect("interrupts");
        let run = apply.wait().expect("ends");
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains("Not every node shows the license yet"), "{run}");
        let resource = world.workspace.state_resource(ADDRESS).expect("a state").expect("there");
        assert_ne!(resource["tainted"], serde_json::json!(true));
    }
}

cli_test! {
    fn nodes_that_disagree_change_nothing(terraform: &Terraform) {
        let options = Options { nodes: 3, lag: Lag::Requests(1_000_000), ..Options::default() };
        let world = World::with(terraform, options);
        world.grafana.set_license(Some(world.license()));
        world.write_with(&world.license(), "");
        world.apply();
        remove_on_one_node(&world.grafana);
        for _ in 0..3 {
            world.assert_empty_plan();
        }
    }
}

cli_test! {
    fn users_and_tokens_are_warned_about(terraform: &Terraform) {
        let world = World::new(terraform);
        world.write_with(&world.license(), "");
        world.apply();
        world.grafana.set_active_users(ActiveUsers { active_users: 16, ..ActiveUsers::default() });
        let claims = LicenseClaims { exp: Some(now() + DAY), ..world.license() };
        world.grafana.set_license(Some(claims));
        let plan = world.workspace.plan().expect("plans");
        assert!(plan.is_empty());
        let mut said: Vec<_> = plan.ui.warnings().iter().map(|w| w.summary.clone()).collect();
        said.sort();
        assert_eq!(
            said,
            ["More active users than the license includes", "The license token is not being refreshed"]
        );
    }
}

/// Removes the license so that the other nodes do not notice.
fn remove_on_one_node(grafana: &Grafana) {
    use terraform_provider_grafana::grafana::{Auth, Client, Settings};
    let mut settings = Settings::new(&grafana.url()).expect("a URL");
    settings.auth = Auth::parse(&"admin:admin".into()).expect("a sign-in");
    let client = Client::new(&settings).expect("a client");
    let licensing = client.licensing().expect("a password");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(licensing.remove(&grafana.root_url())).expect("removed");
}
