//! Service accounts of a workspace and their tokens, made by AWS.

use aws_sdk_grafana::config::Config;
use aws_sdk_grafana::primitives::DateTime;
use aws_sdk_grafana::types;
use jiff::Timestamp;
use secrecy::SecretString;

use super::workspace::timestamp;
use super::{Amazon, Error, Region, retry};

/// A service account, as
/// [ListWorkspaceServiceAccounts](https://docs.aws.amazon.com/grafana/latest/APIReference/API_ServiceAccountSummary.html)
/// tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Id in the workspace.
    pub id: String,
    /// Name, unique in the workspace.
    pub name: String,
    /// `ADMIN`, `EDITOR` or `VIEWER`.
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

/// A token just made: the only time that its secret is told.
#[derive(Clone, Debug)]
pub struct NewServiceAccountToken {
    /// Id in the account.
    pub id: String,
    /// Name.
    pub name: String,
    /// The secret.
    pub key: SecretString,
}

impl Amazon {
    /// [CreateWorkspaceServiceAccount](https://docs.aws.amazon.com/grafana/latest/APIReference/API_CreateWorkspaceServiceAccount.html)
    /// named `name` (1 to 128 characters) with `role` (`ADMIN`, `EDITOR` or `VIEWER`).
    /// [`ErrorKind::Conflict`](super::ErrorKind::Conflict) if the name is taken.
    pub async fn create_service_account(
        &self,
        region: Option<&Region>,
        workspace_id: &str,
        name: &str,
        role: &str,
    ) -> Result<ServiceAccount, Error> {
        let call = self.call("CreateWorkspaceServiceAccount", region).await?;
        let answer = call
            .client
            .create_workspace_service_account()
            .workspace_id(workspace_id)
            .name(name)
            .grafana_role(role.into())
            .customize()
            .config_override(Config::builder().retry_classifier(retry::Cautious))
            .send()
            .await;
        let made = answer.map_err(|error| call.failed(error))?;
        Ok(ServiceAccount {
            id: made.id,
            name: made.name,
            role: made.grafana_role.as_str().to_owned(),
            is_disabled: false,
        })
    }

    /// [ListWorkspaceServiceAccounts](https://docs.aws.amazon.com/grafana/latest/APIReference/API_ListWorkspaceServiceAccounts.html),
    /// every page.
    pub async fn list_service_accounts(
        &self,
        region: Option<&Region>,
        workspace_id: &str,
    ) -> Result<Vec<ServiceAccount>, Error> {
        let call = self.call("ListWorkspaceServiceAccounts", region).await?;
        let request = call.client.list_workspace_service_accounts();
        let mut found = request.workspace_id(workspace_id).into_paginator().items().send();
        let mut accounts = Vec::new();
        while let Some(account) = found.next().await {
            accounts.push(account.map_err(|error| call.failed(error))?.into());
        }
        Ok(accounts)
    }

    /// [DeleteWorkspaceServiceAccount](https://docs.aws.amazon.com/grafana/latest/APIReference/API_DeleteWorkspaceServiceAccount.html),
    /// with all its tokens.
    pub async fn delete_service_account(
        &self,
        region: Option<&Region>,
        workspace_id: &str,
        account_id: &str,
    ) -> Result<(), Error> {
        let call = self.call("DeleteWorkspaceServiceAccount", region).await?;
        let request = call.client.delete_workspace_service_account();
        let request = request.workspace_id(workspace_id).service_account_id(account_id);
        request.send().await.map(drop).map_err(|error| call.failed(error))
    }

    /// [CreateWorkspaceServiceAccountToken](https://docs.aws.amazon.com/grafana/latest/APIReference/API_CreateWorkspaceServiceAccountToken.html)
    /// that lives `seconds_to_live` (1 to 2592000).
    /// [`ErrorKind::Conflict`](super::ErrorKind::Conflict) if the name is taken.
    pub async fn create_service_account_token(
        &self,
        region: Option<&Region>,
        workspace_id: &str,
        account_id: &str,
        name: &str,
        seconds_to_live: i32,
    ) -> Result<NewServiceAccountToken, Error> {
        let call = self.call("CreateWorkspaceServiceAccountToken", region).await?;
        let answer = call
            .client
            .create_workspace_service_account_token()
            .workspace_id(workspace_id)
            .service_account_id(account_id)
            .name(name)
            .seconds_to_live(seconds_to_live)
            .customize()
            .config_override(Config::builder().retry_classifier(retry::Cautious))
            .send()
            .await;
        let made = answer.map_err(|error| call.failed(error))?.service_account_token;
        match made {
            Some(token) if !token.key.is_empty() => {
                Ok(NewServiceAccountToken { id: token.id, name: token.name, key: token.key.into() })
            }
            _ => Err(call.incomplete("token")),
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
        let request = call.client.list_workspace_service_account_tokens();
        let request = request.workspace_id(workspace_id).service_account_id(account_id);
        let mut found = request.into_paginator().items().send();
        let mut tokens = Vec::new();
        while let Some(token) = found.next().await {
            tokens.push(token.map_err(|error| call.failed(error))?.into());
        }
        Ok(tokens)
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
        let answer = request.token_id(token_id).send().await;
        answer.map(drop).map_err(|error| call.failed(error))
    }
}

/// Whether AWS sent the time: the SDK puts the epoch where one is missing that its model demands.
fn is_given(time: &&DateTime) -> bool {
    time.as_nanos() != 0
}

impl From<types::ServiceAccountSummary> for ServiceAccount {
    fn from(from: types::ServiceAccountSummary) -> Self {
        Self {
            id: from.id,
            name: from.name,
            role: from.grafana_role.as_str().to_owned(),
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
