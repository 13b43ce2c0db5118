//! What Terraform's core does with values, and what it enforces.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::value::unknown;
use crate::plan::draft::without_write_only;
use crate::proto::tfplugin6::{AttributePath, attribute_path};
use crate::schema::{Attribute, AttributeKind, Nesting};
use crate::value::{AnyValue, Type};

/// What core proposes to a provider: the configuration, with what the provider computes as it was.
pub(super) fn proposed(members: &[Attribute], prior: &AnyValue, config: &AnyValue) -> AnyValue {
    if !matches!(config, AnyValue::Mapping(_)) {
        return config.clone();
    }
    let propose = |attribute: &Attribute| {
        let (before, set) = (prior.get(&attribute.name), config.get(&attribute.name));
        let value = match &attribute.kind {
            _ if set.is_null() && attribute.mode.is_computed() => before.clone(),
            AttributeKind::Nested(nesting, inner) => nested(*nesting, inner, before, set),
            AttributeKind::Plain(_) => set.clone(),
        };
        (attribute.name.clone(), value)
    };
    AnyValue::Mapping(members.iter().map(propose).collect::<BTreeMap<_, _>>())
}

fn nested(nesting: Nesting, inner: &[Attribute], prior: &AnyValue, config: &AnyValue) -> AnyValue {
    match (nesting, config) {
        (Nesting::Single, AnyValue::Mapping(_)) => proposed(inner, prior, config),
        (Nesting::List, AnyValue::Sequence(items)) => {
            let items = items.iter().enumerate();
            let propose = |(at, item)| proposed(inner, element(prior, at), item);
            AnyValue::Sequence(items.map(propose).collect())
        }
        (Nesting::Set, AnyValue::Sequence(items)) => {
            let propose = |item| proposed(inner, former(inner, prior, item), item);
            AnyValue::Sequence(items.iter().map(propose).collect())
        }
        (Nesting::Map, AnyValue::Mapping(items)) => {
            let propose = |(key, item): (&String, &AnyValue)| {
                (key.clone(), proposed(inner, prior.get(key), item))
            };
            AnyValue::Mapping(items.iter().map(propose).collect())
        }
        _ => config.clone(),
    }
}

fn element(value: &AnyValue, at: usize) -> &AnyValue {
    match value {
        AnyValue::Sequence(items) => items.get(at).unwrap_or(&AnyValue::Null),
        _ => &AnyValue::Null,
    }
}

/// The element of a former set that differs from `config` only in what is computed.
fn former<'a>(inner: &[Attribute], prior: &'a AnyValue, config: &AnyValue) -> &'a AnyValue {
    let AnyValue::Sequence(items) = prior else { return &AnyValue::Null };
    let matches = |item: &&AnyValue| {
        inner.iter().all(|attribute| {
            let (before, set) = (item.get(&attribute.name), config.get(&attribute.name));
            before == set || (set.is_null() && attribute.mode.is_computed())
        })
    };
    items.iter().find(matches).unwrap_or(&AnyValue::Null)
}

/// Fails the test where core would say that the provider planned an invalid value. The values are
/// the prior state, the configuration and the plan.
pub(super) fn assert_plan_valid(
    members: &[Attribute],
    [prior, config, planned]: [&AnyValue; 3],
    at: &str,
) {
    for attribute in members {
        let name = attribute.name.as_str();
        let values = [prior.get(name), config.get(name), planned.get(name)];
        assert_attribute_valid(attribute, values, &format!("{at}.{name}"));
    }
}

fn assert_attribute_valid(attribute: &Attribute, values: [&AnyValue; 3], at: &str) {
    let [prior, config, planned] = values;
    if attribute.write_only {
        return assert!(planned.is_null(), "core: write-only {at} is planned");
    }
    if config.is_null() && attribute.mode.is_computed() {
        return;
    }
    match (&attribute.kind, config) {
        (AttributeKind::Nested(Nesting::Single, inner), AnyValue::Mapping(_)) => {
            assert!(!planned.is_null(), "core: {at} is configured and planned as null");
            assert_plan_valid(inner, values, at);
        }
        (AttributeKind::Nested(Nesting::List, inner), AnyValue::Sequence(items)) => {
            assert_eq!(count(planned), items.len(), "core: elements of {at}");
            for index in 0..items.len() {
                let values = values.map(|value| element(value, index));
                assert_plan_valid(inner, values, &format!("{at}[{index}]"));
            }
        }
        (AttributeKind::Nested(Nesting::Map, inner), AnyValue::Mapping(items)) => {
            for key in items.keys() {
                let values = values.map(|value| value.get(key));
                assert_plan_valid(inner, values, &format!("{at}[{key:?}]"));
            }
        }
        (AttributeKind::Nested(Nesting::Set, _), AnyValue::Sequence(items)) => {
            assert_eq!(count(planned), items.len(), "core: elements of {at}");
        }
        _ => {
            let kept = !prior.is_null() && planned == prior;
            assert!(planned == config || kept, "core: {at} is planned other than configured");
        }
    }
}

fn count(value: &AnyValue) -> usize {
    match value {
        AnyValue::Sequence(items) => items.len(),
        _ => 0,
    }
}

/// Fails the test where core would say that a result is inconsistent with what was planned before.
pub(super) fn assert_conforms(planned: &AnyValue, actual: &AnyValue, at: &str) {
    match (planned, actual) {
        (AnyValue::Unknown, _) => {}
        (AnyValue::Mapping(planned), AnyValue::Mapping(actual)) => {
            for (name, value) in planned {
                let came = actual.get(name).unwrap_or(&AnyValue::Null);
                assert_conforms(value, came, &format!("{at}.{name}"));
            }
        }
        (AnyValue::Mapping(_), actual) => {
            assert!(!actual.is_null(), "core: planned as present, but absent at {at}");
        }
        (AnyValue::Sequence(planned), AnyValue::Sequence(actual))
            if !planned.iter().all(AnyValue::is_wholly_known) =>
        {
            assert_eq!(planned.len(), actual.len(), "core: another number of elements at {at}");
        }
        _ => assert!(planned == actual, "core: inconsistent with what was planned at {at}"),
    }
}

/// Fails the test where core would refuse what a call answers as the value of a resource, data source or ephemeral
/// resource: what is said to be there must be known, and hold nothing that is write-only.
pub(super) fn assert_stored(members: &[Attribute], value: &AnyValue, what: &str) {
    assert!(value.is_wholly_known(), "core: unknown values in {what}");
    let without = without_write_only(members, value.clone());
    assert!(without == *value, "core: write-only values in {what}");
}

/// Fails the test where core would refuse an identity: one that is known does not change, and one that is told is
/// whole.
pub(super) fn assert_identity(before: &Json, after: &Json, what: &str) {
    assert!(before.is_null() || before == after, "core: another identity in {what}");
    let is_unknown =
        after.as_object().is_some_and(|parts| parts.values().any(|it| *it == unknown()));
    assert!(!is_unknown, "core: an identity that is not known in {what}");
}

/// Fails the test where core would refuse to replace a resource because of an attribute that it does not have.
pub(super) fn assert_paths(ty: &Type, paths: &[AttributePath], what: &str) {
    use attribute_path::step::Selector;
    for path in paths {
        let mut ty = Some(ty);
        for step in &path.steps {
            ty = match (&step.selector, ty) {
                (Some(Selector::AttributeName(name)), Some(Type::Object(types, _))) => {
                    types.get(name)
                }
                (Some(Selector::ElementKeyString(_)), Some(Type::Map(element))) => Some(element),
                (Some(Selector::ElementKeyInt(_)), Some(Type::List(element))) => Some(element),
                _ => None,
            };
        }
        let at = crate::AttributePath::from_wire(path);
        assert!(ty.is_some(), "core: {what} has no {at}, which requires replacement");
    }
}
