//! One sign-in at one address with its connections, and where a client gets that from.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use reqwest::Url;
use reqwest::header::AUTHORIZATION;

use super::call::Call;
use super::error::{Error, ErrorKind};
use super::request::Request;
use super::settings::{Settings, SettingsError};
use super::sign_in::SignIn;
use super::source::{SignInSource, SignedIn};
use super::tls;

/// One sign-in at one address.
pub(super) struct Session {
    pub(super) root: Url,
    pub(super) sign_in: SignIn,
    http: reqwest::Client,
    single: OnceLock<reqwest::Client>,
    settings: Settings,
}

impl Session {
    fn new(settings: Settings) -> Result<Self, SettingsError> {
        Ok(Self {
            root: settings.url.clone(),
            sign_in: sign_in(&settings)?,
            http: tls::connections(&settings)?,
            single: OnceLock::new(),
            settings,
        })
    }

    /// Another sign-in; at the same address it keeps the connections.
    fn renewed(&self, signed_in: &SignedIn) -> Result<Self, SettingsError> {
        let settings = self.settings.signed_in(signed_in);
        if settings.url != self.root {
            return Self::new(settings);
        }
        Ok(Self {
            root: self.root.clone(),
            sign_in: sign_in(&settings)?,
            http: self.http.clone(),
            single: self.single.clone(),
            settings,
        })
    }

    /// The pool of connections, or one that keeps none.
    pub(super) fn connections(&self, new: bool) -> &reqwest::Client {
        if !new {
            return &self.http;
        }
        // Files named by the settings were read before; one that has gone since costs only the new connections.
        let make = || tls::single_connections(&self.settings).unwrap_or(self.http.clone());
        self.single.get_or_init(make)
    }

    pub(super) fn address(&self, request: &Request) -> Url {
        let mut url = self.root.clone();
        url.set_path(&self.path(request));
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        url
    }

    pub(super) fn call(&self, request: &Request, org: Option<i64>) -> Call {
        let (method, url) = (request.method.clone(), self.root.to_string());
        Call { method, path: self.path(request), url, org }
    }

    fn path(&self, request: &Request) -> String {
        let root = self.root.path().trim_end_matches('/');
        format!("{root}{}", request.path)
    }
}

fn sign_in(settings: &Settings) -> Result<SignIn, SettingsError> {
    let signed_elsewhere = settings.headers()?.contains_key(AUTHORIZATION);
    SignIn::new(settings.auth.clone(), signed_elsewhere)
}

/// Where a client gets its session from.
pub(super) enum Sessions {
    /// The settings say it all.
    Fixed(Arc<Session>),
    /// A source is asked before each request.
    Found(Box<Found>),
}

pub(super) struct Found {
    settings: Settings,
    source: Arc<dyn SignInSource>,
    last: Mutex<Option<Last>>,
}

/// The last answer of a source, which requests under way may hold too, and what was made of it.
struct Last(Arc<SignedIn>, Arc<Session>);

/// A session for one request. The source's own answer is held with it, so that the source can tell
/// whether it is in use.
pub(super) struct Reached {
    session: Arc<Session>,
    _in_use: Option<Arc<SignedIn>>,
}

impl std::ops::Deref for Reached {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl Sessions {
    pub(super) fn fixed(settings: &Settings) -> Result<Self, SettingsError> {
        Session::new(settings.clone()).map(Arc::new).map(Self::Fixed)
    }

    pub(super) fn found(
        settings: &Settings,
        source: Arc<dyn SignInSource>,
    ) -> Result<Self, SettingsError> {
        // What is wrong whatever the address is told now.
        tls::connections(settings)?;
        let found = Found { settings: settings.clone(), source, last: Mutex::new(None) };
        Ok(Self::Found(Box::new(found)))
    }

    /// The session for the next request.
    pub(super) async fn reach(&self) -> Result<Reached, Error> {
        match self {
            Self::Fixed(session) => Ok(Reached { session: session.clone(), _in_use: None }),
            Self::Found(found) => {
                let signed_in = found.source.sign_in().await?;
                let session = found.session(&signed_in)?;
                Ok(Reached { session, _in_use: Some(signed_in) })
            }
        }
    }
}

impl Found {
    fn session(&self, signed_in: &Arc<SignedIn>) -> Result<Arc<Session>, Error> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let made = match &*last {
            Some(Last(known, session)) if Arc::ptr_eq(known, signed_in) => {
                return Ok(session.clone());
            }
            Some(Last(_, session)) => session.renewed(signed_in),
            None => Session::new(self.settings.signed_in(signed_in)),
        };
        let session = made.map(Arc::new).map_err(|error| {
            Error::new(ErrorKind::NoSignIn {
                summary: "Invalid provider configuration".to_owned(),
                detail: format!("The provider's {error}."),
            })
        })?;
        *last = Some(Last(signed_in.clone(), session.clone()));
        Ok(session)
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(session) => f
                .debug_struct("Fixed")
                .field("url", &session.root.as_str())
                .field("auth", session.sign_in.auth())
                .finish(),
            Self::Found(found) => f.debug_tuple("Found").field(&found.source).finish(),
        }
    }
}
