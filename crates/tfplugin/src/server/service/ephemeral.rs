//! Ephemeral resources.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::run::{Scope, to_wire};
use super::{decode, decode_known};
use crate::codec::encode;
use crate::diagnostic::Diagnostic;
use crate::diagnostics::unknown_type;
use crate::offers::{AnyEphemeral, Call};
use crate::proto::tfplugin6::*;
use crate::provider::Provider;
use crate::server::session::{self, OpenEphemeral};

type Entry<P> = Arc<dyn AnyEphemeral<<P as Provider>::Configured>>;

fn entry<P: Provider>(scope: &Scope<P>, name: &str) -> Result<Entry<P>, Diagnostic> {
    let entry = scope.sessions.offers.ephemerals.get(name).cloned();
    entry.ok_or_else(|| unknown_type("ephemeral resource", name))
}

fn timestamp(time: jiff::Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: time.as_second(), nanos: time.subsec_nanosecond() }
}

pub(super) async fn validate<P: Provider>(
    scope: Scope<P>,
    request: validate_ephemeral_resource_config::Request,
) -> Result<validate_ephemeral_resource_config::Response, Diagnostic> {
    let entry = entry(&scope, &request.type_name)?;
    let config = decode(request.config.as_ref(), &entry.offered().ty)?;
    let diagnostics = to_wire(&entry.validate(config));
    Ok(validate_ephemeral_resource_config::Response { diagnostics })
}

pub(super) async fn open<P: Provider>(
    scope: Scope<P>,
    request: open_ephemeral_resource::Request,
) -> Result<open_ephemeral_resource::Response, Diagnostic> {
    let entry = entry(&scope, &request.type_name)?;
    let configured = scope.configured()?;
    let ty = &entry.offered().ty;
    let config = decode_known(request.config.as_ref(), ty)?;
    let call = scope.session.call(Vec::new());
    let opened = entry.open(&configured, config, &call).await;
    if opened.is_open {
        let (type_name, private) = (request.type_name, opened.private.clone());
        remember(&scope, OpenEphemeral { type_name, private, configured }).await;
    }
    Ok(open_ephemeral_resource::Response {
        diagnostics: to_wire(&opened.diagnostics),
        renew_at: opened.renew_at.map(timestamp),
        result: opened.is_open.then(|| encode(&opened.result, ty)),
        private: Some(opened.private),
        deferred: None,
    })
}

/// Remembers what has to be closed; closes it at once if the run has ended meanwhile.
async fn remember<P: Provider>(scope: &Scope<P>, open: OpenEphemeral<P::Configured>) {
    if let Err(open) = scope.session.opened(open) {
        session::close(&scope.sessions.offers, &open).await;
    }
}

pub(super) async fn renew<P: Provider>(
    scope: Scope<P>,
    request: renew_ephemeral_resource::Request,
) -> Result<renew_ephemeral_resource::Response, Diagnostic> {
    let entry = entry(&scope, &request.type_name)?;
    let private = request.private.unwrap_or_default();
    let configured = scope.session.configured_for(&request.type_name, &private);
    let configured = configured.map_or_else(|| scope.configured(), Ok)?;
    let call = scope.session.call(private.clone());
    let renewed = entry.renew(&configured, &call).await;
    if renewed.private != private {
        scope.session.closed(&request.type_name, &private);
        let (type_name, private) = (request.type_name, renewed.private.clone());
        remember(&scope, OpenEphemeral { type_name, private, configured }).await;
    }
    Ok(renew_ephemeral_resource::Response {
        diagnostics: to_wire(&renewed.diagnostics),
        renew_at: renewed.renew_at.map(timestamp),
        private: Some(renewed.private),
    })
}

pub(super) async fn close<P: Provider>(
    scope: Scope<P>,
    request: close_ephemeral_resource::Request,
) -> Result<close_ephemeral_resource::Response, Diagnostic> {
    let entry = entry(&scope, &request.type_name)?;
    let private = request.private.unwrap_or_default();
    let configured = scope.session.configured_for(&request.type_name, &private);
    let configured = configured.map_or_else(|| scope.configured(), Ok)?;
    // The user's stop is not for clean-up.
    let call = Call::new(CancellationToken::new(), private.clone());
    let diagnostics = entry.close(&configured, &call).await;
    if !diagnostics.iter().any(Diagnostic::is_error) {
        scope.session.closed(&request.type_name, &private);
    }
    Ok(close_ephemeral_resource::Response { diagnostics: to_wire(&diagnostics) })
}
