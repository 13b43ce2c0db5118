//! Data sources.

use super::run::{Scope, to_wire};
use super::{decode, decode_known, may_defer};
use crate::codec::encode;
use crate::deferral::{self, Deferral};
use crate::diagnostic::Diagnostic;
use crate::diagnostics::unknown_type;
use crate::proto::tfplugin6::*;
use crate::provider::Provider;
use crate::value::AnyValue;

pub(super) async fn validate<P: Provider>(
    scope: Scope<P>,
    request: validate_data_resource_config::Request,
) -> Result<validate_data_resource_config::Response, Diagnostic> {
    let entry = scope.sessions.offers.data_sources.get(request.type_name.as_str());
    let entry = entry.ok_or_else(|| unknown_type("data source", &request.type_name))?;
    let config = decode(request.config.as_ref(), &entry.offered().ty)?;
    let diagnostics = to_wire(&entry.validate(config));
    Ok(validate_data_resource_config::Response { diagnostics })
}

pub(super) async fn read<P: Provider>(
    scope: Scope<P>,
    request: read_data_source::Request,
) -> Result<read_data_source::Response, Diagnostic> {
    let entry = scope.sessions.offers.data_sources.get(request.type_name.as_str());
    let entry = entry.ok_or_else(|| unknown_type("data source", &request.type_name))?;
    let ty = &entry.offered().ty;
    let call = scope.session.call(Vec::new()).with_meta(request.provider_meta);
    let config = decode_known(request.config.as_ref(), ty);
    let (state, mut diagnostics) = match (scope.configured(), config) {
        (Ok(configured), Ok(config)) => entry.read(&configured, config, &call).await,
        (Err(why), _) | (_, Err(why)) => (AnyValue::Null, vec![why]),
    };
    let deferral = deferral::take(&mut diagnostics, may_defer(request.client_capabilities));
    let state = match deferral {
        Some(_) => entry.draft(decode(request.config.as_ref(), ty)?),
        None => state,
    };
    Ok(read_data_source::Response {
        state: Some(encode(&state, ty)),
        diagnostics: to_wire(&diagnostics),
        deferred: deferral.map(Deferral::to_wire),
    })
}
