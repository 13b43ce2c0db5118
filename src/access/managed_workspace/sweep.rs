//! Removing expired tokens that killed runs have left. They sign nobody in any more, but count against
//! the workspace's quota.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::Inner;
use super::names::is_ours;
use super::token::Token;
use crate::amazon::{Error, ServiceAccountToken};
use crate::grafana::{ApiKey, ApiKeyList, Client};

/// How far the clocks of AWS and of a workspace may differ.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(1);

impl Inner {
    /// Removes expired tokens in the background, now that there is a sign-in.
    pub(super) fn begin_sweep(self: &Arc<Self>, token: &Token, client: &Client) {
        let (inner, account, client) = (self.clone(), token.account.clone(), client.clone());
        self.work.spawn(async move {
            let sweep = async {
                match &account {
                    Some(account) => {
                        inner.sweep(account).await.map(drop).map_err(|e| e.to_string())
                    }
                    None => inner.sweep_api_keys(&client).await,
                }
            };
            if let Some(Err(error)) = inner.unless_stopped(sweep).await {
                tracing::debug!(error, "what former runs have left stays");
            }
        });
    }

    /// Removes expired tokens; how many those were.
    pub(super) async fn sweep(&self, account: &str) -> Result<usize, Error> {
        let (region, workspace) = self.place();
        let tokens = self.amazon.list_service_account_tokens(region, workspace, account).await?;
        let now = self.amazon.service_time().map(|time| time - CLOCKS_DIFFER);
        let mut removed = 0;
        for token in ended(&tokens, now) {
            let gone =
                self.amazon.delete_service_account_token(region, workspace, account, &token.id);
            match gone.await {
                Ok(()) => removed += 1,
                // Another run sweeps too.
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(removed)
    }

    /// The same for API keys, which AWS does not list: Grafana does, for an `Admin`.
    async fn sweep_api_keys(&self, client: &Client) -> Result<(), String> {
        if self.target.role != "Admin" {
            return Ok(());
        }
        let keys = client.api_keys();
        let all = keys.list(true).await.map_err(|error| error.to_string())?;
        let live = keys.list(false).await.map_err(|error| error.to_string())?;
        let (region, workspace) = self.place();
        for key in ended_keys(&all, &live) {
            match self.amazon.delete_api_key(region, workspace, &key.name).await {
                Err(error) if !error.is_not_found() => return Err(error.to_string()),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Those API keys of ours that Grafana does not list among the live ones any more. Where a list may be
/// cut, nothing is known.
fn ended_keys<'a>(all: &'a ApiKeyList, live: &'a ApiKeyList) -> impl Iterator<Item = &'a ApiKey> {
    let is_live = |key: &ApiKey| live.may_be_cut || live.keys.iter().any(|it| it.id == key.id);
    all.keys.iter().filter(move |key| is_ours(&key.name) && !is_live(key))
}

/// Those tokens of ours that have expired for certain. This machine's clock may be wrong, and would take
/// the token of a run in progress for an expired one: it is as late as AWS says, or as whatever has
/// happened to any of the tokens.
fn ended(
    tokens: &[ServiceAccountToken],
    now: Option<Timestamp>,
) -> impl Iterator<Item = &ServiceAccountToken> {
    let happened = tokens.iter().flat_map(|token| [Some(token.created_at), token.last_used_at]);
    let now = happened.flatten().max().max(now);
    tokens.iter().filter(move |token| {
        is_ours(&token.name) && token.expires_at.is_some_and(|end| Some(end) <= now)
    })
}

#[cfg(test)]
mod tests {
    use super::super::names::TokenNames;
    use super::*;

    /// Made and ended at these seconds.
    fn token(name: &str, made: i64, ends: Option<i64>) -> ServiceAccountToken {
        let time = |second| Timestamp::from_second(second).unwrap();
        ServiceAccountToken {
            id: name.to_owned(),
            name: name.to_owned(),
            created_at: time(made),
            expires_at: ends.map(time),
            last_used_at: None,
        }
    }

    fn ended_names(tokens: &[ServiceAccountToken]) -> Vec<&str> {
        ended_names_at(tokens, None)
    }

    fn ended_names_at(tokens: &[ServiceAccountToken], now: Option<i64>) -> Vec<&str> {
        let now = now.map(|second| Timestamp::from_second(second).unwrap());
        ended(tokens, now).map(|token| token.name.as_str()).collect()
    }

    #[test]
    fn only_what_has_ended_is_swept_and_only_ours() {
        let names = TokenNames::default();
        let [old, running, own] = [names.next(), names.next(), names.next()];
        let tokens = [
            token(&old, 0, Some(900)),
            token("somebody's", 0, Some(900)),
            token(&running, 500, Some(1400)),
            token(&own, 1000, Some(1900)),
            token(&names.next(), 0, None),
        ];
        assert_eq!(ended_names(&tokens), [&old]);
    }

    #[test]
    fn what_may_still_live_is_not_swept() {
        let names = TokenNames::default();
        let mut tokens =
            [token(&names.next(), 0, Some(900)), token(&names.next(), 899, Some(1799))];
        assert_eq!(ended_names(&tokens), [""; 0]);
        tokens[1].last_used_at = Timestamp::from_second(900).ok();
        assert_eq!(ended_names(&tokens).len(), 1, "its use shows how late it is");
        assert_eq!(ended_names(&[]), [""; 0]);
    }

    #[test]
    fn it_is_as_late_as_aws_says() {
        let tokens = [token(&TokenNames::default().next(), 0, Some(900))];
        assert_eq!(ended_names_at(&tokens, Some(899)), [""; 0]);
        assert_eq!(ended_names_at(&tokens, Some(900)).len(), 1);
    }
}
