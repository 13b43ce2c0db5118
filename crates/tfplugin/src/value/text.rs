//! Types of a provider's own that are text in configurations.

use std::fmt::Display;
use std::str::FromStr;

use super::{AnyValue, DecodeError};

/// Makes a type of one's own the type of attributes that are a string in configurations: one that has
/// [`FromStr`] and [`Display`]. The text of its error is what users read at the attribute, so it says
/// what is expected; at a sensitive attribute it is not shown.
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
