//! Checks of a configuration that hold for every schema.

use crate::diagnostic::Diagnostic;
use crate::diagnostics;
use crate::path::AttributePath;
use crate::schema::{
    Attribute, AttributeKind, Block, Group, Mode, NestedBlock, Nesting, Relations, Validator,
};
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
        let beside = Beside { config, block };
        self.attributes(&block.attributes, &beside, at);
        for nested in &block.blocks {
            let value = config.get(&nested.name);
            self.relations(&nested.relations, &nested.name, &beside, at);
            let at = at.attribute(&nested.name);
            self.found.extend(wrong_count(nested, value, &at));
            for (at, value) in elements(nested.nesting, value, &at) {
                self.block(&nested.block, value, &at);
            }
        }
    }

    fn attributes(&mut self, attributes: &[Attribute], beside: &Beside, within: &AttributePath) {
        if beside.config.is_unknown() {
            return;
        }
        for attribute in attributes {
            self.relations(&attribute.relations, &attribute.name, beside, within);
            let at = within.attribute(&attribute.name);
            let value = beside.config.get(&attribute.name);
            if !value.is_null() {
                self.attribute(attribute, value, &at);
            } else if attribute.mode == Mode::Required {
                // Terraform itself looks at the uppermost attributes only.
                self.found.push(diagnostics::missing(&at));
            }
        }
    }

    /// Checks what an attribute or block has to do with others.
    fn relations(
        &mut self,
        relations: &Relations,
        name: &str,
        beside: &Beside,
        within: &AttributePath,
    ) {
        let groups = relations.groups.iter();
        self.found.extend(groups.filter_map(|group| group_broken(group, name, beside, within)));
        let value = beside.get(name);
        if value.is_null() || value.is_unknown() {
            return;
        }
        let at = within.attribute(name);
        for other in &relations.conflicts_with {
            // What is not known yet may turn out to be null.
            if beside.is_set(other) {
                self.found.push(diagnostics::conflict(&at, &within.attribute(*other)));
            }
        }
        for other in &relations.requires {
            if beside.get(other).is_null() {
                self.found.push(diagnostics::incomplete(&at, &within.attribute(*other)));
            }
        }
    }

    fn attribute(&mut self, attribute: &Attribute, value: &AnyValue, at: &AttributePath) {
        if attribute.write_only && !self.write_only_allowed {
            self.found.push(diagnostics::write_only_refused(at));
        }
        let is_hidden = attribute.sensitive || attribute.write_only;
        self.hidden += usize::from(is_hidden);
        for rule in &attribute.validators {
            self.rule(rule, attribute, value, at);
        }
        if let AttributeKind::Nested(nesting, inner) = &attribute.kind {
            for (at, config) in elements(*nesting, value, at) {
                let block = &Block::default();
                self.attributes(inner, &Beside { config, block }, &at);
            }
        }
        self.hidden -= usize::from(is_hidden);
    }

    fn rule(
        &mut self,
        rule: &Validator,
        attribute: &Attribute,
        value: &AnyValue,
        at: &AttributePath,
    ) {
        let hidden = self.hidden > 0;
        let each = match rule.of_elements {
            true => elements(attribute.kind.nesting(), value, at),
            false => vec![(at.clone(), value)],
        };
        let known =
            each.into_iter().filter(|(_, value)| !value.is_null() && value.is_wholly_known());
        let broken = known.filter_map(|(at, value)| Some((at, rule.check(value, hidden).err()?)));
        let broken = broken.map(|(at, why)| diagnostics::invalid_value(&at.to_string(), why, &at));
        self.found.extend(broken);
    }
}

/// What stands beside an attribute or block.
struct Beside<'a> {
    config: &'a AnyValue,
    block: &'a Block,
}

impl Beside<'_> {
    /// The value of that name; null for a block that does not stand there.
    fn get(&self, name: &str) -> &AnyValue {
        self.block.set_in(self.config, name)
    }

    fn is_set(&self, name: &str) -> bool {
        let value = self.get(name);
        !value.is_null() && !value.is_unknown()
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
    beside: &Beside,
    within: &AttributePath,
) -> Option<Diagnostic> {
    let mut set = group.names.iter().filter(|name| beside.is_set(name));
    let names = &group.names;
    match (set.next(), set.next()) {
        (None, _) if !names.iter().any(|name| beside.get(name).is_unknown()) => {
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
