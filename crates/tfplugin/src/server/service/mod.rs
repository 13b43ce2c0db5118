//! The service `tfplugin6.Provider`, rpc by rpc.

mod action;
mod configuration;
mod data_source;
mod ephemeral;
mod function;
mod list;
mod resource;
mod run;
mod schema;
mod upgrade;
mod wire;

use std::sync::Arc;

use tonic::{Request, Response, Status, Streaming};

pub(super) use run::note_panics;

use super::session::Sessions;
use crate::codec;
use crate::deferral::Deferral;
use crate::diagnostic::Diagnostic;
use crate::diagnostics;
use crate::proto::tfplugin6::provider_server::Provider as Rpcs;
use crate::proto::tfplugin6::*;
use crate::provider::Provider;
use crate::value::{AnyValue, Type};

/// The protocol's service over a provider.
pub(crate) struct Service<P: Provider> {
    pub(crate) sessions: Arc<Sessions<P>>,
}

type BoxStream<T> = std::pin::Pin<Box<dyn tokio_stream::Stream<Item = Result<T, Status>> + Send>>;

/// Reads a value of a request.
fn decode(value: Option<&DynamicValue>, ty: &Type) -> Result<AnyValue, Diagnostic> {
    codec::decode(value, ty).map_err(|error| diagnostics::unreadable(&error))
}

/// Reads a configuration that is used now: Terraform waits until it is known, other clients may not.
fn decode_known(value: Option<&DynamicValue>, ty: &Type) -> Result<AnyValue, Diagnostic> {
    let config = decode(value, ty)?;
    match &config {
        AnyValue::Unknown => Err(not_known(None)),
        AnyValue::Mapping(attributes) => {
            match attributes.iter().find(|(_, value)| !value.is_wholly_known()) {
                Some((name, _)) => Err(not_known(Some(name))),
                None => Ok(config),
            }
        }
        _ => Ok(config),
    }
}

fn not_known(attribute: Option<&str>) -> Diagnostic {
    let deferral = Some(Deferral::ResourceConfigUnknown);
    Diagnostic { deferral, ..diagnostics::not_known(attribute) }
}

/// Whether the client can put off what cannot be done yet.
fn may_defer(capabilities: Option<ClientCapabilities>) -> bool {
    capabilities.unwrap_or_default().deferral_allowed
}

macro_rules! rpcs {
    ($($name:ident($module:ident) = $rpc:literal -> $handler:path;)*) => {
        #[tonic::async_trait]
        impl<P: Provider> Rpcs for Service<P> {
            $(
                async fn $name(
                    &self,
                    request: Request<$module::Request>,
                ) -> Result<Response<$module::Response>, Status> {
                    self.run($rpc, request, $handler).await
                }
            )*

            type ListResourceStream = BoxStream<list_resource::Event>;

            async fn list_resource(
                &self,
                request: Request<list_resource::Request>,
            ) -> Result<Response<Self::ListResourceStream>, Status> {
                Ok(Response::new(list::list(self, request)))
            }

            type InvokeActionStream = BoxStream<invoke_action::Event>;

            async fn invoke_action(
                &self,
                request: Request<invoke_action::Request>,
            ) -> Result<Response<Self::InvokeActionStream>, Status> {
                Ok(Response::new(action::invoke(self, request)))
            }

            async fn validate_state_store_config(
                &self,
                _: Request<validate_state_store::Request>,
            ) -> Result<Response<validate_state_store::Response>, Status> {
                Err(no_state_stores())
            }

            async fn configure_state_store(
                &self,
                _: Request<configure_state_store::Request>,
            ) -> Result<Response<configure_state_store::Response>, Status> {
                Err(no_state_stores())
            }

            type ReadStateBytesStream = BoxStream<read_state_bytes::Response>;

            async fn read_state_bytes(
                &self,
                _: Request<read_state_bytes::Request>,
            ) -> Result<Response<Self::ReadStateBytesStream>, Status> {
                Err(no_state_stores())
            }

            async fn write_state_bytes(
                &self,
                _: Request<Streaming<write_state_bytes::RequestChunk>>,
            ) -> Result<Response<write_state_bytes::Response>, Status> {
                Err(no_state_stores())
            }

            async fn lock_state(
                &self,
                _: Request<lock_state::Request>,
            ) -> Result<Response<lock_state::Response>, Status> {
                Err(no_state_stores())
            }

            async fn unlock_state(
                &self,
                _: Request<unlock_state::Request>,
            ) -> Result<Response<unlock_state::Response>, Status> {
                Err(no_state_stores())
            }

            async fn get_states(
                &self,
                _: Request<get_states::Request>,
            ) -> Result<Response<get_states::Response>, Status> {
                Err(no_state_stores())
            }

            async fn delete_state(
                &self,
                _: Request<delete_state::Request>,
            ) -> Result<Response<delete_state::Response>, Status> {
                Err(no_state_stores())
            }
        }
    };
}

fn no_state_stores() -> Status {
    Status::unimplemented("this provider has no state stores")
}

rpcs! {
    get_metadata(get_metadata) = "GetMetadata" -> schema::metadata;
    get_provider_schema(get_provider_schema) = "GetProviderSchema" -> schema::provider_schema;
    get_resource_identity_schemas(get_resource_identity_schemas) = "GetResourceIdentitySchemas" -> schema::identities;
    get_functions(get_functions) = "GetFunctions" -> function::all;
    call_function(call_function) = "CallFunction" -> function::call;
    validate_provider_config(validate_provider_config) = "ValidateProviderConfig" -> configuration::validate;
    configure_provider(configure_provider) = "ConfigureProvider" -> configuration::configure;
    stop_provider(stop_provider) = "StopProvider" -> configuration::stop;
    validate_resource_config(validate_resource_config) = "ValidateResourceConfig" -> resource::validate;
    upgrade_resource_state(upgrade_resource_state) = "UpgradeResourceState" -> upgrade::state;
    upgrade_resource_identity(upgrade_resource_identity) = "UpgradeResourceIdentity" -> upgrade::identity;
    read_resource(read_resource) = "ReadResource" -> resource::read;
    plan_resource_change(plan_resource_change) = "PlanResourceChange" -> resource::plan;
    apply_resource_change(apply_resource_change) = "ApplyResourceChange" -> resource::apply;
    import_resource_state(import_resource_state) = "ImportResourceState" -> resource::import;
    move_resource_state(move_resource_state) = "MoveResourceState" -> resource::move_state;
    generate_resource_config(generate_resource_config) = "GenerateResourceConfig" -> resource::generate_config;
    validate_data_resource_config(validate_data_resource_config) = "ValidateDataResourceConfig" -> data_source::validate;
    read_data_source(read_data_source) = "ReadDataSource" -> data_source::read;
    validate_ephemeral_resource_config(validate_ephemeral_resource_config) = "ValidateEphemeralResourceConfig" -> ephemeral::validate;
    open_ephemeral_resource(open_ephemeral_resource) = "OpenEphemeralResource" -> ephemeral::open;
    renew_ephemeral_resource(renew_ephemeral_resource) = "RenewEphemeralResource" -> ephemeral::renew;
    close_ephemeral_resource(close_ephemeral_resource) = "CloseEphemeralResource" -> ephemeral::close;
    validate_list_resource_config(validate_list_resource_config) = "ValidateListResourceConfig" -> list::validate;
    validate_action_config(validate_action_config) = "ValidateActionConfig" -> action::validate;
    plan_action(plan_action) = "PlanAction" -> action::plan;
}
