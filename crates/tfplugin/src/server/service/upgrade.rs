//! States and identities that former versions stored.

use super::resource::{entry, identity_out};
use super::run::{Scope, to_wire};
use crate::codec::{self, CodecError, encode};
use crate::diagnostic::Diagnostic;
use crate::diagnostics::{self, unreadable};
use crate::offers::{AnyResource, Offered};
use crate::proto::tfplugin6::*;
use crate::provider::Provider;
use crate::value::{AnyValue, Type};
use crate::{Json, JsonObject};

pub(super) async fn state<P: Provider>(
    scope: Scope<P>,
    request: upgrade_resource_state::Request,
) -> Result<upgrade_resource_state::Response, Diagnostic> {
    let entry = entry(&scope, &request.type_name)?;
    let raw = request.raw_state.as_ref();
    let (state, diagnostics) = present_form(&*entry, &request.type_name, request.version, raw)?;
    Ok(upgrade_resource_state::Response {
        upgraded_state: Some(encode(&state, &entry.offered().ty)),
        diagnostics: to_wire(&diagnostics),
    })
}

pub(super) async fn identity<P: Provider>(
    scope: Scope<P>,
    request: upgrade_resource_identity::Request,
) -> Result<upgrade_resource_identity::Response, Diagnostic> {
    let entry = entry(&scope, &request.type_name)?;
    let (present, attributes) = entry.identity_schema();
    if attributes.is_empty() {
        return Err(diagnostics::no_identity(&request.type_name));
    }
    if request.version > present {
        return Err(diagnostics::newer_state(&request.type_name, request.version, present));
    }
    let (raw, ty) = (request.raw_identity.as_ref(), entry.identity_type());
    let step = |version, identity: &mut JsonObject| entry.upgrade_identity(version, identity);
    let (identity, diagnostics) = upgraded(raw, ty, (request.version, present), step)?;
    Ok(upgrade_resource_identity::Response {
        upgraded_identity: identity_out(&identity, ty),
        diagnostics: to_wire(&diagnostics),
    })
}

/// A stored state of the resource's own type, as its schema is now.
pub(super) fn present_form<C>(
    entry: &dyn AnyResource<C>,
    type_name: &str,
    version: i64,
    raw: Option<&RawState>,
) -> Result<(AnyValue, Vec<Diagnostic>), Diagnostic> {
    let Offered { schema, ty, .. } = entry.offered();
    if version > schema.version {
        return Err(diagnostics::newer_state(type_name, version, schema.version));
    }
    let step = |version, state: &mut JsonObject| entry.upgrade(version, state);
    let (state, diagnostics) = upgraded(raw, ty, (version, schema.version), step)?;
    Ok((schema.block.with_blocks(state), diagnostics))
}

/// What was stored, brought from one version to the next by steps; null if one of them fails.
fn upgraded(
    raw: Option<&RawState>,
    ty: &Type,
    (stored, present): (i64, i64),
    step: impl Fn(i64, &mut JsonObject) -> Vec<Diagnostic>,
) -> Result<(AnyValue, Vec<Diagnostic>), Diagnostic> {
    let unread = |error: CodecError| unreadable(&error);
    let json = raw.map(|raw| raw.json.as_slice()).unwrap_or_default();
    if stored >= present || json.is_empty() {
        return Ok((codec::decode_stored(raw, ty).map_err(unread)?, Vec::new()));
    }
    let mut json = codec::parse_json(json).map_err(unread)?;
    let mut diagnostics = Vec::new();
    if let Json::Object(state) = &mut json {
        for version in stored.max(0)..present {
            diagnostics.extend(step(version, state));
            if diagnostics.iter().any(Diagnostic::is_error) {
                return Ok((AnyValue::Null, diagnostics));
            }
        }
    }
    Ok((codec::from_json(&json, ty).map_err(unread)?, diagnostics))
}
