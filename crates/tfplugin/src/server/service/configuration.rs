//! The provider's own configuration, and the end of a run.

use super::run::Scope;
use super::{decode, may_defer};
use crate::deferral;
use crate::diagnostic::Diagnostic;
use crate::outcome::split;
use crate::proto::tfplugin6::*;
use crate::provider::{Provider, Run};

pub(super) async fn validate<P: Provider>(
    scope: Scope<P>,
    request: validate_provider_config::Request,
) -> Result<validate_provider_config::Response, Diagnostic> {
    let offered = &scope.sessions.config;
    let mut completed = offered.completed(decode(request.config.as_ref(), &offered.ty)?);
    if P::LEAVES_WRONG_VARIABLES {
        // What is wrong with the rest, is found below.
        let _ = offered.decode_usable::<P::Config>(&mut completed);
    }
    let mut found = completed.errors.clone();
    found.extend(offered.validate::<P::Config>(completed.config.clone(), true, P::validate));
    if P::LEAVES_WRONG_VARIABLES {
        completed.take_out(&mut found);
    }
    Ok(validate_provider_config::Response { diagnostics: completed.to_wire(&found) })
}

pub(super) async fn configure<P: Provider>(
    scope: Scope<P>,
    request: configure_provider::Request,
) -> Result<configure_provider::Response, Diagnostic> {
    let offered = &scope.sessions.config;
    let mut completed = offered.completed(decode(request.config.as_ref(), &offered.ty)?);
    let decoded = match P::LEAVES_WRONG_VARIABLES {
        true => offered.decode_usable::<P::Config>(&mut completed),
        false => offered.decode_completed(&completed).map(|config| (config, Vec::new())),
    };
    let (config, wrong_variables) = match decoded {
        Ok(decoded) => decoded,
        Err(found) => {
            let diagnostics = completed.to_wire(&found);
            return Ok(configure_provider::Response { diagnostics });
        }
    };
    let stop = scope.session.begin();
    let run = Run {
        terraform_version: request.terraform_version,
        stop,
        wrong_variables,
        variables: completed.variables(),
    };
    let (configured, mut diagnostics) =
        split(scope.sessions.provider.configure(config, &run).await);
    if let Some(deferral) = deferral::take(&mut diagnostics, may_defer(request.client_capabilities))
    {
        scope.session.defer(deferral);
    }
    if let Some(configured) = configured {
        scope.session.configure(configured);
    }
    Ok(configure_provider::Response { diagnostics: completed.to_wire(&diagnostics) })
}

pub(super) async fn stop<P: Provider>(
    scope: Scope<P>,
    _: stop_provider::Request,
) -> Result<stop_provider::Response, Diagnostic> {
    scope.session.stop();
    Ok(stop_provider::Response::default())
}
