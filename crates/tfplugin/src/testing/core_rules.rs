//! What Terraform's core does with values, and what it enforces.

use std::collections::BTreeMap;

use crate::schema::{Attribute, AttributeKind, Block, Nesting};
use crate::value::AnyValue;

/// What core proposes to a provider: the configuration, with what the provider computes as it was.
pub(super) fn proposed(block: &Block, prior: &AnyValue, config: &AnyValue) -> AnyValue {
    let mut proposed = proposed_attributes(&block.attributes, prior, config);
    for nested in &block.blocks {
        proposed.set(&nested.name, config.get(&nested.name).clone());
    }
    proposed
}

fn proposed_attributes(attributes: &[Attribute], prior: &AnyValue, config: &AnyValue) -> AnyValue {
    let propose = |attribute: &Attribute| {
        let (before, set) = (prior.get(&attribute.name), config.get(&attribute.name));
        let value = match &attribute.kind {
            _ if set.is_null() && attribute.mode.is_computed() => before.clone(),
            AttributeKind::Nested(nesting, inner) => nested(*nesting, inner, before, set),
            AttributeKind::Plain(_) => set.clone(),
        };
        (attribute.name.clone(), value)
    };
    AnyValue::Mapping(attributes.iter().map(propose).collect::<BTreeMap<_, _>>())
}

fn nested(nesting: Nesting, inner: &[Attribute], prior: &AnyValue, config: &AnyValue) -> AnyValue {
    match (nesting, config) {
        (Nesting::Single, AnyValue::Mapping(_)) => proposed_attributes(inner, prior, config),
        (Nesting::List, AnyValue::Sequence(items)) => {
            let before = |at: usize| match prior {
                AnyValue::Sequence(items) => items.get(at).cloned().unwrap_or_default(),
                _ => AnyValue::Null,
            };
            let items = items.iter().enumerate();
            AnyValue::Sequence(
                items.map(|(at, i)| proposed_attributes(inner, &before(at), i)).collect(),
            )
        }
        (Nesting::Map, AnyValue::Mapping(items)) => {
            let propose = |(key, item): (&String, &AnyValue)| {
                (key.clone(), proposed_attributes(inner, prior.get(key), item))
            };
            AnyValue::Mapping(items.iter().map(propose).collect())
        }
        _ => config.clone(),
    }
}

/// Fails the test where core would say that the provider planned an invalid value.
pub(super) fn assert_plan_valid(
    block: &Block,
    prior: &AnyValue,
    config: &AnyValue,
    planned: &AnyValue,
) {
    for attribute in &block.attributes {
        let name = attribute.name.as_str();
        let (set, value) = (config.get(name), planned.get(name));
        if attribute.write_only {
            assert!(value.is_null(), "core: write-only {name} is planned");
        } else if matches!(attribute.kind, AttributeKind::Plain(_))
            && !(set.is_null() && attribute.mode.is_computed())
        {
            let kept = !prior.is_null() && value == prior.get(name);
            assert!(value == set || kept, "core: {name} is planned other than configured");
        }
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
        (AnyValue::Sequence(planned), AnyValue::Sequence(actual))
            if !planned.iter().all(AnyValue::is_wholly_known) =>
        {
            assert_eq!(planned.len(), actual.len(), "core: another number of elements at {at}");
        }
        _ => assert!(planned == actual, "core: inconsistent with what was planned at {at}"),
    }
}
