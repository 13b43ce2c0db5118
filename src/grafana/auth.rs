//! Who the client signs in as.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::http::Redactor;

/// How requests are signed in.
#[derive(Debug, Clone, Default)]
pub enum Auth {
    /// A Grafana user. The only way that the licensing API accepts.
    Basic {
        /// Login name or e-mail address.
        user: String,
        /// The user's password.
        password: SecretString,
    },
    /// A service account token (`glsa_…`), an access policy token (`glc_…`), an API key or a JWT
    /// (both `eyJ…`).
    Token(SecretString),
    /// No sign-in at all.
    #[default]
    Anonymous,
}

/// A text, which is not quoted, that is no sign-in. The `Display` text begins with a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidAuth(&'static str);

impl Auth {
    /// Reads `user:password`, a token, or the word `anonymous`. Line ends after the text are
    /// ignored, because files end in one.
    ///
    /// # Errors
    /// If the text is none of these; the error never quotes it.
    pub fn parse(text: &SecretString) -> Result<Self, InvalidAuth> {
        let text = text.expose_secret().trim_end_matches(['\r', '\n']);
        let auth = match text.split_once(':') {
            Some((user, password)) => Self::basic(user, password)?,
            None if text == "anonymous" => Self::Anonymous,
            None => Self::token(text)?,
        };
        auth.header()?;
        Ok(auth)
    }

    /// Whether this is `user:password`.
    #[must_use]
    pub fn is_basic(&self) -> bool {
        matches!(self, Self::Basic { .. })
    }

    /// Whether this is a token that belongs to one organization. A JWT, which has dots, is of a user.
    pub(super) fn is_of_one_organization(&self) -> bool {
        matches!(self, Self::Token(token) if !token.expose_secret().contains('.'))
    }

    fn basic(user: &str, password: &str) -> Result<Self, InvalidAuth> {
        if user.is_empty() || password.is_empty() {
            return Err(InvalidAuth(
                "has a colon but no user before it or no password after it: it must be `user:password` or a token",
            ));
        }
        Ok(Self::Basic { user: user.to_owned(), password: password.into() })
    }

    fn token(text: &str) -> Result<Self, InvalidAuth> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidAuth("is empty: it must be `user:password` or a token"));
        }
        let scheme = text.split(' ').next().unwrap_or_default();
        if scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("basic") {
            return Err(InvalidAuth(
                "begins with an HTTP scheme (`Bearer` or `Basic`): give the token or `user:password` alone",
            ));
        }
        if !looks_like_token(text) {
            return Err(InvalidAuth(
                "has no colon and does not look like a token (`glsa_…`, `glc_…`, `eyJ…`): it must be `user:password` or a token",
            ));
        }
        Ok(Self::Token(text.into()))
    }

    /// The `Authorization` header, or nothing for [`Auth::Anonymous`].
    pub(super) fn header(&self) -> Result<Option<HeaderValue>, InvalidAuth> {
        match self {
            Self::Basic { user, password } => {
                let pair = format!("{user}:{}", password.expose_secret());
                let text = format!("Basic {}", STANDARD.encode(pair));
                header_value(&text).map(Some)
            }
            Self::Token(token) => bearer(token).map(Some),
            Self::Anonymous => Ok(None),
        }
    }

    /// Keeps the secrets in it out of messages.
    pub(super) fn hide(&self, redactor: &Redactor) {
        match self {
            Self::Basic { user, password } => {
                redactor.add(password);
                redactor.add(&format!("{user}:{}", password.expose_secret()).into());
            }
            Self::Token(token) => redactor.add(token),
            Self::Anonymous => {}
        }
    }
}

/// `Authorization: Bearer TOKEN`.
pub(super) fn bearer(token: &SecretString) -> Result<HeaderValue, InvalidAuth> {
    header_value(&format!("Bearer {}", token.expose_secret()))
}

fn header_value(text: &str) -> Result<HeaderValue, InvalidAuth> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| InvalidAuth("has characters that an HTTP header cannot hold"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn looks_like_token(text: &str) -> bool {
    let grafana_prefix = text
        .split_once('_')
        .and_then(|(prefix, rest)| prefix.strip_prefix("gl").map(|kind| (kind, rest)))
        .is_some_and(|(kind, rest)| {
            (1..=4).contains(&kind.len())
                && kind.bytes().all(|byte| byte.is_ascii_lowercase())
                && !rest.is_empty()
        });
    // `eyJ` is what base64 makes of `{"`: the beginning of an API key and of a JWT.
    (grafana_prefix || text.starts_with("eyJ")) && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Auth, InvalidAuth> {
        Auth::parse(&text.into())
    }

    #[test]
    fn user_and_password_are_split_at_the_first_colon() {
        let Auth::Basic { user, password } = parse("admin:a:b\n").unwrap() else {
            panic!("not basic")
        };
        assert_eq!((user.as_str(), password.expose_secret()), ("admin", "a:b"));
    }

    #[test]
    fn tokens_are_known_by_their_beginning() {
        for text in [
            "glsa_abcdefgh_00000000",
            "glc_eyJvIjoi",
            "eyJrIjoiYSIsIm4iOiJiIiwiaWQiOjF9",
            "eyJhbGciOiJSUzI1NiJ9.e30.c2ln",
            "glsa_abc\r\n",
        ] {
            assert!(matches!(parse(text), Ok(Auth::Token(_))), "{text}");
        }
        assert!(matches!(parse("anonymous"), Ok(Auth::Anonymous)));
    }

    #[test]
    fn what_is_neither_is_refused_without_quoting_it() {
        for text in [
            "hunter2",
            "",
            ":hunter2",
            "hunter2:",
            "Bearer glsa_hunter2",
            "glsa_",
            "eyJ hunter2",
            "GLSA_hunter2",
            "eyJ\u{7f}hunter2",
        ] {
            let error = parse(text).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn debug_output_holds_no_secret() {
        let shown = format!("{:?} {:?}", parse("a:hunter2"), parse("glsa_hunter2"));
        assert!(!shown.contains("hunter2"), "{shown}");
        let header = parse("a:b").unwrap().header().unwrap().unwrap();
        assert!(header.is_sensitive());
        assert_eq!(header.to_str().unwrap(), "Basic YTpi");
    }
}
