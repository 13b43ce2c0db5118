//! Schemas: what Terraform is told of attributes, and what planning does with them.

mod model;
mod to_wire;
mod validator;

use std::collections::BTreeMap;

pub use model::{Identity, Model, Nested, NoIdentity};
pub(crate) use validator::HIDDEN;
pub use validator::{OneOf, Validator};

use crate::value::{AnyValue, Type};

/// The schema of a resource, data source, action or of the provider itself.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Version of the state's form; `UpgradeResourceState` tells the stored one.
    pub version: i64,
    /// Attributes and blocks.
    pub block: Block,
}

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

/// Who sets an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The configuration, always.
    Required,
    /// The configuration, or nobody.
    Optional,
    /// The provider.
    Computed,
    /// The configuration, else the provider.
    OptionalComputed,
}

impl Mode {
    /// Whether the provider may set it.
    pub fn is_computed(self) -> bool {
        matches!(self, Mode::Computed | Mode::OptionalComputed)
    }

    /// Whether the configuration may set it.
    pub fn is_configurable(self) -> bool {
        self != Mode::Computed
    }
}

/// One attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name in configurations.
    pub name: String,
    /// Its type.
    pub kind: AttributeKind,
    /// Markdown.
    pub description: String,
    /// Who sets it.
    pub mode: Mode,
    /// Hidden in output.
    pub sensitive: bool,
    /// In the configuration only, never in plan or state.
    pub write_only: bool,
    /// Set if it should no longer be used: what to use instead.
    pub deprecated: Option<String>,
    /// Keeps its prior value when other attributes change, instead of becoming unknown.
    pub use_state_for_unknown: bool,
    /// A change of it replaces the resource.
    pub replace: bool,
    /// Its value when the configuration does not set it.
    pub default: Option<AnyValue>,
    /// What its known values must satisfy.
    pub validators: Vec<Validator>,
    /// Attributes beside it that must not be set together with it.
    pub conflicts_with: Vec<&'static str>,
    /// Attributes beside it that must be set if it is.
    pub requires: Vec<&'static str>,
    /// How many of it and others beside it must be set.
    pub groups: Vec<Group>,
    /// What it is filled from when the configuration does not set it; at the top of a provider's schema only.
    pub environment: Option<Environment>,
}

/// Attributes beside each other of which one must be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Their names.
    pub names: Vec<&'static str>,
    /// Whether only one may be set.
    pub only_one: bool,
}

/// The environment variable that stands in for an attribute of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// Its name.
    pub variable: &'static str,
    /// Attributes that must not be set in the configuration for it to count, beside those that conflict.
    pub unless: Vec<&'static str>,
}

/// The type of an attribute.
#[derive(Clone, Debug)]
pub enum AttributeKind {
    /// A type without a schema of its own.
    Plain(Type),
    /// An object, or a collection of objects, whose attributes have schemas.
    Nested(Nesting, Vec<Attribute>),
}

/// How nested objects are collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// One object.
    Single,
    /// A list of objects.
    List,
    /// A set of objects.
    Set,
    /// A map of objects.
    Map,
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
    /// What it holds.
    pub block: Block,
}

impl AttributeKind {
    /// A collection of this.
    #[must_use]
    pub fn collected(self, nesting: Nesting) -> AttributeKind {
        match self {
            AttributeKind::Nested(Nesting::Single, attributes) => {
                AttributeKind::Nested(nesting, attributes)
            }
            other => AttributeKind::Plain(collection(nesting, other.ty())),
        }
    }

    /// The Terraform type.
    pub fn ty(&self) -> Type {
        match self {
            AttributeKind::Plain(ty) => ty.clone(),
            AttributeKind::Nested(nesting, attributes) => {
                collection(*nesting, object_type(attributes))
            }
        }
    }
}

fn collection(nesting: Nesting, element: Type) -> Type {
    match nesting {
        Nesting::Single => element,
        Nesting::List => Type::List(Box::new(element)),
        Nesting::Set => Type::Set(Box::new(element)),
        Nesting::Map => Type::Map(Box::new(element)),
    }
}

fn object_type(attributes: &[Attribute]) -> Type {
    Type::object(attributes.iter().map(|a| (a.name.clone(), a.kind.ty())))
}

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
            Attribute::new(&nested.name, "", kind, Mode::Optional)
        };
        self.attributes.iter().cloned().chain(self.blocks.iter().map(block)).collect()
    }

    /// The value with the blocks that it lacks absent, which for a collection of blocks is empty.
    pub(crate) fn with_blocks(&self, mut value: AnyValue) -> AnyValue {
        for nested in &self.blocks {
            if value.get(&nested.name).is_null() {
                value.set(&nested.name, nested.absent());
            }
        }
        value
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

impl Attribute {
    /// An attribute with nothing but a name, a description, a type and a mode.
    pub fn new(name: &str, description: &str, kind: AttributeKind, mode: Mode) -> Self {
        Attribute {
            name: name.to_owned(),
            kind,
            description: description.to_owned(),
            mode,
            sensitive: false,
            write_only: false,
            deprecated: None,
            use_state_for_unknown: false,
            replace: false,
            default: None,
            validators: Vec::new(),
            conflicts_with: Vec::new(),
            requires: Vec::new(),
            groups: Vec::new(),
            environment: None,
        }
    }
}

impl NestedBlock {
    /// A block of nested objects that stands there `least` to `most` times.
    pub fn new(
        name: &str,
        description: &str,
        kind: AttributeKind,
        (least, most): (usize, Option<usize>),
    ) -> Self {
        let (nesting, attributes) = match kind {
            AttributeKind::Nested(nesting, attributes) => (nesting, attributes),
            AttributeKind::Plain(_) => (Nesting::Single, Vec::new()),
        };
        let block = Block { description: description.to_owned(), attributes, ..Block::default() };
        NestedBlock { name: name.to_owned(), nesting, least, most, block }
    }

    /// The value of a block that does not stand in the configuration.
    pub fn absent(&self) -> AnyValue {
        match self.nesting {
            Nesting::Single => AnyValue::Null,
            Nesting::List | Nesting::Set => AnyValue::Sequence(Vec::new()),
            Nesting::Map => AnyValue::Mapping(BTreeMap::new()),
        }
    }
}
