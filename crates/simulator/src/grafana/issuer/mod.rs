//! Who signs license tokens: the part of grafana.com.

mod es512;

use std::{fmt, io, sync::Arc};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rcgen::KeyPair;
use serde::Serialize;
use serde_json::Value;

use self::es512::Es512;

/// The `kid` of every token.
const KEY_ID: &str = "simulator";

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How an [`Issuer`] signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Signature {
    /// ECDSA on P-256.
    #[default]
    Es256,
    /// ECDSA on P-384.
    Es384,
    /// ECDSA on P-521.
    Es512,
    /// RSA with SHA-256 and a key of 2048 bits.
    Rs256,
}

enum Keys {
    Es512(Es512),
    Other { algorithm: Algorithm, encoding: EncodingKey, decoding: DecodingKey },
}

/// Signs license tokens with a key of its own. Clones share the key; two issuers never do.
#[derive(Clone)]
pub struct Issuer {
    signature: Signature,
    keys: Arc<Keys>,
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").field("signature", &self.signature).finish_non_exhaustive()
    }
}

impl Issuer {
    /// Makes a key.
    ///
    /// # Errors
    /// If the system gives no randomness or the key cannot be encoded.
    pub fn new(signature: Signature) -> io::Result<Self> {
        let keys = match signature {
            Signature::Es256 => ecdsa(&rcgen::PKCS_ECDSA_P256_SHA256, Algorithm::ES256),
            Signature::Es384 => ecdsa(&rcgen::PKCS_ECDSA_P384_SHA384, Algorithm::ES384),
            Signature::Es512 => Es512::new().map(Keys::Es512),
            Signature::Rs256 => rsa(),
        };
        Ok(Self { signature, keys: Arc::new(keys.map_err(io::Error::other)?) })
    }

    /// Signs claims: [`super::LicenseClaims`], or any JSON object for tokens that are no license.
    ///
    /// # Errors
    /// If `claims` do not make a JSON object.
    pub fn mint(&self, claims: &impl Serialize) -> io::Result<String> {
        match &*self.keys {
            Keys::Es512(keys) => keys.encode(claims).map_err(io::Error::other),
            Keys::Other { algorithm, encoding, .. } => {
                let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(*algorithm) };
                jsonwebtoken::encode(&header, claims, encoding).map_err(io::Error::other)
            }
        }
    }

    /// The claims, if the signature is this issuer's. Times are the caller's to judge.
    pub(super) fn verify(&self, token: &str) -> Option<Value> {
        match &*self.keys {
            Keys::Es512(keys) => keys.verify(token),
            Keys::Other { algorithm, decoding, .. } => {
                let mut validation = Validation::new(*algorithm);
                validation.required_spec_claims.clear();
                validation.validate_exp = false;
                validation.validate_aud = false;
                let token = jsonwebtoken::decode::<Value>(token, decoding, &validation);
                token.ok().map(|token| token.claims)
            }
        }
    }
}

fn ecdsa(kind: &'static rcgen::SignatureAlgorithm, algorithm: Algorithm) -> Result<Keys, Failure> {
    let pair = KeyPair::generate_for(kind)?;
    let encoding = EncodingKey::from_ec_pem(pair.serialize_pem().as_bytes())?;
    let decoding = DecodingKey::from_ec_pem(pair.public_key_pem().as_bytes())?;
    Ok(Keys::Other { algorithm, encoding, decoding })
}

fn rsa() -> Result<Keys, Failure> {
    let pair = KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256)?;
    let encoding = EncodingKey::from_rsa_pem(pair.serialize_pem().as_bytes())?;
    let decoding = DecodingKey::from_rsa_pem(pair.public_key_pem().as_bytes())?;
    Ok(Keys::Other { algorithm: Algorithm::RS256, encoding, decoding })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_signature_verifies_with_its_own_key_only() {
        for signature in [Signature::Es256, Signature::Es384, Signature::Es512, Signature::Rs256] {
            let issuer = Issuer::new(signature).unwrap();
            let token = issuer.mint(&json!({"lid": "1"})).unwrap();
            assert_eq!(issuer.verify(&token), Some(json!({"lid": "1"})));
            assert_eq!(Issuer::new(signature).unwrap().verify(&token), None);
        }
    }

    #[test]
    fn what_is_no_token_does_not_verify() {
        for signature in [Signature::Es256, Signature::Es512] {
            let issuer = Issuer::new(signature).unwrap();
            for text in ["", "x", "a.b.c"] {
                assert_eq!(issuer.verify(text), None);
            }
        }
    }
}
