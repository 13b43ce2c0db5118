//! Reading the shapes of answers.

use jiff::Timestamp;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::call::Call;
use super::error::{Error, ErrorKind};

/// A successful answer as the type it should be.
pub(super) fn shape<T: DeserializeOwned>(
    call: &Call,
    status: u16,
    json: Value,
) -> Result<T, Error> {
    T::deserialize(json).map_err(|error| {
        // Other texts of serde quote values, which may be secret.
        let reason = Some(error.to_string()).filter(|text| text.starts_with("missing field"));
        Error::of(call, ErrorKind::Unexpected { reason }).with_status(status)
    })
}

/// An RFC 3339 time; null, empty and Go's zero time (year 1) are nothing.
pub(super) fn time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    if text.is_empty() || text.starts_with("0001-01-01T") {
        return Ok(None);
    }
    text.parse().map(Some).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Item {
        #[serde(default, deserialize_with = "time")]
        expiration: Option<Timestamp>,
    }

    fn read(json: Value) -> Result<Option<Timestamp>, Error> {
        shape::<Item>(&Call::example(), 200, json).map(|item| item.expiration)
    }

    #[test]
    fn a_time_may_be_missing_in_several_ways() {
        for json in [
            json!({}),
            json!({"expiration": null}),
            json!({"expiration": ""}),
            json!({"expiration": "0001-01-01T00:00:00Z"}),
        ] {
            assert_eq!(read(json).unwrap(), None);
        }
        let spelled =
            ["2026-12-22T05:38:52Z", "2026-12-22T05:38:52.000Z", "2026-12-22T06:38:52+01:00"];
        for text in spelled {
            assert_eq!(
                read(json!({"expiration": text})).unwrap(),
                Some("2026-12-22T05:38:52Z".parse().unwrap())
            );
        }
    }

    #[test]
    fn a_wrong_shape_is_told_without_its_values() {
        let error = read(json!({"expiration": "hunter2"})).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}
