//! Where an instance is and who to sign in as, for instances where that is only found when a
//! request needs it, and changes in a long run.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use url::Url;

use super::auth::Auth;
use super::error::Error;
use super::settings::{SettingsError, root_url};

/// Finds an instance and a sign-in for it. A client asks before every request.
pub trait SignInSource: fmt::Debug + Send + Sync {
    /// Where the next request goes and who it is signed in as. The same [`Arc`] is the same sign-in:
    /// what is known of it stays known. Another one begins unproven.
    ///
    /// Requests under way keep theirs: a sign-in that has been replaced is in use as long as its
    /// [`Arc`] has other holders.
    ///
    /// # Errors
    /// [`NoSignIn`](super::ErrorKind::NoSignIn) when there is none; nothing is sent then.
    fn sign_in(&self) -> BoxFuture<'_, Result<Arc<SignedIn>, Error>>;
}

/// An instance, and who to sign in there as.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub(super) url: Url,
    pub(super) auth: Auth,
}

impl SignedIn {
    /// The instance with this root URL, signed in to as `auth` says.
    ///
    /// # Errors
    /// If the URL is none that [`Settings::new`](super::Settings::new) takes, naming `url`.
    pub fn new(url: &str, auth: Auth) -> Result<Self, SettingsError> {
        Ok(Self { url: root_url(url)?, auth })
    }

    /// The same instance with another sign-in.
    #[must_use]
    pub fn signed_in_as(self, auth: Auth) -> Self {
        Self { auth, ..self }
    }
}
