//! A Terraform value whose type is known only from elsewhere.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value as Json;

use super::{NotANumber, Number, Type};

/// A Terraform value without its type: what travels on the wire, before it becomes a typed model.
///
/// `Debug` shows the shape and never the text, since a value may hold a secret.
///
/// An attribute of this type takes a value of any type.
///
/// ```
/// use tfplugin::AnyValue;
///
/// let value = AnyValue::Mapping([("name".to_owned(), AnyValue::from("web"))].into());
/// assert_eq!(value.get("name").as_str(), Some("web"));
/// assert!(value.get("other").is_null() && value.is_wholly_known());
/// // In a dynamic attribute or parameter it brings its type, which need not be looked at.
/// let dynamic = value.clone().with_type();
/// assert_eq!(dynamic.get("name").as_str(), Some("web"));
/// assert!(matches!(dynamic.untyped(), AnyValue::Mapping(_)));
/// assert_eq!(format!("{value:?}"), r#"{"name": a string}"#);
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum AnyValue {
    /// Not known before apply.
    Unknown,
    /// Absent.
    #[default]
    Null,
    /// `bool`.
    Bool(bool),
    /// `string`.
    String(String),
    /// `number`.
    Number(Number),
    /// `list`, `set` or `tuple`; sets in the order of arrival.
    Sequence(Vec<AnyValue>),
    /// `map` or `object`.
    Mapping(BTreeMap<String, AnyValue>),
    /// The value of a `dynamic` attribute, with the type it has this time.
    Dynamic(Box<(Type, AnyValue)>),
}

static NULL: AnyValue = AnyValue::Null;

impl AnyValue {
    /// Whether the value is absent.
    pub fn is_null(&self) -> bool {
        match self {
            AnyValue::Dynamic(typed) => typed.1.is_null(),
            other => matches!(other, AnyValue::Null),
        }
    }

    /// Whether the value as a whole is not known yet.
    pub fn is_unknown(&self) -> bool {
        match self {
            AnyValue::Dynamic(typed) => typed.1.is_unknown(),
            other => matches!(other, AnyValue::Unknown),
        }
    }

    /// Whether nothing in the value is unknown, at any depth.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            AnyValue::Unknown => false,
            AnyValue::Sequence(items) => items.iter().all(AnyValue::is_wholly_known),
            AnyValue::Mapping(items) => items.values().all(AnyValue::is_wholly_known),
            AnyValue::Dynamic(typed) => typed.1.is_wholly_known(),
            _ => true,
        }
    }

    /// The attribute or map element of that name; null where there is none.
    pub fn get(&self, name: &str) -> &AnyValue {
        match self.untyped() {
            AnyValue::Mapping(items) => items.get(name).unwrap_or(&NULL),
            _ => &NULL,
        }
    }

    /// Sets an attribute of an object; does nothing to other values.
    pub fn set(&mut self, name: &str, value: AnyValue) {
        if let AnyValue::Mapping(items) = self {
            items.insert(name.to_owned(), value);
        }
    }

    /// Changes an attribute of an object; does nothing to other values, nor to what is not there.
    pub(crate) fn update(&mut self, name: &str, change: impl FnOnce(AnyValue) -> AnyValue) {
        if let AnyValue::Mapping(items) = self
            && let Some(value) = items.get_mut(name)
        {
            *value = change(std::mem::take(value));
        }
    }

    /// The value itself, where it is a dynamic one that brings its type.
    pub fn untyped(&self) -> &AnyValue {
        match self {
            AnyValue::Dynamic(typed) => &typed.1,
            plain => plain,
        }
    }

    /// The text of a known string.
    pub fn as_str(&self) -> Option<&str> {
        match self.untyped() {
            AnyValue::String(text) => Some(text),
            _ => None,
        }
    }

    /// The same value with every unknown part turned into null.
    pub fn without_unknowns(self) -> AnyValue {
        match self {
            AnyValue::Unknown => AnyValue::Null,
            AnyValue::Sequence(items) => {
                AnyValue::Sequence(items.into_iter().map(Self::without_unknowns).collect())
            }
            AnyValue::Mapping(items) => AnyValue::Mapping(
                items.into_iter().map(|(name, value)| (name, value.without_unknowns())).collect(),
            ),
            AnyValue::Dynamic(typed) => {
                let (ty, value) = *typed;
                AnyValue::Dynamic(Box::new((ty, value.without_unknowns())))
            }
            known => known,
        }
    }

    /// The same value with every set in order and without duplicates, and dynamic values with their types, so
    /// that equal values compare equal.
    #[must_use]
    pub fn normalized(self, ty: &Type) -> AnyValue {
        match (self, ty) {
            (AnyValue::Sequence(items), Type::Set(element)) => {
                let mut items: Vec<_> = items.into_iter().map(|i| i.normalized(element)).collect();
                items.sort();
                items.dedup_by(|a, b| a == b && a.is_wholly_known());
                AnyValue::Sequence(items)
            }
            (AnyValue::Sequence(items), Type::List(element)) => {
                AnyValue::Sequence(items.into_iter().map(|i| i.normalized(element)).collect())
            }
            (AnyValue::Mapping(items), Type::Map(element)) => AnyValue::Mapping(
                items.into_iter().map(|(k, v)| (k, v.normalized(element))).collect(),
            ),
            (AnyValue::Mapping(items), Type::Object(types, _)) => {
                let normalize = |(name, value): (String, AnyValue)| match types.get(&name) {
                    Some(ty) => (name, value.normalized(ty)),
                    None => (name, value),
                };
                AnyValue::Mapping(items.into_iter().map(normalize).collect())
            }
            (value, Type::Dynamic) => value.with_type(),
            (other, _) => other,
        }
    }

    /// The value with the type that Terraform gives such a literal: tuples and objects, never lists and maps.
    #[must_use]
    pub fn with_type(self) -> AnyValue {
        match self {
            typed @ (AnyValue::Dynamic(_) | AnyValue::Null | AnyValue::Unknown) => typed,
            value => AnyValue::Dynamic(Box::new((value.literal_type(), value.without_types()))),
        }
    }

    fn literal_type(&self) -> Type {
        match self {
            AnyValue::Unknown | AnyValue::Null => Type::Dynamic,
            AnyValue::Bool(_) => Type::Bool,
            AnyValue::String(_) => Type::String,
            AnyValue::Number(_) => Type::Number,
            AnyValue::Sequence(items) => {
                Type::Tuple(items.iter().map(AnyValue::literal_type).collect())
            }
            AnyValue::Mapping(items) => {
                Type::object(items.iter().map(|(name, item)| (name.clone(), item.literal_type())))
            }
            AnyValue::Dynamic(typed) => typed.0.clone(),
        }
    }

    fn without_types(self) -> AnyValue {
        match self {
            AnyValue::Sequence(items) => {
                AnyValue::Sequence(items.into_iter().map(AnyValue::without_types).collect())
            }
            AnyValue::Mapping(items) => AnyValue::Mapping(
                items.into_iter().map(|(name, item)| (name, item.without_types())).collect(),
            ),
            AnyValue::Dynamic(typed) => typed.1,
            other => other,
        }
    }

    /// The kind of value in words, for messages: never the value itself.
    pub(crate) fn shape(&self) -> &'static str {
        match self {
            AnyValue::Unknown => "a value not known yet",
            AnyValue::Null => "null",
            AnyValue::Bool(_) => "a bool",
            AnyValue::String(_) => "a string",
            AnyValue::Number(_) => "a number",
            AnyValue::Sequence(_) => "a sequence",
            AnyValue::Mapping(_) => "a mapping",
            AnyValue::Dynamic(_) => "a dynamic value",
        }
    }
}

impl fmt::Debug for AnyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AnyValue::Sequence(items) => f.debug_list().entries(items).finish(),
            AnyValue::Mapping(items) => f.debug_map().entries(items).finish(),
            AnyValue::Dynamic(typed) => write!(f, "{:?} as {:?}", typed.1, typed.0),
            other => f.write_str(other.shape()),
        }
    }
}

/// JSON as the value of the same shape.
impl TryFrom<Json> for AnyValue {
    type Error = NotANumber;

    fn try_from(json: Json) -> Result<Self, NotANumber> {
        Ok(match json {
            Json::Null => AnyValue::Null,
            Json::Bool(value) => AnyValue::Bool(value),
            Json::String(text) => AnyValue::String(text),
            Json::Number(number) => AnyValue::Number(number.to_string().parse()?),
            Json::Array(items) => {
                let items = items.into_iter().map(AnyValue::try_from);
                AnyValue::Sequence(items.collect::<Result<_, _>>()?)
            }
            Json::Object(items) => {
                let items = items.into_iter().map(|(name, item)| Ok((name, item.try_into()?)));
                AnyValue::Mapping(items.collect::<Result<_, _>>()?)
            }
        })
    }
}

impl From<&str> for AnyValue {
    fn from(text: &str) -> Self {
        AnyValue::String(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_text() {
        let value = AnyValue::Mapping(BTreeMap::from([("key".into(), "s3cret".into())]));
        assert_eq!(format!("{value:?}"), r#"{"key": a string}"#);
    }

    #[test]
    fn knows_when_something_inside_is_unknown() {
        let value = AnyValue::Sequence(vec!["a".into(), AnyValue::Unknown]);
        assert!(!value.is_wholly_known());
        assert_eq!(value.without_unknowns(), AnyValue::Sequence(vec!["a".into(), AnyValue::Null]));
    }
}
