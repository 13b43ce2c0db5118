//! The provider's own configuration, and the end of a run.

use super::decode;
use super::run::{Scope, to_wire};
use crate::diagnostic::Diagnostic;
use crate::offers::Offered;
use crate::outcome::split;
use crate::proto::tfplugin6::*;
use crate::provider::{Provider, Run};
use crate::schema::Model;
use crate::validate;

pub(super) async fn validate<P: Provider>(
    _: Scope<P>,
    request: validate_provider_config::Request,
) -> Result<validate_provider_config::Response, Diagnostic> {
    let offered = Offered::of::<P::Config>();
    let config = decode(request.config.as_ref(), &offered.ty)?;
    let mut found = validate::validate(&offered.schema.block, &config, true);
    let config = P::Config::decode(config)
        .map_err(|error| crate::diagnostic::IntoDiagnostic::into_diagnostic(error))?;
    found.extend(P::validate(&config));
    Ok(validate_provider_config::Response { diagnostics: to_wire(&found) })
}

pub(super) async fn configure<P: Provider>(
    scope: Scope<P>,
    request: configure_provider::Request,
) -> Result<configure_provider::Response, Diagnostic> {
    let offered = Offered::of::<P::Config>();
    let config = decode(request.config.as_ref(), &offered.ty)?;
    let config = P::Config::decode(config)
        .map_err(|error| crate::diagnostic::IntoDiagnostic::into_diagnostic(error))?;
    let run = Run { terraform_version: request.terraform_version };
    let (configured, said) = split(scope.sessions.provider.configure(config, &run).await);
    if let Some(configured) = configured {
        scope.session.configure(configured);
    }
    Ok(configure_provider::Response { diagnostics: to_wire(&said) })
}

pub(super) async fn stop<P: Provider>(
    scope: Scope<P>,
    _: stop_provider::Request,
) -> Result<stop_provider::Response, Diagnostic> {
    scope.session.stop();
    Ok(stop_provider::Response::default())
}
