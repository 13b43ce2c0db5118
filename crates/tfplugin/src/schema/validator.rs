//! Rules that a known value must satisfy, checked once for every attribute.

use std::fmt;
use std::sync::Arc;

use crate::value::{AnyValue, AttributeValue, HasLength, Ranged};

/// A rule on a known value. It is told in the documentation and in the diagnostic that names a breach.
#[derive(Clone)]
pub struct Validator {
    /// What is expected, such as `one of "Viewer", "Editor", "Admin"`.
    pub expected: String,
    /// The allowed values, if they can be listed.
    pub allowed: Vec<String>,
    check: Arc<Check>,
}

type Check = dyn Fn(&AnyValue) -> Result<(), String> + Send + Sync;

/// Types whose values can be listed: what `one_of(Role)` takes.
pub trait OneOf {
    /// The values, as they stand in configurations.
    const VALUES: &'static [&'static str];
}

impl Validator {
    fn new(expected: String, check: impl Fn(&AnyValue) -> bool + Send + Sync + 'static) -> Self {
        let check = Arc::new(move |value: &AnyValue| match check(value) {
            true => Ok(()),
            false => Err(String::new()),
        });
        Validator { expected, allowed: Vec::new(), check }
    }

    /// One of the listed texts.
    pub fn one_of(values: &'static [&'static str]) -> Self {
        let quoted: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
        let expected = format!("one of {}", quoted.join(", "));
        let mut rule =
            Self::new(expected, |value| value.as_str().is_none_or(|t| values.contains(&t)));
        rule.allowed = values.iter().map(|value| (*value).to_owned()).collect();
        rule
    }

    /// A length of `least` to `most` characters or elements.
    pub fn length<T: AttributeValue + HasLength>(least: usize, most: Option<usize>) -> Self {
        let expected = match (least, most) {
            (1, None) => "not empty".to_owned(),
            (least, None) => format!("a length of at least {least}"),
            (0, Some(most)) => format!("a length of at most {most}"),
            (least, Some(most)) => format!("a length of {least} to {most}"),
        };
        Self::new(expected, move |value| {
            let Ok(value) = T::decode(value.clone()) else { return true };
            let length = value.length();
            length >= least && most.is_none_or(|most| length <= most)
        })
    }

    /// A number of `least` to `most`.
    pub fn range<T>(least: Option<T>, most: Option<T>) -> Self
    where
        T: AttributeValue + Ranged + Send + Sync + 'static,
    {
        let expected = match (&least, &most) {
            (Some(least), Some(most)) => format!("{least} to {most}"),
            (Some(least), None) => format!("at least {least}"),
            (None, Some(most)) => format!("at most {most}"),
            (None, None) => "a number".to_owned(),
        };
        Self::new(expected, move |value| {
            let Ok(value) = T::decode(value.clone()) else { return true };
            least.as_ref().is_none_or(|least| value >= *least)
                && most.as_ref().is_none_or(|most| value <= *most)
        })
    }

    /// A rule of the provider's own, which says in its error what is wrong and what to do.
    pub fn custom<T: AttributeValue + 'static>(rule: fn(&T) -> Result<(), String>) -> Self {
        let check = Arc::new(move |value: &AnyValue| match T::decode(value.clone()) {
            Ok(value) => rule(&value),
            Err(_) => Ok(()),
        });
        Validator { expected: String::new(), allowed: Vec::new(), check }
    }

    /// Checks a known value: the error says what is expected, never what came if it may be secret.
    ///
    /// # Errors
    /// When the rule is broken.
    pub fn check(&self, value: &AnyValue, sensitive: bool) -> Result<(), String> {
        (self.check)(value).map_err(|reason| match (reason.is_empty(), shown(value, sensitive)) {
            (false, _) => reason,
            (true, Some(found)) => format!("Expected {}, but got {found}.", self.expected),
            (true, None) => format!("Expected {}.", self.expected),
        })
    }
}

fn shown(value: &AnyValue, sensitive: bool) -> Option<String> {
    match value {
        _ if sensitive => None,
        AnyValue::String(text) => Some(format!("{text:?}")),
        AnyValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

impl fmt::Debug for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_expected_and_what_came() {
        let rule = Validator::one_of(&["a", "b"]);
        assert_eq!(rule.check(&"a".into(), false), Ok(()));
        let message = rule.check(&"c".into(), false).unwrap_err();
        assert_eq!(message, r#"Expected one of "a", "b", but got "c"."#);
        assert!(!rule.check(&"c".into(), true).unwrap_err().contains("\"c\""));
    }

    #[test]
    fn bounds_hold_at_both_ends() {
        let rule = Validator::range(Some(1_i64), Some(3));
        let check = |n: i64| rule.check(&AnyValue::Number(n.into()), false).is_ok();
        assert_eq!([check(0), check(1), check(3), check(4)], [false, true, true, false]);
        let rule = Validator::length::<String>(1, Some(2));
        assert!(rule.check(&"üü".into(), false).is_ok());
        assert!(rule.check(&"".into(), false).is_err());
    }
}
