//! The provider's program, started as Terraform starts it: only that Terraform may call it.
#![cfg(unix)]

use std::path::Path;

use tfplugin::proto::tfplugin6::get_provider_schema;
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::testing::host::{Identity, Started};

async fn answers(provider: &Started, identity: Option<&Identity>) -> bool {
    let Ok(channel) = provider.channel_as(identity).await else { return false };
    let request = get_provider_schema::Request::default();
    ProviderClient::new(channel).get_provider_schema(request).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_local_process_without_the_client_certificate_cannot_call_it() {
    let provider = Started::new(Path::new(env!("CARGO_BIN_EXE_terraform-provider-grafana")));
    assert!(provider.line.starts_with("1|6|unix|"), "{}", provider.line);
    assert!(!answers(&provider, None).await);
    assert!(!answers(&provider, Some(&Identity::generate())).await);
    assert!(answers(&provider, Some(&provider.identity)).await);
}
