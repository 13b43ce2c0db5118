//! Service accounts of a workspace and their tokens, made by AWS.

use aws_sdk_grafana::primitives::DateTime;
use aws_sdk_grafana::types;
use jiff::Timestamp;
use secrecy::SecretString;

use super::call::send;
use super::retry::Repeat;
use super::workspace::timestamp;
use super::{Amazon, Error, Region};

/// A service account, as
/// [ListWorkspaceServiceAccounts](https://docs.aws.amazon.com/grafana/latest/APIReference/API_ServiceAccountSummary.html)
/// lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Id in the workspace.
    pub id: String,
    /// Name, unique in the workspace.
    pub name: String,
    /// `Admin`, `Editor` or `Viewer`.
    pub role: String,
    /// Whether it cannot be used at present.
    pub is_disabled: bool,
}

/// A token of a service account, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAccountToken {
    /// Id in the account.
    pub id: String,
    /// Name, unique in the account.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; `None` for one without an end, which only Grafana itself makes.
    pub expires_at: Option<Timestamp>,
    /// When it was used last.
    pub last_used_at: Option<Timestamp>,
}

impl Amazon {
    /// [CreateWorkspaceServiceAccount](https://docs.aws.amazon.com/grafana/latest/APIReference/API_CreateWorkspaceServiceAccount.html)
    /// named `name` (1 to 128 characters) with `role` (`Admin`, `Editor` or `Viewer`); its id.
    /// [`ErrorKind::Conflict`](super::ErrorKind::Conflict) if the name is taken.
    pub async fn create_service_account(
        &self,
        region: Option<&Region>,
        workspace_id: &str,
        name: &str,
        role: &str,
    ) -> Result<String, Error> {
        let call = self.call("CreateWorkspaceServiceAccount", region).await?;
        let request = call
            .client
            .create_workspace_service_account()
            .workspace_id(workspace_id)
            .name(name)
            .grafana_role(role.to_uppercase().as_str().into());
        let made = send!(call, Repeat::Refused, request)?;
        match made.name == name && !made.id.is_empty() {
            true => Ok(made.id),
            false => Err(call.incomplete("service account of that name")),
        }
    }

    /// [ListWorkspaceServiceAccounts](https://docs.aws.amazon.com/grafana/latest/APIReference/API_ListWorkspaceServiceAccounts.html),
    /// every page.
    pub async fn list_service_accounts(
        &self,
        region: Option<&Region>,
        workspace_id: &str,
    ) -> Result<Vec<ServiceAccount>, Error> {
        let call = self.call("ListWorkspaceServiceAccounts", region).await?;
        let call = &call;
        let page = |token| async move {
            let request = call.client.list_workspace_service_accounts();
            let request = request.workspace_id(workspace_id).set_next_token(token);
            let page = send!(call, Repeat::Always, request)?;
            Ok((page.service_accounts.into_iter().map(Into::into).collect(), page.next_token))
        };
        call.all_pages(page).await
    }

    /// [CreateWorkspaceServiceAccountToken](https://docs.aws.amazon.com/grafana/latest/APIReference/API_CreateWorkspaceServiceAccountToken.html)
    /// that lives `seconds_to_live` (1 to 2592000); its secret, which AWS returns only now.
    /// [`ErrorKind::Conflict`](super::ErrorKind::Conflict) if the name is taken.
    pub async fn create_service_account_token(
        &self,
        region: Option<&Region>,
        workspace_id: &str,
        account_id: &str,
        name: &str,
        seconds_to_live: i32,
    ) -> Result<SecretString, Error> {
        let call = self.call("CreateWorkspaceServiceAccountToken", region).await?;
        let request = call
            .client
            .create_workspace_service_account_token()
            .workspace_id(workspace_id)
            .service_account_id(account_id)
            .name(name)
            .seconds_to_live(seconds_to_live);
        let made = send!(call, Repeat::Refused, request)?.service_account_token;
        match made {
            Some(token) if token.name == name => call.secret(token.key, "token"),
            _ => Err(call.incomplete("token of that name")),
        }
    }

    /// [ListWorkspaceServiceAccountTokens](https://docs.aws.amazon.com/grafana/latest/APIReference/API_ListWorkspaceServiceAccountTokens.html),
    /// every page.
    pub async fn list_service_account_tokens(
        &self,
        region: Option<&Region>,
        workspace_id: &str,
        account_id: &str,
    ) -> Result<Vec<ServiceAccountToken>, Error> {
        let call = self.call("ListWorkspaceServiceAccountTokens", region).await?;
        let call = &call;
        let page = |token| async move {
            let request = call.client.list_workspace_service_account_tokens();
            let request = request.workspace_id(workspace_id).service_account_id(account_id);
            let request = request.set_next_token(token);
            let page = send!(call, Repeat::Always, request)?;
            Ok((page.service_account_tokens.into_iter().map(Into::into).collect(), page.next_token))
        };
        call.all_pages(page).await
    }

    /// [DeleteWorkspaceServiceAccountToken](https://docs.aws.amazon.com/grafana/latest/APIReference/API_DeleteWorkspaceServiceAccountToken.html).
    pub async fn delete_service_account_token(
        &self,
        region: Option<&Region>,
        workspace_id: &str,
        account_id: &str,
        token_id: &str,
    ) -> Result<(), Error> {
        let call = self.call("DeleteWorkspaceServiceAccountToken", region).await?;
        let request = call.client.delete_workspace_service_account_token();
        let request = request.workspace_id(workspace_id).service_account_id(account_id);
        let request = request.token_id(token_id);
        send!(call, Repeat::Always, request).map(drop)
    }
}

/// Whether AWS sent the time: the SDK puts the epoch where one is missing that its model demands.
fn is_given(time: &&DateTime) -> bool {
    time.as_nanos() != 0
}

/// The role in Grafana's spelling: AWS has `ADMIN` for `Admin`.
fn as_grafana_has_it(role: &str) -> String {
    let (first, rest) = role.split_at_checked(1).unwrap_or_default();
    first.to_owned() + &rest.to_lowercase()
}

impl From<types::ServiceAccountSummary> for ServiceAccount {
    fn from(from: types::ServiceAccountSummary) -> Self {
        Self {
            id: from.id,
            name: from.name,
            role: as_grafana_has_it(from.grafana_role.as_str()),
            is_disabled: from.is_disabled == "true",
        }
    }
}

impl From<types::ServiceAccountTokenSummary> for ServiceAccountToken {
    fn from(from: types::ServiceAccountTokenSummary) -> Self {
        Self {
            id: from.id,
            name: from.name,
            created_at: timestamp(&from.created_at),
            expires_at: Some(&from.expires_at).filter(is_given).map(timestamp),
            last_used_at: from.last_used_at.as_ref().map(timestamp),
        }
    }
}
