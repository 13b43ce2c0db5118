//! Schemas as messages of the protocol.

use super::{Attribute, AttributeKind, Block, Mode, NestedBlock, Nesting, Schema};
use crate::proto::tfplugin6 as wire;
use crate::value::Type;
use wire::schema::nested_block::NestingMode as BlockNesting;
use wire::schema::object::NestingMode as ObjectNesting;

/// The JSON bytes in which the protocol carries a type.
pub(crate) fn type_bytes(ty: &Type) -> Vec<u8> {
    ty.to_json().to_string().into_bytes()
}

impl Schema {
    pub(crate) fn to_wire(&self) -> wire::Schema {
        let mut block = self.block.to_wire();
        block.version = self.version;
        wire::Schema { version: self.version, block: Some(block) }
    }
}

impl Block {
    pub(crate) fn to_wire(&self) -> wire::schema::Block {
        wire::schema::Block {
            version: 0,
            attributes: self.attributes.iter().map(Attribute::to_wire).collect(),
            block_types: self.blocks.iter().map(NestedBlock::to_wire).collect(),
            description: self.description.clone(),
            description_kind: wire::StringKind::Markdown.into(),
            deprecated: self.deprecated.is_some(),
            deprecation_message: self.deprecated.clone().unwrap_or_default(),
            computed: false,
        }
    }
}

impl NestedBlock {
    fn to_wire(&self) -> wire::schema::NestedBlock {
        let nesting = match self.nesting {
            Nesting::Single => BlockNesting::Single,
            Nesting::List => BlockNesting::List,
            Nesting::Set => BlockNesting::Set,
            Nesting::Map => BlockNesting::Map,
        };
        // Terraform counts no blocks of a map; the framework does.
        let (least, most) = match self.nesting {
            Nesting::Map => (0, None),
            Nesting::Single => (self.least.min(1), (self.least > 0).then_some(1)),
            _ => (self.least, self.most),
        };
        wire::schema::NestedBlock {
            type_name: self.name.clone(),
            block: Some(self.block.to_wire()),
            nesting: nesting.into(),
            min_items: least as i64,
            max_items: most.unwrap_or_default() as i64,
        }
    }
}

impl Attribute {
    pub(crate) fn to_wire(&self) -> wire::schema::Attribute {
        let (ty, nested_type) = match &self.kind {
            AttributeKind::Plain(ty) => (type_bytes(ty), None),
            AttributeKind::Nested(nesting, attributes) => {
                (Vec::new(), Some(nested(*nesting, attributes)))
            }
        };
        wire::schema::Attribute {
            name: self.name.clone(),
            r#type: ty,
            nested_type,
            description: self.description.clone(),
            required: self.mode == Mode::Required,
            optional: matches!(self.mode, Mode::Optional | Mode::OptionalComputed),
            computed: self.mode.is_computed(),
            sensitive: self.sensitive,
            description_kind: wire::StringKind::Markdown.into(),
            deprecated: self.deprecated.is_some(),
            write_only: self.write_only,
            deprecation_message: self.deprecated.clone().unwrap_or_default(),
        }
    }
}

fn nested(nesting: Nesting, attributes: &[Attribute]) -> wire::schema::Object {
    let nesting = match nesting {
        Nesting::Single => ObjectNesting::Single,
        Nesting::List => ObjectNesting::List,
        Nesting::Set => ObjectNesting::Set,
        Nesting::Map => ObjectNesting::Map,
    };
    #[allow(deprecated)]
    wire::schema::Object {
        attributes: attributes.iter().map(Attribute::to_wire).collect(),
        nesting: nesting.into(),
        min_items: 0,
        max_items: 0,
    }
}
