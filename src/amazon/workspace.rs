//! A workspace as Amazon Managed Grafana describes it.

use std::collections::BTreeMap;

use aws_sdk_grafana::primitives::DateTime;
use aws_sdk_grafana::types;
use jiff::Timestamp;
use secrecy::SecretString;

use super::status::Status;

/// Every field of
/// [WorkspaceDescription](https://docs.aws.amazon.com/grafana/latest/APIReference/API_WorkspaceDescription.html).
///
/// `None` is what AWS left out; an empty list is one that AWS sent empty. Enumerations are
/// strings, so that a value not known today passes through.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// `CURRENT_ACCOUNT` or `ORGANIZATION`.
    pub account_access_type: Option<String>,
    /// Ways to sign in to the workspace.
    pub authentication: Option<Authentication>,
    /// When it was made.
    pub created: Timestamp,
    /// AWS data sources with roles of their own; only for workspaces made in the console with
    /// `SERVICE_MANAGED` permissions.
    pub data_sources: Vec<String>,
    /// Why the status is `DEGRADED`.
    pub degraded_workspace_reason: Option<String>,
    /// The user's description.
    pub description: Option<String>,
    /// Host name of the Grafana, without a scheme.
    pub endpoint: String,
    /// Whether the free trial of Enterprise has been used up.
    pub free_trial_consumed: Option<bool>,
    /// When a free trial ends.
    pub free_trial_expiration: Option<Timestamp>,
    /// The token that ties the workspace to a Grafana Labs account. AWS returns it in clear.
    pub grafana_token: Option<SecretString>,
    /// Version of Grafana, such as `10.4`.
    pub grafana_version: String,
    /// Id, such as `g-0123456789`.
    pub id: String,
    /// `IPv4` or `DualStack`.
    pub ip_address_type: Option<String>,
    /// Id or ARN of the KMS key that encrypts the workspace.
    pub kms_key_id: Option<String>,
    /// When a full license from the AWS Marketplace has to be renewed. The Enterprise plugins
    /// option never ends, so `None` is normal.
    pub license_expiration: Option<Timestamp>,
    /// `ENTERPRISE` or `ENTERPRISE_FREE_TRIAL`; `None` without a license.
    pub license_type: Option<String>,
    /// When it was last changed.
    pub modified: Timestamp,
    /// The user's name for it.
    pub name: Option<String>,
    /// Who may reach it; `None` means everybody.
    pub network_access_control: Option<NetworkAccessControl>,
    /// Notification channels with roles of their own.
    pub notification_destinations: Option<Vec<String>>,
    /// Role used to reach data through AWS Organizations.
    pub organization_role_name: Option<String>,
    /// Organizational units whose data it may use.
    pub organizational_units: Option<Vec<String>>,
    /// `CUSTOMER_MANAGED` or `SERVICE_MANAGED`.
    pub permission_type: Option<String>,
    /// CloudFormation stack set that made the roles.
    pub stack_set_name: Option<String>,
    /// Status such as `ACTIVE`; [`Status::of`] gives its meaning.
    pub status: String,
    /// Tags.
    pub tags: Option<BTreeMap<String, String>>,
    /// Connection to a private VPC.
    pub vpc_configuration: Option<VpcConfiguration>,
    /// ARN of the role with which it reaches AWS.
    pub workspace_role_arn: Option<String>,
}

/// What [ListWorkspaces](https://docs.aws.amazon.com/grafana/latest/APIReference/API_WorkspaceSummary.html)
/// tells of a workspace; fields as in [`Workspace`].
#[derive(Clone, Debug)]
pub struct WorkspaceSummary {
    /// Ways to sign in to the workspace.
    pub authentication: Option<Authentication>,
    /// When it was made.
    pub created: Timestamp,
    /// The user's description.
    pub description: Option<String>,
    /// Host name of the Grafana, without a scheme.
    pub endpoint: String,
    /// The token that ties the workspace to a Grafana Labs account.
    pub grafana_token: Option<SecretString>,
    /// Version of Grafana.
    pub grafana_version: String,
    /// Id.
    pub id: String,
    /// `ENTERPRISE` or `ENTERPRISE_FREE_TRIAL`; `None` without a license.
    pub license_type: Option<String>,
    /// When it was last changed.
    pub modified: Timestamp,
    /// The user's name for it.
    pub name: Option<String>,
    /// Notification channels with roles of their own.
    pub notification_destinations: Option<Vec<String>>,
    /// Status; [`Status::of`] gives its meaning.
    pub status: String,
    /// Tags.
    pub tags: Option<BTreeMap<String, String>>,
}

/// Ways to sign in to a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// `AWS_SSO`, `SAML`.
    pub providers: Vec<String>,
    /// `CONFIGURED` or `NOT_CONFIGURED`.
    pub saml_configuration_status: Option<String>,
}

/// Who may reach a workspace: an empty list lets nobody in by its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkAccessControl {
    /// Ids of managed prefix lists.
    pub prefix_list_ids: Vec<String>,
    /// Ids of VPC endpoints.
    pub vpce_ids: Vec<String>,
}

/// Connection to a private VPC. Neither list has duplicates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VpcConfiguration {
    /// Ids of security groups.
    pub security_group_ids: Vec<String>,
    /// Ids of subnets.
    pub subnet_ids: Vec<String>,
}

impl Workspace {
    /// What [`status`](Self::status) means.
    pub fn status(&self) -> Status {
        Status::of(&self.status)
    }
}

impl WorkspaceSummary {
    /// What [`status`](Self::status) means.
    pub fn status(&self) -> Status {
        Status::of(&self.status)
    }
}

impl From<types::WorkspaceDescription> for Workspace {
    fn from(from: types::WorkspaceDescription) -> Self {
        Self {
            account_access_type: from.account_access_type.map(|value| value.as_str().to_owned()),
            authentication: from.authentication.map(Into::into),
            created: timestamp(&from.created),
            data_sources: strings(from.data_sources),
            degraded_workspace_reason: from.degraded_workspace_reason,
            description: from.description,
            endpoint: from.endpoint,
            free_trial_consumed: from.free_trial_consumed,
            free_trial_expiration: from.free_trial_expiration.as_ref().map(timestamp),
            grafana_token: from.grafana_token.map(Into::into),
            grafana_version: from.grafana_version,
            id: from.id,
            ip_address_type: from.ip_address_type.map(|value| value.as_str().to_owned()),
            kms_key_id: from.kms_key_id,
            license_expiration: from.license_expiration.as_ref().map(timestamp),
            license_type: from.license_type.map(|value| value.as_str().to_owned()),
            modified: timestamp(&from.modified),
            name: from.name,
            network_access_control: from.network_access_control.map(Into::into),
            notification_destinations: from.notification_destinations.map(strings),
            organization_role_name: from.organization_role_name,
            organizational_units: from.organizational_units,
            permission_type: from.permission_type.map(|value| value.as_str().to_owned()),
            stack_set_name: from.stack_set_name,
            status: from.status.as_str().to_owned(),
            tags: from.tags.map(|tags| tags.into_iter().collect()),
            vpc_configuration: from.vpc_configuration.map(Into::into),
            workspace_role_arn: from.workspace_role_arn,
        }
    }
}

impl From<types::WorkspaceSummary> for WorkspaceSummary {
    fn from(from: types::WorkspaceSummary) -> Self {
        Self {
            authentication: from.authentication.map(Into::into),
            created: timestamp(&from.created),
            description: from.description,
            endpoint: from.endpoint,
            grafana_token: from.grafana_token.map(Into::into),
            grafana_version: from.grafana_version,
            id: from.id,
            license_type: from.license_type.map(|value| value.as_str().to_owned()),
            modified: timestamp(&from.modified),
            name: from.name,
            notification_destinations: from.notification_destinations.map(strings),
            status: from.status.as_str().to_owned(),
            tags: from.tags.map(|tags| tags.into_iter().collect()),
        }
    }
}

impl From<types::AuthenticationSummary> for Authentication {
    fn from(from: types::AuthenticationSummary) -> Self {
        Self {
            providers: strings(from.providers),
            saml_configuration_status: from
                .saml_configuration_status
                .map(|value| value.as_str().to_owned()),
        }
    }
}

impl From<types::NetworkAccessConfiguration> for NetworkAccessControl {
    fn from(from: types::NetworkAccessConfiguration) -> Self {
        Self { prefix_list_ids: from.prefix_list_ids, vpce_ids: from.vpce_ids }
    }
}

impl From<types::VpcConfiguration> for VpcConfiguration {
    fn from(from: types::VpcConfiguration) -> Self {
        Self { security_group_ids: from.security_group_ids, subnet_ids: from.subnet_ids }
    }
}

fn strings(values: Vec<impl AsRef<str>>) -> Vec<String> {
    values.iter().map(|value| value.as_ref().to_owned()).collect()
}

/// The same moment; one beyond jiff's years, which no workspace has, becomes the nearest it knows.
pub(super) fn timestamp(time: &DateTime) -> Timestamp {
    let nanosecond = i32::try_from(time.subsec_nanos()).unwrap_or_default();
    Timestamp::new(time.secs(), nanosecond).unwrap_or(match time.secs() {
        ..0 => Timestamp::MIN,
        0.. => Timestamp::MAX,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_their_fraction() {
        let time = DateTime::from_secs_f64(1_600_000_000.25);
        assert_eq!(timestamp(&time).to_string(), "2020-09-13T12:26:40.25Z");
        let before = DateTime::from_secs_f64(-0.5);
        assert_eq!(timestamp(&before).to_string(), "1969-12-31T23:59:59.5Z");
        assert_eq!(timestamp(&DateTime::from_secs(i64::MAX)), Timestamp::MAX);
        assert_eq!(timestamp(&DateTime::from_secs(i64::MIN)), Timestamp::MIN);
    }
}
