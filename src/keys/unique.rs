//! Creating what has a name that only one thing can have: an API key, a token, a service account.

use std::time::Duration;

use tfplugin::{Interrupted, Limits};

use crate::grafana::Error;
use crate::http::CarriedOut;

/// How often a request is sent whose answer gets lost.
const ATTEMPTS: u32 = 3;

/// How long to wait before it is sent again, at first.
const PAUSE: Duration = Duration::from_millis(200);

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
    /// The user stopped it, or its time ran out. Nothing is left of it.
    Interrupted(Interrupted),
    /// Something else has the name: Grafana's answer.
    NameTaken(Error),
    /// An answer was lost; what it has left, if anything, cannot be told from what others made.
    Unproven { lost: Error, id: Option<i64> },
}

/// Sends a request that creates something under a unique name. A lost answer is followed by a look:
/// `look` says what is there, and deletes only what is proven to be of this request: an answer that
/// cannot be used proves nothing, whatever its status.
pub(super) async fn create_unique<T, C, L>(
    limits: &Limits,
    create: impl Fn() -> C,
    look: impl Fn() -> L,
) -> Result<T, NotCreated>
where
    C: Future<Output = Result<T, Error>>,
    L: Future<Output = Result<Found<T>, Error>>,
{
    let mut lost = None;
    let mut attempt = 1;
    loop {
        let error = match create().await {
            Ok(created) => return Ok(created),
            Err(error) => error,
        };
        let is_taken = error.is_conflict();
        let is_refused = !is_taken && error.carried_out() == CarriedOut::No;
        if !is_taken && !is_refused {
            lost = Some(error.clone());
        }
        let Some(lost) = &lost else {
            return Err(if is_taken {
                NotCreated::NameTaken(error)
            } else {
                NotCreated::Failed(error)
            });
        };
        let unproven = |id| NotCreated::Unproven { lost: lost.clone(), id };
        let ends = is_refused || attempt == ATTEMPTS;
        match look().await.map_err(|_| unproven(None))? {
            Found::Usable(created) => return Ok(created),
            Found::Unproven(id) => return Err(unproven(Some(id))),
            Found::Unseen if is_taken || ends => return Err(unproven(None)),
            Found::Nothing if is_taken => return Err(NotCreated::NameTaken(error)),
            Found::Nothing | Found::Deleted if ends => {
                return Err(NotCreated::Failed(if is_refused { error } else { lost.clone() }));
            }
            Found::Unseen => {
                limits.sleep(PAUSE * attempt).await.map_err(|_| unproven(None))?;
            }
            Found::Nothing | Found::Deleted => {
                limits.sleep(PAUSE * attempt).await.map_err(NotCreated::Interrupted)?;
            }
        }
        attempt += 1;
    }
}
