//! The Enterprise license of an instance.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::about::Edition;
use super::claims::Claims;
use super::client::Client;
use super::error::{Error, ErrorKind};
use super::request::Request;
use super::retry::Attempts;
use crate::http::Quoted;

const TOKEN: &str = "/api/licensing/token";

const READ: &str = "licensing:read";
const WRITE: &str = "licensing:write (licensing:update in older versions)";
const DELETE: &str = "licensing:delete";

/// `/api/licensing`, from [`Client::licensing`]. Every call fails with [`ErrorKind::NotEnterprise`] if
/// the instance is not Grafana Enterprise, and with [`ErrorKind::Forbidden`] without the named
/// permission.
#[derive(Debug, Clone)]
pub struct Licensing(Client);

/// `GET /api/licensing/refresh-stats`. A number that an older version does not give is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct ActiveUsers {
    /// All users.
    pub active_users: Option<i64>,
    /// Those who may edit.
    pub active_admins_and_editors: Option<i64>,
    /// Those who may only look.
    pub active_viewers: Option<i64>,
    /// Devices without sign-in.
    pub active_anonymous_devices: Option<i64>,
}

impl Licensing {
    pub(super) fn new(client: Client) -> Self {
        Self(client)
    }

    /// The same with a new connection for each request: see [`Client::over_new_connections`].
    #[must_use]
    pub fn over_new_connections(&self) -> Self {
        Self(self.0.over_new_connections())
    }

    /// The same for what has to be done all the same: see [`Client::for_cleanup`].
    #[must_use]
    pub fn for_cleanup(&self) -> Self {
        Self(self.0.for_cleanup())
    }

    /// The attempts at an installation or a removal: see [`Client::attempts`].
    #[must_use]
    pub fn attempts(&self) -> Attempts {
        self.0.attempts()
    }

    /// Whether a valid license is available (`GET /api/licensing/check`, `licensing:read`).
    ///
    /// # Errors
    /// As every request.
    pub async fn check(&self) -> Result<bool, Error> {
        match self.0.fetch(Request::get("/api/licensing/check")).await {
            Ok(valid) => Ok(valid),
            Err(error) => Err(self.explained(error, READ).await),
        }
    }

    /// Claims of the active license (`GET /api/licensing/token`, `licensing:read`); `None`
    /// if there is none.
    ///
    /// # Errors
    /// As every request.
    pub async fn claims(&self) -> Result<Option<Claims>, Error> {
        match self.0.fetch::<Option<Map<String, Value>>>(Request::get(TOKEN)).await {
            Ok(json) => {
                let claims = Claims::read(&json.unwrap_or_default());
                let claims = Claims { shown: self.0.claims_shown(), ..claims };
                Ok(Some(claims).filter(|claims| !claims.is_empty()))
            }
            Err(error) => match self.explained(error, READ).await {
                error if matches!(error.kind(), ErrorKind::NotFound { .. }) => Ok(None),
                error => Err(error),
            },
        }
    }

    /// Installs a license (`POST /api/licensing/token`, `licensing:write`), replacing the active
    /// one. White space around the token is left out. The answer shows nothing of it, so read
    /// [`Licensing::claims`] afterwards. It is sent once: what somebody else has installed meanwhile must
    /// not be replaced.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if Grafana refuses the token; else as every request: see
    /// [`Error::carried_out`].
    pub async fn install(&self, token: &SecretString) -> Result<(), Error> {
        let body = json!({"token": token.expose_secret().trim()});
        let request = Request::post(TOKEN, body).secret(token);
        self.done(request, WRITE).await
    }

    /// Has Grafana fetch a fresh token for the active license (`POST /api/licensing/token/renew`,
    /// `licensing:write`), for which it needs to reach the issuer. Read [`Licensing::claims`]
    /// afterwards.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no license; else as every request: see
    /// [`Error::carried_out`].
    pub async fn renew(&self) -> Result<(), Error> {
        let request = Request::post("/api/licensing/token/renew", json!({})).repeats(true);
        self.done(request, WRITE).await
    }

    /// Removes the license from Grafana's database (`DELETE /api/licensing/token`,
    /// `licensing:delete`); that there was none is no error. `instance` is the root URL the license
    /// is for: the active [`Claims::subject`] as it is. A license from disk or environment stays. It is
    /// sent once: it names no license, and must not remove what somebody else has installed meanwhile.
    ///
    /// # Errors
    /// [`ErrorKind::WrongInstance`] if the license is for another root URL; else as every request.
    pub async fn remove(&self, instance: &str) -> Result<(), Error> {
        let request = Request::delete(TOKEN).body(json!({"instance": instance})).repeats(false);
        match self.done(request, DELETE).await {
            Err(error) if *error.kind() == ErrorKind::Invalid && error.status() == Some(422) => {
                Err(error.with_kind(ErrorKind::WrongInstance { instance: instance.to_owned() }))
            }
            done => done,
        }
    }

    /// Counts active users anew (`GET /api/licensing/refresh-stats`, `licensing:read`).
    ///
    /// # Errors
    /// As every request.
    pub async fn refresh_stats(&self) -> Result<ActiveUsers, Error> {
        match self.0.fetch(Request::get("/api/licensing/refresh-stats")).await {
            Ok(users) => Ok(users),
            Err(error) => Err(self.explained(error, READ).await),
        }
    }

    async fn done(&self, request: Request, permission: &'static str) -> Result<(), Error> {
        match self.0.send(request).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.explained(error, permission).await),
        }
    }

    /// Says of a 404 whether this is no Grafana or not Enterprise; what is left is an Enterprise
    /// that misses something. Names the permission that a 403 is about, which older Grafana does not.
    async fn explained(&self, error: Error, permission: &'static str) -> Error {
        match error.kind() {
            ErrorKind::Forbidden { permission: None } => {
                let permission = Some(Quoted::constant(permission));
                return error.with_kind(ErrorKind::Forbidden { permission });
            }
            ErrorKind::NotFound { .. } => {}
            _ => return error,
        }
        match self.0.is_grafana().await {
            Ok(true) => {}
            Ok(false) => return self.0.explained(error).await,
            Err(failure) => return failure,
        }
        match self.0.instance().await {
            Ok(instance) if instance.edition == Edition::OpenSource => instance.not_enterprise(),
            Ok(_) => error,
            Err(failure) => failure,
        }
    }
}
