//! Looks for secrets where none may be.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// So many characters in a row give enough of a secret away.
const PART: usize = 8;

/// Secrets in every spelling, by their parts.
pub struct Secrets {
    parts: HashSet<Vec<u8>>,
}

impl Secrets {
    /// `secrets` have at least eight characters each, no eight of which in a row are an ordinary text.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut parts = HashSet::new();
        for secret in secrets {
            for spelling in spellings(secret) {
                parts.extend(spelling.as_bytes().windows(PART).map(<[u8]>::to_vec));
            }
        }
        Self { parts }
    }

    /// Fails if a part of a secret is in the text, which came from `place`.
    pub fn assert_none_in(&self, place: &str, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        if let Some(at) = text.windows(PART).position(|part| self.parts.contains(part)) {
            let around = &text[at.saturating_sub(200)..text.len().min(at + 100)];
            panic!("{place} has a part of a secret: {}", String::from_utf8_lossy(around));
        }
    }
}

/// As it is, escaped for URLs and JSON, in hexadecimal, and in base64, also as part of a longer text there.
fn spellings(secret: &str) -> Vec<String> {
    let json = serde_json::Value::from(secret).to_string();
    let mut all = vec![
        secret.to_owned(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        json.trim_matches('"').to_owned(),
        secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
    ];
    for offset in 0..3 {
        let padded = [&b"\0\0"[..offset], secret.as_bytes()].concat();
        let own = (offset * 8).div_ceil(6)..padded.len() * 8 / 6;
        for encoded in [STANDARD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
            all.extend(encoded.get(own.clone()).map(str::to_owned));
        }
    }
    all
}
