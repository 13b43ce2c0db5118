//! Values as serde's: between a model and what a service takes and answers, as JSON.

use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{AnyValue, Number, Secret, Value};

const UNKNOWN: &str = "a value that is not known yet cannot be sent";

/// As the value itself, null as `None`; what is not known yet is an error.
///
/// ```
/// # use serde::{Deserialize, Serialize};
/// # use tfplugin::{Object, Value};
/// /// A reviewer.
/// #[derive(Debug, PartialEq, Object, Serialize, Deserialize)]
/// struct Reviewer {
///     /// Who it is.
///     #[attr(required)]
///     name: Value<String>,
///     /// How much it counts.
///     #[attr(optional)]
///     #[serde(default, skip_serializing_if = "Value::is_null")]
///     weight: Value<i64>,
/// }
///
/// let reviewer: Reviewer = serde_json::from_str(r#"{"name":"jo"}"#)?;
/// assert_eq!(reviewer, Reviewer { name: "jo".into(), weight: Value::Null });
/// assert_eq!(serde_json::to_string(&reviewer)?, r#"{"name":"jo"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
impl<T: Serialize> Serialize for Value<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Known(value) => serializer.serialize_some(value),
            Value::Null => serializer.serialize_none(),
            Value::Unknown => Err(S::Error::custom(UNKNOWN)),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Value<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Value::from)
    }
}

/// As a number, without loss in JSON.
impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.as_i64(), self.as_u64()) {
            (Some(number), _) => serializer.serialize_i64(number),
            (None, Some(number)) => serializer.serialize_u64(number),
            _ => {
                let number = self.to_string().parse::<serde_json::Number>();
                number.map_err(S::Error::custom)?.serialize(serializer)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        number.to_string().parse().map_err(serde::de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Serde's own error quotes what came.
        let text = String::deserialize(deserializer);
        text.map(Secret::from).map_err(|_| serde::de::Error::custom("expected a text"))
    }
}

impl Secret {
    /// The text itself, for `#[serde(serialize_with = "Secret::expose_to")]` at a field that a service must
    /// be sent: without it, a struct with a secret cannot be serialized.
    ///
    /// # Errors
    /// When the value is not known yet.
    pub fn expose_to<S: Serializer>(
        secret: &Value<Secret>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        secret.as_ref().map(Secret::expose).serialize(serializer)
    }
}

/// As JSON of the same shape.
impl Serialize for AnyValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            AnyValue::Unknown => Err(S::Error::custom(UNKNOWN)),
            AnyValue::Null => serializer.serialize_none(),
            AnyValue::Bool(value) => serializer.serialize_bool(*value),
            AnyValue::String(text) => serializer.serialize_str(text),
            AnyValue::Number(number) => number.serialize(serializer),
            AnyValue::Sequence(items) => serializer.collect_seq(items),
            AnyValue::Mapping(items) => serializer.collect_map(items),
            AnyValue::Dynamic(typed) => typed.1.serialize(serializer),
        }
    }
}

/// From JSON of any shape: what it is for a dynamic attribute is inferred.
impl<'de> Deserialize<'de> for AnyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = serde_json::Value::deserialize(deserializer)?;
        json.try_into().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_error_of_a_secret_quotes_what_came() {
        let secret = serde_json::from_str::<Value<Secret>>(r#""hunter2""#).unwrap();
        assert_eq!(secret.known().map(Secret::expose), Some("hunter2"));
        for json in ["5551234", r#"{"a": 5551234}"#, "[5551234]"] {
            let error = serde_json::from_str::<Value<Secret>>(json).unwrap_err().to_string();
            assert!(error.contains("expected a text") && !error.contains("5551234"), "{error}");
        }
    }

    #[test]
    fn numbers_lose_nothing_and_what_is_unknown_is_not_sent() {
        let number: Number = serde_json::from_str("12345678901234567890.5").unwrap();
        assert_eq!(serde_json::to_string(&number).unwrap(), "12345678901234567890.5");
        assert!(serde_json::to_string(&Value::<i64>::Unknown).is_err());
        assert_eq!(serde_json::to_string(&Value::<i64>::Null).unwrap(), "null");
    }
}
