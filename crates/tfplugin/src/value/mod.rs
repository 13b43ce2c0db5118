//! Values: the dynamic form of the wire, and the typed, three-way form of models.

mod any;
mod attribute_value;
mod bounds;
mod decode_error;
mod number;
mod rust_types;
mod secret;
mod serde;
mod text;
mod types;

pub use any::AnyValue;
pub use attribute_value::AttributeValue;
pub use bounds::{Elements, HasLength, Ranged};
pub use decode_error::DecodeError;
pub use number::{NotANumber, Number};
pub use secret::Secret;
pub(crate) use text::sentence;
pub use text::{convert, parse};
pub use types::{NotAType, Type};

/// A typed attribute: known, absent, or not known before apply.
///
/// ```
/// use tfplugin::Value;
///
/// let (set, absent, later) = (Value::from("web"), Value::<String>::Null, Value::<String>::Unknown);
/// assert_eq!(set.known().map(String::as_str), Some("web"));
/// assert!(absent.is_null() && later.is_unknown());
/// // What is made of a value is known when that is.
/// let greet = |name: Value<String>| name.map(|name| format!("Hello, {name}!"));
/// assert_eq!(greet(set), "Hello, web!".into());
/// assert_eq!(greet(later), Value::Unknown);
/// // A client that may have nothing to tell.
/// assert_eq!(Value::from(Some(10)), Value::Known(10));
/// assert_eq!(Value::from(None::<i64>), Value::Null);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Value<T> {
    /// Set, and known.
    Known(T),
    /// Not set.
    #[default]
    Null,
    /// Known only after apply.
    Unknown,
}

impl<T> Value<T> {
    /// The value, if it is known and set.
    pub fn known(&self) -> Option<&T> {
        match self {
            Value::Known(value) => Some(value),
            _ => None,
        }
    }

    /// The value by itself, if it is known and set.
    pub fn into_known(self) -> Option<T> {
        match self {
            Value::Known(value) => Some(value),
            _ => None,
        }
    }

    /// Whether the value is set and known.
    pub fn is_known(&self) -> bool {
        matches!(self, Value::Known(_))
    }

    /// Whether the value is absent.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Whether the value is not known before apply.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Value::Unknown)
    }

    /// The same, holding a reference.
    pub fn as_ref(&self) -> Value<&T> {
        match self {
            Value::Known(value) => Value::Known(value),
            Value::Null => Value::Null,
            Value::Unknown => Value::Unknown,
        }
    }

    /// The same, with a known value changed by `change`.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Value<U> {
        match self {
            Value::Known(value) => Value::Known(change(value)),
            Value::Null => Value::Null,
            Value::Unknown => Value::Unknown,
        }
    }
}

// Bounded, so that `Value::from(option)` can only be the other one.
impl<T: AttributeValue> From<T> for Value<T> {
    fn from(value: T) -> Self {
        Value::Known(value)
    }
}

impl<T> From<Option<T>> for Value<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Value::Known)
    }
}

impl From<&str> for Value<String> {
    fn from(text: &str) -> Self {
        Value::Known(text.to_owned())
    }
}
