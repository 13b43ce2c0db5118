//! What an instance says about itself.

use serde::Deserialize;
use url::Url;

use super::client::Client;
use super::error::{Error, ErrorKind};
use super::request::{Request, SignedBy};

/// Which Grafana it is (`buildInfo.edition`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edition {
    /// Without licensing.
    OpenSource,
    /// With licensing.
    Enterprise,
    /// Anything else, in Grafana's words.
    Other(String),
}

impl Edition {
    /// As Grafana writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::OpenSource => "Open Source",
            Self::Enterprise => "Enterprise",
            Self::Other(text) => text,
        }
    }
}

impl From<String> for Edition {
    fn from(text: String) -> Self {
        match text.as_str() {
            "Open Source" => Self::OpenSource,
            "Enterprise" => Self::Enterprise,
            _ => Self::Other(text),
        }
    }
}

/// Parts of `GET /api/frontend/settings`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// The instance's real root URL, as it is configured there (`root_url`); a license's `sub` has
    /// to match it.
    pub app_url: String,
    /// `11.6.0`.
    pub version: String,
    /// Which Grafana it is.
    pub edition: Edition,
}

impl Instance {
    /// The error of what needs Grafana Enterprise.
    #[must_use]
    pub fn not_enterprise(&self) -> Error {
        Error::new(ErrorKind::NotEnterprise {
            edition: self.edition.as_str().to_owned(),
            version: self.version.clone(),
        })
    }
}

/// `GET /api/health`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Health {
    /// `ok`.
    pub database: String,
    /// `11.6.0`; an instance may hide it.
    pub version: Option<String>,
}

/// `GET /api/org`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Organization {
    /// From 1.
    pub id: i64,
    /// Its name.
    pub name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FrontendSettings {
    app_url: String,
    build_info: BuildInfo,
}

#[derive(Deserialize)]
struct BuildInfo {
    #[serde(default)]
    version: String,
    #[serde(default)]
    edition: String,
}

impl From<FrontendSettings> for Instance {
    fn from(settings: FrontendSettings) -> Self {
        Self {
            app_url: settings.app_url,
            version: settings.build_info.version,
            edition: settings.build_info.edition.into(),
        }
    }
}

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
        self.shared
            .instance
            .get_or_try_init(async || {
                let request = Request::get("/api/frontend/settings");
                match self.fetch::<FrontendSettings>(request).await {
                    Ok(settings) => Ok(settings.into()),
                    Err(error) => Err(self.explained(error).await),
                }
            })
            .await
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
        self.shared
            .is_grafana
            .get_or_try_init(async || match self.health().await {
                Ok(_) => Ok(true),
                Err(error) => match error.kind() {
                    ErrorKind::NotJson { .. }
                    | ErrorKind::NotFound { .. }
                    | ErrorKind::Unexpected { .. }
                    | ErrorKind::Redirected { .. }
                    | ErrorKind::Rejected => Ok(false),
                    _ => Err(error),
                },
            })
            .await
            .copied()
    }

    /// The organization that requests act in.
    ///
    /// # Errors
    /// As every request.
    pub async fn organization(&self) -> Result<Organization, Error> {
        self.fetch(Request::get("/api/org")).await
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
            Err(_) => error,
        }
    }
}

/// Whether two texts are the same root URL: case of scheme and host, a default port and slashes at
/// the end make no difference. Texts that are no URL are compared as they are.
#[must_use]
pub fn same_root_url(one: &str, other: &str) -> bool {
    let root = |text: &str| {
        let url = Url::parse(text.trim()).ok()?;
        let path = url.path().trim_end_matches('/').to_owned();
        Some((
            url.scheme().to_owned(),
            url.host_str()?.to_owned(),
            url.port_or_known_default(),
            path,
        ))
    };
    match (root(one), root(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one.trim() == other.trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_urls_are_compared_as_urls() {
        for (one, other, same) in [
            ("https://play.grafana.org/", "HTTPS://Play.Grafana.org", true),
            ("https://a:443/x/", "https://a/x", true),
            ("http://a:80", "http://a/", true),
            ("http://a", "https://a", false),
            ("https://a/x", "https://a/X", false),
            ("https://a:3000/", "https://a/", false),
            ("none", "none ", true),
            ("none", "https://none", false),
        ] {
            assert_eq!(same_root_url(one, other), same, "{one} {other}");
        }
    }

    #[test]
    fn editions_keep_grafanas_words() {
        for text in ["Open Source", "Enterprise", "Pro"] {
            assert_eq!(Edition::from(text.to_owned()).as_str(), text);
        }
    }
}
