//! A workspace as the API shows it.
//!
//! Source: the shapes `WorkspaceDescription` and `WorkspaceSummary` of the AWS service model
//! `grafana-2020-08-18`. Enumerations are text, so that a test can have values of tomorrow.

use std::collections::BTreeMap;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};

/// `WorkspaceDescription`. Every field may be set to anything; what is `None` is left out of answers.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the names are the API's, and the API's page explains them")]
pub struct WorkspaceDescription {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_access_type: Option<String>,
    pub authentication: Authentication,
    #[serde(serialize_with = "epoch_seconds")]
    pub created: Timestamp,
    pub data_sources: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degraded_workspace_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_trial_consumed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "optional_epoch_seconds")]
    pub free_trial_expiration: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "in_clear")]
    pub grafana_token: Option<SecretString>,
    pub grafana_version: String,
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "optional_epoch_seconds")]
    pub license_expiration: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license_type: Option<String>,
    #[serde(serialize_with = "epoch_seconds")]
    pub modified: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_access_control: Option<NetworkAccess>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification_destinations: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_role_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organizational_units: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack_set_name: Option<String>,
    pub status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_configuration: Option<Vpc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace_role_arn: Option<String>,
}

/// `AuthenticationSummary`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Authentication {
    /// `AWS_SSO`, `SAML`.
    pub providers: Vec<String>,
    /// `CONFIGURED` or `NOT_CONFIGURED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saml_configuration_status: Option<String>,
}

/// `NetworkAccessConfiguration`. The API has both lists; `None` makes an answer without one.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkAccess {
    /// `pl-…`; empty lets nobody in by this way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix_list_ids: Option<Vec<String>>,
    /// `vpce-…`; empty lets nobody in by this way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpce_ids: Option<Vec<String>>,
}

/// `VpcConfiguration`.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Vpc {
    /// `sg-…`.
    pub security_group_ids: Vec<String>,
    /// `subnet-…`.
    pub subnet_ids: Vec<String>,
}

/// `WorkspaceSummary`, an item of `ListWorkspaces`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WorkspaceSummary<'a> {
    authentication: &'a Authentication,
    #[serde(serialize_with = "epoch_seconds")]
    created: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: &'a Option<String>,
    endpoint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "in_clear")]
    grafana_token: &'a Option<SecretString>,
    grafana_version: &'a str,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    license_type: &'a Option<String>,
    #[serde(serialize_with = "epoch_seconds")]
    modified: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notification_destinations: &'a Option<Vec<String>>,
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: &'a Option<BTreeMap<String, String>>,
}

impl WorkspaceDescription {
    /// An active workspace of the kind that `CreateWorkspace` makes without options.
    pub fn new(id: String, name: String, grafana_version: String, created: Timestamp) -> Self {
        Self {
            account_access_type: Some("CURRENT_ACCOUNT".into()),
            authentication: Authentication {
                providers: vec!["AWS_SSO".into()],
                saml_configuration_status: None,
            },
            created,
            data_sources: Vec::new(),
            degraded_workspace_reason: None,
            description: Some(String::new()),
            endpoint: String::new(),
            free_trial_consumed: Some(false),
            free_trial_expiration: None,
            grafana_token: None,
            grafana_version,
            id,
            ip_address_type: Some("IPv4".into()),
            kms_key_id: None,
            license_expiration: None,
            license_type: None,
            modified: created,
            name: Some(name),
            network_access_control: None,
            notification_destinations: Some(Vec::new()),
            organization_role_name: None,
            organizational_units: Some(Vec::new()),
            permission_type: Some("CUSTOMER_MANAGED".into()),
            stack_set_name: None,
            status: "ACTIVE".into(),
            tags: Some(BTreeMap::new()),
            vpc_configuration: None,
            workspace_role_arn: None,
        }
    }

    pub(super) fn summary(&self) -> WorkspaceSummary<'_> {
        WorkspaceSummary {
            authentication: &self.authentication,
            created: self.created,
            description: &self.description,
            endpoint: &self.endpoint,
            grafana_token: &self.grafana_token,
            grafana_version: &self.grafana_version,
            id: &self.id,
            license_type: &self.license_type,
            modified: self.modified,
            name: &self.name,
            notification_destinations: &self.notification_destinations,
            status: &self.status,
            tags: &self.tags,
        }
    }
}

/// Seconds since 1970 with milliseconds as a fraction, as the REST-JSON protocol writes a timestamp.
pub(super) fn epoch_seconds<S: Serializer>(
    time: &Timestamp,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(seconds(*time))
}

fn optional_epoch_seconds<S: Serializer>(
    time: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => epoch_seconds(time, serializer),
        None => serializer.serialize_none(),
    }
}

/// The API shows the token of Grafana Labs to whoever may describe the workspace.
fn in_clear<S: Serializer>(
    secret: &Option<SecretString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(serializer)
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit in 53 bits")]
pub(super) fn seconds(time: Timestamp) -> f64 {
    time.as_millisecond() as f64 / 1000.0
}
