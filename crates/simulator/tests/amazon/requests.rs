//! What holds for every operation: permissions, scripted errors, the record of calls.

use simulator::amazon::{Amazon, Credential, Endpoint, Failure, Operation, Options, Principal};
use simulator::faults::Fault;

use crate::client::Client;

fn start() -> (Amazon, Client, String) {
    let amazon = Amazon::start(Options { endpoint: Endpoint::Nowhere, ..Options::default() })
        .expect("a start");
    let client = Client::new(&amazon);
    let path = format!("/workspaces/{}", amazon.workspace_id());
    (amazon, client, path)
}

#[test]
fn a_principal_may_do_what_it_is_allowed_and_is_told_what_not() {
    let (amazon, client, path) = start();
    let reader = Credential::new("AKIAREADER", "secret").of(Principal::user("reader")
        .allow("grafana:DescribeWorkspace")
        .allow("grafana:ListWorkspaces"));
    amazon.add_credentials(reader.clone());
    let reader = client.with(&reader);
    assert_eq!(reader.get(&path).status, 200);
    assert_eq!(reader.get("/workspaces").status, 200);
    let denied =
        reader.send("POST", &format!("{path}/licenses/ENTERPRISE"), &[("grafana-token", "t")], "");
    assert_eq!((denied.status, denied.error()), (403, "AccessDeniedException"));
    let resource = format!("arn:aws:grafana:us-east-1:123456789012:{path}");
    assert_eq!(
        denied.message(),
        format!(
            "User: arn:aws:iam::123456789012:user/reader is not authorized to perform: grafana:AssociateLicense on resource: {resource} because no identity-based policy allows the grafana:AssociateLicense action"
        )
    );
}

#[test]
fn a_principal_may_act_in_its_regions_only() {
    let (amazon, client, _) = start();
    let european =
        Credential::new("AKIAEUROPE", "secret").of(Principal::user("e").only_in("eu-central-1"));
    amazon.add_credentials(european.clone());
    let european = client.with(&european);
    assert_eq!(european.in_region("eu-central-1").get("/workspaces").status, 200);
    let denied = european.get("/workspaces");
    assert_eq!((denied.status, denied.error()), (403, "AccessDeniedException"));
}

#[test]
fn scripted_errors_come_in_order_and_nothing_is_done() {
    let (amazon, client, path) = start();
    let license = format!("{path}/licenses/ENTERPRISE");
    amazon.fail_next(Operation::AssociateLicense, Failure::throttling().retry_after(3));
    amazon.fail_next(Operation::AssociateLicense, Failure::internal().retry_after(1));
    amazon.fail_next(Operation::AssociateLicense, Failure::access_denied("not today"));
    let associate = || client.send("POST", &license, &[("grafana-token", "t")], "");

    let throttled = associate();
    assert_eq!((throttled.status, throttled.error()), (429, "ThrottlingException"));
    assert_eq!((throttled.header("retry-after"), throttled.message()), ("3", "Rate exceeded"));
    let failed = associate();
    assert_eq!(
        (failed.status, failed.error(), failed.header("retry-after")),
        (500, "InternalServerException", "1")
    );
    let denied = associate();
    assert_eq!((denied.status, denied.message()), (403, "not today"));
    assert_eq!(client.get(&path).json["workspace"]["status"], "ACTIVE");
    assert_eq!(associate().status, 202);
}

#[test]
fn calls_are_recorded_with_who_and_where() {
    let (amazon, client, path) = start();
    client.in_region("eu-west-1").get("/workspaces");
    client.get(&path);
    client.delete(&format!("{path}/licenses/ENTERPRISE"));
    let calls = amazon.calls();
    let operations: Vec<_> =
        calls.iter().map(|call| (call.operation, call.region.as_str(), call.status)).collect();
    assert_eq!(
        operations,
        [
            (Operation::ListWorkspaces, "eu-west-1", 200),
            (Operation::DescribeWorkspace, "us-east-1", 200),
            (Operation::DisassociateLicense, "us-east-1", 400),
        ]
    );
    assert_eq!(calls[0].workspace_id, None);
    assert_eq!(calls[1].workspace_id.as_deref(), Some(amazon.workspace_id()));
    assert_eq!(calls[1].access_key, amazon.credential().access_key);
    assert_eq!(calls[2].error.as_deref(), Some("ValidationException"));
}

#[test]
fn no_secret_is_in_the_journal_or_in_debug() {
    let (amazon, client, path) = start();
    client.send(
        "POST",
        &format!("{path}/licenses/ENTERPRISE"),
        &[("grafana-token", "grafana-labs-secret")],
        "",
    );
    let written = format!("{:?} {amazon:?} {:?}", amazon.journal(), amazon.calls());
    assert!(!written.contains(&client.secret));
    assert!(!written.contains("grafana-labs-secret"));
    assert!(written.contains(&client.access_key));
    assert_eq!(amazon.journal().entries()[0].who, format!("{} in us-east-1", client.access_key));
}

#[test]
fn the_exports_lead_to_the_first_workspace() {
    let (amazon, client, path) = start();
    let exports = amazon.exports();
    let value = |name: &str| &exports.iter().find(|(known, _)| known == name).expect(name).1;
    assert_eq!(value("AWS_ENDPOINT_URL_GRAFANA"), &client.url);
    assert_eq!(value("AWS_REGION"), &client.region);
    assert_eq!(value("AWS_ACCESS_KEY_ID"), &client.access_key);
    assert_eq!(value("AWS_SECRET_ACCESS_KEY"), &client.secret);
    assert_eq!(path, format!("/workspaces/{}", value("GRAFANA_WORKSPACE_ID")));
}

#[test]
fn faults_of_the_network_come_before_the_service() {
    let (amazon, client, path) = start();
    amazon.faults().push(Fault::on("GET", "/workspaces/*").html(502));
    let answer = client.get(&path);
    assert_eq!((answer.status, answer.error()), (502, ""));
    assert_eq!(client.get(&path).status, 200);
}

#[test]
fn unknown_operations_are_refused() {
    let (_amazon, client, path) = start();
    for (method, path) in
        [("GET", "/".into()), ("PATCH", path.clone()), ("GET", format!("{path}/licenses"))]
    {
        let answer = client.send(method, &path, &[], "");
        assert_eq!(
            (answer.status, answer.error()),
            (404, "UnknownOperationException"),
            "{method} {path}"
        );
    }
}

#[test]
fn answers_carry_an_id_and_the_services_date() {
    let (amazon, client, path) = start();
    assert_eq!(client.get(&path).header("x-amzn-requestid").len(), 32);
    amazon.clock().set_ahead(-200);
    let date = client.get(&path).header("date").to_owned();
    let told = jiff::fmt::rfc2822::parse(&date).expect("a date").timestamp();
    let behind = amazon.clock().now().duration_since(told);
    assert!(behind.as_secs() < 60, "{date}");
}
