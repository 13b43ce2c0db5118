//! Creating what has a name that only one thing can have: an API key, a token, a service account.

use crate::grafana::{Attempts, Error};
use crate::http::CarriedOut;

/// Random lower-case letters and digits, for a name that nobody else gives.
pub(super) fn random(count: usize) -> String {
    let letters = std::iter::repeat_with(fastrand::alphanumeric).take(count);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// What a lost answer has left under the name.
pub(super) enum Found<T> {
    /// What the request made, as its name proves, and it can be used.
    Usable(T),
    /// What the request made, as its name proves; it is deleted.
    Deleted,
    /// Nothing.
    Nothing,
    /// The list is cut: it may be there.
    Unseen,
    /// The thing of that id. Nothing proves that the request made it.
    Unproven(i64),
}

/// Why nothing was created that could be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NotCreated {
    /// Nothing is left of it.
    Failed(Error),
    /// Something else has the name: Grafana's answer.
    NameTaken(Error),
    /// An answer was lost; what it has left, if anything, cannot be told from what others made.
    Unproven { lost: Error, id: Option<i64> },
}

/// Sends a request that creates something under a unique name, again as the attempts allow. A lost
/// answer is followed by a look: `look` says what is there, and deletes only what is proven to be of
/// this request: an answer that cannot be used proves nothing, whatever its status.
pub(super) async fn create_unique<T, C, L>(
    mut attempts: Attempts,
    create: impl Fn() -> C,
    look: impl Fn() -> L,
) -> Result<T, NotCreated>
where
    C: Future<Output = Result<T, Error>>,
    L: Future<Output = Result<Found<T>, Error>>,
{
    let (mut lost, mut is_sent_twice) = (None, false);
    loop {
        let error = match create().await {
            Ok(created) => return Ok(created),
            Err(error) => error,
        };
        let is_taken = error.is_conflict();
        if is_taken && lost.is_none() {
            // A proxy that has sent the request twice hands on the second answer.
            match look().await {
                Ok(Found::Usable(created)) => return Ok(created),
                Ok(Found::Deleted) if !is_sent_twice => {
                    is_sent_twice = true;
                    continue;
                }
                _ => {}
            }
        }
        if !is_taken && error.carried_out() != CarriedOut::No {
            lost = Some(error.clone());
        }
        // A name that is taken now may be taken by what was lost.
        let mut cause = lost.clone().filter(|_| is_taken).unwrap_or_else(|| error.clone());
        let is_sent_again = attempts.wait_after(&mut cause).await;
        let Some(lost) = &lost else {
            match is_sent_again {
                true => continue,
                false if is_taken => return Err(NotCreated::NameTaken(error)),
                false => {}
            }
            // A gateway may refuse in Grafana's words what has been carried out. 410 is of Grafana alone.
            let there = match error.status() {
                None | Some(410) => Ok(Found::Nothing),
                Some(_) => look().await,
            };
            return match there {
                Ok(Found::Usable(created)) => Ok(created),
                _ => Err(NotCreated::Failed(cause)),
            };
        };
        let unproven = |id| NotCreated::Unproven { lost: lost.clone(), id };
        match look().await.map_err(|_| unproven(None))? {
            Found::Usable(created) => return Ok(created),
            Found::Unproven(id) => return Err(unproven(Some(id))),
            Found::Unseen if is_taken || !is_sent_again => return Err(unproven(None)),
            Found::Nothing if is_taken => return Err(NotCreated::NameTaken(error)),
            Found::Nothing | Found::Deleted if !is_sent_again => {
                return Err(NotCreated::Failed(cause));
            }
            Found::Unseen | Found::Nothing | Found::Deleted => {}
        }
    }
}
