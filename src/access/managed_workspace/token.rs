//! Creating a token and removing it: of a service account, or an API key where the workspace's Grafana
//! has no service accounts yet.

use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use scopeguard::ScopeGuard;
use secrecy::SecretString;
use tokio::time::Instant;

use super::diagnostics::SignInFailure;
use super::stopwatch::Stopwatch;
use super::{BUSY_LIMIT, Inner, LIFE, names};
use crate::amazon::{Amazon, Error, ErrorKind, Pauses, Region, Workspace};
use crate::grafana::{Auth, Client, InvalidRootUrl, RootUrl};
use crate::http::CarriedOut;

/// The first Grafana with service accounts that Amazon Managed Grafana offers is 9.4.
const FIRST_WITH_ACCOUNTS: u32 = 9;

/// How often a creation is repeated when its answer is lost.
const REPETITIONS: u32 = 1;

/// A token of this process: of the service account with that id, or an API key. Its random name, which
/// nobody else gives, proves that.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) account: Option<String>,
    pub(super) name: String,
}

type Removal = (Arc<Inner>, Token);

impl Inner {
    /// Region and id of the workspace.
    pub(super) fn place(&self) -> (Option<&Region>, &str) {
        (self.target.region.as_ref(), &self.target.workspace_id)
    }

    /// Creates a token, and a client that signs in with it, over the connections of the last one if
    /// there was one. A workspace that is busy, with its license say, is waited for.
    pub(super) async fn sign_in(
        self: &Arc<Self>,
        last: Option<&Client>,
        deadline: Instant,
    ) -> Result<(Token, Client), SignInFailure> {
        let amazon = self.amazon.within(Some(deadline));
        let stopwatch = Stopwatch::start();
        let mut pauses = Pauses::default();
        loop {
            let workspace = self.settled(&amazon, &stopwatch).await?;
            match self.sign_in_to(&amazon, &workspace, last).await {
                Err(failure) if failure.is_conflict() => {
                    tokio::time::sleep(pauses.next_pause()).await;
                    if !self.is_contended(&amazon, &workspace).await {
                        return Err(failure);
                    }
                }
                signed_in => return signed_in,
            }
        }
    }

    async fn sign_in_to(
        self: &Arc<Self>,
        amazon: &Amazon,
        workspace: &Workspace,
        last: Option<&Client>,
    ) -> Result<(Token, Client), SignInFailure> {
        let url = root_url(workspace).map_err(|error| {
            let endpoint = amazon.quote(&workspace.endpoint);
            SignInFailure::Endpoint { endpoint, error }
        })?;
        let connected = match last.filter(|last| *last.url() == url) {
            Some(last) => last.clone(),
            None => Client::new(&url, Auth::Anonymous, &self.settings)
                .map_err(SignInFailure::Setting)?,
        };
        let (token, key) = match has_service_accounts(&workspace.grafana_version) {
            true => self.create_token(amazon).await?,
            false => self.create(amazon, None).await?,
        };
        let id = workspace.id.as_str();
        tracing::debug!(workspace = id, token = token.name, "signs in with a token of its own");
        match connected.signed_in_as(Auth::Token(key)) {
            Ok(client) => Ok((token, client)),
            Err(error) => {
                self.remove(&token).await;
                Err(SignInFailure::Setting(error))
            }
        }
    }

    async fn is_contended(&self, amazon: &Amazon, before: &Workspace) -> bool {
        let (region, id) = self.place();
        let workspace = amazon.describe_workspace(region, id).await;
        workspace.is_ok_and(|now| now.is_contended(before))
    }

    /// The workspace, once no change is in progress. After a change that failed it is as before.
    async fn settled(
        &self,
        amazon: &Amazon,
        stopwatch: &Stopwatch,
    ) -> Result<Workspace, SignInFailure> {
        let (region, id) = self.place();
        let settled = |seen: Result<Workspace, Error>| match seen {
            Ok(workspace)
                if workspace.is_unusable()
                    || workspace.is_busy() && stopwatch.elapsed() >= BUSY_LIMIT =>
            {
                Break(Err(SignInFailure::not_ready(&workspace)))
            }
            Ok(workspace) if workspace.is_busy() => {
                amazon.note_busy(&workspace);
                Continue(())
            }
            seen => Break(seen.map_err(SignInFailure::from)),
        };
        amazon.watch_workspace(region, id, settled).await
    }

    async fn create_token(
        self: &Arc<Self>,
        amazon: &Amazon,
    ) -> Result<(Token, SecretString), SignInFailure> {
        let account = self.account(amazon).await?;
        match self.create(amazon, Some(&account)).await {
            Err(error) if *error.kind() == ErrorKind::QuotaExceeded => {
                match self.sweep(&account).await {
                    Ok(0) => Err(SignInFailure::Quota { error, sweep: None }),
                    Ok(_) => Ok(self.create(amazon, Some(&account)).await?),
                    Err(sweep) => Err(SignInFailure::Quota { error, sweep: Some(sweep) }),
                }
            }
            created => Ok(created?),
        }
    }

    /// Creates a token of the service account with that id, or an API key. If the answer is lost, what
    /// may have been created is removed, for nobody knows its secret, and another one created.
    async fn create(
        self: &Arc<Self>,
        amazon: &Amazon,
        account: Option<&str>,
    ) -> Result<(Token, SecretString), Error> {
        let (region, workspace) = self.place();
        let mut repetitions = 0;
        loop {
            let token = Token { account: account.map(str::to_owned), name: self.names.next() };
            let unanswered = self.removed_later(token.clone());
            let (name, life) = (&token.name, seconds());
            let created = match account {
                Some(account) => {
                    amazon
                        .create_service_account_token(region, workspace, account, name, life)
                        .await
                }
                None => {
                    let role = &self.target.role;
                    amazon.create_api_key(region, workspace, name, role, life).await
                }
            };
            match created {
                Err(error) if is_lost(&error) && repetitions == REPETITIONS => return Err(error),
                Err(error) if is_lost(&error) => repetitions += 1,
                created => {
                    ScopeGuard::into_inner(unanswered);
                    return created.map(|key| (token, key));
                }
            }
        }
    }

    /// Removes a token in the background when the guard is dropped, also with the future that holds it.
    fn removed_later(self: &Arc<Self>, token: Token) -> ScopeGuard<Removal, fn(Removal)> {
        scopeguard::guard((self.clone(), token), |(inner, token)| {
            let work = inner.work.clone();
            work.spawn(async move { inner.unless_stopped(inner.remove(&token)).await });
        })
    }

    /// The id of the service account, which stays in the workspace: found, or created by the first run.
    async fn account(&self, amazon: &Amazon) -> Result<String, SignInFailure> {
        let (region, workspace) = self.place();
        let role = &self.target.role;
        let name = names::account(role);
        let mut repetitions = 0;
        loop {
            let accounts = amazon.list_service_accounts(region, workspace).await?;
            if let Some(account) = accounts.into_iter().find(|account| account.name == name) {
                return match account.is_disabled || account.role != *role {
                    true => Err(SignInFailure::Account(account)),
                    false => Ok(account.id),
                };
            }
            match amazon.create_service_account(region, workspace, &name, role).await {
                // Another run has created it meanwhile, or this one without an answer.
                Err(error)
                    if repetitions <= REPETITIONS && (is_taken(&error) || is_lost(&error)) =>
                {
                    repetitions += 1;
                }
                created => return Ok(created?),
            }
        }
    }

    /// Removes a token of this process; one that cannot be removed is logged, and expires.
    pub(super) async fn remove(&self, token: &Token) {
        let (region, workspace) = self.place();
        let removed = match &token.account {
            Some(account) => self.remove_from(account, &token.name).await,
            None => self.amazon.delete_api_key(region, workspace, &token.name).await,
        };
        match removed {
            Err(error) if !error.is_not_found() => tracing::warn!(
                workspace,
                token = token.name,
                %error,
                "the token could not be removed; it expires within 15 minutes"
            ),
            _ => tracing::debug!(token = token.name, "removed the token"),
        }
    }

    /// Removes the token with that name. Its id alone would not prove whose it is.
    async fn remove_from(&self, account: &str, name: &str) -> Result<(), Error> {
        let (region, workspace) = self.place();
        let tokens = self.amazon.list_service_account_tokens(region, workspace, account).await?;
        match tokens.iter().find(|token| token.name == name) {
            Some(token) => {
                let id = &token.id;
                self.amazon.delete_service_account_token(region, workspace, account, id).await
            }
            None => Ok(()),
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

/// AWS returns a host name, of which HTTPS is to be used.
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
