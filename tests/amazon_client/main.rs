//! The client of Amazon Managed Grafana against a simulated one that verifies signatures.

mod bounds;
mod calls;
mod child;
mod failures;
mod retrying;
mod secrets;
mod sign_in;
mod sign_in_failures;

use secrecy::ExposeSecret;
use simulator::amazon::{Amazon, Endpoint, Options};
use terraform_provider_grafana::amazon;

/// A service with one workspace, and the client whose settings lead there. The workspace has no
/// Grafana, which most tests do not need.
fn start() -> (Amazon, amazon::Amazon) {
    start_with(Options { endpoint: Endpoint::Nowhere, ..Options::default() })
}

fn start_with(options: Options) -> (Amazon, amazon::Amazon) {
    let service = Amazon::start(options).unwrap();
    let client = amazon::Amazon::new(settings(&service));
    (service, client)
}

fn settings(service: &Amazon) -> amazon::Settings {
    let credential = service.credential();
    amazon::Settings {
        region: Some(service.region().into()),
        access_key: Some(credential.access_key.clone()),
        secret_key: Some(credential.secret.expose_secret().into()),
        endpoint: Some(service.url()),
        ..amazon::Settings::default()
    }
}
