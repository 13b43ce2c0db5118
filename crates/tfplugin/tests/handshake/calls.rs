//! Who may call, and what answers beside the provider's own service.

use std::path::Path;

use base64::Engine;
use futures::StreamExt;
use serde_json::json;
use tfplugin::proto::plugin::Empty;
use tfplugin::proto::plugin::grpc_controller_client::GrpcControllerClient;
use tfplugin::proto::plugin::grpc_stdio_client::GrpcStdioClient;
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::proto::tfplugin6::*;
use tokio::io::AsyncWriteExt;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use tfplugin::testing::host::{Identity, Started, command};

use super::programs::example;

/// Longer than anything here takes.
const LONG: std::time::Duration = std::time::Duration::from_secs(60);

/// A value on the wire; JSON does as well as MessagePack.
pub fn value(json: &serde_json::Value) -> Option<DynamicValue> {
    Some(DynamicValue { json: json.to_string().into_bytes(), msgpack: Vec::new() })
}

pub async fn configure(
    provider: &mut ProviderClient<Channel>,
    config: &serde_json::Value,
) -> Vec<Diagnostic> {
    let request = configure_provider::Request { config: value(config), ..Default::default() };
    provider.configure_provider(request).await.unwrap().into_inner().diagnostics
}

async fn calls(started: &Started, identity: Option<&Identity>) -> bool {
    match started.channel_as(identity).await {
        Err(_) => false,
        Ok(channel) => {
            let request = get_metadata::Request::default();
            ProviderClient::new(channel).get_metadata(request).await.is_ok()
        }
    }
}

#[tokio::test]
async fn only_the_client_it_was_started_by_can_call() {
    let started = Started::new(&example("minimal"));
    assert!(!calls(&started, None).await);
    assert!(!calls(&started, Some(&Identity::generate())).await);
    assert!(calls(&started, Some(&started.identity)).await);
    let plain = tokio::net::UnixStream::connect(started.socket()).await.unwrap();
    let mut plain = Some(plain);
    let connector = tower::service_fn(move |_: tonic::transport::Uri| {
        let stream = plain.take().map(hyper_util::rt::TokioIo::new);
        std::future::ready(stream.ok_or_else(|| std::io::Error::other("the connection has ended")))
    });
    let endpoint = tonic::transport::Endpoint::from_static("http://localhost");
    if let Ok(channel) = endpoint.connect_with_connector(connector).await {
        let mut provider = ProviderClient::new(channel);
        assert!(provider.get_metadata(get_metadata::Request::default()).await.is_err());
    }
}

#[tokio::test]
async fn the_right_client_gets_in_while_others_hold_connections() {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "ulimit -n 64; exec \"$0\""]).arg(example("minimal"));
    for (name, value) in command(&example("minimal")).get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    shell.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let started = Started::with(shell);
    let mut held = Vec::new();
    // What others send in place of a handshake of TLS.
    let starts: [&[u8]; 6] = [
        b"",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        &[22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3],
        &[22, 3, 1, 255, 255],
        &[0; 4096],
    ];
    for start in starts.iter().cycle().take(500) {
        let Ok(mut stream) = tokio::net::UnixStream::connect(started.socket()).await else {
            continue;
        };
        // It may be closed already.
        let _ = stream.write_all(start).await;
        held.push(stream);
    }
    assert!(held.len() >= 100, "{}", held.len());
    let called = tokio::time::timeout(LONG / 4, calls(&started, Some(&started.identity))).await;
    assert_eq!(called, Ok(true));
}

/// Many calls at once, others that are given up, and a stream that nobody reads to its end.
#[tokio::test]
async fn a_thousand_calls_at_once_are_answered_though_others_are_given_up() {
    let started = Started::new(&example("minimal"));
    let channel = started.channel().await;
    let call = || {
        let mut provider = ProviderClient::new(channel.clone());
        async move { provider.get_metadata(get_metadata::Request {}).await }
    };
    let mut stdio = GrpcStdioClient::new(channel.clone());
    drop(stdio.stream_stdio(()).await.unwrap());
    let given_up: Vec<_> = (0..100).map(|_| tokio::spawn(call())).collect();
    let answered = futures::future::join_all((0..1_000).map(|_| call()));
    given_up.iter().for_each(tokio::task::JoinHandle::abort);
    let answered = tokio::time::timeout(LONG, answered).await.unwrap();
    assert!(answered.iter().all(Result::is_ok));
}

#[tokio::test]
async fn http_2_is_agreed_on() {
    let started = Started::new(&example("minimal"));
    let stream = started.tls(Some(&started.identity)).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
}

#[tokio::test]
async fn the_services_of_go_plugin_answer() {
    let mut started = Started::new(&example("minimal"));
    let channel = started.channel().await;
    let service = HealthCheckRequest { service: "plugin".to_owned() };
    let health = HealthClient::new(channel.clone()).check(service).await.unwrap().into_inner();
    assert_eq!(health.status(), ServingStatus::Serving);

    let mut stdio = GrpcStdioClient::new(channel.clone());
    let mut stdio = stdio.stream_stdio(()).await.unwrap().into_inner();
    // Open as long as the provider serves, and then at its end.
    let mut provider = ProviderClient::new(channel.clone());
    let metadata = provider.get_metadata(get_metadata::Request {});
    tokio::select! {
        biased;
        data = stdio.next() => panic!("{data:?}"),
        answer = metadata => assert_eq!(answer.unwrap().into_inner().resources.len(), 1),
    }
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    let ended = tokio::time::timeout(LONG, stdio.next()).await.unwrap();
    assert!(ended.is_none_or(|it| it.is_err()));
    assert_eq!(started.rest_of_stdout(), "");
    let socket = started.socket();
    let (status, stderr) = started.ended();
    assert!(status.success(), "{stderr}");
    assert_eq!(stderr, "");
    assert!(!socket.exists());
}

#[tokio::test]
async fn shutdown_gives_back_before_it_answers() {
    let directory = tempfile::tempdir().unwrap();
    let started = Started::new(&example("workshop"));
    let channel = started.channel().await;
    let mut provider = ProviderClient::new(channel.clone());
    let config = json!({ "directory": directory.path() });
    assert_eq!(configure(&mut provider, &config).await, []);
    let lent = |name: &str| directory.path().join(name);
    for name in ["saw", "plane"] {
        open(&mut provider, name).await;
        assert!(lent(name).exists());
    }
    // Terraform's stop is no reason to leave anything behind.
    provider.stop_provider(stop_provider::Request {}).await.unwrap();
    // Neither is one that cannot be given back.
    std::fs::remove_file(lent("saw")).unwrap();
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    assert!(!lent("plane").exists());
    assert!(started.ended().0.success());
}

async fn open(provider: &mut ProviderClient<Channel>, name: &str) {
    let request = open_ephemeral_resource::Request {
        type_name: "workshop_tool".to_owned(),
        config: value(&json!({ "name": name })),
        client_capabilities: None,
    };
    let opened = provider.open_ephemeral_resource(request).await.unwrap().into_inner();
    assert_eq!(opened.diagnostics, []);
}

#[tokio::test]
async fn a_connection_that_ends_gives_back_what_it_held() {
    let directory = tempfile::tempdir().unwrap();
    let started = Started::new(&example("workshop"));
    let mut provider = ProviderClient::new(started.channel().await);
    configure(&mut provider, &json!({ "directory": directory.path() })).await;
    open(&mut provider, "saw").await;
    let saw: &Path = &directory.path().join("saw");
    assert!(saw.exists());
    drop(provider);
    let gone = async {
        while saw.exists() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(LONG, gone).await.unwrap();
}

#[test]
fn the_certificate_is_in_the_line_without_padding() {
    let started = Started::new(&example("minimal"));
    let certificate = started.line.trim_end().rsplit('|').next().unwrap();
    let engine = base64::engine::general_purpose::STANDARD_NO_PAD;
    assert!(engine.decode(certificate).unwrap().starts_with(&[0x30, 0x82]));
}
