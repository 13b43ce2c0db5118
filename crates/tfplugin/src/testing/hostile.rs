//! What holds of any bytes that stand where Terraform sends something: properties for fuzzing and for tests.
//!
//! Each takes bytes and panics where the property does not hold.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tonic::Request;
use tonic::transport::server::Connected;

use crate::codec;
use crate::environment::Completed;
use crate::offers::Offered;
use crate::proto::tfplugin6::provider_server::Provider as Rpcs;
use crate::proto::tfplugin6::*;
use crate::provider::Provider;
use crate::server::connection::{Connection, ConnectionId};
use crate::server::handshake;
use crate::server::service::Service;
use crate::server::session::Sessions;
use crate::server::tls;
use crate::value::{AnyValue, Type};

/// Types in every combination that matters.
fn types() -> [Type; 10] {
    let boxed = Box::new;
    let leaves = || {
        [("a", Type::String), ("b", Type::Number), ("c", Type::Bool), ("d", Type::Dynamic)]
            .map(|(name, ty)| (name.to_owned(), ty))
    };
    let object = Type::object(leaves());
    [
        Type::String,
        Type::Number,
        Type::Bool,
        Type::Dynamic,
        Type::List(boxed(object.clone())),
        Type::Set(boxed(object.clone())),
        Type::Map(boxed(Type::Set(boxed(Type::Number)))),
        Type::Tuple(leaves().map(|(_, ty)| ty).to_vec()),
        Type::Map(boxed(Type::Dynamic)),
        object,
    ]
}

/// A value of a type that the first byte picks, in MessagePack or JSON: what can be read is written and read as
/// the same again.
pub fn value(bytes: &[u8]) {
    let Some((&first, bytes)) = bytes.split_first() else { return };
    let (types, is_json) = (types(), first & 0x80 != 0);
    let ty = &types[usize::from(first & 0x7f) % types.len()];
    let sent = match is_json {
        true => DynamicValue { json: bytes.to_vec(), msgpack: Vec::new() },
        false => DynamicValue { msgpack: bytes.to_vec(), json: Vec::new() },
    };
    if let Ok(value) = codec::decode(Some(&sent), ty) {
        let written = codec::encode(&value, ty);
        assert_eq!(codec::decode(Some(&written), ty), Ok(value), "{ty:?}");
    }
    let raw = RawState { json: bytes.to_vec(), ..RawState::default() };
    let _ = codec::decode_stored(Some(&raw), ty);
}

/// Variables of the environment, `NAME=VALUE` with a zero between each two.
fn variables(bytes: &[u8]) -> BTreeMap<String, OsString> {
    let pair = |pair: &[u8]| {
        let at = pair.iter().position(|byte| *byte == b'=')?;
        let name = String::from_utf8(pair[..at].to_vec()).ok()?;
        Some((name, OsString::from_vec(pair[at + 1..].to_vec())))
    };
    bytes.split(|byte| *byte == 0).filter_map(pair).collect()
}

/// The environment of a program that Terraform may have started: it is refused, or the answer is one line of
/// six or seven fields.
pub fn handshake(bytes: &[u8]) {
    let variables = variables(bytes);
    let lookup =
        |name: &str| variables.get(name).and_then(|value| value.to_str().map(str::to_owned));
    let Ok(parent) = handshake::from_environment(lookup) else { return };
    if let Some(pem) = &parent.client_certificate {
        let _ = tls::certificate(pem);
    }
    let endpoint = handshake::Endpoint { network: "unix", address: "/tmp/p.sock".to_owned() };
    let line = handshake::line(&parent, &endpoint, "Q0VSVA");
    assert!(!line.contains('\n') && [6, 7].contains(&line.split('|').count()), "{line}");
}

/// A provider, asked without Terraform and without a connection.
pub struct Requests<P: Provider> {
    service: Service<P>,
    connection: ConnectionId,
    types: Vec<String>,
    runtime: Runtime,
}

/// How many kinds of requests there are.
const KINDS: u8 = 14;

impl<P: Provider> Requests<P> {
    /// Serves nothing yet; the provider is not configured.
    ///
    /// # Panics
    /// When there is no runtime.
    pub fn new(provider: P) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let sessions = Sessions::new(provider);
        let offers = &sessions.offers;
        let types = offers.resources.keys().chain(offers.data_sources.keys());
        let types = types.chain(offers.ephemerals.keys()).chain(offers.lists.keys());
        let types = types.chain(offers.actions.keys()).chain(offers.functions.keys());
        let mut types: Vec<_> = types.map(|name| (*name).to_owned()).collect();
        types.sort();
        types.dedup();
        let (stream, _) = tokio::io::duplex(1);
        let connection = Connection::new(stream, mpsc::unbounded_channel().0).connect_info();
        Requests { service: Service { sessions: Arc::new(sessions) }, connection, types, runtime }
    }

    fn request<Q>(&self, request: Q) -> Request<Q> {
        let mut request = Request::new(request);
        request.extensions_mut().insert(self.connection);
        request
    }

    /// A request that the first two bytes pick, with a value and a text of the others: it is answered, and not
    /// with a bug.
    pub fn answer(&self, bytes: &[u8]) {
        let [kind, name, bytes @ ..] = bytes else { return };
        let name = self.types[usize::from(*name) % self.types.len()].clone();
        for diagnostic in self.runtime.block_on(self.asked(kind % KINDS, name, bytes)) {
            let Diagnostic { summary, detail, .. } = diagnostic;
            assert!(!summary.contains("bug"), "{summary}: {detail}");
        }
    }

    async fn asked(&self, kind: u8, name: String, bytes: &[u8]) -> Vec<Diagnostic> {
        macro_rules! ask {
            ($rpc:ident($module:ident { $($field:ident: $value:expr),* $(,)? })) => {{
                // Some requests have no other fields.
                #[allow(clippy::needless_update)]
                let request = $module::Request { $($field: $value,)* ..Default::default() };
                self.service.$rpc(self.request(request)).await.expect("answers").into_inner()
            }};
        }
        let is_json = bytes.first().is_some_and(|first| b"{[\"".contains(first));
        let value = || match is_json {
            true => Some(DynamicValue { json: bytes.to_vec(), msgpack: Vec::new() }),
            false => Some(DynamicValue { msgpack: bytes.to_vec(), json: Vec::new() }),
        };
        let raw = || Some(RawState { json: bytes.to_vec(), ..RawState::default() });
        let text = || String::from_utf8_lossy(bytes).into_owned();
        match kind {
            0 => {
                ask!(validate_provider_config(validate_provider_config { config: value() }))
                    .diagnostics
            }
            1 => {
                ask!(validate_resource_config(validate_resource_config {
                    type_name: name,
                    config: value()
                }))
                .diagnostics
            }
            2 => {
                ask!(upgrade_resource_state(upgrade_resource_state {
                    type_name: name,
                    raw_state: raw()
                }))
                .diagnostics
            }
            3 => {
                ask!(upgrade_resource_state(upgrade_resource_state {
                    type_name: name,
                    version: 1,
                    raw_state: raw()
                }))
                .diagnostics
            }
            4 => {
                ask!(upgrade_resource_identity(upgrade_resource_identity {
                    type_name: name,
                    raw_identity: raw()
                }))
                .diagnostics
            }
            5 => {
                ask!(move_resource_state(move_resource_state {
                    source_provider_address: "registry.terraform.io/grafana/grafana".to_owned(),
                    source_type_name: name.clone(),
                    target_type_name: name,
                    source_state: raw(),
                    source_private: bytes.to_vec(),
                }))
                .diagnostics
            }
            6 => {
                ask!(move_resource_state(move_resource_state {
                    source_provider_address: text(),
                    source_type_name: text(),
                    target_type_name: name,
                    source_state: raw(),
                }))
                .diagnostics
            }
            7 => {
                ask!(generate_resource_config(generate_resource_config {
                    type_name: name,
                    state: value()
                }))
                .diagnostics
            }
            8 => {
                ask!(validate_data_resource_config(validate_data_resource_config {
                    type_name: name,
                    config: value()
                }))
                .diagnostics
            }
            9 => {
                ask!(validate_ephemeral_resource_config(validate_ephemeral_resource_config {
                    type_name: name,
                    config: value()
                }))
                .diagnostics
            }
            10 => {
                ask!(validate_list_resource_config(validate_list_resource_config {
                    type_name: name,
                    config: value()
                }))
                .diagnostics
            }
            11 => {
                ask!(validate_action_config(validate_action_config {
                    type_name: name,
                    config: value()
                }))
                .diagnostics
            }
            12 => {
                ask!(close_ephemeral_resource(close_ephemeral_resource {
                    type_name: name,
                    private: Some(bytes.to_vec())
                }))
                .diagnostics
            }
            _ => {
                let answer = ask!(call_function(call_function {
                    name: name,
                    arguments: value().into_iter().collect()
                }));
                let text = answer.error.map(|error| error.text);
                assert!(text.is_none_or(|text| !text.contains("bug")));
                Vec::new()
            }
        }
    }

    /// Variables of the environment that stand in for the provider's attributes: what is wrong with them is told.
    pub fn environment(&self, bytes: &[u8]) {
        let offered: &Offered = &self.service.sessions.config;
        let variables = variables(bytes);
        let none = AnyValue::Mapping(BTreeMap::new());
        let completed =
            Completed::new(&offered.schema.block, none, |name| variables.get(name).cloned());
        let mut found = completed.errors.clone();
        found.extend(offered.validate::<P::Config>(completed.config.clone(), true, P::validate));
        for diagnostic in completed.to_wire(&found) {
            assert!(!diagnostic.summary.contains("bug"), "{}", diagnostic.summary);
        }
    }
}
