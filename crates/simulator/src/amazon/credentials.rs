//! The credentials that the simulated services of one Amazon accept.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rand::distr::{Alphanumeric, SampleString};
use secrecy::{ExposeSecret, SecretString};

use super::principal::Principal;

/// An access key: long-term, or temporary with a session token.
#[derive(Debug, Clone)]
pub struct Credential {
    /// `AKIA…`, or `ASIA…` if temporary.
    pub access_key: String,
    /// The key that signs.
    pub secret: SecretString,
    /// Goes with temporary credentials, and only with these.
    pub session_token: Option<SecretString>,
    /// When temporary credentials end.
    pub expires: Option<Timestamp>,
    /// Whom the credential stands for.
    pub principal: Principal,
}

impl Credential {
    /// A long-term credential of an IAM user who may do everything everywhere.
    pub fn new(access_key: impl Into<String>, secret: impl Into<String>) -> Self {
        let access_key = access_key.into();
        Self {
            secret: SecretString::from(secret.into()),
            session_token: None,
            expires: None,
            principal: Principal::user(&access_key.to_lowercase()),
            access_key,
        }
    }

    /// Makes the credential temporary: requests have to carry this token too.
    pub fn session_token(mut self, token: impl Into<String>) -> Self {
        self.session_token = Some(SecretString::from(token.into()));
        self
    }

    /// Ends the credential at `end`; from then on it is answered `ExpiredTokenException`.
    pub fn expires(mut self, end: Timestamp) -> Self {
        self.expires = Some(end);
        self
    }

    /// Makes the credential stand for `principal`.
    pub fn of(mut self, principal: Principal) -> Self {
        self.principal = principal;
        self
    }

    /// A random long-term credential of `principal`.
    pub(super) fn random(principal: Principal) -> Self {
        Self::new(key_id("AKIA"), random_text(40)).of(principal)
    }

    /// A random temporary credential of `principal`, until `end`.
    pub(super) fn random_temporary(principal: Principal, end: Timestamp) -> Self {
        Self::new(key_id("ASIA"), random_text(40))
            .session_token(random_text(120))
            .expires(end)
            .of(principal)
    }

    pub(super) fn accepts_session_token(&self, sent: Option<&str>) -> bool {
        match (&self.session_token, sent) {
            (None, None) => true,
            (Some(token), Some(sent)) => token.expose_secret() == sent,
            _ => false,
        }
    }

    /// The session token in clear; empty without one.
    pub(super) fn token(&self) -> &str {
        self.session_token.as_ref().map_or("", ExposeSecret::expose_secret)
    }
}

/// Access key ids are twenty capitals and digits.
fn key_id(prefix: &str) -> String {
    format!("{prefix}{}", random_text(16).to_uppercase())
}

pub(super) fn random_text(length: usize) -> String {
    Alphanumeric.sample_string(&mut rand::rng(), length)
}

/// All credentials that are known; cloning gives another handle to the same set.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    known: Arc<Mutex<BTreeMap<String, Credential>>>,
}

impl Credentials {
    /// Adds a credential, in place of one with the same access key.
    pub fn add(&self, credential: Credential) {
        self.lock().insert(credential.access_key.clone(), credential);
    }

    /// Forgets an access key: it is answered `UnrecognizedClientException` from now on.
    pub fn remove(&self, access_key: &str) {
        self.lock().remove(access_key);
    }

    /// Ends a credential now. One that is not known stays so.
    pub fn expire(&self, access_key: &str) {
        if let Some(credential) = self.lock().get_mut(access_key) {
            credential.expires = Some(Timestamp::UNIX_EPOCH);
        }
    }

    /// The credential of an access key.
    pub fn find(&self, access_key: &str) -> Option<Credential> {
        self.lock().get(access_key).cloned()
    }

    /// Makes a temporary credential of `principal` and adds it.
    pub(super) fn issue(&self, principal: Principal, end: Timestamp) -> Credential {
        let credential = Credential::random_temporary(principal, end);
        self.add(credential.clone());
        credential
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Credential>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
