//! The time by the clock of Amazon Managed Grafana. This machine's own may be wrong.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_grafana::config::interceptors::FinalizerInterceptorContextRef;
use aws_sdk_grafana::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_grafana::error::BoxError;
use aws_sdk_grafana::operation::RequestId;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// The latest `Date` of an answer with a request id: a proxy's own pages have none. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct ServiceClock(Arc<Mutex<Option<Timestamp>>>);

impl ServiceClock {
    /// No earlier than the last answer, if there was one; a second is its unit.
    pub(super) fn reached(&self) -> Option<Timestamp> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_reached(&self, date: Timestamp) {
        let mut reached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *reached = (*reached).max(Some(date));
    }
}

impl Intercept for ServiceClock {
    fn name(&self) -> &'static str {
        "ServiceClock"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response().filter(|answer| answer.request_id().is_some());
        let date = answer.and_then(|answer| answer.headers().get("date")).and_then(read);
        if let Some(date) = date {
            self.has_reached(date);
        }
        Ok(())
    }
}

fn read(date: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(date).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_http_are_read() {
        let read = read("Sun, 22 Nov 2026 10:00:00 GMT");
        assert_eq!(read.map(|date| date.to_string()).as_deref(), Some("2026-11-22T10:00:00Z"));
        assert_eq!(super::read("now"), None);
    }

    #[test]
    fn the_latest_counts() {
        let clock = ServiceClock::default();
        assert_eq!(clock.reached(), None);
        for second in [5, 7, 6] {
            clock.has_reached(Timestamp::from_second(second).unwrap());
        }
        assert_eq!(clock.reached().map(Timestamp::as_second), Some(7));
    }
}
