//! Removing tokens that runs have left which were killed. They sign nobody in any more, but count
//! against the workspace's quota.

use std::sync::Arc;

use super::names::is_ours;
use super::token::Token;
use super::{Inner, PATIENCE};
use crate::amazon::{Error, ServiceAccountToken};

impl Inner {
    /// Removes in the background what has ended, now that `made` is there to tell the time by.
    pub(super) fn begin_sweep(self: &Arc<Self>, made: &Token) {
        let Token::OfAccount { account, .. } = made else { return };
        let (inner, account) = (self.clone(), account.clone());
        self.work.spawn(async move {
            let patience = async {
                inner.closing.cancelled().await;
                tokio::time::sleep(PATIENCE).await;
            };
            tokio::select! {
                swept = inner.sweep(&account) => {
                    if let Err(error) = swept {
                        tracing::debug!(error = %error, "expired tokens of former runs stay");
                    }
                }
                () = patience => {}
            }
        });
    }

    /// Removes what has ended; how many those were.
    pub(super) async fn sweep(&self, account: &str) -> Result<usize, Error> {
        let (region, workspace) = self.place();
        let tokens = self.amazon.list_service_account_tokens(region, workspace, account).await?;
        let mut removed = 0;
        for token in ended(&tokens) {
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
}

/// Those tokens of ours that have ended for certain, by the workspace's own clock: it is later there
/// than whatever has happened to any of the tokens. This machine's clock may be wrong, and would
/// take the token of a run that is under way for one that has ended.
fn ended(tokens: &[ServiceAccountToken]) -> impl Iterator<Item = &ServiceAccountToken> {
    let happened = tokens.iter().flat_map(|token| [Some(token.created_at), token.last_used_at]);
    let now = happened.flatten().max();
    tokens.iter().filter(move |token| {
        is_ours(&token.name) && token.expires_at.is_some_and(|end| Some(end) <= now)
    })
}

#[cfg(test)]
mod tests {
    use super::super::names::TokenNames;
    use super::*;
    use jiff::Timestamp;

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
        ended(tokens).map(|token| token.name.as_str()).collect()
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
}
