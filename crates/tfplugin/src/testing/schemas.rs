//! What a client has to know of a provider to speak to it.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::core_rules::assert_stored;
use super::value::{read, read_block, write};
use crate::codec;
use crate::offers::Offered;
use crate::proto::tfplugin6::{DynamicValue, ResourceIdentityData};
use crate::provider::Provider;
use crate::schema::{Attribute, Block};
use crate::server::session::Sessions;
use crate::value::{AnyValue, Type};

pub(super) struct Schemas {
    pub(super) provider: BlockSchema,
    pub(super) meta: Option<BlockSchema>,
    pub(super) resources: BTreeMap<String, ResourceSchema>,
    pub(super) data_sources: BTreeMap<String, BlockSchema>,
    pub(super) ephemerals: BTreeMap<String, BlockSchema>,
    pub(super) lists: BTreeMap<String, BlockSchema>,
    pub(super) actions: BTreeMap<String, BlockSchema>,
    /// The types of the parameters, whether the last is variadic, and the type of the result.
    pub(super) functions: BTreeMap<String, (Vec<Type>, bool, Type)>,
}

/// What a configuration of one kind is read by.
pub(super) struct BlockSchema {
    pub(super) block: Block,
    pub(super) ty: Type,
}

impl BlockSchema {
    fn of(offered: &Offered) -> Self {
        BlockSchema { block: offered.schema.block.clone(), ty: offered.ty.clone() }
    }

    /// A configuration, as core sends it.
    pub(super) fn encoded(&self, config: &Json) -> Option<DynamicValue> {
        Some(codec::encode(&read_block(config, &self.block), &self.ty))
    }

    pub(super) fn decoded(&self, value: Option<&DynamicValue>) -> Json {
        decoded(value, &self.ty)
    }

    /// Fails the test where core would refuse what is read or opened.
    pub(super) fn check_told(&self, value: Option<&DynamicValue>, type_name: &str) {
        let value = codec::decode(value, &self.ty).expect("a value of the schema");
        assert!(!value.is_null(), "core: {type_name} is null, and nothing is said");
        assert_stored(&self.block.members(), &value, type_name);
    }
}

pub(super) struct ResourceSchema {
    pub(super) block: Block,
    pub(super) members: Vec<Attribute>,
    pub(super) ty: Type,
    pub(super) identity: Type,
}

impl Schemas {
    pub(super) fn of<P: Provider>(sessions: &Sessions<P>) -> Self {
        let offers = &sessions.offers;
        let resources = offers.resources.iter().map(|(name, resource)| {
            let Offered { ty, members, schema } = resource.offered();
            let (members, ty, block) = (members.to_vec(), ty.clone(), schema.block.clone());
            let identity = resource.identity_type().clone();
            ((*name).to_owned(), ResourceSchema { block, members, ty, identity })
        });
        let functions = offers.functions.iter().map(|(name, function)| {
            let parameters = function.parameters().iter().map(|p| p.kind.ty()).collect();
            let returned = function.return_type().clone();
            ((*name).to_owned(), (parameters, function.is_variadic(), returned))
        });
        Schemas {
            provider: BlockSchema::of(&sessions.config),
            meta: offers.provider_meta.as_ref().map(|schema| {
                let block = schema.block.clone();
                BlockSchema { ty: block.ty(), block }
            }),
            resources: resources.collect(),
            data_sources: blocks(offers.data_sources.iter().map(|(n, o)| (*n, o.offered()))),
            ephemerals: blocks(offers.ephemerals.iter().map(|(n, o)| (*n, o.offered()))),
            lists: blocks(offers.lists.iter().map(|(n, o)| (*n, o.offered()))),
            actions: blocks(offers.actions.iter().map(|(n, o)| (*n, o.offered()))),
            functions: functions.collect(),
        }
    }

    pub(super) fn resource(&self, type_name: &str) -> &ResourceSchema {
        self.resources.get(type_name).expect("a resource of that type")
    }
}

fn blocks<'a>(
    offered: impl Iterator<Item = (&'static str, &'a Offered)>,
) -> BTreeMap<String, BlockSchema> {
    offered.map(|(name, offered)| (name.to_owned(), BlockSchema::of(offered))).collect()
}

impl ResourceSchema {
    /// A configuration or state, with absent blocks as core has them.
    pub(super) fn read(&self, value: &Json) -> AnyValue {
        read_block(value, &self.block)
    }

    pub(super) fn encoded(&self, value: &Json) -> Option<DynamicValue> {
        Some(codec::encode(&self.read(value), &self.ty))
    }

    pub(super) fn encoded_identity(&self, identity: &Json) -> Option<ResourceIdentityData> {
        let identity_data = || encoded(identity, &self.identity);
        (!identity.is_null()).then(|| ResourceIdentityData { identity_data: identity_data() })
    }

    /// A state that a call answers, checked as core does.
    pub(super) fn stored(&self, value: Option<&DynamicValue>, what: &str) -> Json {
        let value = codec::decode(value, &self.ty).expect("a value of the schema");
        assert_stored(&self.members, &value, what);
        write(&value)
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
