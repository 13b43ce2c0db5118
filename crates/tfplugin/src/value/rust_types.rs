//! The types of Rust and of this crate that an attribute can have.

use std::collections::{BTreeMap, BTreeSet};

use super::{AnyValue, AttributeValue, DecodeError, Number, Secret, Type, Value};
use crate::path::Step;
use crate::schema::{AttributeKind, NestedBlock, Nesting, Validator};

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
