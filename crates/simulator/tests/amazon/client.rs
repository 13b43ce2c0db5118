//! A client that signs and does nothing else: no retries, no waiting.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use reqwest::blocking::Client as Http;
use secrecy::ExposeSecret;
use serde_json::Value;
use simulator::amazon::{Amazon, Credential};

/// An answer with its body as JSON; null if it is none.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub text: String,
    pub json: Value,
}

impl Answer {
    /// The error type, such as `ValidationException`.
    pub fn error(&self) -> &str {
        self.header("x-amzn-errortype")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    pub fn message(&self) -> &str {
        self.json["message"].as_str().unwrap_or_default()
    }

    pub fn of(response: reqwest::blocking::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().expect("a body");
        let json = serde_json::from_str(&text).unwrap_or_default();
        Self { status, headers, text, json }
    }
}

/// Who signs, for where, and when.
#[derive(Clone)]
pub struct Client {
    pub url: String,
    pub access_key: String,
    pub secret: String,
    pub session_token: Option<String>,
    pub region: String,
    pub service: String,
    pub time: SystemTime,
}

impl Client {
    pub fn new(amazon: &Amazon) -> Self {
        Self {
            url: amazon.url(),
            access_key: String::new(),
            secret: String::new(),
            session_token: None,
            region: amazon.region().into(),
            service: "grafana".into(),
            time: SystemTime::now(),
        }
        .with(amazon.credential())
    }

    pub fn with(mut self, credential: &Credential) -> Self {
        self.access_key.clone_from(&credential.access_key);
        self.secret = credential.secret.expose_secret().into();
        self.session_token =
            credential.session_token.as_ref().map(|token| token.expose_secret().to_owned());
        self
    }

    pub fn in_region(&self, region: &str) -> Self {
        Self { region: region.into(), ..self.clone() }
    }

    pub fn minutes_late(&self, minutes: u64) -> Self {
        Self { time: self.time - Duration::from_secs(60 * minutes), ..self.clone() }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], "")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[("content-type", "application/json")], &body.to_string())
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let request = self.signed(method, path, headers, body);
        Answer::of(http().execute(request.try_into().expect("a request")).expect("an answer"))
    }

    pub fn signed(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> http::Request<String> {
        let uri = format!("{}{path}", self.url);
        let mut request = http::Request::builder().method(method).uri(&uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(body.to_owned()).expect("a request");
        let credentials = Credentials::new(
            &self.access_key,
            &self.secret,
            self.session_token.clone(),
            None,
            "test",
        );
        let identity = credentials.into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(&self.service)
            .time(self.time)
            .settings(SigningSettings::default())
            .build()
            .expect("all parameters")
            .into();
        let signable = SignableRequest::new(
            method,
            &uri,
            headers.iter().copied(),
            SignableBody::Bytes(body.as_bytes()),
        )
        .expect("a signable request");
        let (instructions, _) = sign(signable, &parameters).expect("a signature").into_parts();
        instructions.apply_to_request_http1x(&mut request);
        request
    }
}

/// A client without signatures. It keeps no connection: a port may be another server's next.
pub fn http() -> Http {
    static HTTP: LazyLock<Http> = LazyLock::new(|| {
        // Another part of this process may have been first.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Http::builder().no_proxy().pool_max_idle_per_host(0).build().expect("a client")
    });
    HTTP.clone()
}
