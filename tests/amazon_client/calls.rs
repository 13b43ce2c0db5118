//! Each call, its answer, and the region it goes to.

use std::collections::BTreeSet;

use secrecy::{ExposeSecret, SecretString};
use simulator::amazon::{Endpoint, NetworkAccess, NewWorkspace, Options, Vpc};
use terraform_provider_grafana::amazon::{ErrorKind, Region, WorkspaceStatus, timestamp};

use crate::{start, start_with};

/// The words of AWS's enumerations.
fn words<T: AsRef<str>>(values: &[T]) -> Vec<&str> {
    values.iter().map(AsRef::as_ref).collect()
}

fn word<T: AsRef<str>>(value: &Option<T>) -> Option<&str> {
    value.as_ref().map(AsRef::as_ref)
}

#[tokio::test]
async fn a_description_has_every_field() {
    let (service, client) = start();
    let id = service.workspace_id();
    service.change_workspace(id, |workspace| {
        workspace.account_access_type = Some("ORGANIZATION".into());
        workspace.authentication.providers = vec!["AWS_SSO".into(), "SAML".into()];
        workspace.authentication.saml_configuration_status = Some("CONFIGURED".into());
        workspace.created = "2026-01-02T03:04:05.25Z".parse().unwrap();
        workspace.data_sources = vec!["CLOUDWATCH".into()];
        workspace.degraded_workspace_reason = Some("the key is gone".into());
        workspace.description = Some("of the team".into());
        workspace.endpoint = "g-1.grafana-workspace.eu-central-1.amazonaws.com".into();
        workspace.free_trial_consumed = Some(true);
        workspace.free_trial_expiration = Some("2026-02-03T00:00:00Z".parse().unwrap());
        workspace.grafana_token = Some("hidden".into());
        workspace.ip_address_type = Some("DualStack".into());
        workspace.kms_key_id = Some("arn:aws:kms:us-east-1:123456789012:key/1".into());
        workspace.license_expiration = Some("2027-02-03T00:00:00Z".parse().unwrap());
        workspace.license_type = Some("ENTERPRISE".into());
        workspace.modified = "2026-01-03T00:00:00Z".parse().unwrap();
        workspace.network_access_control = Some(NetworkAccess {
            prefix_list_ids: Some(vec!["pl-1".into()]),
            vpce_ids: Some(Vec::new()),
        });
        workspace.notification_destinations = Some(vec!["SNS".into()]);
        workspace.organization_role_name = Some("reader".into());
        workspace.organizational_units = Some(vec!["ou-1".into()]);
        workspace.permission_type = Some("SERVICE_MANAGED".into());
        workspace.stack_set_name = Some("stacks".into());
        workspace.status = "DEGRADED".into();
        workspace.tags = Some([("team".into(), "a".into())].into());
        workspace.vpc_configuration = Some(Vpc {
            security_group_ids: vec!["sg-1".into()],
            subnet_ids: vec!["subnet-1".into(), "subnet-2".into()],
        });
        workspace.workspace_role_arn = Some("arn:aws:iam::123456789012:role/w".into());
    });

    let workspace = client.describe_workspace(None, id).await.unwrap();

    let authentication = workspace.authentication.as_ref().unwrap();
    assert_eq!(words(&authentication.providers), ["AWS_SSO", "SAML"]);
    assert_eq!(word(&authentication.saml_configuration_status), Some("CONFIGURED"));
    assert_eq!(word(&workspace.account_access_type), Some("ORGANIZATION"));
    assert_eq!(timestamp(&workspace.created).to_string(), "2026-01-02T03:04:05.25Z");
    assert_eq!(words(&workspace.data_sources), ["CLOUDWATCH"]);
    assert_eq!(workspace.degraded_workspace_reason.as_deref(), Some("the key is gone"));
    assert_eq!(workspace.description.as_deref(), Some("of the team"));
    assert_eq!(workspace.endpoint, "g-1.grafana-workspace.eu-central-1.amazonaws.com");
    assert_eq!(workspace.free_trial_consumed, Some(true));
    assert_eq!(
        timestamp(&workspace.free_trial_expiration.unwrap()).to_string(),
        "2026-02-03T00:00:00Z"
    );
    assert_eq!(workspace.grafana_token.as_ref().unwrap().expose_secret(), "hidden");
    assert_eq!(workspace.grafana_version, "10.4");
    assert_eq!(workspace.id, id);
    assert_eq!(word(&workspace.ip_address_type), Some("DualStack"));
    assert_eq!(workspace.kms_key_id.as_deref(), Some("arn:aws:kms:us-east-1:123456789012:key/1"));
    assert_eq!(
        timestamp(&workspace.license_expiration.unwrap()).to_string(),
        "2027-02-03T00:00:00Z"
    );
    assert_eq!(word(&workspace.license_type), Some("ENTERPRISE"));
    assert_eq!(workspace.modified.to_string(), "2026-01-03T00:00:00Z");
    assert_eq!(workspace.name.as_deref(), Some("simulator"));
    let access = workspace.network_access_control.as_ref().unwrap();
    assert_eq!(access.prefix_list_ids, ["pl-1"]);
    assert!(access.vpce_ids.is_empty());
    let destinations = workspace.notification_destinations.as_ref().unwrap();
    assert_eq!(words(destinations), ["SNS"]);
    assert_eq!(workspace.organization_role_name.as_deref(), Some("reader"));
    assert_eq!(workspace.organizational_units, Some(vec!["ou-1".into()]));
    assert_eq!(word(&workspace.permission_type), Some("SERVICE_MANAGED"));
    assert_eq!(workspace.stack_set_name.as_deref(), Some("stacks"));
    assert_eq!(workspace.status, WorkspaceStatus::Degraded);
    assert!(workspace.is_ready());
    assert_eq!(workspace.tags, Some([("team".into(), "a".into())].into()));
    let vpc = workspace.vpc_configuration.as_ref().unwrap();
    assert_eq!(vpc.security_group_ids, ["sg-1"]);
    assert_eq!(vpc.subnet_ids, ["subnet-1", "subnet-2"]);
    assert_eq!(workspace.workspace_role_arn.as_deref(), Some("arn:aws:iam::123456789012:role/w"));
    assert!(!format!("{workspace:?}").contains("hidden"));
}

#[tokio::test]
async fn absent_is_not_empty() {
    let (service, client) = start();
    let id = service.workspace_id();
    service.change_workspace(id, |workspace| {
        workspace.description = None;
        workspace.notification_destinations = Some(Vec::new());
        workspace.organizational_units = None;
        workspace.tags = None;
        workspace.network_access_control = Some(NetworkAccess::default());
    });
    let workspace = client.describe_workspace(None, id).await.unwrap();
    assert_eq!(workspace.description, None);
    assert_eq!(workspace.notification_destinations, Some(Vec::new()));
    assert_eq!(workspace.organizational_units, None);
    assert_eq!(workspace.tags, None);
    assert_eq!(workspace.license_expiration, None);
    assert!(workspace.network_access_control.as_ref().unwrap().vpce_ids.is_empty());

    service.change_workspace(id, |workspace| {
        workspace.description = Some(String::new());
        workspace.organizational_units = Some(Vec::new());
        workspace.tags = Some([].into());
        workspace.network_access_control = None;
    });
    let workspace = client.describe_workspace(None, id).await.unwrap();
    assert_eq!(workspace.description, Some(String::new()));
    assert_eq!(workspace.organizational_units, Some(Vec::new()));
    assert_eq!(workspace.tags, Some([].into()));
    assert_eq!(workspace.network_access_control, None);
}

#[tokio::test]
async fn values_not_known_today_pass_through() {
    let (service, client) = start();
    let id = service.workspace_id();
    service.change_workspace(id, |workspace| {
        workspace.status = "HIBERNATING".into();
        workspace.license_type = Some("ENTERPRISE_PLUS".into());
        workspace.authentication.providers = vec!["PASSKEY".into()];
    });
    let workspace = client.describe_workspace(None, id).await.unwrap();
    assert_eq!(workspace.status.as_str(), "HIBERNATING");
    assert_eq!(word(&workspace.license_type), Some("ENTERPRISE_PLUS"));
    assert_eq!(words(&workspace.authentication.as_ref().unwrap().providers), ["PASSKEY"]);
}

#[tokio::test]
async fn the_list_has_every_page() {
    let (service, client) = start();
    let mut made = BTreeSet::from([service.workspace_id().to_owned()]);
    for number in 0..120 {
        let new = NewWorkspace::named(format!("w{number}")).endpoint(Endpoint::Nowhere);
        made.insert(service.create_workspace(new).unwrap());
    }
    let listed = client.list_workspaces(None).await.unwrap();
    assert_eq!(listed.len(), made.len());
    assert_eq!(listed.into_iter().map(|workspace| workspace.id).collect::<BTreeSet<_>>(), made);
    assert!(service.journal().count("GET", "/workspaces") > 1, "it came in several pages");
}

#[tokio::test]
async fn a_license_comes_and_goes() {
    let (service, client) = start();
    let id = service.workspace_id();
    let token = SecretString::from("of-grafana-labs");

    let accepted = client.associate_license(None, id, "ENTERPRISE", Some(&token)).await.unwrap();
    assert_eq!(accepted.status, WorkspaceStatus::Upgrading);
    assert!(accepted.is_busy());
    service.release(id);
    let workspace = client.describe_workspace(None, id).await.unwrap();
    assert_eq!(workspace.status, WorkspaceStatus::Active);
    assert_eq!(word(&workspace.license_type), Some("ENTERPRISE"));
    assert_eq!(workspace.grafana_token.as_ref().unwrap().expose_secret(), "of-grafana-labs");

    let accepted = client.disassociate_license(None, id, "ENTERPRISE").await.unwrap();
    assert_eq!(accepted.status, WorkspaceStatus::Updating);
    service.release(id);
    let workspace = client.describe_workspace(None, id).await.unwrap();
    assert_eq!(workspace.status, WorkspaceStatus::Active);
    assert_eq!(workspace.license_type, None);
}

#[tokio::test]
async fn a_linked_account_needs_no_token() {
    let (service, client) = start();
    service.link_account(service.region());
    let id = service.workspace_id();
    client.associate_license(None, id, "ENTERPRISE", None).await.unwrap();
    let sent = service.journal().matching("POST", "/workspaces/*/licenses/ENTERPRISE");
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].header("grafana-token"), None);
}

#[tokio::test]
async fn every_call_goes_to_its_region() {
    let (service, client) = start();
    let new = NewWorkspace::named("far").endpoint(Endpoint::Nowhere).region("eu-central-1");
    let far = service.create_workspace(new).unwrap();

    assert_eq!(client.region(None).await.unwrap().to_string(), "us-east-1");
    assert_eq!(client.region(Some("")).await.unwrap().to_string(), "us-east-1");
    let elsewhere: Region = client.region(Some("eu-central-1")).await.unwrap();
    assert_eq!(elsewhere.to_string(), "eu-central-1");
    let error = client.describe_workspace(None, &far).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    for _ in 0..2 {
        let workspace = client.describe_workspace(Some(&elsewhere), &far).await.unwrap();
        assert_eq!(workspace.id, far);
    }
    client.describe_workspace(None, service.workspace_id()).await.unwrap();
    let regions: Vec<String> = service.calls().into_iter().map(|call| call.region).collect();
    assert_eq!(regions, ["us-east-1", "eu-central-1", "eu-central-1", "us-east-1"]);
}

#[tokio::test]
async fn a_service_account_gets_tokens() {
    let (service, client) = start_with(Options::default());
    let id = service.workspace_id();
    let account = client.create_service_account(None, id, "terraform", "Admin").await.unwrap();
    let listed = client.list_service_accounts(None, id).await.unwrap();
    let [listed] = &listed[..] else { panic!("{listed:?}") };
    assert_eq!(listed.id, account);
    assert_eq!((listed.name.as_str(), listed.role.as_str()), ("terraform", "Admin"));
    let again = client.create_service_account(None, id, "terraform", "Admin").await;
    assert_eq!(again.unwrap_err().kind(), &ErrorKind::Conflict);

    let key = client.create_service_account_token(None, id, &account, "run", 900).await.unwrap();
    assert!(!key.expose_secret().is_empty());
    let tokens = client.list_service_account_tokens(None, id, &account).await.unwrap();
    assert_eq!(tokens.len(), 1);
    assert_eq!(tokens[0].name, "run");
    let token = &tokens[0].id;
    let ends = tokens[0].expires_at.unwrap();
    let life = ends.duration_since(tokens[0].created_at).as_secs();
    assert!((890..=900).contains(&life), "{life}");

    client.delete_service_account_token(None, id, &account, token).await.unwrap();
    let gone = client.delete_service_account_token(None, id, &account, token).await;
    assert!(gone.unwrap_err().is_not_found());
}

#[tokio::test]
async fn an_old_workspace_gets_api_keys() {
    let (service, client) =
        start_with(Options { grafana_version: "8.4".into(), ..Options::default() });
    let id = service.workspace_id();
    let key = client.create_api_key(None, id, "run", "Editor", 900).await.unwrap();
    assert!(!key.expose_secret().is_empty());
    let again = client.create_api_key(None, id, "run", "Editor", 900).await;
    assert_eq!(again.unwrap_err().kind(), &ErrorKind::Conflict);
    client.delete_api_key(None, id, "run").await.unwrap();
    assert!(client.delete_api_key(None, id, "run").await.unwrap_err().is_not_found());
}
