//! The description of a workspace, as Terraform shows it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tfplugin::{Object, Secret, Value};

use crate::amazon::{self, timestamp};

/// An Amazon Managed Grafana workspace. What AWS leaves out is null; what it sends empty is empty.
#[derive(Object, Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceModel {
    /// Whose data the workspace may use: `CURRENT_ACCOUNT` or `ORGANIZATION`.
    #[attr(computed)]
    pub account_access_type: Value<String>,
    /// How users sign in to the workspace.
    #[attr(computed)]
    pub authentication: Value<Authentication>,
    /// When the workspace was created, in RFC 3339 format.
    #[attr(computed)]
    pub created: Value<Timestamp>,
    /// AWS data sources that have roles of their own. Only for workspaces created in the console with
    /// `SERVICE_MANAGED` permissions.
    #[attr(computed)]
    pub data_sources: Value<Vec<String>>,
    /// Why the status is `DEGRADED`.
    #[attr(computed)]
    pub degraded_workspace_reason: Value<String>,
    /// Description given by the user.
    #[attr(computed)]
    pub description: Value<String>,
    /// Host name of the Grafana of the workspace, without `https://`.
    #[attr(computed)]
    pub endpoint: Value<String>,
    /// Whether the free trial of Enterprise has been used.
    #[attr(computed)]
    pub free_trial_consumed: Value<bool>,
    /// When a free trial ends, in RFC 3339 format.
    #[attr(computed)]
    pub free_trial_expiration: Value<Timestamp>,
    /// Token from Grafana Labs that links the workspace with an account there. Null in the data source, with
    /// `grafana_token_wo`, and after an import or a move until the configuration sets `grafana_token`.
    #[attr(computed, sensitive)]
    pub grafana_token: Value<Secret>,
    /// Version of Grafana, such as `10.4`.
    #[attr(computed)]
    pub grafana_version: Value<String>,
    /// ID of the workspace, such as `g-0123456789`.
    #[attr(computed)]
    pub id: Value<String>,
    /// `IPv4` or `DualStack`.
    #[attr(computed)]
    pub ip_address_type: Value<String>,
    /// ID or ARN of the KMS key that encrypts the workspace.
    #[attr(computed)]
    pub kms_key_id: Value<String>,
    /// When a license bought in the AWS Marketplace must be renewed, in RFC 3339 format. Usually null.
    #[attr(computed)]
    pub license_expiration: Value<Timestamp>,
    /// Type of the Enterprise license; null without one.
    #[attr(computed)]
    pub license_type: Value<String>,
    /// When the workspace was last changed, in RFC 3339 format.
    #[attr(computed)]
    pub modified: Value<Timestamp>,
    /// Name of the workspace.
    #[attr(computed)]
    pub name: Value<String>,
    /// Who may reach the workspace; everybody if null.
    #[attr(computed)]
    pub network_access_control: Value<NetworkAccessControl>,
    /// Notification channels that have roles of their own.
    #[attr(computed)]
    pub notification_destinations: Value<Vec<String>>,
    /// Role through which the workspace reaches data of AWS Organizations.
    #[attr(computed)]
    pub organization_role_name: Value<String>,
    /// Organizational units whose data the workspace may use.
    #[attr(computed)]
    pub organizational_units: Value<Vec<String>>,
    /// Who manages the permissions: `CUSTOMER_MANAGED` or `SERVICE_MANAGED`.
    #[attr(computed)]
    pub permission_type: Value<String>,
    /// CloudFormation stack set that created the roles.
    #[attr(computed)]
    pub stack_set_name: Value<String>,
    /// Status of the workspace, such as `ACTIVE`.
    #[attr(computed)]
    pub status: Value<String>,
    /// Tags of the workspace.
    #[attr(computed)]
    pub tags: Value<BTreeMap<String, String>>,
    /// Connection to a private VPC; null without one.
    #[attr(computed)]
    pub vpc_configuration: Value<VpcConfiguration>,
    /// ARN of the role with which the workspace accesses AWS.
    #[attr(computed)]
    pub workspace_role_arn: Value<String>,
}

/// Ways to sign in to a workspace.
#[derive(Object, Debug, Clone, PartialEq, Eq)]
pub struct Authentication {
    /// Sign-in methods: `AWS_SSO`, `SAML`.
    #[attr(computed)]
    pub providers: Value<Vec<String>>,
    /// Whether SAML is set up: `CONFIGURED` or `NOT_CONFIGURED`; null without SAML.
    #[attr(computed)]
    pub saml_configuration_status: Value<String>,
}

/// Who may reach a workspace.
#[derive(Object, Debug, Clone, PartialEq, Eq)]
pub struct NetworkAccessControl {
    /// Managed prefix lists that may reach the workspace; if empty, none may.
    #[attr(computed)]
    pub prefix_list_ids: Value<Vec<String>>,
    /// VPC endpoints that may reach the workspace; if empty, none may.
    #[attr(computed)]
    pub vpce_ids: Value<Vec<String>>,
}

/// Connection of a workspace to a private VPC.
#[derive(Object, Debug, Clone, PartialEq, Eq)]
pub struct VpcConfiguration {
    /// Security groups of the connection.
    #[attr(computed)]
    pub security_group_ids: Value<BTreeSet<String>>,
    /// Subnets of the connection.
    #[attr(computed)]
    pub subnet_ids: Value<BTreeSet<String>>,
}

impl WorkspaceModel {
    /// The description that AWS gives, without the token if that is to be hidden.
    pub(crate) fn described(workspace: &amazon::Workspace, hides_token: bool) -> Self {
        let amazon::Workspace { details: from, grafana_token } = workspace.clone();
        let described = Self {
            account_access_type: text(from.account_access_type),
            authentication: from.authentication.map(Into::into).into(),
            created: timestamp(&from.created).into(),
            data_sources: texts(from.data_sources),
            degraded_workspace_reason: from.degraded_workspace_reason.into(),
            description: from.description.into(),
            endpoint: from.endpoint.into(),
            free_trial_consumed: from.free_trial_consumed.into(),
            free_trial_expiration: from.free_trial_expiration.as_ref().map(timestamp).into(),
            grafana_token: grafana_token.into(),
            grafana_version: from.grafana_version.into(),
            id: from.id.into(),
            ip_address_type: text(from.ip_address_type),
            kms_key_id: from.kms_key_id.into(),
            license_expiration: from.license_expiration.as_ref().map(timestamp).into(),
            license_type: text(from.license_type),
            modified: timestamp(&from.modified).into(),
            name: from.name.into(),
            network_access_control: from.network_access_control.map(Into::into).into(),
            notification_destinations: from.notification_destinations.map_or(Value::Null, texts),
            organization_role_name: from.organization_role_name.into(),
            organizational_units: from.organizational_units.into(),
            permission_type: text(from.permission_type),
            stack_set_name: from.stack_set_name.into(),
            status: from.status.as_str().into(),
            tags: from.tags.map(BTreeMap::from_iter).into(),
            vpc_configuration: from.vpc_configuration.map(Into::into).into(),
            workspace_role_arn: from.workspace_role_arn.into(),
        };
        described.shown(hides_token)
    }

    /// What is known ahead of a change of the license: all but what changes with it.
    #[must_use]
    pub(crate) fn before_change(self) -> Self {
        Self {
            degraded_workspace_reason: Value::Unknown,
            free_trial_consumed: Value::Unknown,
            free_trial_expiration: Value::Unknown,
            grafana_token: Value::Unknown,
            license_expiration: Value::Unknown,
            license_type: Value::Unknown,
            modified: Value::Unknown,
            status: Value::Unknown,
            ..self
        }
    }

    /// The same, with what is planned for the token that is shown.
    #[must_use]
    pub(crate) fn with_planned_token(self, planned: Option<Value<Secret>>) -> Self {
        match planned {
            Some(grafana_token) if !self.grafana_token.is_null() => Self { grafana_token, ..self },
            _ => self,
        }
    }

    /// The same, without the token if that is to be hidden.
    #[must_use]
    pub(crate) fn shown(self, hides_token: bool) -> Self {
        let grafana_token = if hides_token { Value::Null } else { self.grafana_token };
        Self { grafana_token, ..self }
    }
}

/// The word of one of AWS's enumerations.
fn text(value: Option<impl AsRef<str>>) -> Value<String> {
    value.map(|value| value.as_ref().to_owned()).into()
}

fn texts(values: Vec<impl AsRef<str>>) -> Value<Vec<String>> {
    values.iter().map(|value| value.as_ref().to_owned()).collect::<Vec<_>>().into()
}

impl From<amazon::AuthenticationSummary> for Authentication {
    fn from(from: amazon::AuthenticationSummary) -> Self {
        Self {
            providers: texts(from.providers),
            saml_configuration_status: text(from.saml_configuration_status),
        }
    }
}

impl From<amazon::NetworkAccessConfiguration> for NetworkAccessControl {
    fn from(from: amazon::NetworkAccessConfiguration) -> Self {
        Self { prefix_list_ids: from.prefix_list_ids.into(), vpce_ids: from.vpce_ids.into() }
    }
}

impl From<amazon::VpcConfiguration> for VpcConfiguration {
    fn from(from: amazon::VpcConfiguration) -> Self {
        let set = |ids: Vec<String>| Value::from(ids.into_iter().collect::<BTreeSet<_>>());
        Self { security_group_ids: set(from.security_group_ids), subnet_ids: set(from.subnet_ids) }
    }
}
