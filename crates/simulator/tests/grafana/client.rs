use std::sync::LazyLock;

use reqwest::{
    Method,
    blocking::{Client, ClientBuilder, RequestBuilder},
    redirect::Policy,
};
use serde_json::Value;
use simulator::grafana::{Generation, Grafana, Options};

pub const ADMIN: Option<&str> = Some("admin:admin");

pub struct Reply {
    pub status: u16,
    pub content_type: String,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn message(&self) -> String {
        self.json()["message"].as_str().unwrap().to_owned()
    }
}

pub fn start(generation: Generation) -> Grafana {
    Grafana::start(Options { generation, ..Options::default() }).unwrap()
}

/// A client of one's own, with connections of its own.
pub fn builder() -> ClientBuilder {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    // Reading the system's authorities takes longer than everything else here.
    Client::builder().redirect(Policy::none()).no_proxy().tls_certs_only([])
}

/// The client of most tests.
pub fn client() -> Client {
    static CLIENT: LazyLock<Client> = LazyLock::new(|| builder().build().unwrap());
    CLIENT.clone()
}

/// `auth` is `user:password`, `Bearer TOKEN` or nothing.
pub fn request(
    client: &Client,
    base: &str,
    method: &str,
    path: &str,
    auth: Option<&str>,
) -> RequestBuilder {
    let method: Method = method.parse().unwrap();
    let request = client.request(method, format!("{base}{path}"));
    match auth {
        None => request,
        Some(auth) => match auth.strip_prefix("Bearer ") {
            Some(token) => request.bearer_auth(token),
            None => {
                let (user, password) = auth.split_once(':').unwrap();
                request.basic_auth(user, Some(password))
            }
        },
    }
}

pub fn send(request: RequestBuilder) -> Reply {
    let response = request.send().unwrap();
    let status = response.status().as_u16();
    let content_type = response.headers().get("content-type");
    let content_type =
        content_type.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    Reply { status, content_type, text: response.text().unwrap() }
}

pub fn call(grafana: &Grafana, method: &str, path: &str, auth: Option<&str>) -> Reply {
    send(request(&client(), &grafana.url(), method, path, auth))
}

pub fn get(grafana: &Grafana, path: &str, auth: Option<&str>) -> Reply {
    call(grafana, "GET", path, auth)
}

pub fn delete(grafana: &Grafana, path: &str, auth: Option<&str>) -> Reply {
    call(grafana, "DELETE", path, auth)
}

pub fn with_json(
    grafana: &Grafana,
    method: &str,
    path: &str,
    auth: Option<&str>,
    body: &Value,
) -> Reply {
    send(request(&client(), &grafana.url(), method, path, auth).json(body))
}

pub fn post(grafana: &Grafana, path: &str, auth: Option<&str>, body: &Value) -> Reply {
    with_json(grafana, "POST", path, auth, body)
}

pub fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}
