//! Types of a provider's own.

use std::fmt::Display;
use std::str::FromStr;

use super::{AnyValue, AttributeValue, DecodeError};

/// Makes a type of one's own the type of attributes that are a string in configurations: one that has
/// [`FromStr`] and [`Display`]. The text of its error is what users read at the attribute, so it says
/// what is expected; at a sensitive attribute it is not shown. Texts that are written alike mean the same: a change
/// from one to the other is none, as [the guide](crate::guide::schemas#types-of-your-own) shows.
///
/// Where the values can be listed, a second argument names them for the documentation.
///
/// ```
/// # use std::{fmt, str::FromStr};
/// # use tfplugin::{Object, Value};
/// #[derive(Clone, Copy, PartialEq)]
/// enum Level {
///     Low,
///     High,
/// }
///
/// tfplugin::text_type!(Level, &["low", "high"]);
///
/// impl FromStr for Level {
///     type Err = String;
///
///     fn from_str(text: &str) -> Result<Self, String> {
///         match text {
///             "low" => Ok(Level::Low),
///             "high" => Ok(Level::High),
///             other => Err(format!("expected `low` or `high`, but got {other:?}")),
///         }
///     }
/// }
///
/// impl fmt::Display for Level {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         f.write_str(if *self == Level::Low { "low" } else { "high" })
///     }
/// }
///
/// /// A rule.
/// #[derive(Object)]
/// struct Rule {
///     /// How strict it is.
///     #[attr(optional, default = Level::Low)]
///     level: Value<Level>,
/// }
/// ```
#[macro_export]
macro_rules! text_type {
    ($type:ty) => {
        $crate::text_type!($type, &[]);
    };
    ($type:ty, $allowed:expr) => {
        impl $crate::AttributeValue for $type {
            fn kind() -> $crate::schema::AttributeKind {
                $crate::schema::AttributeKind::Plain($crate::Type::String)
            }

            fn rules() -> ::std::vec::Vec<$crate::schema::Validator> {
                ::std::vec![$crate::schema::Validator::parses::<$type>($allowed)]
            }

            fn decode(
                value: $crate::AnyValue,
            ) -> ::core::result::Result<Self, $crate::DecodeError> {
                $crate::derive_support::parse(value)
            }

            fn encode(&self) -> $crate::AnyValue {
                $crate::AnyValue::String(::std::string::ToString::to_string(self))
            }
        }
    };
}

/// Makes a type of one's own the type of attributes that are a `$base` in configurations, which is any type
/// that an attribute can have: it is read by `TryFrom<$base>`, whose error users read at the attribute, and
/// written by `From<&Type> for $base`. What is written alike means the same, as with [`text_type!`](crate::text_type).
///
/// ```
/// # use tfplugin::{Object, Value};
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// struct Port(u16);
///
/// tfplugin::custom_type!(Port, i64);
///
/// impl TryFrom<i64> for Port {
///     type Error = String;
///
///     fn try_from(number: i64) -> Result<Self, String> {
///         let port = u16::try_from(number).ok().filter(|port| *port > 0);
///         port.map(Port).ok_or_else(|| format!("expected a port from 1 to 65535, but got {number}"))
///     }
/// }
///
/// impl From<&Port> for i64 {
///     fn from(port: &Port) -> i64 {
///         port.0.into()
///     }
/// }
///
/// /// A listener.
/// #[derive(Object)]
/// struct Listener {
///     /// Where it listens.
///     #[attr(required)]
///     port: Value<Port>,
/// }
/// # use tfplugin::AttributeValue;
/// # assert_eq!(Port::decode(Port(80).encode()), Ok(Port(80)));
/// # assert!(Port::decode(0_i64.encode()).unwrap_err().to_string().contains("65535"));
/// ```
#[macro_export]
macro_rules! custom_type {
    ($type:ty, $base:ty) => {
        impl $crate::AttributeValue for $type {
            fn kind() -> $crate::schema::AttributeKind {
                <$base as $crate::AttributeValue>::kind()
            }

            fn rules() -> ::std::vec::Vec<$crate::schema::Validator> {
                let rule = $crate::schema::Validator::converts::<$type, $base>();
                [<$base as $crate::AttributeValue>::rules(), ::std::vec![rule]].concat()
            }

            fn decode(
                value: $crate::AnyValue,
            ) -> ::core::result::Result<Self, $crate::DecodeError> {
                $crate::derive_support::convert::<$type, $base>(value)
            }

            fn encode(&self) -> $crate::AnyValue {
                $crate::AttributeValue::encode(&<$base>::from(self))
            }
        }
    };
}

/// Reads a type of a provider's own from another type that attributes can have.
pub fn convert<T, B>(value: AnyValue) -> Result<T, DecodeError>
where
    B: AttributeValue,
    T: TryFrom<B, Error: Display>,
{
    T::try_from(B::decode(value)?).map_err(|why| DecodeError::text(sentence(&why)))
}

/// Reads a type of a provider's own from text.
pub fn parse<T: FromStr<Err: Display>>(value: AnyValue) -> Result<T, DecodeError> {
    match value {
        AnyValue::String(text) => text.parse().map_err(|why| DecodeError::text(sentence(&why))),
        other => Err(DecodeError::shape("a string", &other)),
    }
}

/// An error as a sentence: with a capital letter, and a full stop unless it ends in one of its own.
pub(crate) fn sentence(error: &impl Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let mut sentence: String = first.chain(letters).collect();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_become_sentences() {
        assert_eq!(sentence(&"expected a URL"), "Expected a URL.");
        assert_eq!(sentence(&"Expected a URL."), "Expected a URL.");
        assert_eq!(sentence(&"über 3"), "Über 3.");
    }
}
