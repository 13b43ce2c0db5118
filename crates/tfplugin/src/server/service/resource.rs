//! Managed resources.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::run::{Scope, to_wire};
use super::upgrade::present_form;
use super::{decode, may_defer};
use crate::codec::{self, encode};
use crate::deferral::{self, Deferral};
use crate::diagnostic::Diagnostic;
use crate::diagnostics::{unknown_type, unreadable};
use crate::offers::{AnyResource, Applied, ApplyRequest, Call, PlanRequest, Planned};
use crate::plan::draft::config_from_state;
use crate::private;
use crate::proto::tfplugin6::*;
use crate::provider::Provider;
use crate::resource::MoveSource;
use crate::value::{AnyValue, Type};

pub(super) type Entry<P> = Arc<dyn AnyResource<<P as Provider>::Configured>>;

pub(super) fn entry<P: Provider>(scope: &Scope<P>, name: &str) -> Result<Entry<P>, Diagnostic> {
    let entry = scope.sessions.offers.resources.get(name).cloned();
    entry.ok_or_else(|| unknown_type("resource", name))
}

fn identity_in(identity: Option<&ResourceIdentityData>, ty: &Type) -> Result<AnyValue, Diagnostic> {
    decode(identity.and_then(|identity| identity.identity_data.as_ref()), ty)
}

pub(super) fn identity_out(identity: &AnyValue, ty: &Type) -> Option<ResourceIdentityData> {
    let known = !identity.is_null();
    known.then(|| ResourceIdentityData { identity_data: Some(encode(identity, ty)) })
}

pub(super) async fn validate<P: Provider>(
    scope: Scope<P>,
    request: validate_resource_config::Request,
) -> Result<validate_resource_config::Response, Diagnostic> {
    let entry = entry(&scope, &request.type_name)?;
    let config = decode(request.config.as_ref(), &entry.offered().ty)?;
    let capabilities = request.client_capabilities.unwrap_or_default();
    let found = entry.validate(config, capabilities.write_only_attributes_allowed);
    Ok(validate_resource_config::Response { diagnostics: to_wire(&found) })
}

pub(super) async fn read<P: Provider>(
    scope: Scope<P>,
    request: read_resource::Request,
) -> Result<read_resource::Response, Diagnostic> {
    let entry = entry(&scope, &request.type_name)?;
    let configured = scope.configured()?;
    let (ty, identity_ty) = (&entry.offered().ty, entry.identity_type());
    let state = decode(request.current_state.as_ref(), ty)?;
    let identity = identity_in(request.current_identity.as_ref(), identity_ty)?;
    let call = scope.session.call(request.private).with_meta(request.provider_meta);
    let mut read = entry.read(&configured, state.clone(), identity.clone(), &call).await;
    let deferral = deferral::take(&mut read.diagnostics, may_defer(request.client_capabilities));
    // What a read finds unchanged goes back as the very bytes that came.
    let new_state = if read.state == state { request.current_state } else { None };
    let new_identity = if read.identity == identity { request.current_identity } else { None };
    Ok(read_resource::Response {
        new_state: new_state.or_else(|| Some(encode(&read.state, ty))),
        diagnostics: to_wire(&read.diagnostics),
        private: read.private,
        deferred: deferral.map(Deferral::to_wire),
        new_identity: new_identity.or_else(|| identity_out(&read.identity, identity_ty)),
    })
}

pub(super) async fn plan<P: Provider>(
    scope: Scope<P>,
    request: plan_resource_change::Request,
) -> Result<plan_resource_change::Response, Diagnostic> {
    let entry = entry(&scope, &request.type_name)?;
    let configured = scope.configured();
    let (ty, identity_ty) = (&entry.offered().ty, entry.identity_type());
    let call = scope.session.call(request.prior_private).with_meta(request.provider_meta);
    let capabilities = request.client_capabilities.unwrap_or_default();
    let request = PlanRequest {
        prior: decode(request.prior_state.as_ref(), ty)?,
        proposed: decode(request.proposed_new_state.as_ref(), ty)?,
        config: decode(request.config.as_ref(), ty)?,
        prior_identity: identity_in(request.prior_identity.as_ref(), identity_ty)?,
        is_second: !request.planned_private.is_empty(),
    };
    let mut planned = match configured {
        Ok(configured) => entry.plan(&configured, request, &call).await,
        Err(why) => Planned {
            planned: entry.draft(request),
            private: call.private.clone(),
            diagnostics: vec![why],
            ..Planned::default()
        },
    };
    let deferral = deferral::take(&mut planned.diagnostics, capabilities.deferral_allowed);
    if capabilities.store_planned_private {
        planned.private = private::planned(&planned.private);
    }
    Ok(plan_resource_change::Response {
        planned_state: Some(encode(&planned.planned, ty)),
        requires_replace: planned.replacements.iter().map(|path| path.to_wire()).collect(),
        planned_private: planned.private,
        diagnostics: to_wire(&planned.diagnostics),
        legacy_type_system: false,
        deferred: deferral.map(Deferral::to_wire),
        planned_identity: identity_out(&planned.identity, identity_ty),
    })
}

pub(super) async fn apply<P: Provider>(
    scope: Scope<P>,
    request: apply_resource_change::Request,
) -> Result<apply_resource_change::Response, Diagnostic> {
    let entry = entry(&scope, &request.type_name)?;
    let configured = scope.configured()?;
    let (ty, identity_ty) = (&entry.offered().ty, entry.identity_type());
    let call = scope.session.call(request.planned_private).with_meta(request.provider_meta);
    let request = ApplyRequest {
        prior: decode(request.prior_state.as_ref(), ty)?,
        planned: decode(request.planned_state.as_ref(), ty)?,
        config: decode(request.config.as_ref(), ty)?,
        planned_identity: identity_in(request.planned_identity.as_ref(), identity_ty)?,
    };
    let prior = request.prior.clone();
    let applied = entry.apply(&configured, request, &call).await;
    if !applied.state.is_null() && applied.state != prior {
        let (state, private) = (applied.state.clone(), applied.private.clone());
        let entry = entry.clone();
        scope.if_undelivered(async move {
            // The user's stop is not for clean-up.
            let call = Call::new(CancellationToken::new(), private);
            for diagnostic in entry.undelivered(&configured, prior, state, &call).await {
                tracing::warn!(
                    summary = diagnostic.summary,
                    detail = diagnostic.detail,
                    "giving back"
                );
            }
        });
    }
    Ok(apply_resource_change::Response {
        new_state: Some(encode(&applied.state, ty)),
        private: applied.private,
        diagnostics: to_wire(&applied.diagnostics),
        legacy_type_system: false,
        new_identity: identity_out(&applied.identity, identity_ty),
    })
}

pub(super) async fn import<P: Provider>(
    scope: Scope<P>,
    request: import_resource_state::Request,
) -> Result<import_resource_state::Response, Diagnostic> {
    let entry = entry(&scope, &request.type_name)?;
    let configured = scope.configured()?;
    let (ty, identity_ty) = (&entry.offered().ty, entry.identity_type());
    let identity = identity_in(request.identity.as_ref(), identity_ty)?;
    let call = scope.session.call(Vec::new());
    let mut imported = entry.import(&configured, request.id, identity.clone(), &call).await;
    let deferral =
        deferral::take(&mut imported.diagnostics, may_defer(request.client_capabilities));
    if deferral.is_some() {
        imported = Applied { state: AnyValue::Unknown, identity, ..imported };
    }
    let resource = import_resource_state::ImportedResource {
        type_name: request.type_name,
        state: Some(encode(&imported.state, ty)),
        private: imported.private,
        identity: identity_out(&imported.identity, identity_ty),
    };
    let found = !imported.state.is_null();
    Ok(import_resource_state::Response {
        imported_resources: found.then_some(resource).into_iter().collect(),
        diagnostics: to_wire(&imported.diagnostics),
        deferred: deferral.map(Deferral::to_wire),
    })
}

pub(super) async fn move_state<P: Provider>(
    scope: Scope<P>,
    request: move_resource_state::Request,
) -> Result<move_resource_state::Response, Diagnostic> {
    let entry = entry(&scope, &request.target_type_name)?;
    let (ty, identity_ty) = (&entry.offered().ty, entry.identity_type());
    let raw = request.source_state.as_ref();
    let json = raw.map(|raw| raw.json.as_slice()).unwrap_or_default();
    let source = MoveSource {
        provider_address: request.source_provider_address,
        type_name: request.source_type_name,
        schema_version: request.source_schema_version,
        state: codec::parse_json(json).map_err(|error| unreadable(&error))?,
    };
    let moved = match entry.move_from(&source) {
        None if source.type_name == request.target_type_name => {
            let version = source.schema_version;
            let (state, diagnostics) = present_form(&*entry, &source.type_name, version, raw)?;
            let identity = codec::decode_stored(request.source_identity.as_ref(), identity_ty);
            let identity = identity.unwrap_or_default();
            if diagnostics.iter().any(Diagnostic::is_error) {
                Some(Applied { diagnostics, ..Applied::default() })
            } else {
                let moved = entry.move_same(state, &request.source_private, identity);
                moved.map(|moved| Applied { diagnostics, ..moved })
            }
        }
        moved => moved,
    };
    let Applied { state, private, identity, diagnostics } =
        moved.ok_or_else(|| entry.unsupported_move(&source))?;
    Ok(move_resource_state::Response {
        target_state: Some(encode(&state, ty)),
        diagnostics: to_wire(&diagnostics),
        target_private: private,
        target_identity: identity_out(&identity, identity_ty),
    })
}

pub(super) async fn generate_config<P: Provider>(
    scope: Scope<P>,
    request: generate_resource_config::Request,
) -> Result<generate_resource_config::Response, Diagnostic> {
    let entry = entry(&scope, &request.type_name)?;
    let ty = &entry.offered().ty;
    let state = decode(request.state.as_ref(), ty)?;
    let config = config_from_state(&entry.offered().members, state);
    Ok(generate_resource_config::Response {
        config: Some(encode(&config, ty)),
        diagnostics: Vec::new(),
    })
}
