//! `retries`, `retry_wait` and `retry_status_codes` hold for every request.

use simulator::faults::Fault;
use simulator::grafana::{Generation, Grafana, LicenseClaims};

use super::{grafana, workspace};

const KEY: &str =
    "resource \"grafana_api_key\" \"ci\" {\n  name = \"ci\"\n  role = \"Viewer\"\n}\n";
const LISTED: &str = "  retries = 5\n  retry_status_codes = [\"407\", \"429\", \"5xx\"]";
const LICENSE: &str = "/api/licensing/token";

/// The requests that change something, on generations that take them.
const CHANGES: [(&str, &str, Generation); 4] = [
    ("POST", "/api/auth/keys", Generation::V9_4),
    ("POST", "/api/serviceaccounts", Generation::V12_1),
    ("POST", "/api/serviceaccounts/*/tokens", Generation::V12_1),
    ("POST", LICENSE, Generation::V12_1),
];

fn license(grafana: &Grafana) -> String {
    let claims = LicenseClaims::for_instance(&grafana.root_url());
    let token = grafana.issuer().mint(&claims).expect("can be signed");
    format!("resource \"grafana_enterprise_license\" \"this\" {{\n  token = \"{token}\"\n}}\n")
}

/// What sends a request of this path.
fn sender(grafana: &Grafana, path: &str) -> String {
    if path == LICENSE { license(grafana) } else { KEY.to_owned() }
}

cli_test! {
    fn what_is_listed_is_sent_again(terraform: &Terraform) {
        for (method, path, generation) in CHANGES {
            let on = || Fault::on(method, path);
            for (fault, times) in [(on().html(407), 1), (on().status(407), 1), (on().status(503), 4)] {
                let grafana = grafana(generation);
                let workspace = workspace(terraform, &grafana, LISTED, &sender(&grafana, path));
                grafana.faults().push(fault.times(times));
                workspace.apply().expect("applies");
                assert_eq!(grafana.journal().count(method, path), times + 1, "{path}");
                workspace.destroy().expect("destroys");
            }
        }
    }
}

cli_test! {
    fn removals_are_sent_again_too(terraform: &Terraform) {
        for (path, sent, generation) in [
            ("/api/auth/keys/*", "/api/auth/keys/*", Generation::V9_4),
            ("/api/serviceaccounts/*", "/api/serviceaccounts/*", Generation::V12_1),
            (LICENSE, LICENSE, Generation::V12_1),
        ] {
            let grafana = grafana(generation);
            let workspace = workspace(terraform, &grafana, LISTED, &sender(&grafana, path));
            workspace.apply().expect("applies");
            grafana.faults().push(Fault::on("DELETE", path).html(407));
            grafana.faults().push(Fault::on("DELETE", path).status(503));
            workspace.destroy().expect("destroys");
            assert_eq!(grafana.journal().count("DELETE", sent), 3, "{path}");
        }
    }
}

cli_test! {
    fn what_is_not_to_be_retried_is_sent_once_and_says_why(terraform: &Terraform) {
        for (method, path, generation) in CHANGES {
            for (settings, names) in [
                ("  retries = 0", "sent once, because `retries` is 0"),
                ("  retry_status_codes = [\"429\"]", "`retry_status_codes` does not list"),
            ] {
                let grafana = grafana(generation);
                let workspace = workspace(terraform, &grafana, settings, &sender(&grafana, path));
                grafana.faults().push(Fault::on(method, path).status(503).always());
                let run = workspace.run_json(&["apply", "-auto-approve"]).expect("runs");
                assert!(run.errors()[0].detail.contains(names), "{path}: {:?}", run.errors());
                assert_eq!(grafana.journal().count(method, path), 1, "{path}");
            }
        }
    }
}

cli_test! {
    fn the_end_of_retries_names_them_and_how_long_they_took(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        let workspace = workspace(terraform, &grafana, "  retries = 1\n  retry_wait = 1", KEY);
        grafana.faults().push(Fault::on("*", "/**").status(503).always());
        let run = workspace.run_json(&["apply", "-auto-approve"]).expect("runs");
        let detail = &run.errors()[0].detail;
        assert!(detail.contains("sent 2 times over 1."), "{detail}");
        assert!(detail.contains("`retries` or `retry_wait`"), "{detail}");
    }
}

cli_test! {
    fn a_refusal_among_good_answers_is_tried_again_if_it_is_listed(terraform: &Terraform) {
        for (path, generation) in
            [("/api/auth/keys", Generation::V9_4), ("/api/serviceaccounts/*/tokens", Generation::V12_1)]
        {
            let grafana = grafana(generation);
            let codes = "  retry_status_codes = [\"401\", \"429\", \"5xx\"]";
            let workspace = workspace(terraform, &grafana, codes, KEY);
            grafana.faults().push(Fault::on("POST", path).status(401));
            workspace.apply().expect("applies");
            grafana.faults().push(Fault::on("GET", "/api/**").skip(1).always().status(401));
            grafana.journal().clear();
            let destroyed = workspace.run_json(&["destroy", "-auto-approve"]).expect("runs");
            assert!(!destroyed.errors().is_empty());
            let entries = grafana.journal().entries();
            let refused = entries.iter().filter(|entry| entry.status() == Some(401)).count();
            assert!((1..=3).contains(&refused), "five would lock the user: {refused}");
        }
    }
}

cli_test! {
    fn codes_that_are_never_retried_are_refused(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        for code in ["100", "200", "2xx", "302", "xxx", "x29", "600", "4"] {
            let codes = format!("  retry_status_codes = [\"{code}\"]");
            let workspace = workspace(terraform, &grafana, &codes, KEY);
            let run = workspace.run_json(&["plan"]).expect("runs");
            let error = &run.errors()[0];
            assert!(error.detail.contains(&format!("{code:?} is not the status code of an error")), "{error:?}");
        }
        assert!(grafana.journal().entries().is_empty());
    }
}
