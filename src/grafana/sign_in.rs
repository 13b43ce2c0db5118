//! The client's sign-in: proven once, refused once.

use std::sync::{PoisonError, RwLock};

use reqwest::header::HeaderValue;
use tokio::sync::{Mutex, MutexGuard};

use super::auth::{Auth, InvalidAuth};
use super::error::{Error, ErrorKind};

/// What is known of a sign-in.
#[derive(Clone)]
enum Verdict {
    Unproven,
    Good,
    /// With the first refusal, which every later request gets too.
    Refused(Error),
}

/// Lets requests go one at a time until an answer has proven the sign-in good, and none after one
/// has refused it: five wrong passwords lock a Grafana user, and Terraform sends ten requests at a
/// time.
pub(super) struct SignIn {
    auth: Auth,
    header: Option<HeaderValue>,
    /// Whether there is a sign-in that can be refused.
    guarded: bool,
    verdict: RwLock<Verdict>,
    unproven: Mutex<()>,
}

/// Permission to send one request; while the sign-in is unproven, nobody else has it.
pub(super) struct Permit<'a>(Option<MutexGuard<'a, ()>>);

impl SignIn {
    /// `elsewhere`: a header set by the user signs in too.
    pub(super) fn new(auth: Auth, elsewhere: bool) -> Result<Self, InvalidAuth> {
        let header = auth.header()?;
        Ok(Self {
            guarded: header.is_some() || elsewhere,
            header,
            auth,
            verdict: RwLock::new(Verdict::Unproven),
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
        if self.is_settled()? {
            return Ok(Permit(None));
        }
        let guard = self.unproven.lock().await;
        let settled = self.is_settled()?;
        Ok(Permit((!settled).then_some(guard)))
    }

    /// Whether requests are free to go.
    fn is_settled(&self) -> Result<bool, Error> {
        if !self.guarded {
            return Ok(true);
        }
        match &*self.verdict.read().unwrap_or_else(PoisonError::into_inner) {
            Verdict::Unproven => Ok(false),
            Verdict::Good => Ok(true),
            Verdict::Refused(error) => Err(error.clone()),
        }
    }

    /// Takes note of an answer to a request that was sent with a permit, which ends here, when the
    /// verdict is known.
    pub(super) fn learn(&self, permit: Permit<'_>, outcome: Result<(), &Error>) {
        let news = match outcome {
            Err(error) if *error.kind() == ErrorKind::Refused => {
                Some(Verdict::Refused(error.clone()))
            }
            outcome if proves_good(outcome) => Some(Verdict::Good),
            _ => None,
        };
        if let (Some(news), true) = (news, self.guarded) {
            let mut verdict = self.verdict.write().unwrap_or_else(PoisonError::into_inner);
            if !matches!(*verdict, Verdict::Refused(_)) {
                *verdict = news;
            }
        }
        drop(permit.0);
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
