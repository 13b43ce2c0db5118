//! Times in answers.

use jiff::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// An RFC 3339 time; null, empty and Go's zero time (year 1) are none.
pub(super) fn optional<'de, D: Deserializer<'de>>(
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
        #[serde(default, deserialize_with = "optional")]
        expiration: Option<Timestamp>,
    }

    #[test]
    fn a_time_may_be_missing_in_several_ways() {
        let read = |json| serde_json::from_value::<Item>(json).unwrap().expiration;
        for json in [
            json!({}),
            json!({"expiration": null}),
            json!({"expiration": ""}),
            json!({"expiration": "0001-01-01T00:00:00Z"}),
        ] {
            assert_eq!(read(json), None);
        }
        let spelled =
            ["2026-12-22T05:38:52Z", "2026-12-22T05:38:52.000Z", "2026-12-22T06:38:52+01:00"];
        for text in spelled {
            let time = read(json!({"expiration": text}));
            assert_eq!(time, Some("2026-12-22T05:38:52Z".parse().unwrap()));
        }
    }
}
