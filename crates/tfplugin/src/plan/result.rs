//! What an apply comes to, beside what was planned.

use std::collections::BTreeMap;

use crate::path::AttributePath;
use crate::value::{AnyValue, Type};

/// What is wrong with a result: where, and whether it is still unknown there.
pub(crate) type Difference = (AttributePath, bool);

/// Every value that was planned as known, and the rest as it came out.
pub(crate) fn keep_planned(planned: &AnyValue, reached: AnyValue, ty: &Type) -> AnyValue {
    match (planned, reached, ty) {
        (planned, _, _) if planned.is_wholly_known() => planned.clone(),
        (AnyValue::Mapping(planned), AnyValue::Mapping(mut reached), ty) => {
            for (name, planned) in planned {
                let ty = match ty {
                    Type::Object(types, _) => types.get(name).unwrap_or(&Type::Dynamic),
                    Type::Map(element) => element,
                    _ => &Type::Dynamic,
                };
                let came = reached.remove(name).unwrap_or_default();
                reached.insert(name.clone(), keep_planned(planned, came, ty));
            }
            AnyValue::Mapping(reached)
        }
        (AnyValue::Sequence(planned), AnyValue::Sequence(reached), Type::List(ty))
            if planned.len() == reached.len() =>
        {
            let pairs = planned.iter().zip(reached);
            AnyValue::Sequence(pairs.map(|(p, came)| keep_planned(p, came, ty)).collect())
        }
        (_, reached, _) => reached,
    }
}

/// What an object comes to that is planned as one, where there is nothing to tell of it: nulls.
pub(crate) fn with_objects(planned: &AnyValue, reached: AnyValue, ty: &Type) -> AnyValue {
    let Type::Object(types, _) = ty else { return reached };
    match (planned, reached) {
        (AnyValue::Mapping(planned), AnyValue::Mapping(mut reached)) => {
            for (name, ty) in types {
                if let (Some(planned), Some(value)) = (planned.get(name), reached.get_mut(name)) {
                    *value = with_objects(planned, std::mem::take(value), ty);
                }
            }
            AnyValue::Mapping(reached)
        }
        (AnyValue::Mapping(_), AnyValue::Null) => {
            let nulls = types.keys().map(|name| (name.clone(), AnyValue::Null)).collect();
            with_objects(planned, AnyValue::Mapping(nulls), ty)
        }
        (_, reached) => reached,
    }
}

/// Collects where a result is other than planned, or not known, as Terraform would refuse it.
pub(crate) fn differences(
    planned: &AnyValue,
    reached: &AnyValue,
    ty: &Type,
    at: &AttributePath,
    found: &mut Vec<Difference>,
) {
    const NULL: AnyValue = AnyValue::Null;
    match (planned, reached, ty) {
        (planned, reached, _) if planned == reached && planned.is_wholly_known() => {}
        (AnyValue::Unknown, reached, _) => unknowns(reached, ty, at, found),
        (AnyValue::Mapping(planned), AnyValue::Mapping(reached), Type::Object(types, _)) => {
            for (name, ty) in types {
                let value = |of: &BTreeMap<String, AnyValue>| of.get(name).cloned().unwrap_or(NULL);
                let (planned, reached) = (value(planned), value(reached));
                differences(&planned, &reached, ty, &at.attribute(name), found);
            }
        }
        (AnyValue::Mapping(planned), AnyValue::Mapping(reached), Type::Map(ty))
            if planned.keys().eq(reached.keys()) =>
        {
            for ((key, planned), reached) in planned.iter().zip(reached.values()) {
                differences(planned, reached, ty, &at.key(key), found);
            }
        }
        (AnyValue::Sequence(planned), AnyValue::Sequence(reached), Type::List(ty))
            if planned.len() == reached.len() =>
        {
            for (index, (planned, reached)) in planned.iter().zip(reached).enumerate() {
                differences(planned, reached, ty, &at.index(index), found);
            }
        }
        // Which element of a set has become which cannot be told.
        (AnyValue::Sequence(planned), AnyValue::Sequence(_), Type::Set(_))
            if !planned.iter().all(AnyValue::is_wholly_known) =>
        {
            unknowns(reached, ty, at, found);
        }
        (AnyValue::Dynamic(planned), reached, _) if !planned.1.is_wholly_known() => {
            unknowns(reached, ty, at, found);
        }
        (_, reached, _) => found.push((at.clone(), !reached.is_wholly_known())),
    }
}

/// Collects where a value is not known.
fn unknowns(value: &AnyValue, ty: &Type, at: &AttributePath, found: &mut Vec<Difference>) {
    match (value, ty) {
        (AnyValue::Mapping(items), Type::Object(types, _)) => {
            for (name, ty) in types {
                if let Some(value) = items.get(name) {
                    unknowns(value, ty, &at.attribute(name), found);
                }
            }
        }
        (AnyValue::Mapping(items), Type::Map(ty)) => {
            for (key, value) in items {
                unknowns(value, ty, &at.key(key), found);
            }
        }
        (AnyValue::Sequence(items), Type::List(ty)) => {
            for (index, value) in items.iter().enumerate() {
                unknowns(value, ty, &at.index(index), found);
            }
        }
        (value, _) if value.is_wholly_known() => {}
        _ => found.push((at.clone(), true)),
    }
}
