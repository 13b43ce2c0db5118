//! What others send who have found the socket, and what the right client may not send either.

use std::pin::pin;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tfplugin::proto::plugin::Empty;
use tfplugin::proto::plugin::grpc_controller_client::GrpcControllerClient;
use tfplugin::proto::tfplugin6::get_metadata;
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::testing::host::{Identity, Started, command};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::UnixStream;
use tonic::transport::Channel;

use super::programs::example;

/// Longer than the server bears with anybody.
const LONG: Duration = Duration::from_secs(60);

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

async fn asks(channel: Channel) -> bool {
    ProviderClient::new(channel).get_metadata(get_metadata::Request {}).await.is_ok()
}

/// Sends bytes; what comes until the other side ends the connection.
async fn answered(mut stream: impl AsyncRead + AsyncWrite + Unpin, bytes: &[u8]) -> Vec<u8> {
    // It may be closed before all is sent.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let end = tokio::time::timeout(LONG, stream.read_to_end(&mut answer)).await;
    assert!(end.is_ok(), "the connection is held open");
    answer
}

/// Frames of HTTP/2: an announced length, a kind, flags, a stream.
fn frame(length: u32, kind: u8, flags: u8, stream: u32) -> Vec<u8> {
    let length = length.to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat()
}

/// What ends a connection, and not the program.
fn rubbish() -> Vec<(&'static str, Vec<u8>)> {
    let settings = frame(0, 4, 0, 0);
    let begun = |rest: &[u8]| [PREFACE, &settings, rest].concat();
    // `:method: POST`, `:scheme: http`, `:path: /`.
    let call = |flags, stream| [frame(3, 1, flags, stream), vec![0x83, 0x86, 0x84]].concat();
    let reset = |stream| [call(4, stream), frame(4, 3, 0, stream), vec![0, 0, 0, 8]].concat();
    vec![
        ("HTTP/1", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec()),
        ("an oversized frame", begun(&[frame(0xff_ffff, 0, 0, 1), vec![0; 1 << 20]].concat())),
        ("data on no stream", begun(&[frame(4, 0, 0, 1), vec![0; 4]].concat())),
        ("headers that are none", begun(&[frame(8, 1, 5, 1), vec![0xff; 8]].concat())),
        ("settings on a stream", begun(&frame(0, 4, 0, 1))),
        ("headers without end", begun(&[call(0, 1), frame(0, 9, 0, 1).repeat(1 << 12)].concat())),
        ("data that is none", begun(&[call(4, 1), frame(0, 0, 0, 1).repeat(1 << 12)].concat())),
        (
            "calls that are taken back",
            begun(&(0..4_000).flat_map(|n| reset(2 * n + 1)).collect::<Vec<_>>()),
        ),
        ("noise", vec![0xa5; 64 << 10]),
    ]
}

#[tokio::test]
async fn whoever_else_comes_the_right_client_is_served_and_nothing_is_left() {
    let started = Started::new(&example("minimal"));
    let right = started.channel().await;
    for identity in [None, Some(Identity::generate()), Some(Identity::expired())] {
        let refused = match started.channel_as(identity.as_ref()).await {
            Ok(channel) => !asks(channel).await,
            Err(_) => true,
        };
        assert!(refused);
    }
    for (name, bytes) in rubbish() {
        let plain = UnixStream::connect(started.socket()).await.unwrap();
        let answer = answered(plain, &bytes).await;
        // An alert of TLS at most: nobody has shown a certificate.
        assert!(answer.len() <= 16, "{name}: {answer:?}");
        let inside = started.tls(Some(&started.identity)).await.unwrap();
        answered(inside, &bytes).await;
        assert!(asks(right.clone()).await, "{name}");
    }
    assert!(asks(started.channel().await).await);
    GrpcControllerClient::new(right).shutdown(Empty {}).await.unwrap();
    let socket = started.socket();
    assert!(started.ended().0.success());
    assert!(!socket.exists() && !socket.parent().unwrap().exists());
}

#[tokio::test]
async fn the_clients_own_certificate_counts_though_its_time_is_over() {
    let started = Started::identified(command(&example("minimal")), Identity::expired());
    assert!(asks(started.channel().await).await);
}

#[tokio::test]
async fn thousands_of_streams_on_one_connection_are_answered() {
    let started = Started::new(&example("minimal"));
    let channel = started.channel().await;
    assert!(asks(channel.clone()).await);
    let process = Pid::from_raw(started.child.id().try_into().unwrap());
    // All of them are there before the program reads the first.
    kill(process, Signal::SIGSTOP).unwrap();
    let calls = (0..5_000).map(|_| asks(channel.clone()));
    let mut answers = pin!(futures::future::join_all(calls));
    for _ in 0..1_000 {
        assert!(futures::poll!(&mut answers).is_pending());
        tokio::task::yield_now().await;
    }
    kill(process, Signal::SIGCONT).unwrap();
    let answers = tokio::time::timeout(LONG, answers).await.unwrap();
    assert_eq!(answers.iter().filter(|answered| **answered).count(), 5_000);
}
