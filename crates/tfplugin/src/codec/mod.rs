//! Values on the wire: MessagePack in calls, JSON in stored state.

mod json;
mod msgpack;
mod size;

use crate::proto::tfplugin6 as wire;
use crate::value::{AnyValue, Type};

/// Bytes that are no value of the expected type. It never quotes the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CodecError {
    /// Not MessagePack, or more than one value.
    #[error("not a MessagePack value")]
    MessagePack,
    /// Not JSON.
    #[error("not a JSON value")]
    Json,
    /// More than a provider takes in.
    #[error("too many values: a state or configuration may hold a million")]
    TooLarge,
    /// Another type than the schema has.
    #[error("{expected} expected{}", location(.at))]
    Mismatch {
        /// What the schema has.
        expected: &'static str,
        /// The way to it, such as `tags.team`.
        at: String,
    },
    /// A state stored by Terraform 0.11 or older.
    #[error(
        "the state was stored by Terraform 0.11 or older; apply once with Terraform 0.12 to 1.1 first"
    )]
    Flatmap,
}

fn location(at: &str) -> String {
    if at.is_empty() { String::new() } else { format!(" at {at}") }
}

impl CodecError {
    fn mismatch(expected: &'static str) -> Self {
        CodecError::Mismatch { expected, at: String::new() }
    }

    fn within(self, step: &str) -> Self {
        match self {
            CodecError::Mismatch { expected, at } if at.is_empty() => {
                CodecError::Mismatch { expected, at: step.to_owned() }
            }
            CodecError::Mismatch { expected, at } => {
                CodecError::Mismatch { expected, at: format!("{step}.{at}") }
            }
            other => other,
        }
    }
}

/// Reads a value that Terraform sent; nothing at all is null.
///
/// # Errors
/// When the bytes are no value of the type. Never panics, whatever the bytes.
pub(crate) fn decode(
    value: Option<&wire::DynamicValue>,
    ty: &Type,
) -> Result<AnyValue, CodecError> {
    match value {
        None => Ok(AnyValue::Null),
        Some(value) if !value.msgpack.is_empty() => msgpack::decode(&value.msgpack, ty),
        Some(value) if !value.json.is_empty() => json::decode(&value.json, ty),
        Some(_) => Ok(AnyValue::Null),
    }
}

/// Reads values that Terraform sent for one call, which together may hold as much as one.
///
/// # Errors
/// As [`decode`].
pub(crate) fn decode_all<'a>(
    values: impl IntoIterator<Item = (&'a wire::DynamicValue, &'a Type)> + Clone,
) -> Result<Vec<AnyValue>, CodecError> {
    let sizes = values.clone().into_iter().map(|(value, _)| match value.msgpack.as_slice() {
        [] => size::check_json(&value.json),
        msgpack => size::check_msgpack(msgpack),
    });
    if sizes.sum::<Result<u64, _>>()? > size::MOST {
        return Err(CodecError::TooLarge);
    }
    values.into_iter().map(|(value, ty)| decode(Some(value), ty)).collect()
}

/// Writes a value for Terraform. Attributes that the value lacks are null.
pub(crate) fn encode(value: &AnyValue, ty: &Type) -> wire::DynamicValue {
    wire::DynamicValue { msgpack: msgpack::encode(value, ty), json: Vec::new() }
}

/// Reads a stored state or identity. Attributes that the type does not have are passed over.
///
/// # Errors
/// When the state is not JSON, or an attribute has another type.
pub(crate) fn decode_stored(
    state: Option<&wire::RawState>,
    ty: &Type,
) -> Result<AnyValue, CodecError> {
    match state {
        None => Ok(AnyValue::Null),
        Some(state) if !state.json.is_empty() => json::decode(&state.json, ty),
        Some(state) if !state.flatmap.is_empty() => Err(CodecError::Flatmap),
        Some(_) => Ok(AnyValue::Null),
    }
}

#[cfg(any(test, feature = "testing"))]
pub(crate) use json::to_json;
pub(crate) use json::{from_json, parse as parse_json};
