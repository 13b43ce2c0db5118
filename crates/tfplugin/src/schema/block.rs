//! Attributes and blocks of one level, and blocks inside.

use std::collections::BTreeMap;

use super::{Attribute, AttributeKind, Mode, Nesting, Relations, collection};
use crate::value::{AnyValue, AttributeValue, Type};

/// Attributes and blocks of one level.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Markdown.
    pub description: String,
    /// Set if the whole should no longer be used: what to use instead.
    pub deprecated: Option<String>,
    /// In the order in which they are documented.
    pub attributes: Vec<Attribute>,
    /// Nested blocks.
    pub blocks: Vec<NestedBlock>,
}

/// A nested block.
#[derive(Clone, Debug)]
pub struct NestedBlock {
    /// Its name in configurations.
    pub name: String,
    /// Whether it stands there once ([`Nesting::Single`]) or several times.
    pub nesting: Nesting,
    /// How often it must stand there at least.
    pub least: usize,
    /// How often it may stand there at most.
    pub most: Option<usize>,
    /// A change of it replaces the resource.
    pub replace: bool,
    /// What it has to do with others beside it.
    pub relations: Relations,
    /// What it holds.
    pub block: Block,
}

static NULL: AnyValue = AnyValue::Null;

impl Block {
    /// The object type of a value of this block.
    pub fn ty(&self) -> Type {
        let attributes = self.attributes.iter().map(|a| (a.name.clone(), a.kind.ty()));
        let blocks =
            self.blocks.iter().map(|b| (b.name.clone(), collection(b.nesting, b.block.ty())));
        Type::object(attributes.chain(blocks))
    }

    /// Attributes and blocks alike, as planning treats them: a block is a nested attribute.
    pub(crate) fn members(&self) -> Vec<Attribute> {
        let block = |nested: &NestedBlock| {
            let kind = AttributeKind::Nested(nested.nesting, nested.block.members());
            let attribute = Attribute::new(&nested.name, "", kind, Mode::Optional);
            Attribute { replace: nested.replace, ..attribute }
        };
        self.attributes.iter().cloned().chain(self.blocks.iter().map(block)).collect()
    }

    /// The value with the blocks that it lacks, at any depth, absent: which for a collection of blocks is empty.
    pub(crate) fn with_blocks(&self, mut value: AnyValue) -> AnyValue {
        for nested in &self.blocks {
            if value.get(&nested.name).is_null() {
                value.set(&nested.name, nested.absent());
            } else if !nested.block.blocks.is_empty() {
                value.update(&nested.name, |blocks| nested.with_blocks(blocks));
            }
        }
        value
    }

    /// What `value` has under the name of an attribute or block; null for a block that does not stand there.
    pub(crate) fn set_in<'a>(&self, value: &'a AnyValue, name: &str) -> &'a AnyValue {
        let set = value.get(name);
        let absent = self.blocks.iter().find(|block| block.name == name).map(NestedBlock::absent);
        if absent.as_ref() == Some(set) { &NULL } else { set }
    }

    /// The attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// An object with every attribute null and every block absent.
    pub fn empty(&self) -> AnyValue {
        let attributes = self.attributes.iter().map(|a| (a.name.clone(), AnyValue::Null));
        let blocks = self.blocks.iter().map(|b| (b.name.clone(), b.absent()));
        AnyValue::Mapping(attributes.chain(blocks).collect::<BTreeMap<_, _>>())
    }
}

impl NestedBlock {
    /// A block of the nested objects that `T` is, which may stand there any number of times.
    pub fn of<T: AttributeValue>(
        name: &str,
        description: &str,
        deprecated: Option<String>,
    ) -> Self {
        let (nesting, attributes) = match T::kind() {
            AttributeKind::Nested(nesting, attributes) => (nesting, attributes),
            AttributeKind::Plain(_) => (Nesting::Single, Vec::new()),
        };
        let description = description.to_owned();
        NestedBlock {
            name: name.to_owned(),
            nesting,
            least: 0,
            most: None,
            replace: false,
            relations: Relations::default(),
            block: Block { description, deprecated, attributes, blocks: T::blocks() },
        }
    }

    /// The value of a block that does not stand in the configuration.
    pub fn absent(&self) -> AnyValue {
        match self.nesting {
            Nesting::Single => AnyValue::Null,
            Nesting::List | Nesting::Set => AnyValue::Sequence(Vec::new()),
            Nesting::Map => AnyValue::Mapping(BTreeMap::new()),
        }
    }

    /// The value of this block, with what is absent inside.
    fn with_blocks(&self, value: AnyValue) -> AnyValue {
        let inside = |value| self.block.with_blocks(value);
        match (self.nesting, value) {
            (Nesting::List | Nesting::Set, AnyValue::Sequence(items)) => {
                AnyValue::Sequence(items.into_iter().map(inside).collect())
            }
            (Nesting::Map, AnyValue::Mapping(items)) => AnyValue::Mapping(
                items.into_iter().map(|(key, item)| (key, inside(item))).collect(),
            ),
            (Nesting::Single, value) => inside(value),
            (_, other) => other,
        }
    }
}
