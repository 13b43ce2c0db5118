//! One debug line per HTTP request to Amazon Managed Grafana.

use std::time::Instant;

use aws_sdk_grafana::config::interceptors::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_sdk_grafana::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_grafana::error::BoxError;
use aws_sdk_grafana::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_types::config_bag::{Storable, StoreReplace};

/// Logs operation, region, method, path, status, request id and duration of each attempt, and
/// never a header or a body.
#[derive(Debug)]
pub(super) struct RequestLog {
    pub(super) region: String,
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
        tracing::debug!(
            operation = cfg.load::<Metadata>().map(Metadata::name),
            region = self.region,
            method = attempt.method,
            path = attempt.path,
            status = answer.map(|answer| answer.status().as_u16()),
            aws_request_id = answer.and_then(|answer| answer.request_id()),
            duration_ms = attempt.started.elapsed().as_millis() as u64,
            "request to Amazon Managed Grafana"
        );
        Ok(())
    }
}
