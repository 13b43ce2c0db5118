//! `DescribeWorkspace` and `ListWorkspaces`.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};
use simulator::amazon::{Amazon, Endpoint, NetworkAccess, NewWorkspace, Options, Vpc};

use crate::client::Client;

fn start() -> (Amazon, Client) {
    let amazon = Amazon::start(Options { endpoint: Endpoint::Nowhere, ..Options::default() })
        .expect("a start");
    let client = Client::new(&amazon);
    (amazon, client)
}

fn new(name: &str) -> NewWorkspace {
    NewWorkspace::named(name).endpoint(Endpoint::Nowhere)
}

fn describe(client: &Client, id: &str) -> Value {
    client.get(&format!("/workspaces/{id}")).json["workspace"].clone()
}

#[test]
fn a_plain_workspace_has_what_the_service_model_requires_and_no_more() {
    let (amazon, client) = start();
    let id = amazon.workspace_id();
    let workspace = describe(&client, id);
    for (name, value) in [
        ("id", json!(id)),
        ("name", json!("simulator")),
        ("status", json!("ACTIVE")),
        ("grafanaVersion", json!("10.4")),
        ("endpoint", json!(format!("{id}.grafana-workspace.us-east-1.amazonaws.com"))),
        ("authentication", json!({ "providers": ["AWS_SSO"] })),
        ("dataSources", json!([])),
    ] {
        assert_eq!(workspace[name], value, "{name}");
    }
    assert!(workspace["created"].is_f64() && workspace["modified"].is_f64());
    for absent in [
        "licenseType",
        "licenseExpiration",
        "freeTrialExpiration",
        "networkAccessControl",
        "vpcConfiguration",
    ] {
        assert!(workspace.get(absent).is_none(), "{absent}");
    }
}

#[test]
fn every_field_can_be_set_and_is_shown_under_the_apis_name() {
    let (amazon, client) = start();
    let time = |text: &str| text.parse::<Timestamp>().expect("a time");
    let workspace = new("full").tag("team", "a").with(move |workspace| {
        workspace.account_access_type = Some("ORGANIZATION".into());
        workspace.authentication.providers =
            vec!["AWS_SSO".into(), "SAML".into(), "PASSKEY".into()];
        workspace.authentication.saml_configuration_status = Some("CONFIGURED".into());
        workspace.created = time("2026-11-01T00:00:00.25Z");
        workspace.data_sources = vec!["CLOUDWATCH".into()];
        workspace.description = Some("all of it".into());
        workspace.free_trial_consumed = Some(true);
        workspace.free_trial_expiration = Some(time("2022-01-01T00:00:00Z"));
        workspace.grafana_token = Some("token".into());
        workspace.ip_address_type = Some("DualStack".into());
        workspace.kms_key_id = Some("arn:aws:kms:us-east-1:123456789012:key/k".into());
        workspace.license_expiration = Some(time("2027-01-01T00:00:00Z"));
        workspace.license_type = Some("ENTERPRISE".into());
        workspace.network_access_control = Some(NetworkAccess {
            prefix_list_ids: Some(vec![]),
            vpce_ids: Some(vec!["vpce-1".into()]),
        });
        workspace.notification_destinations = Some(vec!["SNS".into()]);
        workspace.organization_role_name = Some("role".into());
        workspace.organizational_units = Some(vec!["ou-1".into()]);
        workspace.permission_type = Some("SERVICE_MANAGED".into());
        workspace.stack_set_name = Some("set".into());
        workspace.status = "HIBERNATING".into();
        workspace.vpc_configuration = Some(Vpc {
            security_group_ids: vec!["sg-1".into()],
            subnet_ids: vec!["subnet-1".into(), "subnet-2".into()],
        });
        workspace.workspace_role_arn = Some("arn:aws:iam::123456789012:role/w".into());
    });
    let id = amazon.create_workspace(workspace).expect("a workspace");
    let shown = describe(&client, &id);
    let expected = json!({
        "accountAccessType": "ORGANIZATION",
        "authentication": { "providers": ["AWS_SSO", "SAML", "PASSKEY"], "samlConfigurationStatus": "CONFIGURED" },
        "created": 1_793_491_200.25,
        "dataSources": ["CLOUDWATCH"],
        "description": "all of it",
        "endpoint": format!("{id}.grafana-workspace.us-east-1.amazonaws.com"),
        "freeTrialConsumed": true,
        "freeTrialExpiration": 1_640_995_200.0,
        "grafanaToken": "token",
        "grafanaVersion": "10.4",
        "id": id,
        "ipAddressType": "DualStack",
        "kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/k",
        "licenseExpiration": 1_798_761_600.0,
        "licenseType": "ENTERPRISE",
        "modified": shown["modified"],
        "name": "full",
        "networkAccessControl": { "prefixListIds": [], "vpceIds": ["vpce-1"] },
        "notificationDestinations": ["SNS"],
        "organizationRoleName": "role",
        "organizationalUnits": ["ou-1"],
        "permissionType": "SERVICE_MANAGED",
        "stackSetName": "set",
        "status": "HIBERNATING",
        "tags": { "team": "a" },
        "vpcConfiguration": { "securityGroupIds": ["sg-1"], "subnetIds": ["subnet-1", "subnet-2"] },
        "workspaceRoleArn": "arn:aws:iam::123456789012:role/w",
    });
    assert_eq!(shown, expected);
}

#[test]
fn a_workspace_is_found_in_its_region_and_account_only() {
    let (amazon, client) = start();
    let id = amazon.create_workspace(new("europe").region("eu-central-1")).expect("a workspace");
    assert_eq!(describe(&client.in_region("eu-central-1"), &id)["name"], "europe");
    let elsewhere = client.get(&format!("/workspaces/{id}"));
    assert_eq!((elsewhere.status, elsewhere.error()), (404, "ResourceNotFoundException"));
    assert_eq!(elsewhere.json["resourceId"], id.as_str());
    assert_eq!(elsewhere.json["resourceType"], "workspace");
    assert!(!elsewhere.message().is_empty());

    let id = amazon.create_workspace(new("theirs").account("999999999999")).expect("a workspace");
    assert_eq!(client.get(&format!("/workspaces/{id}")).status, 404);
}

#[test]
fn ids_of_the_wrong_form_are_invalid_and_deleted_ones_gone() {
    let (amazon, client) = start();
    for wrong in ["g-123", "g-012345678G", "x"] {
        let answer = client.get(&format!("/workspaces/{wrong}"));
        assert_eq!((answer.status, answer.error()), (400, "ValidationException"), "{wrong}");
        assert_eq!(answer.json["reason"], "FIELD_VALIDATION_FAILED");
        assert_eq!(answer.json["fieldList"][0]["name"], "workspaceId");
    }
    let id = amazon.workspace_id();
    amazon.delete_workspace(id);
    assert_eq!(client.get(&format!("/workspaces/{id}")).status, 404);
}

#[test]
fn pages_hold_every_workspace_of_the_region_once() {
    let (amazon, client) = start();
    let mut expected = BTreeSet::from([amazon.workspace_id().to_owned()]);
    for number in 0..24 {
        expected.insert(amazon.create_workspace(new(&format!("w{number}"))).expect("a workspace"));
    }
    amazon.create_workspace(new("other").region("eu-west-1")).expect("a workspace");

    let mut found = Vec::new();
    let mut path = "/workspaces?maxResults=10".to_owned();
    let mut sizes = Vec::new();
    loop {
        let page = client.get(&path);
        assert_eq!(page.status, 200, "{}", page.text);
        let ids: Vec<_> = page.json["workspaces"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|item| item["id"].as_str().expect("an id").to_owned())
            .collect();
        sizes.push(ids.len());
        found.extend(ids);
        match page.json["nextToken"].as_str() {
            Some(token) => path = format!("/workspaces?maxResults=10&nextToken={token}"),
            None => break,
        }
    }
    assert_eq!(sizes, [10, 10, 5]);
    assert_eq!(found.len(), expected.len());
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
}

#[test]
fn a_list_is_cut_at_a_hundred_and_says_so() {
    let (amazon, client) = start();
    for number in 0..100 {
        amazon.create_workspace(new(&format!("w{number}"))).expect("a workspace");
    }
    let page = client.get("/workspaces").json;
    assert_eq!(page["workspaces"].as_array().map(Vec::len), Some(100));
    assert!(page["nextToken"].is_string());
}

#[test]
fn wrong_page_sizes_and_tokens_are_invalid() {
    let (_amazon, client) = start();
    for query in ["maxResults=0", "maxResults=101", "maxResults=x", "nextToken=%21"] {
        let answer = client.get(&format!("/workspaces?{query}"));
        assert_eq!((answer.status, answer.error()), (400, "ValidationException"), "{query}");
    }
}

#[test]
fn a_list_shows_summaries_and_counts_as_no_poll() {
    let (amazon, client) = start();
    let id = amazon.workspace_id();
    client.send(
        "POST",
        &format!("/workspaces/{id}/licenses/ENTERPRISE"),
        &[("grafana-token", "t")],
        "",
    );
    for _ in 0..3 {
        let list = client.get("/workspaces").json;
        assert_eq!(list["workspaces"][0]["status"], "UPGRADING");
        assert!(list["workspaces"][0].get("accountAccessType").is_none());
    }
    amazon.release(id);
    let list = client.get("/workspaces").json;
    assert_eq!(list["workspaces"][0]["licenseType"], "ENTERPRISE");
}
