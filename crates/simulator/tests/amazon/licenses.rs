//! `AssociateLicense` and `DisassociateLicense`.

use secrecy::{ExposeSecret, SecretString};
use simulator::amazon::{AbsentLicense, Amazon, Endpoint, NewWorkspace, Options, Polls};

use crate::client::{Answer, Client};

fn start() -> (Amazon, Client, String) {
    start_with(AbsentLicense::default())
}

fn start_with(absent_license: AbsentLicense) -> (Amazon, Client, String) {
    let options = Options { endpoint: Endpoint::Nowhere, absent_license, ..Options::default() };
    let amazon = Amazon::start(options).expect("a start");
    let client = Client::new(&amazon);
    let id = amazon.workspace_id().to_owned();
    (amazon, client, id)
}

fn associate(client: &Client, id: &str, token: Option<&str>) -> Answer {
    let headers: Vec<_> = token.map(|token| ("Grafana-Token", token)).into_iter().collect();
    client.send("POST", &format!("/workspaces/{id}/licenses/ENTERPRISE"), &headers, "")
}

fn disassociate(client: &Client, id: &str) -> Answer {
    client.delete(&format!("/workspaces/{id}/licenses/ENTERPRISE"))
}

fn describe(client: &Client, id: &str) -> serde_json::Value {
    let answer = client.get(&format!("/workspaces/{id}"));
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["workspace"].clone()
}

#[test]
fn an_upgrade_is_accepted_then_seen_under_way_then_done() {
    let (amazon, client, id) = start();
    amazon.set_polls(Polls::Count(2));
    let accepted = associate(&client, &id, Some("token-of-grafana-labs"));
    assert_eq!(accepted.status, 202, "{}", accepted.text);
    assert_eq!(accepted.json["workspace"]["status"], "UPGRADING");
    for _ in 0..2 {
        let workspace = describe(&client, &id);
        assert_eq!(workspace["status"], "UPGRADING");
        assert!(workspace.get("licenseType").is_none());
    }
    let workspace = describe(&client, &id);
    assert_eq!(workspace["status"], "ACTIVE");
    assert_eq!(workspace["licenseType"], "ENTERPRISE");
    assert_eq!(workspace["grafanaToken"], "token-of-grafana-labs");
    assert!(workspace.get("licenseExpiration").is_none());
}

#[test]
fn a_removal_leaves_no_license() {
    let (_amazon, client, id) = start();
    associate(&client, &id, Some("t"));
    describe(&client, &id);
    assert_eq!(describe(&client, &id)["licenseType"], "ENTERPRISE");

    let accepted = disassociate(&client, &id);
    assert_eq!((accepted.status, &accepted.json["workspace"]["status"]), (202, &"UPDATING".into()));
    assert_eq!(describe(&client, &id)["licenseType"], "ENTERPRISE");
    let workspace = describe(&client, &id);
    assert_eq!(workspace["status"], "ACTIVE");
    assert!(workspace.get("licenseType").is_none() && workspace.get("grafanaToken").is_none());
}

#[test]
fn an_upgrade_under_way_can_be_held_and_released() {
    let (amazon, client, id) = start();
    amazon.set_polls(Polls::UntilReleased);
    associate(&client, &id, Some("t"));
    for _ in 0..5 {
        assert_eq!(describe(&client, &id)["status"], "UPGRADING");
    }
    amazon.release(&id);
    assert_eq!(describe(&client, &id)["status"], "ACTIVE");
}

#[test]
fn upgrades_and_removals_fail_by_script_and_can_be_tried_again() {
    let (amazon, client, id) = start();
    amazon.set_polls(Polls::Count(0));
    amazon.fail_next_upgrade("UPGRADE_FAILED");
    associate(&client, &id, Some("t"));
    let failed = describe(&client, &id);
    assert_eq!(failed["status"], "UPGRADE_FAILED");
    assert!(failed.get("licenseType").is_none());
    assert_eq!(associate(&client, &id, None).status, 202);
    assert_eq!(describe(&client, &id)["status"], "ACTIVE");

    amazon.fail_next_removal("LICENSE_REMOVAL_FAILED");
    assert_eq!(disassociate(&client, &id).status, 202);
    let failed = describe(&client, &id);
    assert_eq!(
        (&failed["status"], &failed["licenseType"]),
        (&"LICENSE_REMOVAL_FAILED".into(), &"ENTERPRISE".into())
    );
    assert_eq!(disassociate(&client, &id).status, 202);
    assert!(describe(&client, &id).get("licenseType").is_none());
}

#[test]
fn an_account_is_linked_once_in_each_region() {
    let (amazon, client, id) = start();
    let elsewhere =
        NewWorkspace::named("elsewhere").region("eu-central-1").endpoint(Endpoint::Nowhere);
    let elsewhere = amazon.create_workspace(elsewhere).expect("a workspace");
    let europe = client.in_region("eu-central-1");

    for token in [None, Some("")] {
        let refused = associate(&client, &id, token);
        assert_eq!((refused.status, refused.error()), (400, "ValidationException"));
        assert!(refused.message().starts_with("Passed in token cannot be null or empty. Please register for support with GrafanaLabs"), "{}", refused.text);
        assert_eq!(refused.json["reason"], "OTHER");
    }
    assert_eq!(associate(&client, &id, Some("t")).status, 202);
    let second = amazon
        .create_workspace(NewWorkspace::named("second").endpoint(Endpoint::Nowhere))
        .expect("one");
    assert_eq!(associate(&client, &second, None).status, 202);
    amazon.release(&second);
    let token = amazon.workspace(&second).and_then(|workspace| workspace.grafana_token);
    assert_eq!(token.as_ref().map(SecretString::expose_secret), Some("t"));
    assert_eq!(associate(&europe, &elsewhere, None).status, 400);
    amazon.link_account("eu-central-1");
    assert_eq!(associate(&europe, &elsewhere, None).status, 202);
}

#[test]
fn grafana_labs_tokens_have_a_length_and_may_be_unknown() {
    let (amazon, client, id) = start();
    let refused = associate(&client, &id, Some(&"x".repeat(37)));
    assert_eq!((refused.status, refused.error()), (400, "ValidationException"));
    assert_eq!(refused.json["reason"], "FIELD_VALIDATION_FAILED");
    assert_eq!(refused.json["fieldList"][0]["name"], "grafanaToken");

    amazon.accept_only_grafana_tokens(["known"]);
    let refused = associate(&client, &id, Some("unknown"));
    assert_eq!((refused.status, refused.json["reason"].as_str()), (400, Some("OTHER")));
    assert_eq!(associate(&client, &id, Some("known")).status, 202);
}

#[test]
fn thirty_six_characters_are_a_token() {
    let (_amazon, client, id) = start();
    assert_eq!(associate(&client, &id, Some(&"x".repeat(36))).status, 202);
}

#[test]
fn the_free_trial_is_over_and_other_types_never_were() {
    let (amazon, client, id) = start();
    amazon.link_account(amazon.region());
    let refused =
        client.send("POST", &format!("/workspaces/{id}/licenses/ENTERPRISE_FREE_TRIAL"), &[], "");
    assert_eq!((refused.status, refused.error()), (400, "ValidationException"));
    assert!(
        refused
            .message()
            .contains("ENTERPRISE_FREE_TRIAL has been deprecated and is no longer offered")
    );
    let refused = client.send("POST", &format!("/workspaces/{id}/licenses/GOLD"), &[], "");
    assert_eq!(refused.json["fieldList"][0]["name"], "licenseType");
}

#[test]
fn busy_and_broken_workspaces_take_no_license() {
    let (amazon, client, id) = start();
    amazon.link_account(amazon.region());
    for status in ["CREATING", "UPDATING", "UPGRADING", "VERSION_UPDATING", "DELETING", "FAILED"] {
        amazon.change_workspace(&id, |workspace| workspace.status = status.into());
        for refused in [associate(&client, &id, None), disassociate(&client, &id)] {
            assert_eq!((refused.status, refused.error()), (400, "ValidationException"), "{status}");
            assert!(refused.message().contains(status), "{}", refused.text);
        }
    }
    amazon.make_busy(&id, "VERSION_UPDATING", Polls::Count(1));
    assert_eq!(describe(&client, &id)["status"], "VERSION_UPDATING");
    assert_eq!(describe(&client, &id)["status"], "ACTIVE");
    assert_eq!(associate(&client, &id, None).status, 202);
}

#[test]
fn a_licensed_workspace_takes_the_license_again_with_another_token() {
    let (amazon, client, id) = start();
    associate(&client, &id, Some("first"));
    amazon.release(&id);
    assert_eq!(associate(&client, &id, Some("second")).status, 202);
    amazon.release(&id);
    let workspace = describe(&client, &id);
    assert_eq!(workspace["licenseType"], "ENTERPRISE");
    assert_eq!(workspace["grafanaToken"], "second");
}

#[test]
fn a_degraded_workspace_takes_a_license_and_stays_degraded() {
    let (amazon, client, id) = start();
    amazon.link_account(amazon.region());
    amazon.degrade(&id, "The KMS key is disabled");
    assert_eq!(associate(&client, &id, None).status, 202);
    amazon.release(&id);
    let workspace = describe(&client, &id);
    assert_eq!(
        (&workspace["status"], &workspace["licenseType"]),
        (&"DEGRADED".into(), &"ENTERPRISE".into())
    );
    assert_eq!(workspace["degradedWorkspaceReason"], "The KMS key is disabled");
}

#[test]
fn a_license_can_be_dropped_behind_the_back() {
    let (amazon, client, id) = start();
    associate(&client, &id, Some("t"));
    amazon.release(&id);
    amazon.drop_license(&id);
    assert!(describe(&client, &id).get("licenseType").is_none());
}

#[test]
fn removing_what_is_not_there_has_the_answer_of_the_options() {
    let (_amazon, client, id) = start();
    let answer = disassociate(&client, &id);
    assert_eq!((answer.status, answer.error()), (400, "ValidationException"));

    let (_amazon, client, id) = start_with(AbsentLicense::NotFound);
    let answer = disassociate(&client, &id);
    assert_eq!((answer.status, answer.json["resourceType"].as_str()), (404, Some("license")));

    let (_amazon, client, id) = start_with(AbsentLicense::Accepted);
    assert_eq!(disassociate(&client, &id).status, 202);
    assert_eq!(describe(&client, &id)["status"], "UPDATING");
    assert_eq!(describe(&client, &id)["status"], "ACTIVE");
}
