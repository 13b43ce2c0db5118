//! What is wrong with a configuration is told at the `provider` block; what is wrong with a variable, by what needs it.

use simulator::amazon::{Amazon, Endpoint, Options};
use simulator::grafana::Generation;

use super::{grafana, workspace};
use crate::setup;

const DATA: &str = "data \"grafana_api_keys\" \"all\" {}\n";

const KEY: &str =
    "resource \"grafana_api_key\" \"new\" {\n  name = \"new\"\n  role = \"Viewer\"\n}\n";

/// Variables with values that cannot be used.
const WRONG: [(&str, &str); 13] = [
    ("GRAFANA_URL", "grafana.example.com"),
    ("GRAFANA_AUTH", "hunter2"),
    ("GRAFANA_ORG_ID", "-1"),
    ("GRAFANA_CA_CERT", "/no/such/file.pem"),
    ("GRAFANA_TLS_CERT", "/no/such/file.pem"),
    ("GRAFANA_TLS_KEY", "/no/hunter2"),
    ("GRAFANA_INSECURE_SKIP_VERIFY", "perhaps"),
    ("GRAFANA_HTTP_HEADERS", "hunter2"),
    ("GRAFANA_HTTP_HEADERS", r#"{"Host": "hunter2"}"#),
    ("GRAFANA_RETRIES", "many"),
    ("GRAFANA_RETRY_STATUS_CODES", "200"),
    ("GRAFANA_RETRY_WAIT", "-1"),
    ("GRAFANA_REQUEST_TIMEOUT", "soon"),
];

cli_test! {
    fn headers_that_would_be_lost_are_refused(terraform: &Terraform) {
        let grafana = grafana(Generation::V12_1);
        for (headers, named) in [
            (r#"{ "aUTHORIZATION" = "Bearer hunter2" }"#, "`auth`"),
            (r#"{ "Host" = "hunter2" }"#, "`url`"),
            (r#"{ "x-grafana-ORG-ID" = "2" }"#, "`org_id`"),
            (r#"{ "Content-Length" = "0" }"#, "`content-length`"),
            (r#"{ "X-A" = "hunter2", "x-a" = "b" }"#, "twice"),
        ] {
            let headers = format!("  http_headers = {headers}");
            let workspace = workspace(terraform, &grafana, &headers, DATA);
            let found = workspace.validate().expect("runs");
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].detail.contains(named) && !found[0].detail.contains("hunter2"), "{found:?}");
            assert!(found[0].summary.contains("http_headers"), "{found:?}");
        }
        let headers = "  http_headers = { \"Cookie\" = \"a=b\", \"X-Team\" = \"c\" }";
        assert!(workspace(terraform, &grafana, headers, DATA).validate().expect("runs").is_empty());
    }
}

cli_test! {
    fn each_wrong_variable_is_named_by_what_needs_it(terraform: &Terraform) {
        for (variable, value) in WRONG {
            let mut workspace = setup::workspace(terraform);
            let needs = if value == "hunter2" { KEY } else { DATA };
            workspace.write("main.tf", &format!("provider \"grafana\" {{}}\n{needs}")).expect("can be written");
            workspace.env("GRAFANA_URL", "http://127.0.0.1:9/").env("GRAFANA_AUTH", "admin:admin");
            workspace.env(variable, value);
            let run = workspace.run_json(&["plan"]).expect("runs");
            let errors = run.errors();
            let said = format!("{} {}", errors[0].summary, errors[0].detail);
            assert!(said.contains(variable) && !format!("{errors:?}").contains("hunter2"), "{said}");
            assert!(errors.iter().all(|error| !error.summary.contains("grafana_api_keys")));
        }
    }
}

cli_test! {
    fn a_url_without_a_sign_in_is_told_at_the_provider(terraform: &Terraform) {
        let grafana = grafana(Generation::V12_1);
        let mut workspace = setup::workspace(terraform);
        workspace.env("GRAFANA_URL", grafana.url());
        workspace.write("main.tf", &format!("provider \"grafana\" {{}}\n{DATA}")).expect("can be written");
        let warnings = |workspace: &terraform_runner::Workspace| {
            let run = workspace.run_json(&["plan"]).expect("runs");
            let found = run.warnings();
            found.into_iter().map(|found| found.detail.clone()).collect::<Vec<_>>()
        };
        let said = warnings(&workspace);
        assert!(said.iter().any(|said| said.contains("GRAFANA_AUTH")), "{said:?}");
        workspace.env("GRAFANA_AUTH", "anonymous");
        assert_eq!(warnings(&workspace), [""; 0]);
    }
}

cli_test! {
    fn variables_of_one_service_stop_nothing_of_the_other(terraform: &Terraform) {
        let amazon = Amazon::start(Options { endpoint: Endpoint::Nowhere, ..Options::default() }).expect("starts");
        let mut workspace = setup::workspace(terraform);
        amazon.exports().into_iter().for_each(|(name, value)| _ = workspace.env(name, value));
        for (variable, value) in WRONG {
            workspace.env(variable, value);
        }
        let id = amazon.workspace_id();
        let license = "data \"managed_workspace\" \"main\" {\n  provider = grafana\n";
        let license = format!("provider \"grafana\" {{}}\n{license}  workspace_id = \"{id}\"\n}}\n");
        workspace.write("main.tf", &license).expect("can be written");
        let plan = workspace.plan().expect("plans");
        assert!(plan.ui.errors().is_empty());

        let grafana = grafana(Generation::V12_1);
        let mut workspace = setup::workspace(terraform);
        workspace.env("GRAFANA_URL", grafana.url()).env("GRAFANA_AUTH", "admin:admin");
        for (variable, value) in [
            ("AWS_PROFILE", "nobody"),
            ("AWS_CONFIG_FILE", "/no/such/file"),
            ("AWS_REGION", "no region"),
            ("AWS_CA_BUNDLE", "/no/such/file"),
            ("AWS_ENDPOINT_URL", "nowhere"),
        ] {
            workspace.env(variable, value);
        }
        workspace.write("main.tf", &format!("provider \"grafana\" {{}}\n{DATA}")).expect("can be written");
        assert!(workspace.plan().expect("plans").ui.errors().is_empty());
    }
}
