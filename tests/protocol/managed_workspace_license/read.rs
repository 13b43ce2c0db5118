//! What the state shows of the workspace and its license.

use serde_json::{Value as Json, json};
use simulator::amazon::{Authentication, Failure, NetworkAccess, Operation, Vpc};

use super::{Stage, TOKEN, error};

#[tokio::test]
async fn a_license_that_vanished_is_gone() {
    let stage = Stage::linked().await;
    let state = stage.created(json!({})).await;
    stage.amazon.drop_license(stage.id());
    assert_eq!(stage.read(&state).await.value, Json::Null);
    stage.amazon.delete_workspace(stage.id());
    assert_eq!(stage.read(&state).await.value, Json::Null);
}

#[tokio::test]
async fn not_being_able_to_look_is_no_absence() {
    let stage = Stage::linked().await;
    let state = stage.created(json!({})).await;
    let denied = Failure::access_denied("User is not authorized");
    stage.amazon.fail_next(Operation::DescribeWorkspace, denied);
    let read = stage.read(&state).await;
    error(&read.diagnostics, &["grafana:DescribeWorkspace"]);
    assert_eq!(read.value, state.value);
}

#[tokio::test]
async fn the_state_has_what_aws_tells_where_no_token_was_given() {
    let stage = Stage::unlinked().await;
    stage.created(json!({ "grafana_token": TOKEN })).await;
    let adopted = stage.created(json!({})).await;
    assert_eq!(adopted.value["workspace"]["grafana_token"], TOKEN);
}

#[tokio::test]
async fn every_field_is_told() {
    let stage = Stage::linked().await;
    stage.amazon.change_workspace(stage.id(), |w| {
        w.license_type = Some("ENTERPRISE".into());
        w.account_access_type = Some("ORGANIZATION".into());
        w.authentication = Authentication {
            providers: vec!["AWS_SSO".into(), "SAML".into()],
            saml_configuration_status: Some("CONFIGURED".into()),
        };
        w.created = "2024-02-03T04:05:06.500Z".parse().unwrap();
        w.modified = "2026-02-03T04:05:06Z".parse().unwrap();
        w.data_sources = vec!["PROMETHEUS".into(), "CLOUDWATCH".into()];
        w.description = Some("Metrics".into());
        w.endpoint = "g-1.grafana-workspace.us-east-1.amazonaws.com".into();
        w.free_trial_consumed = Some(true);
        w.free_trial_expiration = Some("2025-01-01T00:00:00Z".parse().unwrap());
        w.license_expiration = Some("2027-01-01T00:00:00Z".parse().unwrap());
        w.ip_address_type = Some("DualStack".into());
        w.kms_key_id = Some("arn:aws:kms:us-east-1:123456789012:key/k".into());
        w.network_access_control = Some(NetworkAccess {
            prefix_list_ids: Some(vec![]),
            vpce_ids: Some(vec!["vpce-1".into()]),
        });
        w.notification_destinations = Some(vec!["SNS".into()]);
        w.organization_role_name = Some("reader".into());
        w.organizational_units = Some(vec!["ou-1".into()]);
        w.permission_type = Some("SERVICE_MANAGED".into());
        w.stack_set_name = Some("stack".into());
        w.tags = Some([("team".to_owned(), "a".to_owned())].into());
        w.vpc_configuration = Some(Vpc {
            security_group_ids: vec!["sg-1".into()],
            subnet_ids: vec!["subnet-1".into(), "subnet-2".into()],
        });
        w.workspace_role_arn = Some("arn:aws:iam::123456789012:role/grafana".into());
    });
    let state = stage.created(json!({})).await;
    assert_eq!(
        state.value["workspace"],
        json!({
            "account_access_type": "ORGANIZATION",
            "authentication": {
                "providers": ["AWS_SSO", "SAML"],
                "saml_configuration_status": "CONFIGURED",
            },
            "created": "2024-02-03T04:05:06.5Z",
            "data_sources": ["PROMETHEUS", "CLOUDWATCH"],
            "degraded_workspace_reason": null,
            "description": "Metrics",
            "endpoint": "g-1.grafana-workspace.us-east-1.amazonaws.com",
            "free_trial_consumed": true,
            "free_trial_expiration": "2025-01-01T00:00:00Z",
            "grafana_token": null,
            "grafana_version": "10.4",
            "id": stage.id(),
            "ip_address_type": "DualStack",
            "kms_key_id": "arn:aws:kms:us-east-1:123456789012:key/k",
            "license_expiration": "2027-01-01T00:00:00Z",
            "license_type": "ENTERPRISE",
            "modified": "2026-02-03T04:05:06Z",
            "name": "simulator",
            "network_access_control": { "prefix_list_ids": [], "vpce_ids": ["vpce-1"] },
            "notification_destinations": ["SNS"],
            "organization_role_name": "reader",
            "organizational_units": ["ou-1"],
            "permission_type": "SERVICE_MANAGED",
            "stack_set_name": "stack",
            "status": "ACTIVE",
            "tags": { "team": "a" },
            "vpc_configuration": {
                "security_group_ids": ["sg-1"],
                "subnet_ids": ["subnet-1", "subnet-2"],
            },
            "workspace_role_arn": "arn:aws:iam::123456789012:role/grafana",
        })
    );
    assert_eq!(state.value["license_expiration"], "2027-01-01T00:00:00Z");
    assert_eq!(state.value["free_trial_expiration"], "2025-01-01T00:00:00Z");
}

#[tokio::test]
async fn empty_and_absent_are_kept_apart() {
    let stage = Stage::linked().await;
    stage.amazon.change_workspace(stage.id(), |w| {
        w.tags = None;
        w.organizational_units = Some(vec![]);
        w.notification_destinations = None;
        w.description = Some(String::new());
        w.name = None;
    });
    let workspace = stage.created(json!({})).await.value["workspace"].clone();
    assert_eq!(workspace["tags"], Json::Null);
    assert_eq!(workspace["organizational_units"], json!([]));
    assert_eq!(workspace["notification_destinations"], Json::Null);
    assert_eq!(workspace["description"], "");
    assert_eq!(workspace["name"], Json::Null);
    assert_eq!(workspace["network_access_control"], Json::Null, "everybody may enter");
}

#[tokio::test]
async fn values_of_tomorrow_pass_through() {
    let stage = Stage::linked().await;
    stage.amazon.change_workspace(stage.id(), |w| {
        w.license_type = Some("ENTERPRISE".into());
        w.account_access_type = Some("GALAXY".into());
        w.permission_type = Some("SELF_MANAGED".into());
        w.ip_address_type = Some("IPv8".into());
        w.data_sources = vec!["ORACLE".into()];
        w.authentication.providers = vec!["PASSKEY".into()];
    });
    let state = stage.created(json!({})).await;
    let workspace = &state.value["workspace"];
    assert_eq!(workspace["account_access_type"], "GALAXY");
    assert_eq!(workspace["permission_type"], "SELF_MANAGED");
    assert_eq!(workspace["ip_address_type"], "IPv8");
    assert_eq!(workspace["data_sources"], json!(["ORACLE"]));
    assert_eq!(workspace["authentication"]["providers"], json!(["PASSKEY"]));

    stage.amazon.change_workspace(stage.id(), |w| w.status = "RESTORING".into());
    let read = stage.read(&state).await;
    assert_eq!(read.value["workspace"]["status"], "RESTORING");
}
