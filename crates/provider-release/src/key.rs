use std::fmt;

use pgp::{
    composed::{
        ArmorOptions, Deserializable, DetachedSignature, KeyType, SecretKeyParamsBuilder,
        SignedSecretKey, SignedSecretSubKey,
    },
    crypto::hash::HashAlgorithm,
    crypto::public_key::PublicKeyAlgorithm,
    packet::Signature,
    ser::Serialize,
    types::{KeyDetails, Password, SigningKey, Timestamp},
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
        let key = Self::with_passphrase(secret, passphrase);
        key.is_taken().map(|()| key)
    }

    fn with_passphrase(secret: SignedSecretKey, passphrase: &str) -> Self {
        let passphrase =
            if passphrase.is_empty() { Password::empty() } else { Password::from(passphrase) };
        Self { secret, passphrase }
    }

    /// Checks that a registry takes what this signs.
    fn is_taken(&self) -> Result<(), Error> {
        let details = &self.secret.details;
        let of_users = details.users.iter().flat_map(|user| &user.signatures);
        let signatures = details.direct_signatures.iter().chain(of_users);
        if has_expired(self.secret.created_at(), signatures, Timestamp::now()) {
            return Err(Error::Key("the key has expired".to_owned()));
        }
        let algorithm = match self.signing_subkey() {
            Some(subkey) => subkey.key.algorithm(),
            None => self.secret.primary_key.algorithm(),
        };
        match algorithm {
            PublicKeyAlgorithm::RSA | PublicKeyAlgorithm::DSA => Ok(()),
            other => Err(Error::Key(format!(
                "the public registry takes signatures by RSA and DSA keys, and this one's are {other:?}"
            ))),
        }
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
        let signature = match self.signing_subkey() {
            Some(subkey) => self.signature(&subkey.key, content),
            None => self.signature(&self.secret.primary_key, content),
        };
        signature.map_err(|error| Error::Sign(error.to_string()))
    }

    fn signing_subkey(&self) -> Option<&SignedSecretSubKey> {
        let now = Timestamp::now();
        let subkeys = self.secret.secret_subkeys.iter().filter(|subkey| {
            subkey.signatures.iter().any(|signature| signature.key_flags().sign())
                && !has_expired(subkey.key.created_at(), &subkey.signatures, now)
        });
        subkeys.max_by_key(|subkey| subkey.key.created_at())
    }

    fn signature(&self, key: &impl SigningKey, content: &[u8]) -> pgp::errors::Result<Vec<u8>> {
        let hash = HashAlgorithm::Sha512;
        DetachedSignature::sign_binary_data(thread_rng(), key, &self.passphrase, hash, content)?
            .to_bytes()
    }
}

/// Whether a key that was made at `created` has ended at `now`, as the newest of its signatures says.
fn has_expired<'a>(
    created: Timestamp,
    signatures: impl IntoIterator<Item = &'a Signature>,
    now: Timestamp,
) -> bool {
    let newest = signatures.into_iter().max_by_key(|signature| signature.created());
    let life = newest.and_then(Signature::key_expiration_time).map_or(0, |life| life.as_secs());
    life > 0 && u64::from(created.as_secs()) + u64::from(life) <= u64::from(now.as_secs())
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("id", &self.id()).finish_non_exhaustive()
    }
}
