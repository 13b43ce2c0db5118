//! A connection to a provider that is served in process.

use std::sync::Arc;

use futures::future::BoxFuture;
use hyper_util::rt::TokioIo;
use serde_json::Value as Json;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::transport::{Channel, Endpoint, Uri};

use super::schemas::Schemas;
use crate::diagnostics::INCONSISTENT;
use crate::proto::tfplugin6::provider_client::ProviderClient;
use crate::proto::tfplugin6::*;
use crate::provider::Provider;
use crate::server::connection::Connection;
use crate::server::session::Sessions;
use crate::server::{MAX_MESSAGE, serve_connections};

/// A provider served in process, and a connection to it. The [guide](crate::guide::testing_it) shows what it can do.
pub struct Client {
    rpcs: ProviderClient<Channel>,
    server: Server,
    pub(super) schemas: Arc<Schemas>,
    /// Whether this client knows write-only attributes, as Terraform 1.11 and later do.
    pub knows_write_only: bool,
    /// Whether this client hands what the plan keeps to the plan made again at apply, as Terraform
    /// 1.16 and later do.
    pub stores_planned_private: bool,
    /// Whether this client can put off what cannot be done yet (see [`Deferral`](crate::Deferral)).
    pub may_defer: bool,
    /// Whether a result that core would refuse fails the test, as it does unless a test is about just that.
    pub is_strict: bool,
    /// What the module says to the provider ([`Offers::provider_meta`](crate::Offers::provider_meta)).
    pub provider_meta: Json,
}

/// The process that a provider would be.
#[derive(Clone)]
struct Server {
    connect: Arc<dyn Fn() -> tokio::io::DuplexStream + Send + Sync>,
    shut_down: Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>,
}

fn calls(channel: Channel) -> ProviderClient<Channel> {
    ProviderClient::new(channel)
        .max_decoding_message_size(MAX_MESSAGE)
        .max_encoding_message_size(MAX_MESSAGE)
}

impl Client {
    /// Serves a provider in process and connects to it.
    ///
    /// # Panics
    /// When that fails.
    pub async fn start<P: Provider>(provider: P) -> Self {
        let sessions = Arc::new(Sessions::new(provider));
        let schemas = Arc::new(Schemas::of(&sessions));
        let (sender, connections) = mpsc::unbounded_channel();
        let (ended, mut ends) = mpsc::unbounded_channel();
        let connect = move || {
            let (ours, theirs) = tokio::io::duplex(1 << 20);
            let _ = sender.send(Ok(Connection::new(theirs, ended.clone())));
            ours
        };
        let ending = sessions.clone();
        let shut_down = move || -> BoxFuture<'static, ()> {
            let sessions = ending.clone();
            Box::pin(async move { sessions.end_all().await })
        };
        let ending = sessions.clone();
        tokio::spawn(async move {
            while let Some(connection) = ends.recv().await {
                ending.end(connection).await;
            }
        });
        tokio::spawn(serve_connections(sessions, UnboundedReceiverStream::new(connections)));
        let server = Server { connect: Arc::new(connect), shut_down: Arc::new(shut_down) };
        Self::over(server, schemas).await
    }

    /// Another connection to the same process, as a second provider block or run has.
    pub async fn connect_again(&self) -> Self {
        Self::over(self.server.clone(), self.schemas.clone()).await
    }

    async fn over(server: Server, schemas: Arc<Schemas>) -> Self {
        let connect = server.connect.clone();
        let connector = tower::service_fn(move |_: Uri| {
            let stream = connect();
            async move { Ok::<_, std::io::Error>(TokioIo::new(stream)) }
        });
        let endpoint = Endpoint::from_static("http://in.process");
        let channel = endpoint.connect_with_connector(connector).await.expect("connects");
        Client {
            rpcs: calls(channel),
            server,
            schemas,
            knows_write_only: true,
            stores_planned_private: false,
            may_defer: false,
            is_strict: true,
            provider_meta: Json::Null,
        }
    }

    /// The same client of another process of the provider.
    #[must_use]
    pub fn through(self, channel: Channel) -> Self {
        Client { rpcs: calls(channel), ..self }
    }

    /// The protocol itself, for what has no method here.
    pub fn rpcs(&self) -> ProviderClient<Channel> {
        self.rpcs.clone()
    }

    pub(super) fn capabilities(&self) -> Option<ClientCapabilities> {
        Some(ClientCapabilities {
            write_only_attributes_allowed: self.knows_write_only,
            store_planned_private: self.stores_planned_private,
            deferral_allowed: self.may_defer,
            computed_blocks_allowed: false,
        })
    }

    pub(super) fn meta(&self) -> Option<DynamicValue> {
        self.schemas.meta.as_ref().and_then(|meta| meta.encoded(&self.provider_meta))
    }

    /// Fails the test for a result that core would refuse.
    pub(super) fn check_result(&self, said: &[Diagnostic]) {
        let refused = said.iter().find(|said| said.summary == INCONSISTENT);
        if let (Some(refused), true) = (refused, self.is_strict) {
            panic!("core: {}", refused.detail);
        }
    }

    /// Configures the provider, after validating its configuration; answers what is said.
    ///
    /// # Panics
    /// When the call itself fails, as in every other method.
    pub async fn configure(&self, config: Json) -> Vec<Diagnostic> {
        let config = self.schemas.provider.encoded(&config);
        let validate = validate_provider_config::Request { config: config.clone() };
        let validated = self.rpcs().validate_provider_config(validate).await.expect("answers");
        let mut diagnostics = validated.into_inner().diagnostics;
        if diagnostics.is_empty() {
            let terraform_version = "1.11.4".to_owned();
            let client_capabilities = self.capabilities();
            let request =
                configure_provider::Request { terraform_version, config, client_capabilities };
            let configured = self.rpcs().configure_provider(request).await.expect("answers");
            diagnostics.extend(configured.into_inner().diagnostics);
        }
        diagnostics
    }

    /// Stops the run, as Ctrl-C does.
    pub async fn stop(&self) {
        self.rpcs().stop_provider(stop_provider::Request {}).await.expect("answers");
    }

    /// Gives back what all runs hold, as Terraform's Shutdown does before it is answered.
    pub async fn shut_down(&self) {
        (self.server.shut_down)().await;
    }
}
