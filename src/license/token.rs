//! The license token that a configuration gives, and whether it is to be sent.

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tfplugin::{AttributePath, Diagnostic, Secret, Value, path};

use super::private::LicensePrivate;
use super::{diagnostics, license_id};
use crate::grafana::{Claims, license_token};

/// The attribute that gives the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenAttribute {
    /// `token`, which is in the state.
    Stored,
    /// `token_wo`, which is not.
    WriteOnly,
}

impl TokenAttribute {
    pub(crate) fn path(self) -> AttributePath {
        match self {
            TokenAttribute::Stored => path!(token),
            TokenAttribute::WriteOnly => path!(token_wo),
        }
    }
}

/// A license token, decoded.
#[derive(Clone, Debug)]
pub(crate) struct LicenseToken {
    attribute: TokenAttribute,
    text: SecretString,
    claims: Claims,
}

impl LicenseToken {
    pub(super) fn claims(&self) -> &Claims {
        &self.claims
    }

    pub(super) fn text(&self) -> &SecretString {
        &self.text
    }

    pub(super) fn path(&self) -> AttributePath {
        self.attribute.path()
    }

    /// SHA-256 of the token, without the white space around it. A token is signed, so that nobody can
    /// guess it from this.
    pub(super) fn sha256(&self) -> String {
        let digest = Sha256::digest(self.text.expose_secret().trim());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The token of a configuration.
#[derive(Clone, Debug)]
pub(crate) enum GivenToken {
    None,
    /// Known only at apply.
    Unknown(TokenAttribute),
    Known(Box<LicenseToken>),
}

impl GivenToken {
    /// Reads the two attributes, of which at most one is set.
    ///
    /// # Errors
    /// If what is set is not a license token.
    pub(crate) fn read(
        token: &Value<Secret>,
        token_wo: &Value<Secret>,
    ) -> Result<Self, Diagnostic> {
        let (attribute, value) = match (token, token_wo) {
            (Value::Null, Value::Null) => return Ok(GivenToken::None),
            (Value::Null, token) => (TokenAttribute::WriteOnly, token),
            (token, _) => (TokenAttribute::Stored, token),
        };
        let Some(token) = value.known() else { return Ok(GivenToken::Unknown(attribute)) };
        let text = SecretString::from(token.clone());
        match license_token::decode(&text) {
            Ok(claims) => Ok(GivenToken::Known(Box::new(LicenseToken { attribute, text, claims }))),
            Err(error) => Err(diagnostics::invalid_token(error).at(attribute.path())),
        }
    }

    /// The token, which has to be there and known, as it is at apply.
    pub(crate) fn required(self) -> Result<LicenseToken, Diagnostic> {
        match self {
            GivenToken::Known(token) => Ok(*token),
            GivenToken::None | GivenToken::Unknown(_) => Err(diagnostics::no_token()),
        }
    }

    pub(crate) fn is_none(&self) -> bool {
        matches!(self, GivenToken::None)
    }

    pub(crate) fn known(&self) -> Option<&LicenseToken> {
        match self {
            GivenToken::Known(token) => Some(token),
            GivenToken::None | GivenToken::Unknown(_) => None,
        }
    }

    pub(crate) fn claims(&self) -> Option<&Claims> {
        self.known().map(LicenseToken::claims)
    }

    /// Whether the token is given in a way that hands the same one to plan and apply.
    pub(crate) fn is_stored(&self) -> bool {
        self.attribute() == Some(TokenAttribute::Stored)
    }

    fn attribute(&self) -> Option<TokenAttribute> {
        match self {
            GivenToken::None => None,
            GivenToken::Unknown(attribute) => Some(*attribute),
            GivenToken::Known(token) => Some(token.attribute),
        }
    }
}

/// How a configuration gives its token, compared with the state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenChange<'a> {
    pub(crate) given: &'a GivenToken,
    /// Whether the state has a token, which was given by `token` then.
    pub(crate) was_stored: bool,
    /// Whether the attribute that decides is the same: `token`, or `token_wo_version`.
    pub(crate) is_same: bool,
    /// The license that the state shows.
    pub(crate) in_state: &'a Claims,
    pub(crate) private: &'a LicensePrivate,
}

impl<'a> TokenChange<'a> {
    /// Whether the token is to be sent to Grafana.
    pub(crate) fn is_sent(&self) -> bool {
        self.is_new() || (!self.given.is_none() && self.private.is_drifted(self.in_state))
    }

    /// Whether it is another one than the state had, or is to be sent again.
    pub(super) fn is_new(&self) -> bool {
        let Some(attribute) = self.given.attribute() else { return false };
        if self.is_same && self.was_stored == (attribute == TokenAttribute::Stored) {
            return false;
        }
        let Some(token) = self.given.known() else { return true };
        match &self.private.token_sha256 {
            // Another version says that it is to be sent, whatever it is.
            Some(_) if attribute == TokenAttribute::WriteOnly && !self.was_stored => true,
            Some(sent) => *sent != token.sha256(),
            // Imported: the token of the same license is only taken into the state.
            None => license_id(token.claims()) != license_id(self.in_state),
        }
    }

    /// A write-only token that is not sent, though it is another than the one that was.
    pub(super) fn unsent(&self) -> Option<&'a LicenseToken> {
        let token = self.given.known().filter(|t| t.attribute == TokenAttribute::WriteOnly)?;
        (self.private.token_sha256.as_ref() != Some(&token.sha256())).then_some(token)
    }

    /// Remembers the given token as the one that Grafana has.
    pub(crate) fn remember(given: &GivenToken, private: &mut LicensePrivate) {
        if let Some(token) = given.known() {
            private.token_sha256 = Some(token.sha256());
        }
    }

    /// Whether a token that is not sent is to be remembered as the one that Grafana has.
    pub(crate) fn is_taken_over(&self) -> bool {
        self.given.is_stored() || self.private.token_sha256.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str, attribute: TokenAttribute) -> GivenToken {
        let claims = Claims { license_id: Some(text.to_owned()), ..Claims::default() };
        GivenToken::Known(Box::new(LicenseToken { attribute, text: text.into(), claims }))
    }

    /// Of a resource whose license "1" was installed with the token "1".
    fn is_sent(given: &GivenToken, was_stored: bool, is_same: bool, in_state: &str) -> bool {
        let mut private = LicensePrivate::default();
        let sent = token("1", TokenAttribute::Stored);
        private.installed("1", sent.known().unwrap().sha256());
        is_sent_with(given, was_stored, is_same, in_state, &private)
    }

    fn is_sent_with(
        given: &GivenToken,
        was_stored: bool,
        is_same: bool,
        in_state: &str,
        private: &LicensePrivate,
    ) -> bool {
        let in_state = &Claims { license_id: Some(in_state.to_owned()), ..Claims::default() };
        TokenChange { given, was_stored, is_same, in_state, private }.is_sent()
    }

    #[test]
    fn a_changed_token_is_sent_and_the_same_is_not() {
        let stored = |text| token(text, TokenAttribute::Stored);
        assert!(!is_sent(&stored("1"), true, true, "1"));
        assert!(is_sent(&stored("2"), true, false, "1"));
        assert!(!is_sent(&stored("1\n"), true, false, "1"), "only white space differs");
    }

    #[test]
    fn a_write_only_token_is_sent_when_its_version_changes() {
        let write_only = |text| token(text, TokenAttribute::WriteOnly);
        assert!(!is_sent(&write_only("2"), false, true, "1"));
        assert!(is_sent(&write_only("1"), false, false, "1"));
    }

    #[test]
    fn the_same_token_in_another_attribute_is_not_sent() {
        assert!(!is_sent(&token("1", TokenAttribute::WriteOnly), true, true, "1"));
        assert!(is_sent(&token("2", TokenAttribute::WriteOnly), true, true, "1"));
        assert!(!is_sent(&token("1", TokenAttribute::Stored), false, false, "1"));
    }

    #[test]
    fn without_a_token_nothing_is_sent_and_another_license_is_replaced() {
        assert!(!is_sent(&GivenToken::None, true, false, "1"));
        assert!(!is_sent(&GivenToken::None, true, false, "2"));
        assert!(is_sent(&token("1", TokenAttribute::Stored), true, true, "2"));
    }

    #[test]
    fn after_an_import_the_token_of_the_same_license_is_not_sent() {
        let mut imported = LicensePrivate::default();
        imported.own("1");
        let is_sent =
            |text| is_sent_with(&token(text, TokenAttribute::Stored), false, false, "1", &imported);
        assert!(!is_sent("1") && is_sent("2"));
    }
}
