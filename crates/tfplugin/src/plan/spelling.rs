//! What is only spelt in another way keeps the spelling that is there.
//!
//! A type of its own may read several texts as the same value, and writes that value in one way. Where two values are
//! written alike they mean the same, and a change from one to the other is none.

use std::collections::BTreeMap;

use super::nested::each;
use crate::schema::{Attribute, AttributeKind, Nesting};
use crate::value::{AnyValue, Type};

/// A value of some place as the type of that place writes what it has read; `None` if it cannot, or has no such place.
pub(crate) type Rewrite<'a> = &'a dyn Fn(AnyValue) -> Option<AnyValue>;

/// What came, in the spelling of what was there before wherever both mean the same.
pub(crate) fn respelt(
    before: &AnyValue,
    came: AnyValue,
    ty: &Type,
    rewrite: Rewrite<'_>,
) -> AnyValue {
    if *before == came || means_the_same(before, &came, rewrite) {
        return before.clone();
    }
    match (before, came, ty) {
        (AnyValue::Mapping(_), AnyValue::Mapping(came), Type::Object(types, _)) => {
            let entry = |(name, value): (String, AnyValue)| {
                let ty = types.get(&name).unwrap_or(&Type::Dynamic);
                let value = respelt(before.get(&name), value, ty, &under(&name, rewrite));
                (name, value)
            };
            AnyValue::Mapping(came.into_iter().map(entry).collect())
        }
        (AnyValue::Mapping(_), AnyValue::Mapping(came), Type::Map(ty)) => {
            let entry = |(key, value): (String, AnyValue)| {
                let value = respelt(before.get(&key), value, ty, &under(&key, rewrite));
                (key, value)
            };
            AnyValue::Mapping(came.into_iter().map(entry).collect())
        }
        (AnyValue::Sequence(before), AnyValue::Sequence(came), Type::List(ty)) => {
            let item = |(index, value)| match before.get(index) {
                Some(before) => respelt(before, value, ty, &alone(rewrite)),
                None => value,
            };
            AnyValue::Sequence(came.into_iter().enumerate().map(item).collect())
        }
        (AnyValue::Sequence(before), AnyValue::Sequence(came), Type::Set(_)) => {
            let item = |value: AnyValue| {
                let found = before.iter().find(|of| means_the_same(of, &value, &alone(rewrite)));
                found.cloned().unwrap_or(value)
            };
            let mut items: Vec<AnyValue> = came.into_iter().map(item).collect();
            // Equal sets compare equal only in order.
            items.sort();
            AnyValue::Sequence(items)
        }
        (_, came, _) => came,
    }
}

/// The plan in the spelling of the prior state where both mean the same. Terraform takes the prior value of an attribute
/// as a whole or not at all, and none inside a set of objects.
pub(super) fn planned_spelling(
    members: &[Attribute],
    mut planned: AnyValue,
    prior: &AnyValue,
    rewrite: Rewrite<'_>,
) -> AnyValue {
    for member in members {
        let before = prior.get(&member.name);
        let rewrite = under(&member.name, rewrite);
        planned.update(&member.name, |value| match &member.kind {
            AttributeKind::Nested(Nesting::Set, _) => value,
            _ if !before.is_null() && means_the_same(before, &value, &rewrite) => before.clone(),
            AttributeKind::Nested(nesting, inner) => {
                each(*nesting, inner, value, [before], &|value, [before]| match nesting {
                    Nesting::List => planned_spelling(inner, value, before, &alone(&rewrite)),
                    Nesting::Map => planned_spelling(inner, value, before, &under("", &rewrite)),
                    _ => planned_spelling(inner, value, before, &rewrite),
                })
            }
            AttributeKind::Plain(_) => value,
        });
    }
    planned
}

fn means_the_same(before: &AnyValue, came: &AnyValue, rewrite: Rewrite<'_>) -> bool {
    if before == came || !before.is_wholly_known() || !came.is_wholly_known() {
        return false;
    }
    rewrite(before.clone()).is_some_and(|before| rewrite(came.clone()) == Some(before))
}

/// How what stands under a name or key is written.
fn under<'a>(name: &'a str, rewrite: Rewrite<'a>) -> impl Fn(AnyValue) -> Option<AnyValue> + 'a {
    move |value| match rewrite(AnyValue::Mapping(BTreeMap::from([(name.to_owned(), value)])))? {
        AnyValue::Mapping(mut written) => written.remove(name),
        _ => None,
    }
}

/// How an element is written.
fn alone<'a>(rewrite: Rewrite<'a>) -> impl Fn(AnyValue) -> Option<AnyValue> + 'a {
    move |value| match rewrite(AnyValue::Sequence(vec![value]))? {
        AnyValue::Sequence(mut written) => written.pop(),
        _ => None,
    }
}
