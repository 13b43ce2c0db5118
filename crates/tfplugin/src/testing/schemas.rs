//! What a client has to know of a provider to speak to it.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::value::{read, write};
use crate::codec;
use crate::offers::Offered;
use crate::proto::tfplugin6::{AttributePath, ResourceIdentityData};
use crate::proto::tfplugin6::{DynamicValue, attribute_path};
use crate::provider::Provider;
use crate::schema::Attribute;
use crate::server::session::Sessions;
use crate::value::Type;

pub(super) struct Schemas {
    pub(super) provider: Type,
    pub(super) resources: BTreeMap<String, ResourceSchema>,
    pub(super) data_sources: BTreeMap<String, Type>,
    pub(super) ephemerals: BTreeMap<String, Type>,
    pub(super) lists: BTreeMap<String, Type>,
    pub(super) actions: BTreeMap<String, Type>,
    /// The types of the parameters, whether the last is variadic, and the type of the result.
    pub(super) functions: BTreeMap<String, (Vec<Type>, bool, Type)>,
}

pub(super) struct ResourceSchema {
    pub(super) members: Vec<Attribute>,
    pub(super) ty: Type,
    pub(super) identity: Type,
}

impl Schemas {
    pub(super) fn of<P: Provider>(sessions: &Sessions<P>) -> Self {
        let offers = &sessions.offers;
        let resources = offers.resources.iter().map(|(name, resource)| {
            let Offered { ty, members, .. } = resource.offered();
            let (members, ty) = (members.to_vec(), ty.clone());
            let identity = resource.identity_type().clone();
            ((*name).to_owned(), ResourceSchema { members, ty, identity })
        });
        let functions = offers.functions.iter().map(|(name, function)| {
            let parameters = function.parameters().iter().map(|p| p.kind.ty()).collect();
            let returned = function.return_type().clone();
            ((*name).to_owned(), (parameters, function.is_variadic(), returned))
        });
        Schemas {
            provider: sessions.config.ty.clone(),
            resources: resources.collect(),
            data_sources: types(offers.data_sources.iter().map(|(n, o)| (*n, o.offered()))),
            ephemerals: types(offers.ephemerals.iter().map(|(n, o)| (*n, o.offered()))),
            lists: types(offers.lists.iter().map(|(n, o)| (*n, o.offered()))),
            actions: types(offers.actions.iter().map(|(n, o)| (*n, o.offered()))),
            functions: functions.collect(),
        }
    }

    pub(super) fn resource(&self, type_name: &str) -> &ResourceSchema {
        self.resources.get(type_name).expect("a resource of that type")
    }
}

fn types<'a>(offered: impl Iterator<Item = (&'static str, &'a Offered)>) -> BTreeMap<String, Type> {
    offered.map(|(name, offered)| (name.to_owned(), offered.ty.clone())).collect()
}

impl ResourceSchema {
    pub(super) fn encoded(&self, value: &Json) -> Option<DynamicValue> {
        encoded(value, &self.ty)
    }

    pub(super) fn encoded_identity(&self, identity: &Json) -> Option<ResourceIdentityData> {
        let identity_data = || encoded(identity, &self.identity);
        (!identity.is_null()).then(|| ResourceIdentityData { identity_data: identity_data() })
    }

    pub(super) fn decoded(&self, value: Option<&DynamicValue>) -> Json {
        decoded(value, &self.ty)
    }

    pub(super) fn decoded_identity(&self, identity: Option<&ResourceIdentityData>) -> Json {
        decoded(identity.and_then(|i| i.identity_data.as_ref()), &self.identity)
    }
}

pub(super) fn encoded(value: &Json, ty: &Type) -> Option<DynamicValue> {
    Some(codec::encode(&read(value, ty), ty))
}

pub(super) fn decoded(value: Option<&DynamicValue>, ty: &Type) -> Json {
    write(&codec::decode(value, ty).expect("a value of the schema"))
}

/// A path as it reads in a configuration.
pub(super) fn path(path: &AttributePath) -> String {
    use attribute_path::step::Selector;
    let step = |step: &attribute_path::Step| match &step.selector {
        Some(Selector::AttributeName(name)) => format!(".{name}"),
        Some(Selector::ElementKeyString(key)) => format!("[{key:?}]"),
        Some(Selector::ElementKeyInt(index)) => format!("[{index}]"),
        None => String::new(),
    };
    let path: String = path.steps.iter().map(step).collect();
    path.trim_start_matches('.').to_owned()
}
