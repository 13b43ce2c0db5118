//! Private state: what a resource remembers that nobody sees.

use std::sync::Mutex;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

/// The key that marks what is kept of a plan; no resource can use it.
const PLANNED: &str = "";

/// Values by key that Terraform stores beside a resource's state and hands back, unseen by users.
///
/// It is stored in clear: no secrets. What another provider left there reads as empty.
#[derive(Debug, Default)]
pub struct Private(Mutex<Map<String, Json>>);

impl Private {
    /// Reads what Terraform hands back.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut stored: Map<String, Json> = serde_json::from_slice(bytes).unwrap_or_default();
        stored.remove(PLANNED);
        Private(Mutex::new(stored))
    }

    /// What Terraform is to hand to the same plan made again at apply: never empty, which is how it is told.
    pub(crate) fn planned(bytes: &[u8]) -> Vec<u8> {
        let private = Private::from_bytes(bytes);
        private.set(PLANNED, true);
        private.to_bytes()
    }

    /// What Terraform is to store.
    pub fn to_bytes(&self) -> Vec<u8> {
        let stored = self.lock();
        if stored.is_empty() { Vec::new() } else { Json::Object(stored.clone()).to_string().into() }
    }

    /// The value of `key`, if there is one of that type.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let value = self.lock().get(key).cloned()?;
        serde_json::from_value(value).ok()
    }

    /// Remembers a value.
    pub fn set(&self, key: &str, value: impl Serialize) {
        let value = serde_json::to_value(value).unwrap_or(Json::Null);
        self.lock().insert(key.to_owned(), value);
    }

    /// Forgets a value.
    pub fn remove(&self, key: &str) {
        self.lock().remove(key);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Map<String, Json>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_private_state_is_empty() {
        for foreign in [&b"null"[..], b"\x80\x01", b"[1]", b""] {
            let private = Private::from_bytes(foreign);
            assert_eq!(private.get::<u8>("a"), None);
            assert!(private.to_bytes().is_empty());
        }
    }

    #[test]
    fn what_marks_a_plan_is_not_seen() {
        let planned = Private::planned(b"");
        assert!(!planned.is_empty());
        assert!(Private::from_bytes(&planned).to_bytes().is_empty());
    }

    #[test]
    fn remembers() {
        let private = Private::default();
        private.set("made_at", 7);
        let again = Private::from_bytes(&private.to_bytes());
        assert_eq!(again.get("made_at"), Some(7));
        again.remove("made_at");
        assert!(again.to_bytes().is_empty());
    }
}
