//! What each kind of plan warns of: what a reviewer should decide, and nothing else.

use simulator::grafana::{LicenseClaims, Options};

use super::*;

const REPLACES: &str = "This replaces another license";
const REMOVES: &str = "This removes the Enterprise license";
const SOON: &str = "The license expires soon";

impl World {
    /// The warnings of a plan, each with its detail, sorted.
    fn plan_warnings(&self, options: &[&str]) -> Vec<(String, String)> {
        let plan = self.workspace.run_json(&[&["plan"], options].concat()).expect("runs");
        let plan = plan.expect_success().expect("plans");
        let said = plan.warnings().into_iter().map(|w| (w.summary.clone(), w.detail.clone()));
        let mut said: Vec<_> = said.collect();
        said.sort();
        said
    }

    /// That a plan has just these warnings, and that the details have these parts.
    fn warns(&self, options: &[&str], summaries: &[&str], parts: &[&str]) {
        let said = self.plan_warnings(options);
        assert_eq!(
            said.iter().map(|(summary, _)| summary.as_str()).collect::<Vec<_>>(),
            summaries,
            "{said:?}"
        );
        for part in parts {
            assert!(said.iter().any(|(_, detail)| detail.contains(part)), "{part}: {said:?}");
        }
    }

    /// The same with the license of that token as the configuration.
    fn warns_with(&self, token: &str, more: &str, summaries: &[&str], parts: &[&str]) {
        self.write(&block("this", token, more));
        self.warns(&[], summaries, parts);
    }
}

/// A license of 80 users and half a year, as every test here begins with.
fn installed(world: &World) -> LicenseClaims {
    LicenseClaims { included_users: Some(80), lexp: Some(now() + 180 * DAY), ..world.license() }
}

cli_test! {
    fn of_changes_of_a_license(terraform: &Terraform) {
        let world = World::new(terraform);
        let installed = installed(&world);
        let first = world.mint(&installed);
        world.warns_with(&first, "", &[], &[]);
        world.apply();
        world.warns(&[], &[], &[]);
        world.warns_with(&first, "expiry_warning_days = 5", &[], &[]);
        world.warns_with(&first, "renew_triggers = { contract = 2 }", &[], &[]);
        world.grafana.auto_refresh();
        world.warns_with(&first, "", &[], &[]);

        let next = LicenseClaims { iat: Some(now() + 60), jti: Some("next".to_owned()), ..installed };
        let more = LicenseClaims { included_users: Some(90), lexp: Some(now() + 900 * DAY), ..next.clone() };
        world.warns_with(&world.mint(&more), "", &[], &[]);
        let fewer = LicenseClaims { included_users: Some(15), ..next.clone() };
        world.warns_with(&world.mint(&fewer), "", &["The license is reduced"], &["fewer users (15 instead of 80)"]);
        let earlier = LicenseClaims { lexp: Some(now() + 90 * DAY), ..next.clone() };
        world.warns_with(&world.mint(&earlier), "", &["The license is reduced"], &["an earlier end"]);
        let older = LicenseClaims { iat: Some(now() - DAY), ..next.clone() };
        world.warns_with(&world.mint(&older), "", &["The license token is older than the active one"], &[]);
        let other = LicenseClaims {
            lid: Some("2".to_owned()), company: Some("Other Inc".to_owned()), included_users: Some(15), ..next
        };
        let both = ["license 10500 (Example), valid until", "for 80 users", "license 2 (Other Inc), valid until", "for 15 users"];
        world.warns_with(&world.mint(&other), "", &[REPLACES], &both);
        world.warns(&[&format!("-replace={ADDRESS}")], &[REPLACES], &both);
        world.write(&block("this", &first, ""));
        world.warns(&[&format!("-replace={ADDRESS}")], &[], &[]);

        world.grafana.set_license(Some(other));
        world.warns(&[], &[REPLACES], &both);
    }
}

cli_test! {
    fn of_the_end_of_a_license(terraform: &Terraform) {
        let world = World::new(terraform);
        let ends = LicenseClaims { lexp: Some(now() + 20 * DAY), ..installed(&world) };
        let token = world.mint(&ends);
        world.write(&block("this", &token, ""));
        world.apply();
        world.warns(&[], &[SOON], &["in 19 days"]);
        let next = LicenseClaims { iat: Some(now() + 60), jti: Some("next".to_owned()), ..ends };
        world.warns_with(&world.mint(&LicenseClaims { lexp: Some(now() + 400 * DAY), ..next.clone() }), "", &[], &[]);
        world.warns_with(&world.mint(&next), "", &[SOON], &[]);
        world.warns_with(&token, "renew_triggers = { contract = 2 }", &[], &[]);
        world.warns_with(&token, "expiry_warning_days = 5", &[SOON], &[]);
    }
}

cli_test! {
    fn of_what_is_there_already(terraform: &Terraform) {
        let world = World::with(terraform, Options { licensed: true, ..Options::default() });
        let installed = installed(&world);
        world.grafana.set_license(Some(installed.clone()));
        let token = world.mint(&installed);
        let told = ["license 10500 (Example), valid until", "for 80 users", "Destroying this resource will remove"];
        world.warns_with(&token, "", &["The license is already installed"], &told);
        world.apply();
        assert_eq!(world.count("POST"), 0, "it is taken over");
        world.assert_no_drift();
        world.warns(&[], &[], &[]);

        world.workspace.run(&["state", "rm", ADDRESS]).expect("removes");
        let other = world.mint(&world.with_id("2"));
        let both = ["license 10500 (Example), valid until", "license 2 (Example), valid until"];
        world.warns_with(&other, "", &["The instance has another license"], &both);
        world.warns_with(&other, "replace_existing = true", &[REPLACES], &both);

        let import = format!("import {{\n  to = {ADDRESS}\n  id = \"{}\"\n}}\n", world.grafana.root_url());
        world.workspace.write("import.tf", &import).expect("can be written");
        world.warns_with(&token, "", &[], &[]);
        world.warns_with(&other, "", &[REPLACES], &both);
        world.write("resource \"grafana_enterprise_license\" \"this\" {}\n");
        world.warns(&[], &[], &[]);
    }
}

cli_test! {
    fn of_destroying_a_license(terraform: &Terraform) {
        let world = World::new(terraform);
        let token = world.mint(&installed(&world));
        world.write(&block("this", &token, ""));
        world.apply();
        let told = ["license 10500 (Example), valid until", "for 80 users", "Enterprise plugins stop working"];
        world.warns(&["-destroy"], &[REMOVES], &told);
        world.write("");
        world.warns(&[], &[REMOVES], &told);
        world.write("removed {\n  from = grafana_enterprise_license.this\n  lifecycle {\n    destroy = false\n  }\n}\n");
        let quiet = world.plan_warnings(&[]);
        assert!(quiet.iter().all(|(summary, _)| summary != REMOVES), "{quiet:?}");
        world.write(&(block("that", &token, "") + "moved {\n  from = grafana_enterprise_license.this\n  to   = grafana_enterprise_license.that\n}\n"));
        world.warns(&[], &[], &[]);
        world.apply();

        world.write(&[block("that", &token, ""), block("second", &token, "")].concat());
        // The first may not be read yet when the second is planned.
        let said = world.plan_warnings(&[]);
        assert!(said.iter().all(|(summary, _)| summary == "The license is already installed"), "{said:?}");
        world.apply();
        world.warns(&[], &[], &[]);
        world.warns(&["-destroy"], &[REMOVES], &told);
        world.grafana.set_license(Some(world.with_id("99")));
        world.warns(&["-destroy"], &[], &[]);
    }
}

cli_test! {
    fn of_two_licenses_and_of_an_instance_that_does_not_answer(terraform: &Terraform) {
        let mut world = World::new(terraform);
        let [one, two] = ["1", "2"].map(|id| world.mint(&world.with_id(id)));
        world.write(&[block("a", &one, ""), block("b", &two, "")].concat());
        world.warns(&[], &["Two licenses for one instance"], &["license 1", "license 2"]);
        world.write(&[block("a", &one, ""), block("b", &one, "")].concat());
        world.warns(&[], &[], &[]);
        world.apply();
        let [three, four] = ["3", "4"].map(|id| world.mint(&world.with_id(id)));
        world.write(&[block("a", &three, ""), block("b", &four, "")].concat());
        let said = world.plan_warnings(&[]);
        assert!(said.iter().any(|(summary, _)| summary == "Two licenses for one instance"), "{said:?}");

        world.workspace.run(&["state", "rm", "grafana_enterprise_license.a", "grafana_enterprise_license.b"]).expect("removes");
        world.grafana.drop_license();
        let url = world.grafana.url().to_owned();
        for (url, reason) in [("http://127.0.0.1:9/".to_owned(), "refused"), (format!("{}/grafana/", url.trim_end_matches('/')), "sub-path")] {
            world.workspace.env("GRAFANA_URL", url);
            world.warns_with(&one, "", &["The instance could not be checked"], &[reason]);
        }
    }
}
