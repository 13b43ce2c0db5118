//! The forms of secrets.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rand::{Rng as _, distr::Alphanumeric};
use serde::{Deserialize, Serialize};

const TOKEN_PREFIX: &str = "glsa_";

#[derive(Serialize, Deserialize)]
struct ApiKey {
    k: String,
    n: String,
    id: i64,
}

/// What a bearer token is by its form.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Form {
    ApiKey { organization: i64, name: String },
    Token,
    Neither,
}

fn letters_and_digits() -> String {
    rand::rng().sample_iter(Alphanumeric).take(32).map(char::from).collect()
}

/// base64 of `{"k":32 letters and digits,"n":name,"id":organization}`.
pub(super) fn api_key(organization: i64, name: &str) -> String {
    let key = ApiKey { k: letters_and_digits(), n: name.to_owned(), id: organization };
    // A struct of two strings and a number always serializes.
    STANDARD.encode(serde_json::to_string(&key).unwrap_or_default())
}

/// `glsa_`, 32 letters and digits, `_`, 8 hex digits.
pub(super) fn token() -> String {
    let check: u32 = rand::rng().random();
    format!("{TOKEN_PREFIX}{}_{check:08x}", letters_and_digits())
}

pub(super) fn form(secret: &str) -> Form {
    if let Some(rest) = secret.strip_prefix(TOKEN_PREFIX) {
        let parts = rest.split_once('_');
        let whole = parts.is_some_and(|(key, check)| key.len() == 32 && check.len() == 8);
        return if whole { Form::Token } else { Form::Neither };
    }
    let decoded = STANDARD.decode(secret).ok();
    let key = decoded.and_then(|json| serde_json::from_slice::<ApiKey>(&json).ok());
    key.map_or(Form::Neither, |key| Form::ApiKey { organization: key.id, name: key.n })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_have_the_form_they_are_made_in() {
        let name = "ü/ \"q\"".to_owned();
        assert_eq!(form(&api_key(7, &name)), Form::ApiKey { organization: 7, name });
        assert_eq!(form(&token()), Form::Token);
    }

    #[test]
    fn other_texts_have_none() {
        for text in ["", "not a key", "glsa_nope", "bm90IGpzb24="] {
            assert_eq!(form(text), Form::Neither, "{text}");
        }
    }
}
