//! The rules of planning that hold for every resource, on dynamic values.

use super::modify::{has_modifiers, modified};
use super::nested::{each, is_computed_from};
use super::replace::replaced;
use super::spelling::{Rewrite, planned_spelling};
use crate::path::AttributePath;
use crate::schema::{Attribute, AttributeKind, Nesting};
use crate::value::AnyValue;

/// A plan in the making: what Terraform proposes, with defaults, unknowns and kept values filled in.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) prior: AnyValue,
    pub(crate) config: AnyValue,
    pub(crate) planned: AnyValue,
    /// Whether anything differs from the prior state, beside how long operations may take.
    pub(crate) changed: bool,
    /// What modifiers replace the resource because of, by name.
    replacing: Vec<String>,
}

impl Draft {
    /// `members` are the attributes and blocks of the schema; `aside` is the one, if any, whose change is no
    /// change of the object.
    pub(crate) fn new(
        members: &[Attribute],
        aside: Option<&str>,
        prior: AnyValue,
        proposed: AnyValue,
        config: AnyValue,
    ) -> Self {
        Draft::of_model(members, aside, prior, proposed, config, &Some)
    }

    /// The same where `rewrite` is how the model writes an object that it has read.
    pub(crate) fn of_model(
        members: &[Attribute],
        aside: Option<&str>,
        prior: AnyValue,
        proposed: AnyValue,
        config: AnyValue,
        rewrite: Rewrite<'_>,
    ) -> Self {
        let planned = with_defaults(members, proposed, &config);
        let planned = without_write_only(members, planned);
        let planned = planned_spelling(members, planned, &prior, rewrite);
        let replacing = Vec::new();
        let mut draft = Draft { prior, config, planned, changed: false, replacing };
        draft.modify(members, false);
        if draft.prior.is_null() || draft.differs(aside) {
            draft.mark_computed(members);
        }
        draft
    }

    /// Whether the object itself changes.
    fn differs(&self, aside: Option<&str>) -> bool {
        match (&self.planned, &self.prior) {
            (AnyValue::Mapping(planned), AnyValue::Mapping(prior)) => {
                let same = |(name, value): (&String, &AnyValue)| {
                    Some(name.as_str()) == aside || prior.get(name) == Some(value)
                };
                !planned.iter().all(same)
            }
            (planned, prior) => planned != prior,
        }
    }

    /// Marks what the provider computes as unknown, except what is kept.
    pub(crate) fn mark_computed(&mut self, members: &[Attribute]) {
        self.changed = true;
        let planned = std::mem::take(&mut self.planned);
        self.planned = with_unknowns(members, planned, &self.config, &self.prior);
        self.modify(members, true);
    }

    fn modify(&mut self, members: &[Attribute], of_computed: bool) {
        if has_modifiers(members) {
            let planned = std::mem::take(&mut self.planned);
            let (planned, replacing) =
                modified(members, planned, &self.config, &self.prior, of_computed);
            self.planned = planned;
            self.replacing.extend(replacing);
        }
    }

    /// The attributes that require replacement and differ.
    pub(crate) fn replacements(&self, members: &[Attribute]) -> Vec<AttributePath> {
        let mut paths = Vec::new();
        if !self.prior.is_null() && !self.planned.is_null() {
            let whole = AttributePath::default();
            replaced(members, &self.prior, &self.planned, &whole, &mut paths);
            let differs = |name: &&String| self.prior.get(name) != self.planned.get(name);
            paths.extend(self.replacing.iter().filter(differs).map(AttributePath::of));
        }
        paths
    }
}

fn with_defaults(attributes: &[Attribute], mut planned: AnyValue, config: &AnyValue) -> AnyValue {
    for attribute in attributes {
        let name = attribute.name.as_str();
        let set = config.get(name);
        match (&attribute.default, &attribute.kind) {
            (Some(default), _) if set.is_null() => planned.set(name, default.clone()),
            (_, AttributeKind::Nested(nesting, inner)) => planned.update(name, |value| {
                each(*nesting, inner, value, [set], &|value, [set]| {
                    with_defaults(inner, value, set)
                })
            }),
            _ => {}
        }
    }
    planned
}

/// The value with every write-only attribute null: they are never in plans or states.
pub(crate) fn without_write_only(attributes: &[Attribute], mut value: AnyValue) -> AnyValue {
    for attribute in attributes {
        let name = attribute.name.as_str();
        if attribute.write_only {
            value.set(name, AnyValue::Null);
        } else if let AttributeKind::Nested(nesting, inner) = &attribute.kind {
            value.update(name, |nested| {
                each(*nesting, inner, nested, [], &|value, []| without_write_only(inner, value))
            });
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
        let name = attribute.name.as_str();
        let set = config.get(name);
        if attribute.write_only {
            value.set(name, set.clone());
        } else if let AttributeKind::Nested(nesting, inner) = &attribute.kind {
            value.update(name, |nested| {
                each(*nesting, inner, nested, [set], &|value, [set]| {
                    with_write_only(inner, value, set)
                })
            });
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
        if is_computed_from(attribute, set) {
            if attribute.default.is_none() {
                planned.set(name, computed(attribute, prior));
            }
        } else if let AttributeKind::Nested(nesting, inner) = &attribute.kind {
            let beside = [set, prior.get(name)];
            planned.update(name, |value| {
                each(*nesting, inner, value, beside, &|value, [set, before]| {
                    match nesting {
                        // Terraform has matched the elements: what was computed stands in each.
                        Nesting::Set => {
                            let proposed = without_nulls(&value);
                            with_unknowns(inner, value, set, &proposed)
                        }
                        _ => with_unknowns(inner, value, set, before),
                    }
                })
            });
        }
    }
    planned
}

/// What an element of a set was before, as far as it can be told: one that is new has nothing computed.
fn without_nulls(proposed: &AnyValue) -> AnyValue {
    match proposed {
        AnyValue::Mapping(items) => {
            let known = items.iter().map(|(name, value)| {
                let value = if value.is_null() { AnyValue::Unknown } else { value.clone() };
                (name.clone(), value)
            });
            AnyValue::Mapping(known.collect())
        }
        other => other.clone(),
    }
}

/// What the provider will compute: unknown, unless it is kept from the prior state.
fn computed(attribute: &Attribute, prior: &AnyValue) -> AnyValue {
    let before = prior.get(&attribute.name);
    let kept = attribute.use_state_for_unknown && !prior.is_null();
    if kept { before.clone() } else { unknown(attribute, before) }
}

/// A value that is not known yet. Terraform marks the sensitive parts of an object where they are, so an
/// object that will have some is planned with its attributes: otherwise what shows it would pass the plan,
/// and fail once all is applied.
fn unknown(attribute: &Attribute, before: &AnyValue) -> AnyValue {
    match &attribute.kind {
        AttributeKind::Nested(Nesting::Single, inner) if inner.iter().any(is_sensitive) => {
            let inner = inner.iter().map(|part| (part.name.clone(), computed(part, before)));
            AnyValue::Mapping(inner.collect())
        }
        _ => AnyValue::Unknown,
    }
}

fn is_sensitive(attribute: &Attribute) -> bool {
    match &attribute.kind {
        _ if attribute.sensitive => true,
        AttributeKind::Nested(_, inner) => inner.iter().any(is_sensitive),
        AttributeKind::Plain(_) => false,
    }
}

/// The plan with the sensitive parts of what a resource has planned as unknown by itself: see [`unknown`].
pub(super) fn with_sensitive_parts(
    attributes: &[Attribute],
    mut planned: AnyValue,
    config: &AnyValue,
) -> AnyValue {
    for attribute in attributes {
        if is_computed_from(attribute, config.get(&attribute.name)) {
            planned.update(&attribute.name, |value| match (&attribute.kind, value) {
                (_, AnyValue::Unknown) => unknown(attribute, &AnyValue::Null),
                (AttributeKind::Nested(Nesting::Single, inner), value) => {
                    with_sensitive_parts(inner, value, &AnyValue::Null)
                }
                (_, value) => value,
            });
        }
    }
    planned
}

/// The configuration that a state could have come from: what only the provider sets is left out,
/// and so is what must not be written down, and what should no longer be used.
pub(crate) fn config_from_state(attributes: &[Attribute], mut value: AnyValue) -> AnyValue {
    for attribute in attributes {
        let name = attribute.name.as_str();
        let left_out = !attribute.mode.is_configurable()
            || attribute.sensitive
            || attribute.write_only
            || attribute.deprecated.is_some();
        if left_out || attribute.default.as_ref() == Some(value.get(name)) {
            value.set(name, AnyValue::Null);
        } else if let AttributeKind::Nested(nesting, inner) = &attribute.kind {
            value.update(name, |nested| {
                each(*nesting, inner, nested, [], &|value, []| config_from_state(inner, value))
            });
        }
    }
    value
}
