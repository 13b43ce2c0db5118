//! The objects inside a value, with what stands at the same place elsewhere.

use std::collections::BTreeMap;

use crate::schema::{Attribute, AttributeKind, Nesting};
use crate::value::AnyValue;

/// Changes the nested objects of a value one by one; `change` gets each with the values `beside` it
/// at the same place. In a set, that is the element it can have come from.
pub(super) fn each<const N: usize>(
    nesting: Nesting,
    attributes: &[Attribute],
    value: AnyValue,
    beside: [&AnyValue; N],
    change: &dyn Fn(AnyValue, [&AnyValue; N]) -> AnyValue,
) -> AnyValue {
    match (nesting, value) {
        (Nesting::Single, value @ AnyValue::Mapping(_)) => change(value, beside),
        (Nesting::List, AnyValue::Sequence(items)) => {
            let items = items.into_iter().enumerate();
            let changed = items.map(|(at, item)| change(item, beside.map(|v| element(v, at))));
            AnyValue::Sequence(changed.collect())
        }
        (Nesting::Set, AnyValue::Sequence(items)) => {
            let change = |item: AnyValue| {
                let beside = beside.map(|set| origin(attributes, set, &item));
                change(item, beside)
            };
            let mut changed: Vec<AnyValue> = items.into_iter().map(change).collect();
            // Equal sets compare equal only in order.
            changed.sort();
            AnyValue::Sequence(changed)
        }
        (Nesting::Map, AnyValue::Mapping(items)) => {
            let changed = items.into_iter().map(|(key, item)| {
                let item = change(item, beside.map(|v| v.get(&key)));
                (key, item)
            });
            AnyValue::Mapping(changed.collect::<BTreeMap<_, _>>())
        }
        (_, other) => other,
    }
}

/// The element of a list at that place; null where there is none.
pub(super) fn element(value: &AnyValue, at: usize) -> &AnyValue {
    match value {
        AnyValue::Sequence(items) => items.get(at).unwrap_or(&AnyValue::Null),
        _ => &AnyValue::Null,
    }
}

/// The element of a set that `item` can have come from, by adding what is computed.
fn origin<'a>(attributes: &[Attribute], set: &'a AnyValue, item: &AnyValue) -> &'a AnyValue {
    match set {
        AnyValue::Sequence(items) => {
            let found = items.iter().find(|of| comes_from(attributes, item, of));
            found.unwrap_or(&AnyValue::Null)
        }
        _ => &AnyValue::Null,
    }
}

fn comes_from(attributes: &[Attribute], item: &AnyValue, of: &AnyValue) -> bool {
    attributes.iter().all(|attribute| {
        let (came, was) = (item.get(&attribute.name), of.get(&attribute.name));
        match &attribute.kind {
            _ if came == was || is_computed_from(attribute, was) => true,
            AttributeKind::Nested(Nesting::Single, inner) => {
                !came.is_null() && !was.is_null() && comes_from(inner, came, was)
            }
            AttributeKind::Nested(..) => came.is_null() == was.is_null(),
            AttributeKind::Plain(_) => false,
        }
    })
}

/// Whether the provider computes the attribute, where the configuration says `set` of it.
pub(super) fn is_computed_from(attribute: &Attribute, set: &AnyValue) -> bool {
    attribute.mode.is_computed() && set.is_null()
}
