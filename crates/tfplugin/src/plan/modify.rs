//! Plan modifiers of attributes, at any depth.

use std::cell::Cell;

use super::nested::{each, is_computed_from};
use crate::schema::{Attribute, AttributeKind, Beside};
use crate::value::AnyValue;

/// Whether any attribute has a modifier.
pub(super) fn has_modifiers(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        !attribute.modifiers.is_empty()
            || matches!(&attribute.kind, AttributeKind::Nested(_, inner) if has_modifiers(inner))
    })
}

/// The plan as modifiers leave it, and the names of what they replace the resource because of. Those of what the
/// provider computes are asked once the rest is known.
pub(super) fn modified(
    attributes: &[Attribute],
    mut planned: AnyValue,
    config: &AnyValue,
    prior: &AnyValue,
    of_computed: bool,
) -> (AnyValue, Vec<String>) {
    let mut replacing = Vec::new();
    for attribute in attributes {
        let name = attribute.name.as_str();
        let replaces = Cell::new(false);
        planned.update(name, |value| {
            let beside = [config.get(name), prior.get(name)];
            attribute_modified(attribute, value, beside, prior.is_null(), of_computed, &replaces)
        });
        if replaces.get() {
            replacing.push(name.to_owned());
        }
    }
    (planned, replacing)
}

fn attribute_modified(
    attribute: &Attribute,
    mut value: AnyValue,
    [config, prior]: [&AnyValue; 2],
    is_new: bool,
    of_computed: bool,
    replaces: &Cell<bool>,
) -> AnyValue {
    let is_computed = is_computed_from(attribute, config);
    if let (AttributeKind::Nested(nesting, inner), false) = (&attribute.kind, is_computed) {
        value = each(*nesting, inner, value, [config, prior], &|value, [config, prior]| {
            let (value, replacing) = modified(inner, value, config, prior, of_computed);
            replaces.set(replaces.get() || !replacing.is_empty());
            value
        });
    }
    if is_computed == of_computed && !attribute.modifiers.is_empty() {
        let mut beside = Beside { config, prior, is_new, replace: false };
        for modifier in &attribute.modifiers {
            modifier.modify(&mut beside, &mut value);
        }
        replaces.set(replaces.get() || beside.replace);
    }
    value
}
