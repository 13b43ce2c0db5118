//! Everything that a provider offers besides managed resources.

use serde_json::Value as Json;
use tokio_stream::StreamExt;

use super::client::Client;
use super::core_rules::assert_identity;
use super::resources::is_warning;
use super::schemas::{BlockSchema, decoded, encoded};
use crate::function::FunctionError;
use crate::proto::tfplugin6::*;
use crate::value::Type;

/// One object that a list resource found.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// What names it for good.
    pub identity: Json,
    /// What people know it by.
    pub display_name: String,
    /// Its whole state; null unless it was asked for.
    pub resource: Json,
}

impl Client {
    /// Validates a data source's configuration.
    pub async fn validate_data(&self, type_name: &str, config: Json) -> Vec<Diagnostic> {
        let ty = self.schemas.data_sources.get(type_name).expect("a data source of that type");
        let (type_name, config) = (type_name.to_owned(), ty.encoded(&config));
        let request = validate_data_resource_config::Request { type_name, config };
        let answer = self.rpcs().validate_data_resource_config(request).await.expect("answers");
        answer.into_inner().diagnostics
    }

    /// Reads a data source.
    pub async fn read_data(&self, type_name: &str, config: Json) -> (Json, Vec<Diagnostic>) {
        let ty = self.schemas.data_sources.get(type_name).expect("a data source of that type");
        let request = read_data_source::Request {
            type_name: type_name.to_owned(),
            config: ty.encoded(&config),
            provider_meta: self.meta(),
            client_capabilities: self.capabilities(),
        };
        let answer = self.rpcs().read_data_source(request).await.expect("answers").into_inner();
        if answer.deferred.is_none() && answer.diagnostics.iter().all(is_warning) {
            ty.check_told(answer.state.as_ref(), type_name);
        }
        (ty.decoded(answer.state.as_ref()), answer.diagnostics)
    }

    fn ephemeral(&self, type_name: &str) -> &BlockSchema {
        self.schemas.ephemerals.get(type_name).expect("an ephemeral resource of that type")
    }

    /// Validates an ephemeral resource's configuration.
    pub async fn validate_ephemeral(&self, type_name: &str, config: Json) -> Vec<Diagnostic> {
        let config = self.ephemeral(type_name).encoded(&config);
        let type_name = type_name.to_owned();
        let request = validate_ephemeral_resource_config::Request { type_name, config };
        let answer =
            self.rpcs().validate_ephemeral_resource_config(request).await.expect("answers");
        answer.into_inner().diagnostics
    }

    /// Opens an ephemeral resource: its value, what closing it needs, and what was said.
    pub async fn open(&self, type_name: &str, config: Json) -> (Json, Vec<u8>, Vec<Diagnostic>) {
        let ty = self.ephemeral(type_name);
        let request = open_ephemeral_resource::Request {
            type_name: type_name.to_owned(),
            config: ty.encoded(&config),
            client_capabilities: self.capabilities(),
        };
        let answer =
            self.rpcs().open_ephemeral_resource(request).await.expect("answers").into_inner();
        if answer.diagnostics.iter().all(is_warning) {
            ty.check_told(answer.result.as_ref(), type_name);
        }
        let value = ty.decoded(answer.result.as_ref());
        (value, answer.private.unwrap_or_default(), answer.diagnostics)
    }

    /// Renews an ephemeral resource: what closing it needs from now on, and what was said.
    pub async fn renew(&self, type_name: &str, private: Vec<u8>) -> (Vec<u8>, Vec<Diagnostic>) {
        let type_name = type_name.to_owned();
        let request = renew_ephemeral_resource::Request { type_name, private: Some(private) };
        let answer = self.rpcs().renew_ephemeral_resource(request).await.expect("answers");
        let answer = answer.into_inner();
        (answer.private.unwrap_or_default(), answer.diagnostics)
    }

    /// Closes an ephemeral resource.
    pub async fn close(&self, type_name: &str, private: Vec<u8>) -> Vec<Diagnostic> {
        let type_name = type_name.to_owned();
        let request = close_ephemeral_resource::Request { type_name, private: Some(private) };
        let answer = self.rpcs().close_ephemeral_resource(request).await.expect("answers");
        answer.into_inner().diagnostics
    }

    /// Calls a function.
    ///
    /// # Errors
    /// What the function says is wrong.
    pub async fn call(&self, name: &str, arguments: &[Json]) -> Result<Json, FunctionError> {
        let function = self.schemas.functions.get(name).expect("a function of that name");
        let (parameters, variadic, returned) = function;
        let ty = |at: usize| match parameters.get(at).or_else(|| parameters.last()) {
            Some(Type::List(element)) if *variadic && at + 1 >= parameters.len() => element,
            Some(ty) => ty,
            None => panic!("the function has no parameters"),
        };
        let arguments = arguments.iter().enumerate().filter_map(|(at, a)| encoded(a, ty(at)));
        let request =
            call_function::Request { name: name.to_owned(), arguments: arguments.collect() };
        let answer =
            self.rpcs().call_function(request.clone()).await.expect("answers").into_inner();
        let again = self.rpcs().call_function(request).await.expect("answers").into_inner();
        assert_eq!(answer, again, "core: {name} returns something else for the same arguments");
        match answer.error {
            None => Ok(decoded(answer.result.as_ref(), returned)),
            Some(error) => {
                Err(FunctionError { text: error.text, argument: error.function_argument })
            }
        }
    }

    fn list_config(&self, type_name: &str, config: &Json) -> Option<DynamicValue> {
        self.schemas.lists.get(type_name).expect("a list resource of that type").encoded(config)
    }

    /// Validates a list resource's configuration.
    pub async fn validate_list(&self, type_name: &str, config: Json) -> Vec<Diagnostic> {
        let request = validate_list_resource_config::Request {
            type_name: type_name.to_owned(),
            config: self.list_config(type_name, &config),
            ..Default::default()
        };
        let answer = self.rpcs().validate_list_resource_config(request).await.expect("answers");
        answer.into_inner().diagnostics
    }

    /// Lists at most `limit` objects, with their whole state if `whole`.
    pub async fn list(
        &self,
        type_name: &str,
        config: Json,
        whole: bool,
        limit: i64,
    ) -> (Vec<Listed>, Vec<Diagnostic>) {
        let request = list_resource::Request {
            type_name: type_name.to_owned(),
            config: self.list_config(type_name, &config),
            include_resource_object: whole,
            limit,
        };
        let schema = self.schemas.resource(type_name);
        let mut events = self.rpcs().list_resource(request).await.expect("answers").into_inner();
        let (mut listed, mut diagnostics) = (Vec::new(), Vec::new());
        while let Some(event) = events.next().await {
            let event = event.expect("answers");
            if event.identity.is_some() {
                let identity = schema.decoded_identity(event.identity.as_ref());
                assert_identity(&Json::Null, &identity, type_name);
                let is_told = !whole || event.resource_object.is_some();
                assert!(is_told, "core: {type_name} lists {identity} without its resource");
                assert!(limit <= 0 || (listed.len() as i64) < limit, "core: more than asked for");
                listed.push(Listed {
                    identity,
                    display_name: event.display_name,
                    resource: schema.decoded(event.resource_object.as_ref()),
                });
            }
            diagnostics.extend(event.diagnostic);
        }
        (listed, diagnostics)
    }

    fn action_config(&self, type_name: &str, config: &Json) -> Option<DynamicValue> {
        self.schemas.actions.get(type_name).expect("an action of that type").encoded(config)
    }

    /// Validates an action's configuration.
    pub async fn validate_action(&self, type_name: &str, config: Json) -> Vec<Diagnostic> {
        let config = self.action_config(type_name, &config);
        let type_name = type_name.to_owned();
        let request = validate_action_config::Request { type_name, config };
        let answer = self.rpcs().validate_action_config(request).await.expect("answers");
        answer.into_inner().diagnostics
    }

    /// Plans an action: what a reviewer is told.
    pub async fn plan_action(&self, type_name: &str, config: Json) -> Vec<Diagnostic> {
        let request = plan_action::Request {
            action_type: type_name.to_owned(),
            config: self.action_config(type_name, &config),
            client_capabilities: self.capabilities(),
        };
        self.rpcs().plan_action(request).await.expect("answers").into_inner().diagnostics
    }

    /// Invokes an action: what it told on its way, and what was said in the end.
    pub async fn invoke(&self, type_name: &str, config: Json) -> (Vec<String>, Vec<Diagnostic>) {
        use invoke_action::event::Type;
        let request = invoke_action::Request {
            action_type: type_name.to_owned(),
            config: self.action_config(type_name, &config),
            client_capabilities: self.capabilities(),
        };
        let mut events = self.rpcs().invoke_action(request).await.expect("answers").into_inner();
        let (mut messages, mut diagnostics) = (Vec::new(), Vec::new());
        let mut is_completed = false;
        while let Some(event) = events.next().await {
            match event.expect("answers").r#type {
                Some(Type::Progress(progress)) => messages.push(progress.message),
                Some(Type::Completed(completed)) => {
                    diagnostics.extend(completed.diagnostics);
                    is_completed = true;
                }
                None => {}
            }
        }
        assert!(is_completed, "core: {type_name} does not say that it has ended");
        (messages, diagnostics)
    }
}
