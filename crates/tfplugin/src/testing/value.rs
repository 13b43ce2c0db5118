//! Values that tests write by hand.

use serde_json::{Value as Json, json};

use crate::codec;
use crate::schema::Block;
use crate::value::{AnyValue, Type};

const UNKNOWN: &str = "(known after apply)";

/// A value that is not known yet.
///
/// ```
/// use tfplugin::testing::{json, unknown};
///
/// // A configuration whose name another resource sets, and what a plan says of it.
/// let config = json!({ "name": unknown(), "size": 10 });
/// assert_eq!(config["name"], unknown());
/// ```
pub fn unknown() -> Json {
    json!({ UNKNOWN: true })
}

/// Reads JSON in which [`unknown`] may stand anywhere; missing attributes are null. What a dynamic attribute
/// gets has the type that Terraform gives such a literal, unless it stands there: `{ "type": …, "value": … }`.
///
/// # Panics
/// When the JSON does not fit the type: a mistake in the test.
pub(super) fn read(json: &Json, ty: &Type) -> AnyValue {
    if *json == unknown() {
        return AnyValue::Unknown;
    }
    match (json, ty) {
        (Json::Array(items), Type::List(element) | Type::Set(element)) => {
            let items = items.iter().map(|item| read(item, element)).collect();
            AnyValue::Sequence(items).normalized(ty)
        }
        (Json::Object(items), Type::Map(element)) => AnyValue::Mapping(
            items.iter().map(|(key, item)| (key.clone(), read(item, element))).collect(),
        ),
        (Json::Object(items), Type::Object(attributes, _)) => {
            let stray = items.keys().find(|name| !attributes.contains_key(*name));
            assert_eq!(stray, None, "no such attribute");
            let read = |(name, ty): (&String, &Type)| {
                (name.clone(), items.get(name).map_or(AnyValue::Null, |json| read(json, ty)))
            };
            AnyValue::Mapping(attributes.iter().map(read).collect())
        }
        (json, Type::Dynamic) => codec::from_json(json, ty).unwrap_or_else(|_| {
            AnyValue::try_from(json.clone()).expect("a number in bounds").with_type()
        }),
        _ => codec::from_json(json, ty).unwrap_or_else(|error| {
            panic!("the value does not fit the schema: {error}, but it is {json}")
        }),
    }
}

/// Reads the configuration of a block: what [`read`] reads, in which blocks that do not stand there are absent,
/// as core sends it.
pub(super) fn read_block(json: &Json, block: &Block) -> AnyValue {
    block.with_blocks(read(json, &block.ty()))
}

/// Writes JSON in which [`unknown`] stands where a value is not known.
pub(super) fn write(value: &AnyValue) -> Json {
    match value {
        AnyValue::Unknown => unknown(),
        AnyValue::Sequence(items) => items.iter().map(write).collect(),
        AnyValue::Mapping(items) => {
            items.iter().map(|(name, value)| (name.clone(), write(value))).collect()
        }
        other => codec::to_json(other),
    }
}
