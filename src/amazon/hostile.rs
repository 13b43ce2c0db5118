//! What holds of any bytes where AWS, or somebody in between, sends an answer.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use aws_sdk_grafana::Client;
use aws_sdk_grafana::config::http::{HttpRequest, HttpResponse};
use aws_sdk_grafana::config::retry::RetryConfig;
use aws_sdk_grafana::config::{Config, Credentials};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_types::body::SdkBody;
use tokio::runtime::Runtime;

use super::{Amazon, Error, Region, Settings};

/// What may not be shown of an answer that repeats it.
const SECRET: &str = "hunter2-hunter2";

const WORKSPACE: &str = "g-0123456789";

/// Answers every request with the same.
#[derive(Clone, Debug, Default)]
struct Canned(Arc<Mutex<(u16, Vec<u8>)>>);

impl HttpConnector for Canned {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let (status, body) = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let kind: String = body.iter().take(60).map(|byte| char::from(byte % 95 + 32)).collect();
        let mut answer =
            HttpResponse::new(status.try_into().expect("a status"), SdkBody::from(body));
        answer.headers_mut().insert("content-type", "application/json");
        answer.headers_mut().insert("x-amzn-errortype", kind);
        HttpConnectorFuture::ready(Ok(answer))
    }
}

struct Asked {
    runtime: Runtime,
    amazon: Amazon,
    region: Region,
    canned: Canned,
}

static ASKED: LazyLock<Mutex<Asked>> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let region: Region = "eu-central-1".parse().expect("a region");
    let canned = Canned::default();
    let connector = SharedHttpConnector::new(canned.clone());
    let config = Config::builder()
        .behavior_version(super::connections::behavior())
        .region(aws_config::Region::from(&region))
        .endpoint_url("http://aws.test")
        .credentials_provider(Credentials::new("AKIDEXAMPLE", SECRET, None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .build();
    let amazon = Amazon::new(Settings { secret_key: Some(SECRET.into()), ..Settings::default() });
    amazon.clients().insert(region.clone(), Client::from_conf(config));
    Mutex::new(Asked { runtime: runtime.expect("a runtime"), amazon, region, canned })
});

/// An answer: a status of two bytes, then the body. It answers every call; an error is short and holds no
/// secret.
pub fn answer(bytes: &[u8]) {
    let [first, second, body @ ..] = bytes else { return };
    let asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
    let Asked { runtime, amazon, region, canned } = &*asked;
    let status = 100 + u16::from_be_bytes([*first, *second]) % 500;
    *canned.0.lock().unwrap_or_else(PoisonError::into_inner) = (status, body.to_vec());
    let region = Some(region);
    runtime.block_on(async {
        let errors = [
            amazon.describe_workspace(region, WORKSPACE).await.err(),
            amazon.list_workspaces(region).await.err(),
            amazon.associate_license(region, WORKSPACE, "ENTERPRISE", None).await.err(),
            amazon.create_api_key(region, WORKSPACE, "a", "Viewer", 60).await.err(),
            amazon.delete_api_key(region, WORKSPACE, "a").await.err(),
            amazon.create_service_account(region, WORKSPACE, "a", "Admin").await.err(),
            amazon.list_service_accounts(region, WORKSPACE).await.err(),
            amazon.create_service_account_token(region, WORKSPACE, "1", "a", 60).await.err(),
            amazon.list_service_account_tokens(region, WORKSPACE, "1").await.err(),
        ];
        errors.iter().flatten().for_each(check);
    });
}

fn check(error: &Error) {
    let text = error.to_string();
    assert!(text.len() < 4096 && !text.contains(SECRET), "{text}");
}
