//! The header `Retry-After`.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// How long to wait by the value of a `Retry-After`: seconds, or an HTTP date, of which one in the
/// past is no wait. `None` for anything else.
pub(crate) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(value.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let date = rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(value: &str) -> Option<u64> {
        let now = "1994-11-06T08:49:37Z".parse().unwrap();
        retry_after(value, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn it_is_seconds_or_a_date() {
        assert_eq!(after("120"), Some(120));
        assert_eq!(after(" 0 "), Some(0));
        assert_eq!(after("Sun, 06 Nov 1994 08:51:07 GMT"), Some(90));
        assert_eq!(after("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        assert_eq!(after("99999999999999999999"), Some(u64::MAX), "never");
        for nonsense in ["soon", "-1", "+1", "1.5", ""] {
            assert_eq!(after(nonsense), None, "{nonsense:?}");
        }
    }
}
