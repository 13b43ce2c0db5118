//! What the provider offers.

use std::collections::HashMap;

use super::function;
use super::run::Scope;
use crate::diagnostic::Diagnostic;
use crate::offers::Offered;
use crate::proto::tfplugin6::get_metadata as metadata_of;
use crate::proto::tfplugin6::*;
use crate::provider::Provider;
use crate::schema::{Attribute, Mode};

fn capabilities() -> ServerCapabilities {
    ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: true,
        generate_resource_config: true,
    }
}

pub(super) async fn metadata<P: Provider>(
    scope: Scope<P>,
    _: get_metadata::Request,
) -> Result<get_metadata::Response, Diagnostic> {
    let offers = &scope.sessions.offers;
    let name = |name: &&'static str| (*name).to_owned();
    Ok(get_metadata::Response {
        server_capabilities: Some(capabilities()),
        diagnostics: Vec::new(),
        data_sources: offers
            .data_sources
            .keys()
            .map(|n| metadata_of::DataSourceMetadata { type_name: name(n) })
            .collect(),
        resources: offers
            .resources
            .keys()
            .map(|n| metadata_of::ResourceMetadata { type_name: name(n) })
            .collect(),
        functions: offers
            .functions
            .keys()
            .map(|n| metadata_of::FunctionMetadata { name: name(n) })
            .collect(),
        ephemeral_resources: offers
            .ephemerals
            .keys()
            .map(|n| metadata_of::EphemeralMetadata { type_name: name(n) })
            .collect(),
        list_resources: offers
            .lists
            .keys()
            .map(|n| metadata_of::ListResourceMetadata { type_name: name(n) })
            .collect(),
        state_stores: Vec::new(),
        actions: offers
            .actions
            .keys()
            .map(|n| metadata_of::ActionMetadata { type_name: name(n) })
            .collect(),
    })
}

fn schemas<'a>(
    offered: impl Iterator<Item = (&'a &'static str, &'a Offered)>,
) -> HashMap<String, Schema> {
    offered.map(|(name, offered)| ((*name).to_owned(), offered.schema.to_wire())).collect()
}

pub(super) async fn provider_schema<P: Provider>(
    scope: Scope<P>,
    _: get_provider_schema::Request,
) -> Result<get_provider_schema::Response, Diagnostic> {
    let offers = &scope.sessions.offers;
    let actions = offers.actions.iter().map(|(name, action)| {
        let schema = Some(action.offered().schema.to_wire());
        ((*name).to_owned(), ActionSchema { schema })
    });
    Ok(get_provider_schema::Response {
        provider: Some(scope.sessions.config.schema.to_wire()),
        resource_schemas: schemas(offers.resources.iter().map(|(n, o)| (n, o.offered()))),
        data_source_schemas: schemas(offers.data_sources.iter().map(|(n, o)| (n, o.offered()))),
        functions: function::schemas(offers),
        ephemeral_resource_schemas: schemas(
            offers.ephemerals.iter().map(|(n, o)| (n, o.offered())),
        ),
        list_resource_schemas: schemas(offers.lists.iter().map(|(n, o)| (n, o.offered()))),
        state_store_schemas: HashMap::new(),
        action_schemas: actions.collect(),
        diagnostics: Vec::new(),
        provider_meta: offers.provider_meta.as_ref().map(crate::schema::Schema::to_wire),
        server_capabilities: Some(capabilities()),
    })
}

pub(super) async fn identities<P: Provider>(
    scope: Scope<P>,
    _: get_resource_identity_schemas::Request,
) -> Result<get_resource_identity_schemas::Response, Diagnostic> {
    let resources = scope.sessions.offers.resources.iter();
    let identity_schemas = resources.filter_map(|(name, resource)| {
        let (version, attributes) = resource.identity_schema();
        if attributes.is_empty() {
            return None;
        }
        let identity_attributes = attributes.iter().map(identity_attribute).collect();
        Some(((*name).to_owned(), ResourceIdentitySchema { version, identity_attributes }))
    });
    Ok(get_resource_identity_schemas::Response {
        identity_schemas: identity_schemas.collect(),
        diagnostics: Vec::new(),
    })
}

fn identity_attribute(attribute: &Attribute) -> resource_identity_schema::IdentityAttribute {
    resource_identity_schema::IdentityAttribute {
        name: attribute.name.clone(),
        r#type: attribute.kind.ty().to_json().to_string().into_bytes(),
        required_for_import: attribute.mode == Mode::Required,
        optional_for_import: attribute.mode != Mode::Required,
        description: attribute.description.clone(),
    }
}
