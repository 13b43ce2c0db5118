//! What the derives' code calls. Not for use by hand.

use std::collections::BTreeMap;

use crate::path::Step;
use crate::schema::{Attribute, AttributeKind, Block, Mode, NestedBlock, Nesting};
pub use crate::value::parse;
use crate::value::{AnyValue, AttributeValue, DecodeError};

/// The attributes of an object.
pub fn object(value: AnyValue) -> Result<BTreeMap<String, AnyValue>, DecodeError> {
    match value {
        AnyValue::Mapping(object) => Ok(object),
        other => Err(DecodeError::shape("an object", &other)),
    }
}

/// Takes one attribute out of an object; a missing one is null.
pub fn field<T: AttributeValue>(
    object: &mut BTreeMap<String, AnyValue>,
    name: &str,
) -> Result<T, DecodeError> {
    let value = object.remove(name).unwrap_or_default();
    T::decode(value).map_err(|error| error.within(Step::Attribute(name.to_owned())))
}

/// The next argument of a function.
pub fn argument<T: AttributeValue>(
    arguments: &mut impl Iterator<Item = AnyValue>,
    position: usize,
) -> Result<T, DecodeError> {
    let value = arguments.next().unwrap_or_default();
    T::decode(value).map_err(|error| error.within(Step::Index(position)))
}

/// All further arguments of a function.
pub fn rest<T: AttributeValue>(
    arguments: &mut impl Iterator<Item = AnyValue>,
    position: usize,
) -> Result<Vec<T>, DecodeError> {
    let decode = |(offset, value)| {
        T::decode(value).map_err(|error| error.within(Step::Index(position + offset)))
    };
    arguments.enumerate().map(decode).collect()
}

/// An attribute with nothing but a name, a description, a type and a mode.
pub fn attribute(name: &str, description: &str, kind: AttributeKind, mode: Mode) -> Attribute {
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

/// The default of an attribute.
pub fn default<T: AttributeValue>(value: impl Into<T>) -> AnyValue {
    value.into().encode()
}

/// A nested block that stands there `least` to `most` times.
pub fn block(
    name: &str,
    description: &str,
    kind: AttributeKind,
    (least, most): (usize, Option<usize>),
) -> NestedBlock {
    let (nesting, attributes) = match kind {
        AttributeKind::Nested(nesting, attributes) => (nesting, attributes),
        AttributeKind::Plain(_) => (Nesting::Single, Vec::new()),
    };
    let block = Block { description: description.to_owned(), attributes, ..Block::default() };
    NestedBlock { name: name.to_owned(), nesting, least, most, block }
}
