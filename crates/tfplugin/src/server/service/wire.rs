//! What all requests and answers of the protocol have in common.

use super::may_defer;
use super::run::to_wire;
use crate::deferral::{self, Deferral};
use crate::diagnostic::Diagnostic;
use crate::proto::tfplugin6 as wire;

/// A request, as logs name it.
pub(super) trait Asked: Clone + Send + 'static {
    /// The resource type, action or function it is about; empty if none.
    fn type_name(&self) -> &str {
        ""
    }
}

/// An answer that can carry diagnostics.
pub(super) trait Answer<Q>: Send + 'static {
    /// The answer when nothing can be done: an error that loses nothing.
    fn failed(request: &Q, error: Diagnostic) -> Self;
    /// What it says.
    fn diagnostics(&self) -> &[wire::Diagnostic];
}

macro_rules! plain {
    ($($module:ident $(. $type_name:ident)?),* $(,)?) => {$(
        impl Asked for wire::$module::Request {
            $(fn type_name(&self) -> &str {
                &self.$type_name
            })?
        }

        impl Answer<wire::$module::Request> for wire::$module::Response {
            // Some answers hold nothing else.
            #[allow(clippy::needless_update)]
            fn failed(_: &wire::$module::Request, error: Diagnostic) -> Self {
                Self { diagnostics: vec![error.to_wire()], ..Self::default() }
            }

            fn diagnostics(&self) -> &[wire::Diagnostic] {
                &self.diagnostics
            }
        }
    )*};
}

plain!(
    get_metadata,
    get_provider_schema,
    get_resource_identity_schemas,
    get_functions,
    validate_provider_config,
    configure_provider,
    validate_resource_config.type_name,
    validate_data_resource_config.type_name,
    validate_ephemeral_resource_config.type_name,
    validate_list_resource_config.type_name,
    validate_action_config.type_name,
    upgrade_resource_state.type_name,
    upgrade_resource_identity.type_name,
    plan_resource_change.type_name,
    import_resource_state.type_name,
    move_resource_state.target_type_name,
    generate_resource_config.type_name,
    read_data_source.type_name,
    open_ephemeral_resource.type_name,
    renew_ephemeral_resource.type_name,
    close_ephemeral_resource.type_name,
    plan_action.action_type,
);

impl Asked for wire::list_resource::Request {
    fn type_name(&self) -> &str {
        &self.type_name
    }
}

impl Asked for wire::invoke_action::Request {
    fn type_name(&self) -> &str {
        &self.action_type
    }
}

impl Asked for wire::stop_provider::Request {}

impl Answer<wire::stop_provider::Request> for wire::stop_provider::Response {
    fn failed(_: &wire::stop_provider::Request, error: Diagnostic) -> Self {
        Self { error: error.to_string() }
    }

    fn diagnostics(&self) -> &[wire::Diagnostic] {
        &[]
    }
}

impl Asked for wire::call_function::Request {
    fn type_name(&self) -> &str {
        &self.name
    }
}

impl Answer<wire::call_function::Request> for wire::call_function::Response {
    fn failed(_: &wire::call_function::Request, error: Diagnostic) -> Self {
        let text = crate::function::FunctionError::new(error.to_string()).text;
        let error = wire::FunctionError { text, function_argument: None };
        Self { result: None, error: Some(error) }
    }

    fn diagnostics(&self) -> &[wire::Diagnostic] {
        &[]
    }
}

impl Asked for wire::read_resource::Request {
    fn type_name(&self) -> &str {
        &self.type_name
    }
}

/// The state stays as it was.
impl Answer<wire::read_resource::Request> for wire::read_resource::Response {
    fn failed(request: &wire::read_resource::Request, error: Diagnostic) -> Self {
        let mut diagnostics = vec![error];
        let deferral = deferral::take(&mut diagnostics, may_defer(request.client_capabilities));
        Self {
            new_state: request.current_state.clone(),
            private: request.private.clone(),
            new_identity: request.current_identity.clone(),
            diagnostics: to_wire(&diagnostics),
            deferred: deferral.map(Deferral::to_wire),
        }
    }

    fn diagnostics(&self) -> &[wire::Diagnostic] {
        &self.diagnostics
    }
}

impl Asked for wire::apply_resource_change::Request {
    fn type_name(&self) -> &str {
        &self.type_name
    }
}

/// The state stays as it was.
impl Answer<wire::apply_resource_change::Request> for wire::apply_resource_change::Response {
    fn failed(request: &wire::apply_resource_change::Request, error: Diagnostic) -> Self {
        Self {
            new_state: request.prior_state.clone(),
            private: request.planned_private.clone(),
            diagnostics: vec![error.to_wire()],
            ..Self::default()
        }
    }

    fn diagnostics(&self) -> &[wire::Diagnostic] {
        &self.diagnostics
    }
}
