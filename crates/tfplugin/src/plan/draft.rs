//! The rules of planning that hold for every resource, on dynamic values.

use std::collections::BTreeMap;

use crate::path::AttributePath;
use crate::schema::{Attribute, AttributeKind, Block, Nesting};
use crate::value::AnyValue;

/// A plan in the making: what Terraform proposes, with defaults, unknowns and kept values filled in.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) prior: AnyValue,
    pub(crate) config: AnyValue,
    pub(crate) planned: AnyValue,
    /// Whether anything differs from the prior state.
    pub(crate) changed: bool,
}

impl Draft {
    pub(crate) fn new(
        block: &Block,
        prior: AnyValue,
        proposed: AnyValue,
        config: AnyValue,
    ) -> Self {
        let planned = with_defaults(&block.attributes, proposed, &config);
        let planned = without_write_only(&block.attributes, planned);
        let changed = prior.is_null() || planned != prior;
        let mut draft = Draft { prior, config, planned, changed };
        if draft.changed {
            draft.mark_computed(block);
        }
        draft
    }

    /// Marks what the provider computes as unknown, except what is kept.
    pub(crate) fn mark_computed(&mut self, block: &Block) {
        self.changed = true;
        let planned = std::mem::take(&mut self.planned);
        self.planned = with_unknowns(&block.attributes, planned, &self.config, &self.prior);
    }

    /// The attributes that require replacement and differ.
    pub(crate) fn replacements(&self, block: &Block) -> Vec<AttributePath> {
        let mut paths = Vec::new();
        if !self.prior.is_null() && !self.planned.is_null() {
            replaced(&block.attributes, self, &AttributePath::default(), &mut paths);
        }
        paths
    }
}

/// Changes the nested objects of a value one by one; `change` gets each with the values beside it at the same place.
fn each_nested<const N: usize>(
    nesting: Nesting,
    value: AnyValue,
    beside: [&AnyValue; N],
    change: &dyn Fn(AnyValue, [&AnyValue; N]) -> AnyValue,
) -> AnyValue {
    match (nesting, value) {
        (Nesting::Single, value @ AnyValue::Mapping(_)) => change(value, beside),
        (Nesting::List | Nesting::Set, AnyValue::Sequence(items)) => {
            let items = items.into_iter().enumerate();
            let changed = items.map(|(at, item)| change(item, beside.map(|v| element(v, at))));
            AnyValue::Sequence(changed.collect())
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

fn element(value: &AnyValue, at: usize) -> &AnyValue {
    match value {
        AnyValue::Sequence(items) => items.get(at).unwrap_or(&AnyValue::Null),
        _ => &AnyValue::Null,
    }
}

fn with_defaults(attributes: &[Attribute], mut planned: AnyValue, config: &AnyValue) -> AnyValue {
    for attribute in attributes {
        let set = config.get(&attribute.name);
        match (&attribute.default, &attribute.kind) {
            (Some(default), _) if set.is_null() => planned.set(&attribute.name, default.clone()),
            (_, AttributeKind::Nested(nesting, inner)) => {
                let change = |value, [set]: [&AnyValue; 1]| with_defaults(inner, value, set);
                let value = planned.get(&attribute.name).clone();
                planned.set(&attribute.name, each_nested(*nesting, value, [set], &change));
            }
            _ => {}
        }
    }
    planned
}

/// The value with every write-only attribute null: they are never in plans or states.
pub(crate) fn without_write_only(attributes: &[Attribute], mut value: AnyValue) -> AnyValue {
    for attribute in attributes {
        if attribute.write_only {
            value.set(&attribute.name, AnyValue::Null);
        } else if let AttributeKind::Nested(nesting, inner) = &attribute.kind {
            let change = |value, []: [&AnyValue; 0]| without_write_only(inner, value);
            let nested = value.get(&attribute.name).clone();
            value.set(&attribute.name, each_nested(*nesting, nested, [], &change));
        }
    }
    value
}

/// The value with the write-only attributes that the configuration sets.
pub(crate) fn with_write_only(
    attributes: &[Attribute],
    mut value: AnyValue,
    config: &AnyValue,
) -> AnyValue {
    for attribute in attributes {
        let set = config.get(&attribute.name);
        if attribute.write_only {
            value.set(&attribute.name, set.clone());
        } else if let AttributeKind::Nested(nesting, inner) = &attribute.kind {
            let change = |value, [set]: [&AnyValue; 1]| with_write_only(inner, value, set);
            let nested = value.get(&attribute.name).clone();
            value.set(&attribute.name, each_nested(*nesting, nested, [set], &change));
        }
    }
    value
}

fn with_unknowns(
    attributes: &[Attribute],
    mut planned: AnyValue,
    config: &AnyValue,
    prior: &AnyValue,
) -> AnyValue {
    for attribute in attributes {
        let name = attribute.name.as_str();
        let set = config.get(name);
        if attribute.mode.is_computed() && set.is_null() {
            if attribute.default.is_none() {
                let kept = attribute.keep && !prior.is_null();
                let value = if kept { prior.get(name).clone() } else { AnyValue::Unknown };
                planned.set(name, value);
            }
        } else if let AttributeKind::Nested(nesting, inner) = &attribute.kind {
            let change = |value, [set, before]: [&AnyValue; 2]| {
                // Elements of a set have no place by which they could be matched with former ones.
                let before = if *nesting == Nesting::Set { &AnyValue::Null } else { before };
                with_unknowns(inner, value, set, before)
            };
            let value = planned.get(name).clone();
            let beside = [set, prior.get(name)];
            planned.set(name, each_nested(*nesting, value, beside, &change));
        }
    }
    planned
}

fn replaced(
    attributes: &[Attribute],
    draft: &Draft,
    within: &AttributePath,
    paths: &mut Vec<AttributePath>,
) {
    for attribute in attributes {
        let name = attribute.name.as_str();
        let (before, after) = (draft.prior.get(name), draft.planned.get(name));
        if before == after {
            continue;
        }
        let path = within.attribute(name);
        match &attribute.kind {
            _ if attribute.replace => paths.push(path),
            AttributeKind::Nested(Nesting::Single, inner)
                if !before.is_null() && !after.is_null() =>
            {
                let nested = Draft {
                    prior: before.clone(),
                    config: AnyValue::Null,
                    planned: after.clone(),
                    changed: true,
                };
                replaced(inner, &nested, &path, paths);
            }
            _ => {}
        }
    }
}

/// The configuration that a state could have come from: what only the provider sets is left out,
/// and so is what must not be written down.
pub(crate) fn config_from_state(block: &Block, state: AnyValue) -> AnyValue {
    let mut config = configurable(&block.attributes, state);
    for nested in &block.blocks {
        config.set(&nested.name, nested.absent());
    }
    config
}

fn configurable(attributes: &[Attribute], mut value: AnyValue) -> AnyValue {
    for attribute in attributes {
        let name = attribute.name.as_str();
        let left_out =
            !attribute.mode.is_configurable() || attribute.sensitive || attribute.write_only;
        if left_out || attribute.default.as_ref() == Some(value.get(name)) {
            value.set(name, AnyValue::Null);
        } else if let AttributeKind::Nested(nesting, inner) = &attribute.kind {
            let change = |value, []: [&AnyValue; 0]| configurable(inner, value);
            let nested = value.get(name).clone();
            value.set(name, each_nested(*nesting, nested, [], &change));
        }
    }
    value
}
