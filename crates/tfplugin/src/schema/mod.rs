//! Schemas: what Terraform is told of attributes, and what planning does with them.

mod block;
mod model;
mod modifier;
mod to_wire;
mod validator;

pub use block::{Block, NestedBlock};
pub use model::{ByReplacement, Identity, InPlace, Model, Nested, NoIdentity};
pub(crate) use modifier::Beside;
pub use modifier::{AttributePlan, IntoModifier, Modifier, PlanModifier};
pub(crate) use validator::HIDDEN;
pub use validator::{IntoSecretValidator, IntoValidator, OneOf, Validator};

use crate::value::{AnyValue, Type};

/// The schema of a resource, data source, action or of the provider itself.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Version of the state's form; `UpgradeResourceState` tells the stored one.
    pub version: i64,
    /// Attributes and blocks.
    pub block: Block,
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
    /// What else planning does with it.
    pub modifiers: Vec<Modifier>,
    /// Its value when the configuration does not set it.
    pub default: Option<AnyValue>,
    /// What its known values must satisfy.
    pub validators: Vec<Validator>,
    /// What it has to do with others beside it.
    pub relations: Relations,
    /// What it is filled from when the configuration does not set it; at the top of a provider's schema only.
    pub environment: Option<Environment>,
}

/// What an attribute or block has to do with others beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relations {
    /// What must not be set together with it.
    pub conflicts_with: Vec<&'static str>,
    /// What must be set if it is.
    pub requires: Vec<&'static str>,
    /// How many of it and others must be set.
    pub groups: Vec<Group>,
}

/// Attributes or blocks beside each other of which one must be set.
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

    /// How its elements are collected; single if it has none.
    pub fn nesting(&self) -> Nesting {
        match self {
            AttributeKind::Nested(nesting, _) => *nesting,
            AttributeKind::Plain(Type::List(_) | Type::Tuple(_)) => Nesting::List,
            AttributeKind::Plain(Type::Set(_)) => Nesting::Set,
            AttributeKind::Plain(Type::Map(_)) => Nesting::Map,
            AttributeKind::Plain(_) => Nesting::Single,
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

impl AttributeKind {
    /// The type as the constraint on an argument of a function: what is optional in an object may be left out.
    pub(crate) fn constraint(&self) -> Type {
        let AttributeKind::Nested(nesting, attributes) = self else { return self.ty() };
        let types = attributes.iter().map(|a| (a.name.clone(), a.kind.constraint()));
        let optional = attributes.iter().filter(|a| a.mode != Mode::Required);
        let optional = optional.map(|a| a.name.clone()).collect();
        collection(*nesting, Type::Object(types.collect(), optional))
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
            modifiers: Vec::new(),
            default: None,
            validators: Vec::new(),
            relations: Relations::default(),
            environment: None,
        }
    }
}
