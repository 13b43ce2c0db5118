//! Serving: from the first line of output to the last clean-up.

mod bounded_codec;
mod command_line;
pub(crate) mod connection;
pub(crate) mod handshake;
mod listener;
mod log_writer;
mod logging;
mod parent;
mod plugin_services;
pub(crate) mod service;
pub(crate) mod session;
mod signals;
pub(crate) mod tls;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;

pub(crate) use bounded_codec::BoundedCodec;
pub use command_line::serve;

use crate::proto::plugin::grpc_broker_server::GrpcBrokerServer;
use crate::proto::plugin::grpc_controller_server::GrpcControllerServer;
use crate::proto::plugin::grpc_stdio_server::GrpcStdioServer;
use crate::proto::tfplugin6::provider_server::ProviderServer;
use crate::provider::Provider;
use connection::ConnectionId;
use listener::Listener;
use plugin_services::{Broker, Controller, Stdio};
use service::Service;
use session::Sessions;

/// The largest message, either way: as much as Terraform takes in itself. A plan has a value three times.
pub(crate) const MAX_MESSAGE: usize = 64 << 20;

/// How many calls of one connection are served at once; a client waits with more. Without a limit h2 takes a
/// few thousand small messages at once for an attack, and ends the connection.
const MAX_CALLS: u32 = 1000;

/// How long answers under way may take once the process is to end.
const LAST_ANSWERS: Duration = Duration::from_millis(500);

/// Why a provider could not start serving.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("started by hand")]
    ByHand,
    #[error("PLUGIN_CLIENT_CERT is not a PEM certificate")]
    ClientCertificate,
    #[error("TLS could not be set up: {0}")]
    Tls(String),
    #[error("cannot listen: {0}")]
    Listen(std::io::Error),
    #[error("cannot say where to connect: {0}")]
    Say(std::io::Error),
    #[error("serving failed: {0}")]
    Serve(tonic::transport::Error),
}

/// Serves the Terraform that started this process until that is done with it.
async fn serve_parent<P: Provider>(provider: P) -> Result<(), StartError> {
    let environment = |name: &str| std::env::var(name).ok();
    let parent = handshake::from_environment(environment)?;
    let tls = parent.client_certificate.as_deref().map(tls::for_client).transpose()?;
    let listener = Listener::bind(environment)?;
    let certificate = tls.as_ref().map_or("", |tls| tls.certificate.as_str());
    let line = handshake::line(&parent, &listener.endpoint(), certificate);
    let exit = CancellationToken::new();
    signals::ignore_interrupts();
    tokio::spawn(leave(exit.clone(), parent::gone(), signals::terminated()));
    let sweep = listener.sweep();
    // Calls can come from here on: the listener is bound already.
    handshake::say(&line).map_err(StartError::Say)?;
    std::thread::spawn(sweep);
    serve_on(listener, tls.map(|tls| tls.config), provider, exit, true).await
}

/// Serves every Terraform that comes, until interrupted.
async fn serve_debug<P: Provider>(provider: P) -> Result<(), StartError> {
    let listener = Listener::bind(|name| std::env::var(name).ok())?;
    let line = command_line::reattach_line(provider.address(), &listener.endpoint());
    let exit = CancellationToken::new();
    tokio::spawn(leave(exit.clone(), signals::interrupted(), signals::terminated()));
    handshake::say(&line).map_err(StartError::Say)?;
    serve_on(listener, None, provider, exit, false).await
}

async fn serve_on<P: Provider>(
    listener: Listener,
    tls: Option<Arc<rustls::ServerConfig>>,
    provider: P,
    exit: CancellationToken,
    has_parent: bool,
) -> Result<(), StartError> {
    let sessions = Arc::new(Sessions::new(provider));
    let (ended, ends) = mpsc::unbounded_channel();
    let (connections, socket) = listener.connections(tls, ended);
    tokio::spawn(end_sessions(sessions.clone(), ends));
    let served = route(sessions.clone(), exit.clone(), has_parent)
        .await
        .serve_with_incoming_shutdown(connections, exit.clone().cancelled_owned());
    let result = tokio::select! {
        result = served => result.map_err(StartError::Serve),
        () = async { exit.cancelled().await; tokio::time::sleep(LAST_ANSWERS).await } => Ok(()),
    };
    sessions.end_all().await;
    drop(socket);
    result
}

/// Ends serving when there is nobody to serve any more, or the system asks for it.
async fn leave(
    exit: CancellationToken,
    nobody_left: impl Future<Output = ()>,
    terminated: impl Future<Output = ()>,
) {
    tokio::select! {
        () = nobody_left => {}
        () = terminated => {}
    }
    exit.cancel();
}

async fn end_sessions<P: Provider>(
    sessions: Arc<Sessions<P>>,
    mut ends: mpsc::UnboundedReceiver<ConnectionId>,
) {
    while let Some(connection) = ends.recv().await {
        let sessions = sessions.clone();
        tokio::spawn(async move { sessions.end(connection).await });
    }
}

async fn route<P: Provider>(
    sessions: Arc<Sessions<P>>,
    exit: CancellationToken,
    has_parent: bool,
) -> tonic::transport::server::Router {
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_service_status("plugin", tonic_health::ServingStatus::Serving).await;
    let stdio = Stdio(exit.clone());
    let release = sessions.clone();
    let controller = Controller(move || {
        let (sessions, exit) = (release.clone(), exit.clone());
        async move {
            sessions.end_all().await;
            // Under --debug the next run is served by the same process.
            if has_parent {
                exit.cancel();
            }
        }
    });
    server()
        .add_service(provider_service(sessions))
        .add_service(health_service)
        .add_service(GrpcBrokerServer::new(Broker))
        .add_service(GrpcControllerServer::new(controller))
        .add_service(GrpcStdioServer::new(stdio))
}

/// A server without services yet.
fn server() -> Server {
    Server::builder().max_concurrent_streams(MAX_CALLS)
}

/// The protocol's service, with its message limits.
pub(crate) fn provider_service<P: Provider>(
    sessions: Arc<Sessions<P>>,
) -> ProviderServer<Service<P>> {
    ProviderServer::new(Service { sessions })
        .max_decoding_message_size(MAX_MESSAGE)
        .max_encoding_message_size(MAX_MESSAGE)
}

/// Serves connections that come some other way than by a listener: in tests.
#[cfg(feature = "testing")]
pub(crate) async fn serve_connections<P: Provider>(
    sessions: Arc<Sessions<P>>,
    connections: impl tokio_stream::Stream<Item = std::io::Result<connection::Connection>>,
) -> Result<(), tonic::transport::Error> {
    server().add_service(provider_service(sessions)).serve_with_incoming(connections).await
}

/// How the process ends.
fn exit_code(result: Result<(), StartError>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
