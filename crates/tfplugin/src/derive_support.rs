//! What the derives' code calls. Not for use by hand.

use std::collections::BTreeMap;

use crate::path::Step;
use crate::value::{AnyValue, AttributeValue, DecodeError};
pub use crate::value::{convert, parse};

/// The attributes of an object.
pub fn object(value: AnyValue) -> Result<BTreeMap<String, AnyValue>, DecodeError> {
    match value {
        AnyValue::Mapping(object) => Ok(object),
        other => Err(DecodeError::shape("an object", &other)),
    }
}

/// Takes one attribute out of an object; a missing one is null.
pub fn take(object: &mut BTreeMap<String, AnyValue>, name: &str) -> AnyValue {
    object.remove(name).unwrap_or_default()
}

/// What an attribute was read as, with its name in the error.
pub fn within<T>(name: &str, read: Result<T, DecodeError>) -> Result<T, DecodeError> {
    read.map_err(|error| error.within(Step::Attribute(name.to_owned())))
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

/// The default of an attribute.
pub fn default<T: AttributeValue>(value: impl Into<T>) -> AnyValue {
    value.into().encode()
}
