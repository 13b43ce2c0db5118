//! What is noted of every HTTP request to Amazon Managed Grafana: a line in the log, and the time by
//! AWS's clock.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use aws_sdk_grafana::config::interceptors::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_sdk_grafana::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_grafana::error::BoxError;
use aws_sdk_grafana::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use crate::http::Redactor;

/// Logs operation, region, method, path, status, request id and duration of each attempt, and
/// never a header or a body.
#[derive(Debug)]
pub(super) struct RequestLog {
    pub(super) region: String,
    pub(super) redactor: Redactor,
}

#[derive(Debug)]
struct Attempt {
    started: Instant,
    method: String,
    path: String,
}

impl Storable for Attempt {
    type Storer = StoreReplace<Self>;
}

impl Intercept for RequestLog {
    fn name(&self) -> &'static str {
        "RequestLog"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let path = url::Url::parse(request.uri())
            .map_or_else(|_| String::new(), |url| url.path().to_owned());
        cfg.interceptor_state().store_put(Attempt {
            started: Instant::now(),
            method: request.method().to_owned(),
            path,
        });
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(attempt) = cfg.load::<Attempt>() else {
            return Ok(());
        };
        let answer = context.response();
        let request_id = answer.and_then(|answer| answer.request_id());
        tracing::debug!(
            operation = cfg.load::<Metadata>().map(Metadata::name),
            region = self.region,
            method = attempt.method,
            path = attempt.path,
            status = answer.map(|answer| answer.status().as_u16()),
            aws_request_id = request_id.map(|id| self.redactor.quote(id)).as_deref(),
            duration_ms = attempt.started.elapsed().as_millis() as u64,
            "request to Amazon Managed Grafana"
        );
        Ok(())
    }
}

/// The latest `Date` of an answer with a request id: a proxy's own pages have none. This machine's own clock
/// may be wrong. Clones share it.
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
