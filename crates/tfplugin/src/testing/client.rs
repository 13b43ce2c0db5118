//! A client of the protocol that plays Terraform's part.

use std::collections::BTreeMap;
use std::sync::Arc;

use hyper_util::rt::TokioIo;
use serde_json::Value as Json;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::transport::{Channel, Endpoint, Uri};

use super::core_rules::{assert_conforms, assert_plan_valid, proposed};
use super::value::{read, write};
use crate::codec;
use crate::offers::Offered;
use crate::proto::tfplugin6::provider_client::ProviderClient;
use crate::proto::tfplugin6::*;
use crate::provider::Provider;
use crate::schema::Schema;
use crate::server::connection::Connection;
use crate::server::session::Sessions;
use crate::server::{MAX_MESSAGE, serve_connections};
use crate::value::{AnyValue, Type};

/// A provider served in process, and a connection to it.
pub struct Client {
    rpcs: ProviderClient<Channel>,
    connect: Connect,
    schemas: Arc<Schemas>,
    /// Whether this client knows write-only attributes, as Terraform 1.11 and later do.
    pub knows_write_only: bool,
}

type Connect = Arc<dyn Fn() -> tokio::io::DuplexStream + Send + Sync>;

struct Schemas {
    provider: Offered,
    resources: BTreeMap<String, (Schema, Type, Type)>,
    data_sources: BTreeMap<String, Type>,
    ephemerals: BTreeMap<String, Type>,
}

/// A resource's state, with what Terraform stores beside it.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The attributes; null once it is gone.
    pub value: Json,
    /// What the provider remembers beside it.
    pub private: Vec<u8>,
    /// What names the object for good; null if it has no identity.
    pub identity: Json,
    /// What was said.
    pub diagnostics: Vec<Diagnostic>,
}

/// A planned change.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The planned attributes.
    pub value: Json,
    /// The attributes that require replacement, as they read in a configuration.
    pub requires_replace: Vec<String>,
    /// What was said.
    pub diagnostics: Vec<Diagnostic>,
    type_name: String,
    config: Json,
    prior: State,
    private: Vec<u8>,
    identity: Option<ResourceIdentityData>,
}

impl State {
    /// The state of a resource that does not exist.
    pub fn none() -> Self {
        State::default()
    }
}

impl Client {
    /// Serves a provider in process and connects to it.
    ///
    /// # Panics
    /// When that fails.
    pub async fn start<P: Provider>(provider: P) -> Self {
        let schemas = Arc::new(schemas(&provider));
        let sessions = Arc::new(Sessions::new(provider));
        let (sender, connections) = mpsc::unbounded_channel();
        let (ended, mut ends) = mpsc::unbounded_channel();
        let connect: Connect = Arc::new(move || {
            let (ours, theirs) = tokio::io::duplex(1 << 20);
            let _ = sender.send(Ok(Connection::new(theirs, ended.clone())));
            ours
        });
        let ending = sessions.clone();
        tokio::spawn(async move {
            while let Some(connection) = ends.recv().await {
                ending.end(connection).await;
            }
        });
        tokio::spawn(serve_connections(sessions, UnboundedReceiverStream::new(connections)));
        Self::over(connect, schemas).await
    }

    /// Another connection to the same process, as a second provider block or run has.
    pub async fn connect_again(&self) -> Self {
        Self::over(self.connect.clone(), self.schemas.clone()).await
    }

    async fn over(connect: Connect, schemas: Arc<Schemas>) -> Self {
        let stream = connect.clone();
        let connector = tower::service_fn(move |_: Uri| {
            let stream = stream();
            async move { Ok::<_, std::io::Error>(TokioIo::new(stream)) }
        });
        let endpoint = Endpoint::from_static("http://in.process");
        let channel = endpoint.connect_with_connector(connector).await.expect("connects");
        let rpcs = ProviderClient::new(channel)
            .max_decoding_message_size(MAX_MESSAGE)
            .max_encoding_message_size(MAX_MESSAGE);
        Client { rpcs, connect, schemas, knows_write_only: true }
    }

    /// The protocol itself, for what has no method here.
    pub fn rpcs(&self) -> ProviderClient<Channel> {
        self.rpcs.clone()
    }

    fn capabilities(&self) -> Option<ClientCapabilities> {
        let write_only_attributes_allowed = self.knows_write_only;
        Some(ClientCapabilities { write_only_attributes_allowed, ..ClientCapabilities::default() })
    }

    fn resource(&self, type_name: &str) -> &(Schema, Type, Type) {
        self.schemas.resources.get(type_name).expect("a resource of that type")
    }

    fn encoded(&self, type_name: &str, value: &Json) -> Option<DynamicValue> {
        let ty = &self.resource(type_name).1;
        Some(codec::encode(&read(value, ty), ty))
    }

    fn identity(&self, type_name: &str, identity: &Json) -> Option<ResourceIdentityData> {
        let ty = &self.resource(type_name).2;
        let encoded = || Some(codec::encode(&read(identity, ty), ty));
        (!identity.is_null()).then(|| ResourceIdentityData { identity_data: encoded() })
    }

    fn identity_json(&self, type_name: &str, identity: Option<&ResourceIdentityData>) -> Json {
        let ty = &self.resource(type_name).2;
        decoded(identity.and_then(|i| i.identity_data.as_ref()), ty)
    }

    /// Configures the provider, after validating its configuration; answers what is said.
    ///
    /// # Panics
    /// When the call itself fails, as in every other method.
    pub async fn configure(&self, config: Json) -> Vec<Diagnostic> {
        let ty = &self.schemas.provider.ty;
        let config = Some(codec::encode(&read(&config, ty), ty));
        let validate = validate_provider_config::Request { config: config.clone() };
        let validated = self.rpcs().validate_provider_config(validate).await.expect("answers");
        let mut said = validated.into_inner().diagnostics;
        if said.is_empty() {
            let terraform_version = "1.11.4".to_owned();
            let client_capabilities = self.capabilities();
            let request =
                configure_provider::Request { terraform_version, config, client_capabilities };
            let configured = self.rpcs().configure_provider(request).await.expect("answers");
            said.extend(configured.into_inner().diagnostics);
        }
        said
    }

    /// Validates a resource's configuration.
    pub async fn validate(&self, type_name: &str, config: Json) -> Vec<Diagnostic> {
        let request = validate_resource_config::Request {
            type_name: type_name.to_owned(),
            config: self.encoded(type_name, &config),
            client_capabilities: self.capabilities(),
        };
        let answer = self.rpcs().validate_resource_config(request).await.expect("answers");
        answer.into_inner().diagnostics
    }

    /// Plans a change of `prior` to `config` (null to destroy), as core does, and checks what core checks.
    pub async fn plan(&self, type_name: &str, prior: &State, config: Json) -> Planned {
        let (schema, ty, _) = self.resource(type_name);
        let before = read(&prior.value, ty);
        let set = read(&config, ty);
        let proposal = match &set {
            AnyValue::Null => AnyValue::Null,
            set => proposed(&schema.block, &before, set),
        };
        let request = plan_resource_change::Request {
            type_name: type_name.to_owned(),
            prior_state: self.encoded(type_name, &prior.value),
            proposed_new_state: Some(codec::encode(&proposal, ty)),
            config: self.encoded(type_name, &config),
            prior_private: prior.private.clone(),
            client_capabilities: self.capabilities(),
            prior_identity: self.identity(type_name, &prior.identity),
            ..Default::default()
        };
        let answer = self.rpcs().plan_resource_change(request).await.expect("answers").into_inner();
        let planned =
            codec::decode(answer.planned_state.as_ref(), ty).expect("a value of the schema");
        if !set.is_null() && answer.diagnostics.iter().all(is_warning) {
            assert_plan_valid(&schema.block, &before, &set, &planned);
        }
        Planned {
            value: write(&planned),
            requires_replace: answer.requires_replace.iter().map(path).collect(),
            diagnostics: answer.diagnostics,
            type_name: type_name.to_owned(),
            config,
            prior: prior.clone(),
            private: answer.planned_private,
            identity: answer.planned_identity,
        }
    }

    /// Applies a planned change, and checks what core checks.
    pub async fn apply(&self, planned: &Planned) -> State {
        let type_name = &planned.type_name;
        let ty = &self.resource(type_name).1;
        let request = apply_resource_change::Request {
            type_name: type_name.clone(),
            prior_state: self.encoded(type_name, &planned.prior.value),
            planned_state: self.encoded(type_name, &planned.value),
            config: self.encoded(type_name, &planned.config),
            planned_private: planned.private.clone(),
            provider_meta: None,
            planned_identity: planned.identity.clone(),
        };
        let answer =
            self.rpcs().apply_resource_change(request).await.expect("answers").into_inner();
        let state = codec::decode(answer.new_state.as_ref(), ty).expect("a value of the schema");
        assert!(state.is_wholly_known(), "core: unknown values after apply");
        if answer.diagnostics.iter().all(is_warning) {
            assert_conforms(&read(&planned.value, ty), &state, type_name);
        }
        State {
            value: write(&state),
            private: answer.private,
            identity: self.identity_json(type_name, answer.new_identity.as_ref()),
            diagnostics: answer.diagnostics,
        }
    }

    /// Plans and applies in one go; a plan with errors is answered as it is, with the prior state.
    pub async fn plan_and_apply(&self, type_name: &str, prior: &State, config: Json) -> State {
        let planned = self.plan(type_name, prior, config).await;
        if planned.diagnostics.iter().all(is_warning) {
            self.apply(&planned).await
        } else {
            State { diagnostics: planned.diagnostics, ..prior.clone() }
        }
    }

    /// Refreshes a state.
    pub async fn read(&self, type_name: &str, state: &State) -> State {
        let request = read_resource::Request {
            type_name: type_name.to_owned(),
            current_state: self.encoded(type_name, &state.value),
            private: state.private.clone(),
            provider_meta: None,
            client_capabilities: self.capabilities(),
            current_identity: self.identity(type_name, &state.identity),
        };
        let answer = self.rpcs().read_resource(request).await.expect("answers").into_inner();
        State {
            value: decoded(answer.new_state.as_ref(), &self.resource(type_name).1),
            private: answer.private,
            identity: self.identity_json(type_name, answer.new_identity.as_ref()),
            diagnostics: answer.diagnostics,
        }
    }

    /// Imports by id, without the refresh that core does next.
    pub async fn import(&self, type_name: &str, id: &str) -> State {
        self.import_target(type_name, id, &Json::Null).await
    }

    /// Imports by identity, without the refresh that core does next.
    pub async fn import_identity(&self, type_name: &str, identity: &Json) -> State {
        self.import_target(type_name, "", identity).await
    }

    async fn import_target(&self, type_name: &str, id: &str, identity: &Json) -> State {
        let request = import_resource_state::Request {
            type_name: type_name.to_owned(),
            id: id.to_owned(),
            client_capabilities: self.capabilities(),
            identity: self.identity(type_name, identity),
        };
        let answer =
            self.rpcs().import_resource_state(request).await.expect("answers").into_inner();
        let imported = answer.imported_resources.into_iter().next().unwrap_or_default();
        State {
            value: decoded(imported.state.as_ref(), &self.resource(type_name).1),
            private: imported.private,
            identity: self.identity_json(type_name, imported.identity.as_ref()),
            diagnostics: answer.diagnostics,
        }
    }

    /// Reads a stored state, as core does on every refresh.
    pub async fn upgrade(&self, type_name: &str, version: i64, stored: &Json) -> State {
        let raw_state =
            Some(RawState { json: stored.to_string().into_bytes(), ..Default::default() });
        let type_name = type_name.to_owned();
        let request =
            upgrade_resource_state::Request { type_name: type_name.clone(), version, raw_state };
        let answer =
            self.rpcs().upgrade_resource_state(request).await.expect("answers").into_inner();
        State {
            value: decoded(answer.upgraded_state.as_ref(), &self.resource(&type_name).1),
            diagnostics: answer.diagnostics,
            ..State::default()
        }
    }

    /// Reads a data source.
    pub async fn read_data(&self, type_name: &str, config: Json) -> (Json, Vec<Diagnostic>) {
        let ty = self.schemas.data_sources.get(type_name).expect("a data source of that type");
        let request = read_data_source::Request {
            type_name: type_name.to_owned(),
            config: Some(codec::encode(&read(&config, ty), ty)),
            ..Default::default()
        };
        let answer = self.rpcs().read_data_source(request).await.expect("answers").into_inner();
        (decoded(answer.state.as_ref(), ty), answer.diagnostics)
    }

    /// Opens an ephemeral resource: its value, what closing it needs, and what was said.
    pub async fn open(&self, type_name: &str, config: Json) -> (Json, Vec<u8>, Vec<Diagnostic>) {
        let ty =
            self.schemas.ephemerals.get(type_name).expect("an ephemeral resource of that type");
        let request = open_ephemeral_resource::Request {
            type_name: type_name.to_owned(),
            config: Some(codec::encode(&read(&config, ty), ty)),
            client_capabilities: self.capabilities(),
        };
        let answer =
            self.rpcs().open_ephemeral_resource(request).await.expect("answers").into_inner();
        let value = decoded(answer.result.as_ref(), ty);
        (value, answer.private.unwrap_or_default(), answer.diagnostics)
    }

    /// Closes an ephemeral resource.
    pub async fn close(&self, type_name: &str, private: Vec<u8>) -> Vec<Diagnostic> {
        let type_name = type_name.to_owned();
        let request = close_ephemeral_resource::Request { type_name, private: Some(private) };
        let answer = self.rpcs().close_ephemeral_resource(request).await.expect("answers");
        answer.into_inner().diagnostics
    }

    /// Stops the run, as Ctrl-C does.
    pub async fn stop(&self) {
        self.rpcs().stop_provider(stop_provider::Request {}).await.expect("answers");
    }
}

fn schemas<P: Provider>(provider: &P) -> Schemas {
    let offers = provider.offers();
    let resources = offers.resources.iter().map(|(name, resource)| {
        let Offered { schema, ty } = resource.offered();
        ((*name).to_owned(), (schema.clone(), ty.clone(), resource.identity_type().clone()))
    });
    let data_sources = offers.data_sources.iter();
    let ephemerals = offers.ephemerals.iter();
    Schemas {
        provider: Offered::of::<P::Config>(),
        resources: resources.collect(),
        data_sources: data_sources
            .map(|(n, d)| ((*n).to_owned(), d.offered().ty.clone()))
            .collect(),
        ephemerals: ephemerals.map(|(n, e)| ((*n).to_owned(), e.offered().ty.clone())).collect(),
    }
}

fn decoded(value: Option<&DynamicValue>, ty: &Type) -> Json {
    write(&codec::decode(value, ty).expect("a value of the schema"))
}

fn is_warning(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity() == diagnostic::Severity::Warning
}

fn path(path: &AttributePath) -> String {
    use attribute_path::step::Selector;
    let step = |step: &attribute_path::Step| match &step.selector {
        Some(Selector::AttributeName(name)) => format!(".{name}"),
        Some(Selector::ElementKeyString(key)) => format!("[{key:?}]"),
        Some(Selector::ElementKeyInt(index)) => format!("[{index}]"),
        None => String::new(),
    };
    let path: String = path.steps.iter().map(step).collect();
    path.trim_start_matches('.').to_owned()
}
