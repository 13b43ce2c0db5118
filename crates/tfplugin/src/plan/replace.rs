//! Which attributes require replacement.

use std::collections::BTreeSet;

use super::nested::element;
use crate::path::AttributePath;
use crate::schema::{Attribute, AttributeKind, Nesting};
use crate::value::AnyValue;

/// Collects the attributes marked as replacing that differ, at any depth.
pub(super) fn replaced(
    attributes: &[Attribute],
    before: &AnyValue,
    after: &AnyValue,
    within: &AttributePath,
    paths: &mut Vec<AttributePath>,
) {
    for attribute in attributes {
        let name = attribute.name.as_str();
        let (before, after) = (before.get(name), after.get(name));
        if before == after {
            continue;
        }
        let path = within.attribute(name);
        match &attribute.kind {
            _ if attribute.replace => paths.push(path),
            AttributeKind::Nested(nesting, inner) => {
                replaced_inside(*nesting, inner, [before, after], &path, paths);
            }
            AttributeKind::Plain(_) => {}
        }
    }
}

fn replaced_inside(
    nesting: Nesting,
    inner: &[Attribute],
    [before, after]: [&AnyValue; 2],
    path: &AttributePath,
    paths: &mut Vec<AttributePath>,
) {
    match nesting {
        Nesting::Single => replaced(inner, before, after, path, paths),
        Nesting::List => {
            for at in 0..length(before).max(length(after)) {
                let (before, after) = (element(before, at), element(after, at));
                replaced(inner, before, after, &path.index(at), paths);
            }
        }
        Nesting::Map => {
            for key in keys(before).chain(keys(after)).collect::<BTreeSet<_>>() {
                replaced(inner, before.get(key), after.get(key), &path.key(key), paths);
            }
        }
        // An element of a set has no place of its own: what is told is the set.
        Nesting::Set if fixed(inner, before) != fixed(inner, after) => paths.push(path.clone()),
        Nesting::Set => {}
    }
}

fn length(value: &AnyValue) -> usize {
    match value {
        AnyValue::Sequence(items) => items.len(),
        _ => 0,
    }
}

fn keys(value: &AnyValue) -> impl Iterator<Item = &String> {
    let items = match value {
        AnyValue::Mapping(items) => Some(items.keys()),
        _ => None,
    };
    items.into_iter().flatten()
}

/// What may not change in the elements of a set without a replacement.
fn fixed<'a>(inner: &[Attribute], set: &'a AnyValue) -> BTreeSet<Vec<&'a AnyValue>> {
    let AnyValue::Sequence(items) = set else { return BTreeSet::new() };
    let fixed = inner.iter().filter(|attribute| replaces(attribute)).collect::<Vec<_>>();
    let of = |item: &'a AnyValue| fixed.iter().map(|a| item.get(&a.name)).collect::<Vec<_>>();
    items.iter().map(of).filter(|parts| !parts.is_empty()).collect()
}

fn replaces(attribute: &Attribute) -> bool {
    match &attribute.kind {
        AttributeKind::Nested(_, inner) => attribute.replace || inner.iter().any(replaces),
        AttributeKind::Plain(_) => attribute.replace,
    }
}
