//! Functions.

use std::collections::HashMap;

use super::run::Scope;
use crate::codec::{self, encode};
use crate::diagnostic::Diagnostic;
use crate::diagnostics;
use crate::function::FunctionError;
use crate::offers::{AnyFunction, Offers};
use crate::proto::tfplugin6 as wire;
use crate::proto::tfplugin6::*;
use crate::provider::Provider;
use crate::schema::{Attribute, Mode};
use crate::value::Type;

pub(super) fn schemas<C>(offers: &Offers<C>) -> HashMap<String, wire::Function> {
    let functions = offers.functions.iter();
    functions.map(|(name, function)| ((*name).to_owned(), schema(function.as_ref()))).collect()
}

fn schema(function: &dyn AnyFunction) -> wire::Function {
    let mut parameters: Vec<_> = function.parameters().iter().map(parameter).collect();
    let variadic_parameter = function.is_variadic().then(|| parameters.pop()).flatten();
    wire::Function {
        parameters,
        variadic_parameter: variadic_parameter.map(|p| element_of(p, function)),
        r#return: Some(wire::function::Return { r#type: type_bytes(function.return_type()) }),
        summary: function.summary().to_owned(),
        description: function.description().to_owned(),
        description_kind: StringKind::Markdown.into(),
        deprecation_message: String::new(),
    }
}

/// A variadic parameter is a list in the model, and one element of it on the wire.
fn element_of(
    parameter: wire::function::Parameter,
    of: &dyn AnyFunction,
) -> wire::function::Parameter {
    let last = of.parameters().last().map(|last| last.kind.constraint());
    match last {
        Some(Type::List(element)) => {
            wire::function::Parameter { r#type: type_bytes(&element), ..parameter }
        }
        _ => parameter,
    }
}

fn type_bytes(ty: &Type) -> Vec<u8> {
    ty.to_json().to_string().into_bytes()
}

fn parameter(attribute: &Attribute) -> wire::function::Parameter {
    let takes_all = attribute.mode == Mode::Optional;
    wire::function::Parameter {
        name: attribute.name.clone(),
        r#type: type_bytes(&attribute.kind.constraint()),
        allow_null_value: takes_all,
        allow_unknown_values: takes_all,
        description: attribute.description.clone(),
        description_kind: StringKind::Markdown.into(),
    }
}

pub(super) async fn all<P: Provider>(
    scope: Scope<P>,
    _: get_functions::Request,
) -> Result<get_functions::Response, Diagnostic> {
    let functions = schemas(&scope.sessions.offers);
    Ok(get_functions::Response { functions, diagnostics: Vec::new() })
}

pub(super) async fn call<P: Provider>(
    scope: Scope<P>,
    request: call_function::Request,
) -> Result<call_function::Response, Diagnostic> {
    let function = scope.sessions.offers.functions.get(request.name.as_str());
    let function = function.ok_or_else(|| diagnostics::unknown_type("function", &request.name))?;
    let types = argument_types(function.as_ref(), request.arguments.len());
    if request.arguments.len() > types.len() {
        return Ok(failed(too_many(types.len(), request.arguments.len())));
    }
    let arguments = codec::decode_all(request.arguments.iter().zip(&types));
    let arguments = arguments.map_err(|error| diagnostics::unreadable(&error))?;
    Ok(match function.call(arguments) {
        Ok(result) => call_function::Response {
            result: Some(encode(&result, function.return_type())),
            error: None,
        },
        Err(error) => failed(error),
    })
}

fn failed(FunctionError { text, argument }: FunctionError) -> call_function::Response {
    let error = wire::FunctionError { text, function_argument: argument };
    call_function::Response { result: None, error: Some(error) }
}

fn too_many(expected: usize, got: usize) -> FunctionError {
    let position = i64::try_from(expected).unwrap_or(i64::MAX);
    FunctionError::in_argument(
        position,
        format!("Too many arguments: expected {expected}, but got {got}"),
    )
}

fn argument_types(function: &dyn AnyFunction, count: usize) -> Vec<Type> {
    let mut types: Vec<Type> = function.parameters().iter().map(|p| p.kind.ty()).collect();
    if function.is_variadic()
        && let Some(Type::List(element)) = types.pop()
    {
        types.resize(count.max(types.len()), *element);
    }
    types
}
