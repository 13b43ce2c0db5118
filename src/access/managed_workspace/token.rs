//! Making a token and removing it: of a service account, or an API key where the workspace's Grafana
//! has no service accounts yet.

use std::sync::Arc;

use scopeguard::ScopeGuard;
use secrecy::SecretString;

use super::age::Moment;
use super::words::Failure;
use super::{Inner, LIFE, SETTLES, names};
use crate::amazon::{
    Error, ErrorKind, NewServiceAccountToken, Pauses, Region, ServiceAccount, Workspace,
};
use crate::grafana::{Auth, Client, InvalidRootUrl, RootUrl};
use crate::http::CarriedOut;

/// The first Grafana with service accounts that Amazon Managed Grafana offers is 9.4.
const FIRST_WITH_ACCOUNTS: u32 = 9;

/// How often a token is asked for when answers are lost.
const ATTEMPTS: u32 = 2;

/// What has to be removed in the end.
pub(super) enum Token {
    /// Of the service account with that id.
    OfAccount { account: String, id: String, name: String },
    /// An API key, which AWS knows by its name.
    ApiKey { name: String },
}

/// What may have been made: a token of the service account with that id, or an API key.
struct Unknown {
    account: Option<String>,
    name: String,
}

type Asking = (Arc<Inner>, Unknown);

impl Token {
    fn name(&self) -> &str {
        match self {
            Token::OfAccount { name, .. } | Token::ApiKey { name } => name,
        }
    }
}

impl Inner {
    /// Region and id of the workspace.
    pub(super) fn place(&self) -> (Option<&Region>, &str) {
        (self.target.region.as_ref(), &self.target.workspace_id)
    }

    /// Makes a token, and a client that signs in with it, over the connections of the last one if
    /// there was one. A workspace that is busy, with its license say, is waited for.
    pub(super) async fn make(
        self: &Arc<Self>,
        last: Option<&Client>,
    ) -> Result<(Token, Client), Failure> {
        let began = Moment::now();
        loop {
            let workspace = self.settled(&began).await?;
            match self.make_in(&workspace, last).await {
                Err(failure) if failure.is_contended && self.is_busy().await => {}
                made => return made,
            }
        }
    }

    async fn make_in(
        self: &Arc<Self>,
        workspace: &Workspace,
        last: Option<&Client>,
    ) -> Result<(Token, Client), Failure> {
        let url = root_url(workspace)
            .map_err(|error| self.wrong_endpoint(&workspace.endpoint, &error))?;
        let connected = match last.filter(|last| *last.url() == url) {
            Some(last) => last.clone(),
            None => Client::new(&url, Auth::Anonymous, &self.settings)
                .map_err(|error| self.wrong_setting(&error))?,
        };
        let (token, key) = match has_service_accounts(&workspace.grafana_version) {
            true => self.token().await?,
            false => self.api_key().await.map_err(|error| self.failure(&error))?,
        };
        let id = workspace.id.as_str();
        tracing::debug!(workspace = id, token = token.name(), "signs in with a token of its own");
        match connected.signed_in_as(Auth::Token(key)) {
            Ok(client) => Ok((token, client)),
            Err(error) => {
                self.remove(&token).await;
                Err(self.wrong_setting(&error))
            }
        }
    }

    async fn describe(&self) -> Result<Workspace, Error> {
        let (region, id) = self.place();
        self.amazon.describe_workspace(region, id).await
    }

    async fn is_busy(&self) -> bool {
        self.describe().await.is_ok_and(|workspace| workspace.is_busy())
    }

    /// The workspace, once nothing is under way in it. After a change that failed it is as before.
    async fn settled(&self, began: &Moment) -> Result<Workspace, Failure> {
        let mut pauses = Pauses::default();
        loop {
            let workspace = self.describe().await.map_err(|error| self.failure(&error))?;
            if workspace.is_unusable() || workspace.is_busy() && began.age() >= SETTLES {
                return Err(self.not_ready(&workspace));
            }
            if !workspace.is_busy() {
                return Ok(workspace);
            }
            tracing::info!(status = %workspace.status, "waiting for the workspace to settle");
            tokio::time::sleep(pauses.next_pause()).await;
        }
    }

    async fn token(self: &Arc<Self>) -> Result<(Token, SecretString), Failure> {
        let account = self.account().await?;
        let made = match self.token_of(&account).await {
            Err(error) if *error.kind() == ErrorKind::QuotaExceeded => {
                let swept = self.sweep(&account).await;
                match swept {
                    Ok(removed) if removed > 0 => self.token_of(&account).await,
                    swept => return Err(self.no_room(&error, swept)),
                }
            }
            made => made,
        };
        let NewServiceAccountToken { id, name, key } =
            made.map_err(|error| self.failure(&error))?;
        Ok((Token::OfAccount { account, id, name }, key))
    }

    async fn token_of(self: &Arc<Self>, account: &str) -> Result<NewServiceAccountToken, Error> {
        let (region, workspace) = self.place();
        let mut attempt = 1;
        loop {
            let name = self.names.next();
            let unknown = Unknown { account: Some(account.to_owned()), name: name.clone() };
            let unknown = self.unless_known(unknown);
            let amazon = &self.amazon;
            let made =
                amazon.create_service_account_token(region, workspace, account, &name, seconds());
            match made.await {
                Err(error) if is_lost(&error) => {
                    if attempt == ATTEMPTS {
                        return Err(error);
                    }
                    attempt += 1;
                }
                answer => {
                    ScopeGuard::into_inner(unknown);
                    return answer;
                }
            }
        }
    }

    async fn api_key(self: &Arc<Self>) -> Result<(Token, SecretString), Error> {
        let (region, workspace) = self.place();
        let role = &self.target.role;
        let mut attempt = 1;
        loop {
            let name = self.names.next();
            let unknown = self.unless_known(Unknown { account: None, name: name.clone() });
            let made = self.amazon.create_api_key(region, workspace, &name, role, seconds()).await;
            match made {
                Err(error) if is_lost(&error) => {
                    if attempt == ATTEMPTS {
                        return Err(error);
                    }
                    attempt += 1;
                }
                answer => {
                    ScopeGuard::into_inner(unknown);
                    return answer.map(|key| (Token::ApiKey { name }, key));
                }
            }
        }
    }

    /// The id of the service account, which stays in the workspace: found, or made by the first run.
    async fn account(&self) -> Result<String, Failure> {
        let mut attempt = 1;
        loop {
            let found = self.find_account().await.map_err(|error| self.failure(&error))?;
            if let Some(account) = found {
                return self.usable(account);
            }
            match self.new_account().await {
                Ok(account) => return Ok(account),
                // Another run has made it meanwhile, or this one without hearing of it.
                Err(error) if is_taken(&error) || is_lost(&error) => {
                    if attempt > ATTEMPTS {
                        return Err(self.failure(&error));
                    }
                    attempt += 1;
                }
                Err(error) => return Err(self.failure(&error)),
            }
        }
    }

    async fn new_account(&self) -> Result<String, Error> {
        let (region, workspace) = self.place();
        let role = &self.target.role;
        let name = names::account(role);
        self.amazon.create_service_account(region, workspace, &name, role).await
    }

    async fn find_account(&self) -> Result<Option<ServiceAccount>, Error> {
        let (region, workspace) = self.place();
        let name = names::account(&self.target.role);
        let accounts = self.amazon.list_service_accounts(region, workspace).await?;
        Ok(accounts.into_iter().find(|account| account.name == name))
    }

    fn usable(&self, account: ServiceAccount) -> Result<String, Failure> {
        if account.is_disabled || account.role != self.target.role {
            return Err(self.unusable(&account));
        }
        Ok(account.id)
    }

    /// Removes a token; what cannot be removed is logged, and ends by itself.
    pub(super) async fn remove(&self, token: &Token) {
        let (region, workspace) = self.place();
        let removed = match token {
            Token::OfAccount { account, id, .. } => {
                self.amazon.delete_service_account_token(region, workspace, account, id).await
            }
            Token::ApiKey { name } => self.amazon.delete_api_key(region, workspace, name).await,
        };
        self.log_removal(token.name(), removed);
    }

    /// Removes what is asked for, unless its answer comes: it may have been made all the same, and
    /// nobody knows its secret.
    fn unless_known(self: &Arc<Self>, unknown: Unknown) -> ScopeGuard<Asking, fn(Asking)> {
        scopeguard::guard((self.clone(), unknown), |(inner, unknown)| {
            let work = inner.work.clone();
            work.spawn(async move {
                inner.while_running(inner.remove_unknown(unknown)).await;
            });
        })
    }

    async fn remove_unknown(&self, Unknown { account, name }: Unknown) {
        let Some(account) = account else { return self.remove(&Token::ApiKey { name }).await };
        let (region, workspace) = self.place();
        let tokens = self.amazon.list_service_account_tokens(region, workspace, &account).await;
        match tokens.map(|tokens| tokens.into_iter().find(|token| token.name == name)) {
            Ok(Some(token)) => {
                self.remove(&Token::OfAccount { account, id: token.id, name }).await;
            }
            Ok(None) => {}
            Err(error) => self.log_removal(&name, Err(error)),
        }
    }

    fn log_removal(&self, name: &str, removed: Result<(), Error>) {
        match removed {
            Err(error) if !error.is_not_found() => tracing::warn!(
                workspace = self.target.workspace_id,
                token = name,
                error = %error,
                "the token could not be removed; it ends by itself within 15 minutes"
            ),
            _ => tracing::debug!(token = name, "removed the token"),
        }
    }
}

fn seconds() -> i32 {
    i32::try_from(LIFE.as_secs()).unwrap_or(i32::MAX)
}

fn is_lost(error: &Error) -> bool {
    error.carried_out() == CarriedOut::Maybe
}

fn is_taken(error: &Error) -> bool {
    *error.kind() == ErrorKind::Conflict
}

/// Whether a Grafana of this version, such as `10.4`, has service accounts.
fn has_service_accounts(version: &str) -> bool {
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    major.is_none_or(|major| major >= FIRST_WITH_ACCOUNTS)
}

/// AWS tells a host name, and means HTTPS.
fn root_url(workspace: &Workspace) -> Result<RootUrl, InvalidRootUrl> {
    match workspace.endpoint.contains("://") {
        true => workspace.endpoint.parse(),
        false => format!("https://{}/", workspace.endpoint).parse(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_grafana_8_has_no_service_accounts() {
        for (version, has) in
            [("8.4", false), ("9.4", true), ("10.4", true), ("12.4", true), ("", true)]
        {
            assert_eq!(has_service_accounts(version), has, "{version}");
        }
    }
}
