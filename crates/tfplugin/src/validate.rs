//! Checks of a configuration that hold for every schema.

use crate::diagnostic::Diagnostic;
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
                self.found.push(missing(attribute, &at));
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
            self.found.push(write_only_refused(attribute, at));
        }
        for other in &attribute.conflicts_with {
            let set = beside.get(other);
            // What is not known yet may turn out to be null.
            if !set.is_null() && !set.is_unknown() && !value.is_unknown() {
                self.found.push(conflict(attribute, other, at));
            }
        }
        for other in &attribute.requires {
            if beside.get(other).is_null() && !value.is_unknown() {
                self.found.push(incomplete(attribute, other, at));
            }
        }
        let is_hidden = attribute.sensitive || attribute.write_only;
        self.hidden += usize::from(is_hidden);
        if value.is_wholly_known() {
            let hidden = self.hidden > 0;
            let breaches = attribute.validators.iter().filter_map(|v| v.check(value, hidden).err());
            let summary = format!("Invalid {}", attribute.name);
            let broken = breaches.map(|why| Diagnostic::error(summary.clone(), why).at(at.clone()));
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

fn write_only_refused(attribute: &Attribute, at: &AttributePath) -> Diagnostic {
    let name = &attribute.name;
    Diagnostic::error(
        "Write-only attribute not supported",
        format!(
            "{name} is write-only, and this Terraform does not know write-only attributes: it would \
             store the value in its state. Use Terraform 1.11 or later, or another attribute."
        ),
    )
    .at(at.clone())
}

fn missing(attribute: &Attribute, at: &AttributePath) -> Diagnostic {
    let detail = format!("{} is required, but null.", attribute.name);
    Diagnostic::error("Missing required attribute", detail).at(at.clone())
}

fn incomplete(attribute: &Attribute, other: &str, at: &AttributePath) -> Diagnostic {
    let name = &attribute.name;
    Diagnostic::error(
        "Incomplete attributes",
        format!("{name} is set without {other}, which it needs: set both, or neither."),
    )
    .at(at.clone())
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
    let all = group.names.join(", ");
    match (set.next(), set.next()) {
        (None, _) if !group.names.iter().any(|name| config.get(name).is_unknown()) => {
            let how_many = if group.only_one { "one" } else { "at least one" };
            let detail = format!("Nothing is set of {all}: set {how_many} of them.");
            Some(Diagnostic::error("Missing attribute", detail).at(within.attribute(name)))
        }
        (Some(one), Some(other)) if group.only_one => {
            let detail = format!("{one} and {other} cannot be set together: set one of {all}.");
            Some(Diagnostic::error("Conflicting attributes", detail).at(within.attribute(*other)))
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
    let expected = match (block.least, block.most) {
        (least, None) => format!("at least {least}"),
        (least, Some(most)) if least == most => least.to_string(),
        (least, Some(most)) => format!("{least} to {most}"),
    };
    let detail = format!("Expected {expected} of the block {}, but got {count}.", block.name);
    (!fits).then(|| Diagnostic::error("Wrong number of blocks", detail).at(at.clone()))
}

fn conflict(attribute: &Attribute, other: &str, at: &AttributePath) -> Diagnostic {
    let name = &attribute.name;
    Diagnostic::error(
        "Conflicting attributes",
        format!("{name} and {other} cannot be set together: remove one of them."),
    )
    .at(at.clone())
}
