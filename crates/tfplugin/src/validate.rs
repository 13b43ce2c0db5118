//! Checks of a configuration that hold for every schema.

use crate::diagnostic::Diagnostic;
use crate::diagnostics;
use crate::path::AttributePath;
use crate::schema::{Attribute, AttributeKind, Block, Group, Mode, NestedBlock, Nesting};
use crate::value::AnyValue;

/// Checks a configuration against its schema: what is required, validators, conflicts, and write-only attributes
/// where the client does not know them. Values that are not known yet are passed over.
pub(crate) fn validate(
    block: &Block,
    config: &AnyValue,
    write_only_allowed: bool,
) -> Vec<Diagnostic> {
    let mut check = Check { write_only_allowed, hidden: 0, found: Vec::new() };
    check.block(block, config, &AttributePath::default());
    check.found
}

struct Check {
    write_only_allowed: bool,
    /// How many of the values that this one stands in are sensitive.
    hidden: usize,
    found: Vec<Diagnostic>,
}

impl Check {
    fn block(&mut self, block: &Block, config: &AnyValue, at: &AttributePath) {
        if config.is_unknown() {
            return;
        }
        self.attributes(&block.attributes, config, at);
        for nested in &block.blocks {
            let at = at.attribute(&nested.name);
            self.found.extend(wrong_count(nested, config.get(&nested.name), &at));
            for (at, value) in elements(nested.nesting, config.get(&nested.name), &at) {
                self.block(&nested.block, value, &at);
            }
        }
    }

    fn attributes(&mut self, attributes: &[Attribute], config: &AnyValue, at: &AttributePath) {
        if config.is_unknown() {
            return;
        }
        for attribute in attributes {
            let value = config.get(&attribute.name);
            for group in &attribute.groups {
                self.found.extend(group_broken(group, &attribute.name, config, at));
            }
            let at = at.attribute(&attribute.name);
            if !value.is_null() {
                self.attribute(attribute, value, config, &at);
            } else if attribute.mode == Mode::Required {
                // Terraform itself looks at the uppermost attributes only.
                self.found.push(diagnostics::missing(&attribute.name, &at));
            }
        }
    }

    fn attribute(
        &mut self,
        attribute: &Attribute,
        value: &AnyValue,
        beside: &AnyValue,
        at: &AttributePath,
    ) {
        if attribute.write_only && !self.write_only_allowed {
            self.found.push(diagnostics::write_only_refused(&attribute.name, at));
        }
        for other in &attribute.conflicts_with {
            let set = beside.get(other);
            // What is not known yet may turn out to be null.
            if !set.is_null() && !set.is_unknown() && !value.is_unknown() {
                self.found.push(diagnostics::conflict(&attribute.name, other, at));
            }
        }
        for other in &attribute.requires {
            if beside.get(other).is_null() && !value.is_unknown() {
                self.found.push(diagnostics::incomplete(&attribute.name, other, at));
            }
        }
        let is_hidden = attribute.sensitive || attribute.write_only;
        self.hidden += usize::from(is_hidden);
        if value.is_wholly_known() {
            let hidden = self.hidden > 0;
            let breaches = attribute.validators.iter().filter_map(|v| v.check(value, hidden).err());
            let broken = breaches.map(|why| diagnostics::invalid_value(&at.to_string(), why, at));
            self.found.extend(broken);
        }
        if let AttributeKind::Nested(nesting, inner) = &attribute.kind {
            for (at, value) in elements(*nesting, value, at) {
                self.attributes(inner, value, &at);
            }
        }
        self.hidden -= usize::from(is_hidden);
    }
}

fn elements<'a>(
    nesting: Nesting,
    value: &'a AnyValue,
    at: &AttributePath,
) -> Vec<(AttributePath, &'a AnyValue)> {
    match (nesting, value) {
        (Nesting::Single, AnyValue::Mapping(_)) => vec![(at.clone(), value)],
        (Nesting::Map, AnyValue::Mapping(items)) => {
            items.iter().map(|(key, value)| (at.key(key), value)).collect()
        }
        (Nesting::List, AnyValue::Sequence(items)) => {
            items.iter().enumerate().map(|(index, value)| (at.index(index), value)).collect()
        }
        // The path of a set's element is its value, which may be secret: point at the set.
        (Nesting::Set, AnyValue::Sequence(items)) => {
            items.iter().map(|value| (at.clone(), value)).collect()
        }
        _ => Vec::new(),
    }
}

/// What is wrong with how many attributes of a group are set. What is not known yet may turn out to be
/// either, so it breaks nothing.
fn group_broken(
    group: &Group,
    name: &str,
    config: &AnyValue,
    within: &AttributePath,
) -> Option<Diagnostic> {
    let is_set = |name: &&&str| !config.get(name).is_null() && !config.get(name).is_unknown();
    let mut set = group.names.iter().filter(is_set);
    let names = &group.names;
    match (set.next(), set.next()) {
        (None, _) if !group.names.iter().any(|name| config.get(name).is_unknown()) => {
            Some(diagnostics::none_of(names, group.only_one, within.attribute(name)))
        }
        (Some(one), Some(other)) if group.only_one => {
            Some(diagnostics::more_than_one_of(names, one, other, within.attribute(*other)))
        }
        _ => None,
    }
}

/// What is wrong with how often a block stands there, once that is known.
fn wrong_count(block: &NestedBlock, value: &AnyValue, at: &AttributePath) -> Option<Diagnostic> {
    let count = match (block.nesting, value) {
        (_, AnyValue::Unknown) => return None,
        (Nesting::Single, value) => usize::from(!value.is_null()),
        (_, AnyValue::Sequence(items)) => items.len(),
        (_, AnyValue::Mapping(items)) => items.len(),
        _ => 0,
    };
    let fits = count >= block.least && block.most.is_none_or(|most| count <= most);
    (!fits).then(|| diagnostics::wrong_count(&block.name, (block.least, block.most), count, at))
}
