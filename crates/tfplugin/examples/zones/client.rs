//! The service's client: JSON over HTTP.

use std::time::Duration;

use reqwest::{Method, Response, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tfplugin::{Deferral, Diagnostic, ErrorContext, IntoDiagnostic, Secret, Value};

const UNEXPECTED: &str = "Unexpected answer of the zone service";
const NO_ENDPOINT: &str = "Set `endpoint` in the provider's configuration, or ZONES_ENDPOINT.";

/// A connection to the service, made from a configuration that may be incomplete.
#[derive(Clone)]
pub struct Client {
    pub http: reqwest::Client,
    pub endpoint: Value<String>,
    pub token: Value<Secret>,
}

impl Client {
    /// `None` where there is no such thing.
    pub async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<Option<T>, Diagnostic> {
        let response = self.send(Method::GET, path, None::<&()>).await?;
        let Some(response) = response else { return Ok(None) };
        response.json().await.context(UNEXPECTED)
    }

    /// An error where there is nothing to change.
    pub async fn change<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, Diagnostic> {
        let Some(response) = self.send(method, path, Some(body)).await? else {
            return Err(Diagnostic::error("No such zone", "There is no zone of that name."));
        };
        response.json().await.context(UNEXPECTED)
    }

    /// What is gone already is as good as deleted.
    pub async fn delete(&self, path: &[&str]) -> Result<(), Diagnostic> {
        self.send(Method::DELETE, path, None::<&()>).await.map(drop)
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        body: Option<&impl Serialize>,
    ) -> Result<Option<Response>, Diagnostic> {
        let mut request =
            self.http.request(method, self.url(path)?).timeout(Duration::from_secs(30));
        if let Value::Known(token) = &self.token {
            request = request.bearer_auth(token.expose());
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.context("Cannot reach the zone service")?;
        match response.status() {
            StatusCode::NOT_FOUND => Ok(None),
            StatusCode::UNAUTHORIZED => Err(Diagnostic::error(
                "Not authorized",
                "The zone service does not take the token. Set another in the provider's `token`.",
            )),
            status if status.is_success() => Ok(Some(response)),
            status => {
                let text = response.text().await.unwrap_or_default();
                let detail = format!("It answered {status}: {text}");
                Err(Diagnostic::error("The zone service refused", detail))
            }
        }
    }

    fn url(&self, path: &[&str]) -> Result<Url, Diagnostic> {
        let endpoint = match &self.endpoint {
            Value::Known(endpoint) => endpoint,
            Value::Unknown => return Err(Deferral::ProviderConfigUnknown.into_diagnostic()),
            Value::Null => return Err(Diagnostic::error("No endpoint", NO_ENDPOINT)),
        };
        let mut url = Url::parse(endpoint).context("Invalid endpoint")?;
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        Ok(url)
    }
}
