//! Rules that a known value must satisfy, checked once for every attribute.

use std::borrow::Borrow;
use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

use crate::rules::Rule;
use crate::value::{AnyValue, AttributeValue, HasLength, Ranged, sentence};

/// A rule on a known value. It is told in the documentation and in the diagnostic that names a breach.
///
/// The markers `one_of`, `length`, `range` and `validate` of the derives make these.
///
/// ```
/// use tfplugin::schema::Validator;
///
/// let rule = Validator::one_of(&["low", "high"]);
/// assert_eq!(rule.check(&"low".into(), false), Ok(()));
/// assert_eq!(
///     rule.check(&"medium".into(), false).unwrap_err(),
///     r#"Expected one of "low", "high", but got "medium"."#,
/// );
/// ```
#[derive(Clone)]
pub struct Validator {
    /// What is expected, such as `one of "Viewer", "Editor", "Admin"`; empty if only the rule's own text says it.
    pub expected: String,
    /// The allowed values, if they can be listed.
    pub allowed: Vec<String>,
    /// Whether it is a rule on each element of a collection.
    pub of_elements: bool,
    check: Arc<Check>,
}

type Check = dyn Fn(&AnyValue) -> Result<(), Breach> + Send + Sync;

/// Why a value breaks a rule.
enum Breach {
    /// It is not what the rule expects.
    Unexpected,
    /// In a text that cannot hold the value.
    Fixed(&'static str),
    /// In a text that may hold the value.
    Text(String),
}

/// Types whose values can be listed: what `one_of(Role)` takes.
pub trait OneOf {
    /// The values, as they stand in configurations.
    const VALUES: &'static [&'static str];
}

impl Validator {
    fn new(expected: String, check: impl Fn(&AnyValue) -> bool + Send + Sync + 'static) -> Self {
        let check = move |value: &AnyValue| check(value).then_some(()).ok_or(Breach::Unexpected);
        Validator { expected, allowed: Vec::new(), of_elements: false, check: Arc::new(check) }
    }

    /// The rule, on each element of a collection.
    pub fn each(rule: Validator) -> Self {
        Validator { of_elements: true, ..rule }
    }

    /// One of the listed texts.
    pub fn one_of(values: &'static [&'static str]) -> Self {
        Self::new(String::new(), |value| value.as_str().is_none_or(|text| values.contains(&text)))
            .listing(values)
    }

    fn listing(mut self, values: &[&str]) -> Self {
        let quoted: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
        self.expected = format!("one of {}", quoted.join(", "));
        self.allowed = values.iter().map(|value| (*value).to_owned()).collect();
        self
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

    /// A rule of the provider's own: a function whose error says what is expected and what came, and which
    /// takes what the attribute's type borrows as, such as `&str` for a `String` (what it returns is dropped);
    /// or a [`Rule`].
    pub fn custom<T, How>(rule: impl IntoValidator<T, How>) -> Self {
        rule.into_validator()
    }

    /// A rule of the provider's own for a sensitive attribute: a [`Rule`], or a function whose error is a fixed
    /// text, so that it cannot hold the value.
    pub fn of_secret<T, How>(rule: impl IntoSecretValidator<T, How>) -> Self {
        rule.into_secret_validator()
    }

    fn own<T: AttributeValue + Borrow<B>, B: ?Sized, O, E: 'static>(
        rule: impl Fn(&B) -> Result<O, E> + Send + Sync + 'static,
        breach: fn(E) -> Breach,
    ) -> Self {
        let check = move |value: &AnyValue| match T::decode(value.clone()) {
            Ok(value) => rule(value.borrow()).map(drop).map_err(breach),
            Err(_) => Ok(()),
        };
        Self::whose_error_says(check)
    }

    fn whose_error_says(
        check: impl Fn(&AnyValue) -> Result<(), Breach> + Send + Sync + 'static,
    ) -> Self {
        let check = Arc::new(check);
        Validator { expected: String::new(), allowed: Vec::new(), of_elements: false, check }
    }

    fn of_rule<T: AttributeValue + Borrow<B>, B: ?Sized>(rule: impl Rule<B>) -> Self {
        Self::new(rule.expected(), move |value| match T::decode(value.clone()) {
            Ok(value) => rule.allows(value.borrow()),
            Err(_) => true,
        })
    }

    /// What can be read as `T`, a type made by [`text_type!`](crate::text_type); `allowed` lists the values
    /// for the documentation, and is empty if they cannot be listed.
    pub fn parses<T: FromStr<Err: Display>>(allowed: &'static [&'static str]) -> Self {
        let check = |value: &AnyValue| match value.as_str().map(T::from_str) {
            Some(Err(error)) => Err(Breach::Text(sentence(&error))),
            _ => Ok(()),
        };
        let rule = Self::whose_error_says(check);
        if allowed.is_empty() { rule } else { rule.listing(allowed) }
    }

    /// What can be converted to `T`, a type made by [`custom_type!`](crate::custom_type).
    pub fn converts<T: TryFrom<B, Error: Display>, B: AttributeValue>() -> Self {
        let check = |value: &AnyValue| match B::decode(value.clone()).map(T::try_from) {
            Ok(Err(error)) => Err(Breach::Text(sentence(&error))),
            _ => Ok(()),
        };
        Self::whose_error_says(check)
    }

    /// Checks a known value: the error says what is expected, and never what came if that is sensitive.
    ///
    /// # Errors
    /// When the rule is broken.
    pub fn check(&self, value: &AnyValue, sensitive: bool) -> Result<(), String> {
        let Err(breach) = (self.check)(value) else { return Ok(()) };
        Err(match (breach, shown(value)) {
            (Breach::Fixed(text), _) => sentence(&text),
            (Breach::Text(text), _) if !sensitive => text,
            (Breach::Unexpected, Some(found)) if !sensitive => {
                format!("Expected {}, but got {found}.", self.expected)
            }
            _ if self.expected.is_empty() => HIDDEN.to_owned(),
            _ => format!("Expected {}.", self.expected),
        })
    }
}

/// What can stand behind `validate = `. `How` says which kind it is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no rule for `{T}`",
    note = "a rule is a function such as `fn(&str) -> Result<(), String>`, which takes what the attribute's type borrows as, or a `tfplugin::rules::Rule`"
)]
pub trait IntoValidator<T, How> {
    /// It as a rule of a schema.
    fn into_validator(self) -> Validator;
}

/// What can stand behind `validate = ` at a sensitive attribute. `How` says which kind it is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no rule for a sensitive `{T}`",
    note = "a rule is a function such as `fn(&str) -> Result<(), &'static str>`, whose error cannot quote the value, or a `tfplugin::rules::Rule`"
)]
pub trait IntoSecretValidator<T, How> {
    /// It as a rule of a schema.
    fn into_secret_validator(self) -> Validator;
}

/// A rule that is a function.
pub struct Function<B: ?Sized, O, E>(PhantomData<(O, E, B)>);
/// A rule that is a [`Rule`].
pub struct Trait<B: ?Sized>(PhantomData<B>);

impl<T, B: ?Sized, O, E, F> IntoValidator<T, Function<B, O, E>> for F
where
    F: Fn(&B) -> Result<O, E> + Send + Sync + 'static,
    T: AttributeValue + Borrow<B>,
    E: Display + 'static,
{
    fn into_validator(self) -> Validator {
        Validator::own::<T, B, O, E>(self, |error| Breach::Text(sentence(&error)))
    }
}

impl<T: AttributeValue + Borrow<B>, B: ?Sized, R: Rule<B>> IntoValidator<T, Trait<B>> for R {
    fn into_validator(self) -> Validator {
        Validator::of_rule::<T, B>(self)
    }
}

impl<T, B: ?Sized, O, F> IntoSecretValidator<T, Function<B, O, ()>> for F
where
    F: Fn(&B) -> Result<O, &'static str> + Send + Sync + 'static,
    T: AttributeValue + Borrow<B>,
{
    fn into_secret_validator(self) -> Validator {
        Validator::own::<T, B, O, _>(self, Breach::Fixed)
    }
}

impl<T: AttributeValue + Borrow<B>, B: ?Sized, R: Rule<B>> IntoSecretValidator<T, Trait<B>> for R {
    fn into_secret_validator(self) -> Validator {
        Validator::of_rule::<T, B>(self)
    }
}

/// What is said of a sensitive value that cannot be read.
pub(crate) const HIDDEN: &str =
    "The value is not valid. Neither it nor what is wrong with it is shown, since it is sensitive.";

fn shown(value: &AnyValue) -> Option<String> {
    match value {
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
    use crate::value::Secret;

    #[test]
    fn says_what_is_expected_and_what_came() {
        let rule = Validator::one_of(&["a", "b"]);
        assert_eq!(rule.check(&"a".into(), false), Ok(()));
        let message = rule.check(&"c".into(), false).unwrap_err();
        assert_eq!(message, r#"Expected one of "a", "b", but got "c"."#);
        assert!(!rule.check(&"c".into(), true).unwrap_err().contains("\"c\""));
    }

    #[test]
    fn a_rule_of_ones_own_takes_what_the_type_borrows_as() {
        fn no_spaces(text: &str) -> Result<(), String> {
            if text.contains(' ') { Err(format!("{text:?} has spaces")) } else { Ok(()) }
        }
        let rule = Validator::custom::<String, _>(no_spaces);
        assert_eq!(rule.check(&"ab".into(), false), Ok(()));
        assert_eq!(rule.check(&"a b".into(), false), Err("\"a b\" has spaces.".to_owned()));
        let rule = Validator::custom::<String, _>(|text: &str| text.parse::<u8>());
        assert!(rule.check(&"7".into(), false).is_ok() && rule.check(&"a".into(), false).is_err());
    }

    #[test]
    fn no_message_of_a_sensitive_value_quotes_it() {
        let rule = Validator::custom::<Secret, _>(|text: &str| Err::<(), _>(format!("got {text}")));
        assert_eq!(rule.check(&"hunter2".into(), true), Err(HIDDEN.to_owned()));
        let rule = Validator::of_secret::<Secret, _>(|_: &str| Err::<(), _>("expected a token"));
        assert_eq!(rule.check(&"hunter2".into(), true), Err("Expected a token.".to_owned()));
        let rule = Validator::parses::<std::net::IpAddr>(&[]);
        assert_eq!(rule.check(&"hunter2".into(), true), Err(HIDDEN.to_owned()));
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
