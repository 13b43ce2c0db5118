//! The service's client. It knows nothing of Terraform but how its errors are told.

use std::error::Error as _;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tfplugin::{Diagnostic, IntoDiagnostic, Secret, Value};

/// A zone, as the service has it.
#[derive(Serialize, Deserialize)]
pub struct Zone {
    pub name: String,
    pub servers: Vec<String>,
    pub records: Vec<Record>,
    #[serde(skip_serializing)]
    pub serial: i64,
    #[serde(skip_serializing)]
    pub is_served: bool,
}

/// A record of a zone.
#[derive(Serialize, Deserialize)]
pub struct Record {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub ttl: i64,
    pub values: Vec<String>,
}

/// A token for one zone that works for a while.
#[derive(Deserialize)]
pub struct Token {
    pub id: String,
    pub token: String,
}

/// Why the service did not do what it was asked for.
pub enum Error {
    NoEndpoint,
    UnknownEndpoint,
    Unreachable(reqwest::Error),
    Refused { status: StatusCode, text: String },
}

impl IntoDiagnostic for Error {
    fn into_diagnostic(self) -> Diagnostic {
        match self {
            Error::NoEndpoint => Diagnostic::error(
                "No endpoint",
                "Set `endpoint` in the provider's configuration, or the environment variable ZONES_ENDPOINT.",
            ),
            Error::UnknownEndpoint => Diagnostic::error(
                "The endpoint is not known yet",
                "The provider's `endpoint` depends on something that is not there before apply. Apply that first, \
                 with `-target`.",
            ),
            Error::Unreachable(error) => {
                let causes = std::iter::successors(error.source(), |&cause| cause.source());
                let causes: String = causes.map(|cause| format!(": {cause}")).collect();
                Diagnostic::error("Cannot reach the zone service", format!("{error}{causes}."))
            }
            Error::Refused { status: StatusCode::UNAUTHORIZED, .. } => Diagnostic::error(
                "Not authorized",
                "The zone service does not take the token. Set another in the provider's `token`.",
            ),
            Error::Refused { status, text } => {
                let detail = format!("It answered {status}: {text}");
                Diagnostic::error("The zone service refused", detail)
            }
        }
    }
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        Error::Unreachable(error)
    }
}

/// Where the service is.
#[derive(Clone)]
pub struct Endpoint(Url);

tfplugin::text_type!(Endpoint);

impl FromStr for Endpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Endpoint(url)),
            _ => Err(format!("expected an address with http:// or https://, but got {text:?}")),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A connection to the service, made from a configuration that may be incomplete.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    endpoint: Value<Endpoint>,
    token: Value<Secret>,
}

impl Client {
    pub fn new(endpoint: Value<Endpoint>, token: Value<Secret>) -> Self {
        Client { http: reqwest::Client::new(), endpoint, token }
    }

    pub async fn zones(&self) -> Result<Vec<Zone>, Error> {
        let found = answer(self.request(Method::GET, &["zones"])?).await?;
        Ok(found.unwrap_or_default())
    }

    pub async fn zone(&self, name: &str) -> Result<Option<Zone>, Error> {
        answer(self.request(Method::GET, &["zones", name])?).await
    }

    pub async fn create_zone(&self, zone: &Zone) -> Result<Zone, Error> {
        made(self.request(Method::POST, &["zones"])?.json(zone)).await
    }

    pub async fn change_zone(&self, zone: &Zone) -> Result<Zone, Error> {
        made(self.request(Method::PUT, &["zones", &zone.name])?.json(zone)).await
    }

    pub async fn delete_zone(&self, name: &str) -> Result<(), Error> {
        found(self.request(Method::DELETE, &["zones", name])?).await.map(drop)
    }

    pub async fn create_token(&self, zone: &str) -> Result<Token, Error> {
        made(self.request(Method::POST, &["zones", zone, "tokens"])?).await
    }

    pub async fn revoke_token(&self, zone: &str, id: &str) -> Result<(), Error> {
        found(self.request(Method::DELETE, &["zones", zone, "tokens", id])?).await.map(drop)
    }

    fn request(&self, method: Method, path: &[&str]) -> Result<RequestBuilder, Error> {
        let mut url = match &self.endpoint {
            Value::Known(endpoint) => endpoint.0.clone(),
            Value::Null => return Err(Error::NoEndpoint),
            Value::Unknown => return Err(Error::UnknownEndpoint),
        };
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let request = self.http.request(method, url).timeout(Duration::from_secs(30));
        Ok(match &self.token {
            Value::Known(token) => request.bearer_auth(token.expose()),
            _ => request,
        })
    }
}

/// What the service answers, and `None` where it has no such thing.
async fn found(request: RequestBuilder) -> Result<Option<Response>, Error> {
    let response = request.send().await?;
    match response.status() {
        StatusCode::NOT_FOUND => Ok(None),
        status if status.is_success() => Ok(Some(response)),
        status => Err(Error::Refused { status, text: response.text().await? }),
    }
}

async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<Option<T>, Error> {
    match found(request).await? {
        Some(response) => Ok(Some(response.json().await?)),
        None => Ok(None),
    }
}

async fn made<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Error> {
    let text = "there is no such zone".to_owned();
    answer(request).await?.ok_or(Error::Refused { status: StatusCode::NOT_FOUND, text })
}
