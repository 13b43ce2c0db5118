//! `CreateWorkspaceApiKey` and `DeleteWorkspaceApiKey`.

use serde_json::json;
use simulator::amazon::{Amazon, Endpoint, Failure, NewWorkspace, Operation, Options};

use crate::client::{Answer, Client, http};

fn start(version: &str) -> (Amazon, Client) {
    let options = Options { grafana_version: version.into(), ..Options::default() };
    let amazon = Amazon::start(options).expect("a start");
    let client = Client::new(&amazon);
    (amazon, client)
}

fn create(amazon: &Amazon, client: &Client, name: &str) -> Answer {
    let body = json!({ "keyName": name, "keyRole": "VIEWER", "secondsToLive": 60 });
    client.post(&format!("/workspaces/{}/apikeys", amazon.workspace_id()), &body)
}

fn delete(amazon: &Amazon, client: &Client, name: &str) -> Answer {
    client.delete(&format!("/workspaces/{}/apikeys/{name}", amazon.workspace_id()))
}

#[test]
fn a_key_opens_the_workspaces_grafana_until_it_is_deleted() {
    for version in ["8.4", "9.4", "10.4"] {
        let (amazon, client) = start(version);
        let created = create(&amazon, &client, "my key");
        assert_eq!(created.status, 200, "{}", created.text);
        assert_eq!(created.json["keyName"], "my key");
        assert_eq!(created.json["workspaceId"], amazon.workspace_id());

        let endpoint = amazon.workspace(amazon.workspace_id()).expect("a workspace").endpoint;
        let key = created.json["key"].as_str().expect("a key");
        let ask = || {
            http()
                .get(format!("{endpoint}/api/org"))
                .bearer_auth(key)
                .send()
                .expect("an answer")
                .status()
        };
        assert_eq!(ask(), 200, "{version}");
        let deleted = delete(&amazon, &client, "my%20key");
        assert_eq!(
            deleted.json,
            json!({ "keyName": "my key", "workspaceId": amazon.workspace_id() })
        );
        assert_ne!(ask(), 200, "{version}");
        let again = delete(&amazon, &client, "my%20key");
        assert_eq!((again.status, again.json["resourceId"].as_str()), (404, Some("my key")));
    }
}

#[test]
fn a_name_is_taken_once() {
    let (amazon, client) = start("10.4");
    assert_eq!(create(&amazon, &client, "ci").status, 200);
    let taken = create(&amazon, &client, "ci");
    assert_eq!((taken.status, taken.error()), (409, "ConflictException"));
    assert_eq!(
        (&taken.json["resourceId"], &taken.json["resourceType"]),
        (&"ci".into(), &"API key".into())
    );
}

#[test]
fn fields_have_limits() {
    let (amazon, client) = start("10.4");
    let path = format!("/workspaces/{}/apikeys", amazon.workspace_id());
    for (field, name, role, life) in [
        ("keyName", "", "VIEWER", 60),
        ("keyName", &"x".repeat(101), "VIEWER", 60),
        ("keyRole", "ci", "Viewer", 60),
        ("secondsToLive", "ci", "VIEWER", 0),
        ("secondsToLive", "ci", "VIEWER", -1),
        ("secondsToLive", "ci", "VIEWER", 2_592_001),
    ] {
        let refused =
            client.post(&path, &json!({ "keyName": name, "keyRole": role, "secondsToLive": life }));
        assert_eq!(
            (refused.status, refused.error()),
            (400, "ValidationException"),
            "{field} {life}"
        );
        assert_eq!(refused.json["fieldList"][0]["name"], field);
    }
    let longest =
        json!({ "keyName": "x".repeat(100), "keyRole": "ADMIN", "secondsToLive": 2_592_000 });
    assert_eq!(client.post(&path, &longest).status, 200);
    let refused = client.send("POST", &path, &[], "no JSON");
    assert_eq!((refused.status, refused.json["reason"].as_str()), (400, Some("CANNOT_PARSE")));
}

#[test]
fn new_grafanas_have_no_keys() {
    let (amazon, client) = start("12.4");
    for refused in [create(&amazon, &client, "ci"), delete(&amazon, &client, "ci")] {
        assert_eq!(
            (refused.status, refused.error()),
            (400, "ValidationException"),
            "{}",
            refused.text
        );
    }
}

#[test]
fn an_upgrade_turns_keys_into_tokens() {
    let (amazon, client) = start("8.4");
    create(&amazon, &client, "ci");
    amazon.upgrade_grafana(amazon.workspace_id(), "10.4").expect("an upgrade");
    assert_eq!(delete(&amazon, &client, "ci").status, 404);
    let accounts =
        client.get(&format!("/workspaces/{}/serviceaccounts", amazon.workspace_id())).json;
    assert_eq!(accounts["serviceAccounts"].as_array().map(Vec::len), Some(1), "{accounts}");
}

#[test]
fn a_busy_workspace_and_a_used_up_quota_refuse() {
    let (amazon, client) = start("10.4");
    let id = amazon.workspace_id();
    amazon.change_workspace(id, |workspace| workspace.status = "UPDATING".into());
    let busy = create(&amazon, &client, "ci");
    assert_eq!((busy.status, busy.error()), (409, "ConflictException"));
    amazon.change_workspace(id, |workspace| workspace.status = "ACTIVE".into());
    amazon.fail_next(Operation::CreateWorkspaceApiKey, Failure::quota("workspace", id, "L-1"));
    let full = create(&amazon, &client, "ci");
    assert_eq!((full.status, full.error()), (402, "ServiceQuotaExceededException"));
    for member in ["message", "resourceId", "resourceType", "serviceCode", "quotaCode"] {
        assert!(full.json[member].is_string(), "{member}");
    }
    assert_eq!(create(&amazon, &client, "ci").status, 200);
}

#[test]
fn the_endpoint_is_as_the_options_say() {
    let (amazon, client) = start("10.4");
    let http_endpoint = amazon.workspace(amazon.workspace_id()).expect("a workspace").endpoint;
    assert!(http_endpoint.starts_with("http://127.0.0.1:"), "{http_endpoint}");
    assert!(!amazon.exports().iter().any(|(name, _)| name == "GRAFANA_CA_CERT"));

    let https = Amazon::start(Options { endpoint: Endpoint::Https, ..Options::default() })
        .expect("a start");
    let endpoint = https.workspace(https.workspace_id()).expect("a workspace").endpoint;
    assert!(endpoint.starts_with("127.0.0.1:"), "{endpoint}");
    let exports = https.exports();
    let (_, pem) =
        exports.iter().find(|(name, _)| name == "GRAFANA_CA_CERT").expect("a certificate");
    let certificate = reqwest::Certificate::from_pem(pem.as_bytes()).expect("a certificate");
    let secure = reqwest::blocking::Client::builder()
        .no_proxy()
        .tls_certs_only([certificate])
        .build()
        .expect("a client");
    assert_eq!(
        secure.get(format!("https://{endpoint}/api/health")).send().expect("an answer").status(),
        200
    );

    let nowhere =
        amazon.create_workspace(NewWorkspace::named("n").endpoint(Endpoint::Nowhere)).expect("one");
    assert!(amazon.grafana(&nowhere).is_none());
    let body = json!({ "keyName": "ci", "keyRole": "ADMIN", "secondsToLive": 60 });
    let answer = client.post(&format!("/workspaces/{nowhere}/apikeys"), &body);
    assert_eq!((answer.status, answer.error()), (500, "InternalServerException"));
    assert!(amazon.create_workspace(NewWorkspace::named("old").grafana_version("7.5")).is_err());
}
