//! The services that go-plugin expects beside the provider's own.

use std::pin::Pin;

use tokio_stream::{Stream, StreamExt};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use crate::proto::plugin::grpc_broker_server::GrpcBroker;
use crate::proto::plugin::grpc_controller_server::GrpcController;
use crate::proto::plugin::grpc_stdio_server::GrpcStdio;
use crate::proto::plugin::{ConnInfo, Empty, StdioData};

type BoxStream<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// Opens further connections between plugin and host: a provider never does.
pub(super) struct Broker;

#[tonic::async_trait]
impl GrpcBroker for Broker {
    type StartStreamStream = BoxStream<ConnInfo>;

    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        // Open as long as the host holds its side open; nothing is ever said on it.
        let silent = request.into_inner().filter_map(|_| None);
        Ok(Response::new(Box::pin(silent)))
    }
}

/// Carries what the plugin prints: nothing, since only the handshake line may be printed.
pub(super) struct Stdio(pub(super) CancellationToken);

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    type StreamStdioStream = BoxStream<StdioData>;

    async fn stream_stdio(
        &self,
        _: Request<()>,
    ) -> Result<Response<Self::StreamStdioStream>, Status> {
        let exit = self.0.clone();
        let open = futures::stream::once(async move { exit.cancelled_owned().await });
        Ok(Response::new(Box::pin(StreamExt::filter_map(open, |()| None))))
    }
}

/// Ends the process when the host asks, after what is held has been given back.
pub(super) struct Controller<F>(pub(super) F);

#[tonic::async_trait]
impl<F, Released> GrpcController for Controller<F>
where
    F: Fn() -> Released + Send + Sync + 'static,
    Released: Future<Output = ()> + Send + 'static,
{
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        (self.0)().await;
        Ok(Response::new(Empty {}))
    }
}
