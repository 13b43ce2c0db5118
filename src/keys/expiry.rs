//! When a key expires, and when it should be replaced.

use jiff::{SignedDuration, Timestamp};

/// Where a key is in its lifetime, by this machine's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// It no longer signs in.
    pub has_expired: bool,
    /// It has expired, or will within the rotation window.
    pub ready_for_rotation: bool,
}

impl Expiry {
    /// Of a key that expires at `expiration` (`None`: never) and should be replaced `window`
    /// seconds before.
    #[must_use]
    pub fn of(expiration: Option<Timestamp>, window: i64) -> Self {
        let now = Timestamp::now();
        let has_expired = expiration.is_some_and(|end| end <= now);
        // A window that begins before time does is open.
        let opens = |end: Timestamp| end.checked_sub(SignedDuration::from_secs(window));
        let due = expiration.map(|end| opens(end).unwrap_or(Timestamp::MIN));
        Expiry { has_expired, ready_for_rotation: has_expired || due.is_some_and(|due| due <= now) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_opens_before_the_end() {
        let at = |offset| Timestamp::now() + SignedDuration::from_secs(offset);
        let expiry = |offset, window| {
            let Expiry { has_expired, ready_for_rotation } = Expiry::of(Some(at(offset)), window);
            (has_expired, ready_for_rotation)
        };
        assert_eq!(expiry(3600, 0), (false, false));
        assert_eq!(expiry(3600, 7200), (false, true));
        assert_eq!(expiry(-1, 0), (true, true));
        assert_eq!(expiry(3600, i64::MAX), (false, true), "longer than time is");
        assert!(!Expiry::of(None, 60).ready_for_rotation);
    }
}
