//! Checks of a configuration that hold for every schema.

use crate::diagnostic::Diagnostic;
use crate::path::AttributePath;
use crate::schema::{Attribute, AttributeKind, Block, Mode, Nesting};
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
        self.attributes(&block.attributes, config, at);
        for nested in &block.blocks {
            let at = at.attribute(&nested.name);
            for (at, value) in elements(nested.nesting, config.get(&nested.name), &at) {
                self.block(&nested.block, value, &at);
            }
        }
    }

    fn attributes(&mut self, attributes: &[Attribute], config: &AnyValue, at: &AttributePath) {
        for attribute in attributes {
            let value = config.get(&attribute.name);
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
        let is_hidden = attribute.sensitive || attribute.write_only;
        self.hidden += usize::from(is_hidden);
        if value.is_wholly_known() {
            let hidden = self.hidden > 0;
            let breaches = attribute.validators.iter().filter_map(|v| v.check(value, hidden).err());
            let summary = format!("Invalid {}", attribute.name);
            let told = breaches.map(|why| Diagnostic::error(summary.clone(), why).at(at.clone()));
            self.found.extend(told);
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

fn conflict(attribute: &Attribute, other: &str, at: &AttributePath) -> Diagnostic {
    let name = &attribute.name;
    Diagnostic::error(
        "Conflicting attributes",
        format!("{name} and {other} cannot be set together: remove one of them."),
    )
    .at(at.clone())
}
