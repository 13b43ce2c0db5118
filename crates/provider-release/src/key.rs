use std::fmt;

use pgp::{
    composed::{
        ArmorOptions, Deserializable, DetachedSignature, KeyType, SecretKeyParamsBuilder,
        SignedSecretKey,
    },
    crypto::hash::HashAlgorithm,
    ser::Serialize,
    types::{KeyDetails, Password, SigningKey},
};
use rand::thread_rng;

use crate::error::Error;

/// What a registry takes: RSA of at least this many bits.
const THROWAWAY_BITS: u32 = 2048;

/// An OpenPGP private key that signs a release's checksums.
pub struct Key {
    secret: SignedSecretKey,
    passphrase: Password,
}

impl Key {
    /// Reads an armored private key, as `gpg --armor --export-secret-keys` writes it, with its passphrase (empty if it
    /// has none).
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn from_armored(armored: &str, passphrase: &str) -> Result<Self, Error> {
        let (secret, _) =
            SignedSecretKey::from_string(armored).map_err(|error| Error::Key(error.to_string()))?;
        secret.verify_bindings().map_err(|error| Error::Key(error.to_string()))?;
        let passphrase =
            if passphrase.is_empty() { Password::empty() } else { Password::from(passphrase) };
        Ok(Self { secret, passphrase })
    }

    /// Makes a key without passphrase, of the kind that the public registry takes (RSA), for tests.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn throwaway(user_id: &str) -> Result<Self, Error> {
        let parameters = SecretKeyParamsBuilder::default()
            .key_type(KeyType::Rsa(THROWAWAY_BITS))
            .can_certify(true)
            .can_sign(true)
            .primary_user_id(user_id.to_owned())
            .build()
            .map_err(|error| Error::Key(error.to_string()))?;
        let secret =
            parameters.generate(thread_rng()).map_err(|error| Error::Key(error.to_string()))?;
        Ok(Self { secret, passphrase: Password::empty() })
    }

    /// The primary key's id, 16 hexadecimal digits, as registries name signing keys.
    pub fn id(&self) -> String {
        self.secret.legacy_key_id().to_string().to_uppercase()
    }

    /// The public key, armored, which registries give to Terraform.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn public_armored(&self) -> Result<String, Error> {
        let armored = self.secret.to_public_key().to_armored_string(ArmorOptions::default());
        armored.map_err(|error| Error::Key(error.to_string()))
    }

    /// The private key, armored, for whoever hands it to another process.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn secret_armored(&self) -> Result<String, Error> {
        let armored = self.secret.to_armored_string(ArmorOptions::default());
        armored.map_err(|error| Error::Key(error.to_string()))
    }

    /// A detached binary signature, by the newest subkey that is for signing, else by the primary key: as gpg does.
    ///
    /// # Errors
    /// [`Error::Sign`], for a wrong passphrase among others.
    pub fn sign(&self, content: &[u8]) -> Result<Vec<u8>, Error> {
        let subkeys = self.secret.secret_subkeys.iter().filter(|subkey| {
            subkey.signatures.iter().any(|signature| signature.key_flags().sign())
        });
        let signature = match subkeys.max_by_key(|subkey| subkey.key.created_at()) {
            Some(subkey) => self.signature(&subkey.key, content),
            None => self.signature(&self.secret.primary_key, content),
        };
        signature.map_err(|error| Error::Sign(error.to_string()))
    }

    fn signature(&self, key: &impl SigningKey, content: &[u8]) -> pgp::errors::Result<Vec<u8>> {
        let hash = HashAlgorithm::Sha512;
        DetachedSignature::sign_binary_data(thread_rng(), key, &self.passphrase, hash, content)?
            .to_bytes()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("id", &self.id()).finish_non_exhaustive()
    }
}
