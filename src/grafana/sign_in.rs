//! The client's sign-in: proven once, refused once.

use std::sync::{PoisonError, RwLock};

use reqwest::header::HeaderValue;
use tokio::sync::{Mutex, MutexGuard};

use super::auth::{Auth, InvalidAuth};
use super::error::{Error, ErrorKind};

/// How often a refused password is sent again in one run: Grafana locks a user after five.
const TRIES_WITH_PASSWORD: u32 = 2;

/// What is known of a sign-in.
enum Verdict {
    Unproven,
    Good,
    /// It has been good, and then was refused.
    Doubtful,
    /// With the first refusal, which every later request gets too.
    Refused(Error),
}

/// Lets requests go one at a time until an answer has proven the sign-in good, and none after one
/// has refused it: five wrong passwords lock a Grafana user, and Terraform sends ten requests at a
/// time. If refusals may be answered by another try, that holds for a sign-in that has been good.
pub(super) struct SignIn {
    auth: Auth,
    header: Option<HeaderValue>,
    /// Whether there is a sign-in that can be refused.
    guarded: bool,
    /// Whether refusals lock somebody: it may be a password.
    can_lock: bool,
    /// How many refusals of a good sign-in may be answered by another try.
    tries: Option<u32>,
    known: RwLock<Known>,
    unproven: Mutex<()>,
}

struct Known {
    verdict: Verdict,
    refusals: u32,
}

/// Permission to send one request; while the sign-in is unproven, nobody else has it.
pub(super) struct Permit<'a>(Option<MutexGuard<'a, ()>>);

impl SignIn {
    /// `elsewhere`: a header set by the user signs in too. `tries`: how often a request may be sent
    /// again after a refusal, if that is wanted.
    pub(super) fn new(
        auth: Auth,
        elsewhere: bool,
        tries: Option<u32>,
    ) -> Result<Self, InvalidAuth> {
        let header = auth.header()?;
        // What a header set by the user holds may be a password.
        let can_lock = auth.is_basic() || header.is_none();
        let most = if can_lock { TRIES_WITH_PASSWORD } else { u32::MAX };
        Ok(Self {
            guarded: header.is_some() || elsewhere,
            header,
            auth,
            can_lock,
            tries: tries.map(|tries| tries.min(most)),
            known: RwLock::new(Known { verdict: Verdict::Unproven, refusals: 0 }),
            unproven: Mutex::new(()),
        })
    }

    pub(super) fn auth(&self) -> &Auth {
        &self.auth
    }

    /// Whether there is a sign-in at all.
    pub(super) fn is_guarded(&self) -> bool {
        self.guarded
    }

    /// The `Authorization` header for [`SignIn::auth`].
    pub(super) fn header(&self) -> Option<&HeaderValue> {
        self.header.as_ref()
    }

    /// Waits until a request may be sent with this sign-in; the refusal, if it has been refused.
    pub(super) async fn permit(&self) -> Result<Permit<'_>, Error> {
        if self.is_free()? {
            return Ok(Permit(None));
        }
        let guard = self.unproven.lock().await;
        let is_free = self.is_free()?;
        Ok(Permit((!is_free).then_some(guard)))
    }

    /// Whether requests are free to go.
    fn is_free(&self) -> Result<bool, Error> {
        if !self.guarded {
            return Ok(true);
        }
        match &self.known.read().unwrap_or_else(PoisonError::into_inner).verdict {
            Verdict::Unproven | Verdict::Doubtful => Ok(false),
            Verdict::Good => Ok(true),
            Verdict::Refused(error) => Err(error.clone()),
        }
    }

    /// Takes note of the outcome of a request that was sent with a permit, which ends here, when the
    /// verdict is known. A refusal that is final says so.
    pub(super) fn learn<T>(
        &self,
        permit: Permit<'_>,
        outcome: Result<T, Error>,
    ) -> Result<T, Error> {
        if !self.guarded {
            return outcome;
        }
        let known = &mut *self.known.write().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Err(error) if *error.kind() == ErrorKind::Refused => {
                // Those that were under way together are one refusal, unless each counts for a lock.
                known.refusals += u32::from(permit.0.is_some() || self.can_lock);
                let has_been_good = matches!(known.verdict, Verdict::Good | Verdict::Doubtful);
                let may_try = self.tries.is_some_and(|tries| known.refusals <= tries);
                if has_been_good && may_try && error.status() == Some(401) {
                    known.verdict = Verdict::Doubtful;
                    return Err(error);
                }
                let error = error.settled();
                if !matches!(known.verdict, Verdict::Refused(_)) {
                    known.verdict = Verdict::Refused(error.clone());
                }
                Err(error)
            }
            outcome => {
                if proves_good(outcome.as_ref().map(drop))
                    && !matches!(known.verdict, Verdict::Refused(_))
                {
                    known.verdict = Verdict::Good;
                    if !self.can_lock {
                        known.refusals = 0;
                    }
                }
                outcome
            }
        }
    }
}

/// An answer by which Grafana shows that it knows the user. What a proxy may say in its place shows
/// nothing.
fn proves_good(outcome: Result<(), &Error>) -> bool {
    match outcome {
        Ok(()) => true,
        Err(error) => matches!(
            error.kind(),
            ErrorKind::Forbidden { .. }
                | ErrorKind::NotFound { .. }
                | ErrorKind::NotOffered
                | ErrorKind::Conflict
                | ErrorKind::Invalid
        ),
    }
}
