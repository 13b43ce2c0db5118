//! Rules on the values of attributes, for `validate = …`.
//!
//! A rule says what it expects, which the documentation and the message of a breach tell, and whether it
//! allows a value. It never words the value itself: so it can stand at sensitive attributes.
//!
//! ```
//! use tfplugin::rules::{self, Rule};
//! use tfplugin::{Schema, Value};
//!
//! /// A rule of one's own.
//! struct Even;
//!
//! impl Rule<i64> for Even {
//!     fn expected(&self) -> String {
//!         "an even number".to_owned()
//!     }
//!
//!     fn allows(&self, value: &i64) -> bool {
//!         value % 2 == 0
//!     }
//! }
//!
//! /// A server.
//! #[derive(Schema)]
//! #[resource("example_server")]
//! struct Server {
//!     /// Where it is.
//!     #[attr(required, validate = rules::url(&["https"]))]
//!     url: Value<String>,
//!     /// Who may connect.
//!     #[attr(optional, each(validate = rules::either(rules::ip_address(), rules::cidr())))]
//!     allowed: Value<Vec<String>>,
//!     /// How many replicas it has.
//!     #[attr(optional, validate = Even)]
//!     replicas: Value<i64>,
//! }
//! ```

use std::net::IpAddr;

use crate::timeouts::parse_duration;

/// A rule on values that an attribute's type borrows as: `str` for `String`, `Secret` and
/// [`text_type!`](crate::text_type)s that borrow as it, else the type itself.
pub trait Rule<T: ?Sized>: Send + Sync + 'static {
    /// What is expected, such as `a web address`.
    fn expected(&self) -> String;

    /// Whether it allows the value.
    fn allows(&self, value: &T) -> bool;
}

struct Text<F> {
    expected: String,
    allows: F,
}

impl<F: Fn(&str) -> bool + Send + Sync + 'static> Rule<str> for Text<F> {
    fn expected(&self) -> String {
        self.expected.clone()
    }

    fn allows(&self, value: &str) -> bool {
        (self.allows)(value)
    }
}

fn text(expected: String, allows: impl Fn(&str) -> bool + Send + Sync + 'static) -> impl Rule<str> {
    Text { expected, allows }
}

/// Text in which a [regular expression](https://docs.rs/regex-lite) finds something; `expected` says what
/// that is, for people. The marker `matches(…)` is the same, and looks at the expression when it is compiled.
///
/// ```
/// use tfplugin::rules::{self, Rule};
///
/// let rule = rules::matches("^[a-z]+$", "small letters");
/// assert!(rule.allows("web") && !rule.allows("Web"));
/// ```
///
/// # Panics
/// When `pattern` is not a regular expression: when the schema is made first, as in any test.
pub fn matches(pattern: &str, expected: &str) -> impl Rule<str> + use<> {
    let pattern = regex_lite::Regex::new(pattern).expect("a regular expression");
    text(expected.to_owned(), move |value| pattern.is_match(value))
}

/// An absolute URL with a host and one of these schemes.
///
/// ```
/// use tfplugin::rules::{self, Rule};
///
/// let rule = rules::url(&["https"]);
/// assert!(rule.allows("https://example.com") && !rule.allows("http://example.com"));
/// ```
pub fn url(schemes: &'static [&'static str]) -> impl Rule<str> {
    let begins = schemes.iter().map(|scheme| format!("{scheme}://"));
    let expected = format!("a URL that begins with {}", begins.collect::<Vec<_>>().join(" or "));
    text(expected, |value| {
        value.parse::<http::Uri>().is_ok_and(|url| {
            let is_allowed =
                |scheme: &str| schemes.iter().any(|it| it.eq_ignore_ascii_case(scheme));
            url.scheme_str().is_some_and(is_allowed)
                && url.host().is_some_and(|host| !host.is_empty())
        })
    })
}

/// An IPv4 or IPv6 address.
///
/// ```
/// use tfplugin::rules::{self, Rule};
///
/// let rule = rules::ip_address();
/// assert!(rule.allows("fd00::1") && !rule.allows("10.0.0.0/8"));
/// ```
pub fn ip_address() -> impl Rule<str> {
    text("an IP address".to_owned(), |value| value.parse::<IpAddr>().is_ok())
}

/// A range of addresses, such as `10.0.0.0/8` or `fd00::/8`.
///
/// ```
/// use tfplugin::rules::{self, Rule};
///
/// let rule = rules::cidr();
/// assert!(rule.allows("10.0.0.0/8") && !rule.allows("10.0.0.0/33"));
/// ```
pub fn cidr() -> impl Rule<str> {
    text("a range of IP addresses such as 10.0.0.0/8".to_owned(), |value| {
        let Some((address, length)) = value.split_once('/') else { return false };
        let is_number = !length.is_empty() && length.chars().all(|c| c.is_ascii_digit());
        let bits = address.parse().map(|address| if IpAddr::is_ipv4(&address) { 32 } else { 128 });
        is_number
            && matches!((bits, length.parse::<u8>()), (Ok(bits), Ok(length)) if length <= bits)
    })
}

/// A duration as Go and Terraform write it: `10m`, `1h30m`.
///
/// ```
/// use tfplugin::rules::{self, Rule};
///
/// let rule = rules::duration();
/// assert!(rule.allows("1h30m") && !rule.allows("soon"));
/// ```
pub fn duration() -> impl Rule<str> {
    text("a duration such as 30s, 10m or 1h30m".to_owned(), |value| parse_duration(value).is_ok())
}

/// JSON, such as `jsonencode(…)` returns.
///
/// ```
/// use tfplugin::rules::{self, Rule};
///
/// let rule = rules::json();
/// assert!(rule.allows(r#"{"a":1}"#) && !rule.allows("{"));
/// ```
pub fn json() -> impl Rule<str> {
    text("JSON".to_owned(), |value| serde_json::from_str::<serde::de::IgnoredAny>(value).is_ok())
}

/// What one of two rules allows.
///
/// ```
/// use tfplugin::rules::{self, Rule};
///
/// let rule = rules::either(rules::ip_address(), rules::cidr());
/// assert_eq!(rule.expected(), "an IP address or a range of IP addresses such as 10.0.0.0/8");
/// assert!(rule.allows("10.0.0.1") && rule.allows("10.0.0.0/8") && !rule.allows("10.0.0"));
/// ```
pub fn either<T: ?Sized + 'static>(one: impl Rule<T>, other: impl Rule<T>) -> impl Rule<T> {
    Either(one, other)
}

struct Either<A, B>(A, B);

impl<T: ?Sized, A: Rule<T>, B: Rule<T>> Rule<T> for Either<A, B> {
    fn expected(&self) -> String {
        format!("{} or {}", self.0.expected(), self.1.expected())
    }

    fn allows(&self, value: &T) -> bool {
        self.0.allows(value) || self.1.allows(value)
    }
}

/// A list in which nothing stands twice.
///
/// ```
/// use tfplugin::rules::{self, Rule};
///
/// let rule = rules::distinct();
/// assert!(rule.allows(&vec![1, 2]) && !rule.allows(&vec![1, 1]));
/// ```
pub fn distinct() -> Distinct {
    Distinct
}

/// See [`distinct`].
pub struct Distinct;

impl<T: PartialEq + Send + Sync + 'static> Rule<Vec<T>> for Distinct {
    fn expected(&self) -> String {
        "a list in which nothing stands twice".to_owned()
    }

    fn allows(&self, value: &Vec<T>) -> bool {
        value.iter().enumerate().all(|(at, item)| !value[..at].contains(item))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(rule: &impl Rule<str>, texts: &[&str]) -> Vec<bool> {
        texts.iter().map(|text| rule.allows(text)).collect()
    }

    #[test]
    fn rules_allow_what_they_say() {
        let urls =
            ["https://a.example/x?y", "HTTPS://a", "http://a", "https://", "https:/a", "a", ""];
        let expected = [true, true, false, false, false, false, false];
        assert_eq!(allowed(&url(&["https"]), &urls), expected);
        let ranges =
            ["10.0.0.0/8", "::1/128", "10.0.0.0/33", "10.0.0.0", "10.0.0.0/+8", "x/8", "/"];
        let expected = [true, true, false, false, false, false, false];
        assert_eq!(allowed(&cidr(), &ranges), expected);
        assert_eq!(allowed(&ip_address(), &["::1", "1.2.3.4", "1.2.3"]), [true, true, false]);
        assert_eq!(allowed(&duration(), &["10m", "10"]), [true, false]);
        assert_eq!(allowed(&json(), &["{\"a\": 1}", "{a: 1}"]), [true, false]);
        let rule = either(ip_address(), cidr());
        assert_eq!(allowed(&rule, &["::1", "::/8", "x"]), [true, true, false]);
        assert_eq!(allowed(&matches("^a+$", "letters a"), &["aa", "ab"]), [true, false]);
        assert!(distinct().allows(&vec![1, 2]) && !distinct().allows(&vec![1, 1]));
    }
}
