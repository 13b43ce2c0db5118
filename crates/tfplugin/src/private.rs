//! Private state: what a resource remembers beside its state, unseen by users.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use crate::codec::parse_json;

/// The key that marks what is kept of a plan; no field of a struct can have this name.
const PLANNED: &str = "";

/// What a resource remembers beside its state: a struct that derives serde's `Serialize` and
/// `Deserialize`, or `()`.
///
/// Terraform stores it in clear, so it must hold no secret. It is stored as one JSON object with the
/// names of the fields; a field that is as in [`Default`] is left out, and what is missing is read as
/// that, so fields can be added. What cannot be read, such as what another provider has left there, is
/// read as the default.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use tfplugin::PrivateState;
///
/// /// What a resource remembers.
/// #[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
/// struct Remembered {
///     /// The version of the object that was last seen, to send with a change.
///     etag: Option<String>,
/// }
///
/// fn is_private_state<T: PrivateState>() {}
/// is_private_state::<Remembered>();
/// ```
pub trait PrivateState:
    Serialize + DeserializeOwned + Default + Clone + PartialEq + Send + Sync + 'static
{
}

impl<T> PrivateState for T where
    T: Serialize + DeserializeOwned + Default + Clone + PartialEq + Send + Sync + 'static
{
}

/// Reads what Terraform hands back.
pub(crate) fn decode<P: PrivateState>(bytes: &[u8]) -> P {
    let mut whole = as_json(&P::default());
    if let Json::Object(fields) = &mut whole {
        fields.extend(stored(bytes).0);
    }
    serde_json::from_value(whole).unwrap_or_default()
}

/// What Terraform is to store.
pub(crate) fn encode<P: PrivateState>(private: &P) -> Vec<u8> {
    let (whole, default) = (as_json(private), as_json(&P::default()));
    let Json::Object(mut fields) = whole else { return Vec::new() };
    fields.retain(|name, value| default.get(name) != Some(value));
    to_bytes(fields)
}

/// What Terraform is to store after an operation: the very bytes it gave, where nothing has changed.
pub(crate) fn after<P: PrivateState>(given: &[u8], now: &P) -> Vec<u8> {
    if decode::<P>(given) != *now {
        return encode(now);
    }
    match stored(given) {
        (fields, true) => to_bytes(fields),
        (_, false) => given.to_vec(),
    }
}

/// What Terraform is to hand to the same plan made again at apply: never empty, which is how it is recognized.
pub(crate) fn planned(bytes: &[u8]) -> Vec<u8> {
    let (mut fields, _) = stored(bytes);
    fields.insert(PLANNED.to_owned(), Json::Bool(true));
    to_bytes(fields)
}

/// The fields that are stored, and whether they are those of a plan.
fn stored(bytes: &[u8]) -> (Map<String, Json>, bool) {
    let mut fields = match parse_json(bytes) {
        Ok(Json::Object(fields)) => fields,
        _ => Map::new(),
    };
    let is_planned = fields.remove(PLANNED).is_some();
    (fields, is_planned)
}

fn to_bytes(fields: Map<String, Json>) -> Vec<u8> {
    if fields.is_empty() { Vec::new() } else { Json::Object(fields).to_string().into() }
}

fn as_json(private: &impl Serialize) -> Json {
    serde_json::to_value(private).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Remembered {
        made_at: Option<u8>,
        names: Vec<String>,
    }

    #[test]
    fn foreign_private_state_is_the_default() {
        for foreign in [&b"null"[..], b"\x80\x01", b"[1]", b"", br#"{"made_at": "noon"}"#] {
            assert_eq!(decode::<Remembered>(foreign), Remembered::default());
            decode::<()>(foreign);
        }
    }

    #[test]
    fn what_marks_a_plan_is_not_seen() {
        let planned = planned(b"");
        assert!(!planned.is_empty());
        assert!(after(&planned, &decode::<Remembered>(&planned)).is_empty());
    }

    #[test]
    fn a_struct_is_remembered_without_its_defaults() {
        let private = Remembered { made_at: Some(7), ..Remembered::default() };
        assert_eq!(encode(&private), br#"{"made_at":7}"#);
        assert_eq!(decode::<Remembered>(&encode(&private)), private);
        assert!(encode(&Remembered::default()).is_empty());
        assert!(encode(&()).is_empty());
    }

    #[test]
    fn bytes_stay_as_they_are_while_nothing_changes() {
        let given = br#"{ "names": [], "made_at": 7, "of_a_newer_version": true }"#;
        let mut private: Remembered = decode(given);
        assert_eq!(after(given, &private), given);
        private.made_at = Some(8);
        assert_eq!(after(given, &private), br#"{"made_at":8}"#);
    }
}
