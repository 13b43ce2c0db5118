//! ES512, which the JWT crate does not know and license tokens may be signed with.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P521_SHA512_FIXED, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
        UnparsedPublicKey,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Failure, KEY_ID};

pub(super) struct Es512 {
    pair: EcdsaKeyPair,
}

impl Es512 {
    pub(super) fn new() -> Result<Self, Failure> {
        Ok(Self { pair: EcdsaKeyPair::generate(&ECDSA_P521_SHA512_FIXED_SIGNING)? })
    }

    pub(super) fn encode(&self, claims: &impl Serialize) -> Result<String, Failure> {
        let header = json!({"typ": "JWT", "alg": "ES512", "kid": KEY_ID});
        let [header, claims] = [serde_json::to_vec(&header)?, serde_json::to_vec(claims)?];
        let signed =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes())?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    pub(super) fn verify(&self, token: &str) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let key = UnparsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, self.pair.public_key());
        key.verify(signed.as_bytes(), &signature).ok()?;
        let (_, claims) = signed.split_once('.')?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }
}
