//! What an instance says about itself.

use serde::Deserialize;

use super::about::{FrontendSettings, Health, Instance};
use super::client::Client;
use super::error::{Error, ErrorKind};
use super::request::{Request, SignedBy};

/// Longest answer of `/api/frontend/settings`, which has every data source and panel, in bytes.
const FRONTEND_SETTINGS: usize = 8 * 1024 * 1024;

/// The organization that a request acts in, of `GET /api/org`.
#[derive(Deserialize)]
pub(super) struct OwnOrganization {
    pub(super) id: i64,
}

impl OwnOrganization {
    pub(super) fn request() -> Request {
        Request::get("/api/org")
    }
}

impl Instance {
    /// The error of what needs Grafana Enterprise.
    #[must_use]
    pub fn not_enterprise(&self) -> Error {
        Error::new(ErrorKind::NotEnterprise {
            edition: self.edition.clone(),
            version: self.version.clone(),
        })
    }
}

impl Client {
    /// `GET /api/org`: number of the organization that requests act in.
    ///
    /// # Errors
    /// As every request.
    pub async fn own_organization(&self) -> Result<i64, Error> {
        Ok(self.fetch::<OwnOrganization>(OwnOrganization::request()).await?.id)
    }

    /// What the instance says about itself to any user that is signed in. Asked once; clones share
    /// the answer.
    ///
    /// # Errors
    /// As every request; a failure is not remembered.
    pub async fn instance(&self) -> Result<&Instance, Error> {
        let asked = self.session.instance.about.get_or_try_init(async || {
            let request = Request::get("/api/frontend/settings").limit(FRONTEND_SETTINGS);
            match self.fetch_checked(request, FrontendSettings::wrong).await {
                Ok(settings) => Ok(settings.shown(&self.session.instance.redactor)),
                Err(error) => Err(self.explained(error).await),
            }
        });
        self.share(asked).await?
    }

    /// Asks whether the instance is well, without signing in.
    ///
    /// # Errors
    /// As every request; [`ErrorKind::Unexpected`] if something else than Grafana answers in JSON.
    pub async fn health(&self) -> Result<Health, Error> {
        let request = Request::get("/api/health").signed_by(SignedBy::Nobody);
        self.fetch(request).await
    }

    /// Whether a Grafana answers at this URL. A definite answer is remembered; clones share it.
    ///
    /// # Errors
    /// If it cannot be told: no connection, no answer, or a server that fails.
    pub async fn is_grafana(&self) -> Result<bool, Error> {
        let asked = self.session.instance.is_grafana.get_or_try_init(async || {
            let error = match self.health().await {
                Ok(_) => return Ok(true),
                Err(error) => error,
            };
            match error.kind() {
                ErrorKind::NotJson { .. }
                | ErrorKind::NotFound { .. }
                | ErrorKind::Unexpected { .. }
                | ErrorKind::Redirected { .. }
                | ErrorKind::Rejected => Ok(false),
                _ => Err(error),
            }
        });
        self.share(asked).await?.copied()
    }

    /// Says of a 404 for an unknown path whether this Grafana lacks it or this is no Grafana;
    /// leaves every other error as it is.
    pub(super) async fn explained(&self, error: Error) -> Error {
        if *error.kind() != (ErrorKind::NotFound { unknown_path: true }) {
            return error;
        }
        match self.is_grafana().await {
            Ok(true) => error.with_kind(ErrorKind::NotOffered),
            Ok(false) => error.with_kind(ErrorKind::NotGrafana),
            Err(failure) if failure.is_interrupted() => failure,
            Err(_) => error,
        }
    }
}
