//! The Rust types an attribute can have.

use std::collections::{BTreeMap, BTreeSet};

use super::{AnyValue, Number, Secret, Type, Value};
use crate::path::{AttributePath, Step};
use crate::schema::{AttributeKind, NestedBlock, Nesting, Validator};

/// A value that does not fit the Rust type of its attribute.
///
/// ```
/// use tfplugin::{AnyValue, DecodeError};
///
/// let error = DecodeError::shape("a string", &AnyValue::Bool(true));
/// assert_eq!(error.to_string(), "expected a string, but got a bool");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct DecodeError {
    /// The attribute or element that does not fit.
    pub path: AttributePath,
    reason: Reason,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Reason {
    #[error("expected {expected}, but got {found}")]
    Shape { expected: &'static str, found: &'static str, is_unknown: bool },
    #[error("{0}")]
    Text(String),
}

impl DecodeError {
    /// A value of another shape than `expected`, such as "a string" or "an RFC 3339 time". Of what was
    /// found it holds the shape only.
    pub fn shape(expected: &'static str, found: &AnyValue) -> Self {
        let (found, is_unknown) = (found.shape(), found.is_unknown());
        let reason = Reason::Shape { expected, found, is_unknown };
        DecodeError { path: AttributePath::default(), reason }
    }

    /// A text that cannot be read, with what is wrong with it and what is expected: users see it at the
    /// attribute, unless that is sensitive.
    pub fn text(reason: impl Into<String>) -> Self {
        DecodeError { path: AttributePath::default(), reason: Reason::Text(reason.into()) }
    }

    fn number(expected: &'static str) -> Self {
        let reason = Reason::Shape { expected, found: "another number", is_unknown: false };
        DecodeError { path: AttributePath::default(), reason }
    }

    fn is_of_unknown(&self) -> bool {
        matches!(self.reason, Reason::Shape { is_unknown: true, .. })
    }

    /// Whether its text may quote the value.
    pub(crate) fn may_quote(&self) -> bool {
        matches!(self.reason, Reason::Text(_))
    }

    /// The same error, seen from one step further out.
    #[must_use]
    pub fn within(mut self, step: Step) -> Self {
        let outer = match step {
            Step::Attribute(name) => AttributePath::of(name),
            Step::Key(key) => AttributePath::default().key(key),
            Step::Index(index) => AttributePath::default().index(index),
        };
        self.path = self.path.within(&outer);
        self
    }
}

/// A Rust type that an attribute, an element or a function's parameter can have.
///
/// | Rust | Terraform |
/// | --- | --- |
/// | `String`, [`Secret`], [`Timestamp`](crate::Timestamp) (RFC 3339) | `string` |
/// | `i64`, `f64`, [`Number`] | `number` |
/// | `bool` | `bool` |
/// | `Vec<T>`, `BTreeSet<T>`, `BTreeMap<String, T>` | `list`, `set`, `map` |
/// | a struct with [`Object`](derive@crate::Object) | `object` |
/// | [`AnyValue`] | any type |
/// | a type with [`text_type!`](crate::text_type) | `string` |
/// | [`Value<T>`](Value) | that of `T`, and null or unknown |
///
/// [`text_type!`](crate::text_type) implements it for what reads as text, and the derive `Object` for structs. By hand:
///
/// ```
/// use tfplugin::schema::{AttributeKind, Validator};
/// use tfplugin::{AnyValue, AttributeValue, DecodeError, Type};
///
/// /// A number of whole percent.
/// #[derive(Clone, PartialEq, Debug)]
/// struct Percent(i64);
///
/// impl AttributeValue for Percent {
///     fn kind() -> AttributeKind {
///         AttributeKind::Plain(Type::Number)
///     }
///
///     /// Checked and documented for every attribute of this type.
///     fn rules() -> Vec<Validator> {
///         vec![Validator::range(Some(0_i64), Some(100))]
///     }
///
///     fn decode(value: AnyValue) -> Result<Self, DecodeError> {
///         i64::decode(value).map(Percent)
///     }
///
///     fn encode(&self) -> AnyValue {
///         self.0.encode()
///     }
/// }
///
/// assert_eq!(Percent::decode(Percent(7).encode()), Ok(Percent(7)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type that an attribute can have",
    note = "attributes are `String`, `Secret`, `bool`, `i64`, `f64`, `Number`, `Timestamp`, `AnyValue`; what derives `Object`, or is made one by `text_type!` or `custom_type!`; and `Vec`, `BTreeSet` and `BTreeMap<String, …>` of these"
)]
pub trait AttributeValue: Sized {
    /// Whether a write-only attribute stands inside (in a nested object).
    const WRITE_ONLY_INSIDE: bool = false;
    /// Whether a write-only attribute stands inside an element of a collection: not allowed.
    const WRITE_ONLY_IN_ELEMENT: bool = false;
    /// Whether it is a nested object, or a collection of them: what a block can hold.
    const NESTED: bool = false;
    /// Whether it is a nested object with blocks inside: what only a block can hold.
    const HAS_BLOCKS: bool = false;

    /// Its Terraform type.
    fn kind() -> AttributeKind;

    /// The blocks inside, if it is a nested object or a collection of them.
    fn blocks() -> Vec<NestedBlock> {
        Vec::new()
    }

    /// The rules that the type itself brings, which are documented with each attribute of it.
    fn rules() -> Vec<Validator> {
        Vec::new()
    }

    /// Reads a value.
    ///
    /// # Errors
    /// When the value has another type, or is null or unknown where the Rust type has no room for it.
    fn decode(value: AnyValue) -> Result<Self, DecodeError>;

    /// Writes a value.
    fn encode(&self) -> AnyValue;
}

/// Types whose length the marker `length(…)` can bound: characters or elements.
#[diagnostic::on_unimplemented(message = "`{Self}` has no length that `length(…)` could bound")]
pub trait HasLength {
    /// How long it is.
    fn length(&self) -> usize;
}

/// Collections: what the marker `each(…)` can stand at.
#[diagnostic::on_unimplemented(message = "`{Self}` has no elements that `each(…)` could look at")]
pub trait Elements {
    /// The type of the elements.
    type Element;
}

impl<T> Elements for Vec<T> {
    type Element = T;
}

impl<T> Elements for BTreeSet<T> {
    type Element = T;
}

impl<T> Elements for BTreeMap<String, T> {
    type Element = T;
}

/// Types that the marker `range(…)` can bound.
#[diagnostic::on_unimplemented(message = "`{Self}` is no number that `range(…)` could bound")]
pub trait Ranged: PartialOrd + std::fmt::Display {}
impl Ranged for i64 {}
impl Ranged for f64 {}
impl Ranged for Number {}

macro_rules! plain {
    ($rust:ty, $ty:expr, $expected:literal, $pattern:pat => $decoded:expr, $value:ident => $encoded:expr) => {
        impl AttributeValue for $rust {
            fn kind() -> AttributeKind {
                AttributeKind::Plain($ty)
            }

            fn decode(value: AnyValue) -> Result<Self, DecodeError> {
                match value {
                    $pattern => $decoded,
                    other => Err(DecodeError::shape($expected, &other)),
                }
            }

            fn encode(&self) -> AnyValue {
                let $value = self;
                $encoded
            }
        }
    };
}

plain!(String, Type::String, "a string", AnyValue::String(text) => Ok(text),
    value => AnyValue::String(value.clone()));
plain!(Secret, Type::String, "a string", AnyValue::String(text) => Ok(text.into()),
    value => AnyValue::String(value.expose().to_owned()));
plain!(bool, Type::Bool, "a bool", AnyValue::Bool(value) => Ok(value),
    value => AnyValue::Bool(*value));
plain!(Number, Type::Number, "a number", AnyValue::Number(number) => Ok(number),
    value => AnyValue::Number(value.clone()));
plain!(i64, Type::Number, "a whole number", AnyValue::Number(number) =>
    number.as_i64().ok_or_else(|| DecodeError::number("a whole number of at most 64 bits")),
    value => AnyValue::Number((*value).into()));
plain!(f64, Type::Number, "a number", AnyValue::Number(number) => Ok(number.to_f64()),
    value => Number::try_from(*value).map_or(AnyValue::Null, AnyValue::Number));
plain!(jiff::Timestamp, Type::String, "an RFC 3339 time", AnyValue::String(text) =>
    text.parse().map_err(|_| DecodeError::shape("an RFC 3339 time", &AnyValue::String(text))),
    value => AnyValue::String(value.to_string()));

impl AttributeValue for AnyValue {
    fn kind() -> AttributeKind {
        AttributeKind::Plain(Type::Dynamic)
    }

    fn decode(value: AnyValue) -> Result<Self, DecodeError> {
        Ok(value)
    }

    fn encode(&self) -> AnyValue {
        self.clone()
    }
}

/// A field that may be null or unknown. A collection with an unknown element is itself unknown here.
impl<T: AttributeValue> AttributeValue for Value<T> {
    const WRITE_ONLY_INSIDE: bool = T::WRITE_ONLY_INSIDE;
    const WRITE_ONLY_IN_ELEMENT: bool = T::WRITE_ONLY_IN_ELEMENT;
    const NESTED: bool = T::NESTED;
    const HAS_BLOCKS: bool = T::HAS_BLOCKS;

    fn kind() -> AttributeKind {
        T::kind()
    }

    fn blocks() -> Vec<NestedBlock> {
        T::blocks()
    }

    fn rules() -> Vec<Validator> {
        T::rules()
    }

    fn decode(value: AnyValue) -> Result<Self, DecodeError> {
        match value {
            absent if absent.is_null() => Ok(Value::Null),
            later if later.is_unknown() => Ok(Value::Unknown),
            known => match T::decode(known) {
                Ok(value) => Ok(Value::Known(value)),
                Err(error) if error.is_of_unknown() => Ok(Value::Unknown),
                Err(error) => Err(error),
            },
        }
    }

    fn encode(&self) -> AnyValue {
        match self {
            Value::Known(value) => value.encode(),
            Value::Null => AnyValue::Null,
            Value::Unknown => AnyValue::Unknown,
        }
    }
}

fn decode_items<T: AttributeValue, C: FromIterator<T>>(value: AnyValue) -> Result<C, DecodeError> {
    let AnyValue::Sequence(items) = value else {
        return Err(DecodeError::shape("a list or set", &value));
    };
    let decode = |(index, item)| T::decode(item).map_err(|e| e.within(Step::Index(index)));
    items.into_iter().enumerate().map(decode).collect()
}

fn encode_items<'a, T: AttributeValue + 'a>(items: impl IntoIterator<Item = &'a T>) -> AnyValue {
    AnyValue::Sequence(items.into_iter().map(T::encode).collect())
}

impl<T: AttributeValue> AttributeValue for Vec<T> {
    const WRITE_ONLY_IN_ELEMENT: bool = T::WRITE_ONLY_INSIDE || T::WRITE_ONLY_IN_ELEMENT;
    const NESTED: bool = T::NESTED;
    const HAS_BLOCKS: bool = T::HAS_BLOCKS;

    fn kind() -> AttributeKind {
        T::kind().collected(Nesting::List)
    }

    fn blocks() -> Vec<NestedBlock> {
        T::blocks()
    }

    fn decode(value: AnyValue) -> Result<Self, DecodeError> {
        decode_items(value)
    }

    fn encode(&self) -> AnyValue {
        encode_items(self)
    }
}

impl<T: AttributeValue + Ord> AttributeValue for BTreeSet<T> {
    const WRITE_ONLY_IN_ELEMENT: bool = T::WRITE_ONLY_INSIDE || T::WRITE_ONLY_IN_ELEMENT;
    const NESTED: bool = T::NESTED;
    const HAS_BLOCKS: bool = T::HAS_BLOCKS;

    fn kind() -> AttributeKind {
        T::kind().collected(Nesting::Set)
    }

    fn blocks() -> Vec<NestedBlock> {
        T::blocks()
    }

    fn decode(value: AnyValue) -> Result<Self, DecodeError> {
        decode_items(value)
    }

    fn encode(&self) -> AnyValue {
        encode_items(self)
    }
}

impl<T: AttributeValue> AttributeValue for BTreeMap<String, T> {
    const WRITE_ONLY_IN_ELEMENT: bool = T::WRITE_ONLY_INSIDE || T::WRITE_ONLY_IN_ELEMENT;
    const NESTED: bool = T::NESTED;
    const HAS_BLOCKS: bool = T::HAS_BLOCKS;

    fn kind() -> AttributeKind {
        T::kind().collected(Nesting::Map)
    }

    fn blocks() -> Vec<NestedBlock> {
        T::blocks()
    }

    fn decode(value: AnyValue) -> Result<Self, DecodeError> {
        let AnyValue::Mapping(items) = value else {
            return Err(DecodeError::shape("a map", &value));
        };
        let decode = |(key, item): (String, AnyValue)| match T::decode(item) {
            Ok(item) => Ok((key, item)),
            Err(error) => Err(error.within(Step::Key(key))),
        };
        items.into_iter().map(decode).collect()
    }

    fn encode(&self) -> AnyValue {
        let encode = |(key, item): (&String, &T)| (key.clone(), item.encode());
        AnyValue::Mapping(self.iter().map(encode).collect())
    }
}

impl HasLength for String {
    fn length(&self) -> usize {
        self.chars().count()
    }
}

impl HasLength for Secret {
    fn length(&self) -> usize {
        self.expose().chars().count()
    }
}

impl<T> HasLength for Vec<T> {
    fn length(&self) -> usize {
        self.len()
    }
}

impl<T> HasLength for BTreeSet<T> {
    fn length(&self) -> usize {
        self.len()
    }
}

impl<T> HasLength for BTreeMap<String, T> {
    fn length(&self) -> usize {
        self.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collection_with_an_unknown_element_is_unknown() {
        let value = AnyValue::Sequence(vec!["a".into(), AnyValue::Unknown]);
        assert_eq!(Value::<Vec<String>>::decode(value.clone()), Ok(Value::Unknown));
        let kept = vec![Value::from("a"), Value::Unknown];
        assert_eq!(Value::<Vec<Value<String>>>::decode(value), Ok(Value::Known(kept)));
    }

    #[test]
    fn errors_say_where() {
        let value = AnyValue::Mapping(BTreeMap::from([(
            "a".to_owned(),
            AnyValue::Sequence(vec![AnyValue::Bool(true)]),
        )]));
        let error = <BTreeMap<String, Vec<String>>>::decode(value).unwrap_err();
        assert_eq!(error.path.to_string(), r#"["a"][0]"#);
    }

    #[test]
    fn fractions_are_no_whole_numbers() {
        let half = AnyValue::Number(Number::try_from(0.5).unwrap());
        assert!(i64::decode(half).is_err());
    }
}
