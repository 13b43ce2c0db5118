//! Reading a license token without an instance.
//!
//! The signature cannot be checked: the key for it is inside the Enterprise build. Only Grafana can
//! say whether it accepts a token.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::dangerous::insecure_decode_claims;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::claims::Claims;

/// A text that is not a license token. Its parts are never quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LicenseTokenError {
    /// Nothing there.
    #[error("the token is empty. Use the contents of `license.jwt` as issued by Grafana Labs")]
    Empty,
    /// Not three parts of base64url with JSON in them.
    #[error(
        "the token is not a JWT: {0}. Use the contents of `license.jwt` as issued by Grafana Labs"
    )]
    NotJwt(NotJwt),
    /// A JWT of something else.
    #[error(
        "the token is a JWT without any claim of a Grafana license, such as `lid`, `lexp` or `prod`. Use the contents of `license.jwt` as issued by Grafana Labs"
    )]
    NoLicenseClaims,
}

/// Why a text is not a JWT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotJwt {
    /// A byte order mark before it, as some editors leave it in a file.
    #[error("it begins with a byte order mark: save the file without one")]
    ByteOrderMark,
    /// What stands before a token in a header of HTTP.
    #[error("it begins with \"Bearer \": leave that out")]
    Bearer,
    /// Quotes that are part of the text.
    #[error("it contains quotes: leave them out")]
    Quotes,
    /// Spaces or line ends inside.
    #[error("it contains whitespace but must be a single line")]
    WhiteSpace,
    /// Another number of parts than three.
    #[error("a JWT has three parts separated by dots, this has {0}")]
    Parts(usize),
    /// What is before the first dot is not base64url of a JSON object.
    #[error("its first part is not base64url of a JSON object")]
    Header,
    /// What is behind the last dot is not base64url, or nothing.
    #[error("its last part is not a signature in base64url")]
    Signature,
    /// What is between the dots is not base64url of a JSON object.
    #[error("its middle part is not base64url of a JSON object")]
    Claims,
}

/// Reads the claims of a license token. White space around it is ignored, because files end in a
/// line end.
///
/// # Errors
/// If it is not a JWT, or one without license claims.
pub fn decode(token: &SecretString) -> Result<Claims, LicenseTokenError> {
    let token = token.expose_secret().trim();
    if token.is_empty() {
        return Err(LicenseTokenError::Empty);
    }
    let json = claims_in(token).map_err(LicenseTokenError::NotJwt)?;
    let claims = Claims::read(&json);
    if claims.is_of_license() { Ok(claims) } else { Err(LicenseTokenError::NoLicenseClaims) }
}

/// The claims of a JWT, whole in all its parts.
fn claims_in(token: &str) -> Result<Map<String, Value>, NotJwt> {
    if token.starts_with('\u{feff}') {
        return Err(NotJwt::ByteOrderMark);
    }
    if token.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("bearer ")) {
        return Err(NotJwt::Bearer);
    }
    if token.contains(['"', '\'']) {
        return Err(NotJwt::Quotes);
    }
    if token.contains(char::is_whitespace) {
        return Err(NotJwt::WhiteSpace);
    }
    let parts: Vec<&str> = token.split('.').collect();
    let [header, _, signature] = parts[..] else { return Err(NotJwt::Parts(parts.len())) };
    // The header's algorithm may be one that the JWT crate does not know, so its own reading is no help.
    let header = URL_SAFE_NO_PAD.decode(header).map_err(|_| NotJwt::Header)?;
    serde_json::from_slice::<Map<String, Value>>(&header).map_err(|_| NotJwt::Header)?;
    let json = insecure_decode_claims(token).map_err(|_| NotJwt::Claims)?;
    match URL_SAFE_NO_PAD.decode(signature) {
        Ok(signature) if !signature.is_empty() => Ok(json),
        _ => Err(NotJwt::Signature),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn jwt(claims: &Value) -> String {
        // An algorithm that the JWT crate does not know: the header does not matter here.
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES512","typ":"JWT"}"#);
        let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
        format!("{header}.{claims}.c2ln")
    }

    fn decode(token: &str) -> Result<Claims, LicenseTokenError> {
        super::decode(&token.into())
    }

    #[test]
    fn a_license_is_read_whatever_its_signature() {
        let token = jwt(&json!({"lid": "10000", "lexp": 1_800_000_000, "sub": "https://host/"}));
        let claims = decode(&format!("\n{token}\n")).unwrap();
        assert_eq!(claims.license_id.as_deref(), Some("10000"));
        assert_eq!(claims.subject.as_deref(), Some("https://host/"));
    }

    #[test]
    fn a_jwt_of_something_else_is_refused() {
        for claims in [
            json!({"this": "is", "not": "a", "valid": "license"}),
            json!({"iss": "https://sso", "sub": "me", "exp": 1_800_000_000, "jti": "1"}),
        ] {
            assert_eq!(decode(&jwt(&claims)), Err(LicenseTokenError::NoLicenseClaims));
        }
    }

    #[test]
    fn what_is_no_jwt_is_refused() {
        assert_eq!(decode(" \n"), Err(LicenseTokenError::Empty));
        for (token, why) in [
            ("hunter2", NotJwt::Parts(1)),
            ("a.b.c.d", NotJwt::Parts(4)),
            ("..", NotJwt::Header),
            ("x.e30.c2ln", NotJwt::Header),
            ("e30.!.c2ln", NotJwt::Claims),
            ("e30.aHVudGVyMg.c2ln", NotJwt::Claims),
            ("e30.e30.", NotJwt::Signature),
            ("e30.e30.y", NotJwt::Signature),
            ("Bearer e30.e30.c2ln", NotJwt::Bearer),
            ("\"e30.e30.c2ln\"", NotJwt::Quotes),
            ("e30.e3\n0.c2ln", NotJwt::WhiteSpace),
            ("\u{feff}e30.e30.c2ln", NotJwt::ByteOrderMark),
        ] {
            let error = decode(token).unwrap_err();
            assert_eq!(error, LicenseTokenError::NotJwt(why), "{token}");
            assert!(!error.to_string().contains("hunter2"));
        }
        assert_eq!(decode(&jwt(&json!(["lid"]))), Err(LicenseTokenError::NotJwt(NotJwt::Claims)));
    }
}
