//! Text that must never be shown.

use std::borrow::Borrow;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use super::Value;

/// A secret string: `Debug` hides it, and its memory is wiped when it is dropped.
///
/// ```
/// use tfplugin::Secret;
///
/// let token = Secret::from("hunter2");
/// assert_eq!(format!("{token:?}"), "(secret)");
/// assert_eq!(token.expose(), "hunter2");
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Secret(text.into())
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Secret(text.into())
    }
}

impl From<Secret> for SecretString {
    fn from(secret: Secret) -> Self {
        secret.0
    }
}

impl From<SecretString> for Secret {
    fn from(secret: SecretString) -> Self {
        Secret(secret)
    }
}

impl From<SecretString> for Value<Secret> {
    fn from(secret: SecretString) -> Self {
        Value::Known(secret.into())
    }
}

impl From<Option<SecretString>> for Value<Secret> {
    fn from(secret: Option<SecretString>) -> Self {
        secret.map(Secret::from).into()
    }
}

impl Borrow<str> for Secret {
    fn borrow(&self) -> &str {
        self.expose()
    }
}

impl AsRef<str> for Secret {
    fn as_ref(&self) -> &str {
        self.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_text() {
        assert_eq!(format!("{:?}", Secret::from("hunter2")), "(secret)");
    }
}
