//! One sign-in at one address, with its connections.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::AUTHORIZATION;
use tokio::sync::OnceCell;
use url::Url;

use super::about::Instance;
use super::auth::Auth;
use super::call::Call;
use super::request::Request;
use super::retry::RetryPolicy;
use super::root_url::RootUrl;
use super::settings::{Settings, SettingsError};
use super::sign_in::SignIn;
use super::tls::Connections;
use crate::http::Redactor;

/// One sign-in at one instance.
pub(super) struct Session {
    pub(super) instance: Arc<Reached>,
    pub(super) sign_in: SignIn,
}

/// An instance as the settings reach it, whoever signs in.
pub(super) struct Reached {
    pub(super) root: RootUrl,
    pub(super) connections: Connections,
    pub(super) timeout: Duration,
    pub(super) retry: RetryPolicy,
    pub(super) redactor: Redactor,
    pub(super) is_grafana: OnceCell<bool>,
    pub(super) about: OnceCell<Instance>,
    has_own_authorization: bool,
}

impl Session {
    pub(super) fn new(
        url: &RootUrl,
        auth: Auth,
        settings: &Settings,
    ) -> Result<Self, SettingsError> {
        settings.hide();
        let reached = Reached {
            root: url.clone(),
            connections: Connections::new(settings, Some(url))?,
            timeout: settings.request_timeout,
            retry: RetryPolicy::new(settings),
            redactor: settings.redactor.clone(),
            is_grafana: OnceCell::new(),
            about: OnceCell::new(),
            has_own_authorization: settings.headers()?.contains_key(AUTHORIZATION),
        };
        Self::of(Arc::new(reached), auth)
    }

    /// Another sign-in at the same instance, over the same connections.
    pub(super) fn signed_in_as(&self, auth: Auth) -> Result<Self, SettingsError> {
        Self::of(self.instance.clone(), auth)
    }

    fn of(instance: Arc<Reached>, auth: Auth) -> Result<Self, SettingsError> {
        auth.hide(&instance.redactor);
        let tries = instance.retry.tries_after_refusal();
        let sign_in = SignIn::new(auth, instance.has_own_authorization, tries)
            .map_err(|error| SettingsError::new("auth", error.to_string()))?;
        Ok(Self { instance, sign_in })
    }
}

impl Reached {
    pub(super) fn address(&self, request: &Request) -> Url {
        let mut url = self.root.as_url().clone();
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
        let root = self.root.as_url().path().trim_end_matches('/');
        format!("{root}{}", request.path)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("url", &self.instance.root.to_string())
            .field("auth", self.sign_in.auth())
            .finish()
    }
}
