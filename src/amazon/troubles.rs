//! What last kept an operation from going on, for whoever tells that its time ran out: the SDK sends
//! requests again by itself, and says nothing of it before it gives up.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_grafana::config::interceptors::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_sdk_grafana::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_grafana::error::BoxError;

/// What went wrong with calls that have not succeeded since, by their operation; the latest is the last.
/// Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Troubles(Arc<Mutex<Vec<(&'static str, String)>>>);

impl Troubles {
    /// `what` does not go on, because of that.
    pub(super) fn note(&self, what: &'static str, why: String) {
        self.change(|all| {
            all.retain(|(other, _)| *other != what);
            all.push((what, why));
        });
    }

    pub(super) fn last(&self) -> Option<String> {
        self.change(|all| all.last().map(|(_, why)| why.clone()))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Vec<(&'static str, String)>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Notes how every attempt at a call ends.
#[derive(Debug)]
pub(super) struct AttemptNotes {
    pub(super) operation: &'static str,
    pub(super) troubles: Troubles,
}

impl Intercept for AttemptNotes {
    fn name(&self) -> &'static str {
        "AttemptNotes"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = self.operation;
        self.troubles.change(|all| {
            // What an attempt before, or another call, has met says more.
            if all.iter().all(|(other, _)| *other != operation) {
                all.insert(0, (operation, format!("{operation}: AWS has not answered.")));
            }
        });
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = self.operation;
        if context.output_or_error().is_some_and(|output| output.is_ok()) {
            self.troubles.change(|all| all.retain(|(other, _)| *other != operation));
            return Ok(());
        }
        let why = match context.response().map(|answer| answer.status().as_u16()) {
            Some(429) => "AWS throttled the account (status 429).".to_owned(),
            Some(200..300) => "The response was incomplete, or not one of AWS.".to_owned(),
            Some(status) => format!("AWS answered with status {status}."),
            None => "AWS was not reached, or did not answer.".to_owned(),
        };
        self.troubles.note(operation, format!("{operation}: {why}"));
        Ok(())
    }
}
